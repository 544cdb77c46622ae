"""A real MQTT broker (mosquitto) on loopback, and a publisher at it."""

import asyncio
import contextlib
import os
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from drivers.errors import DriverError, Reason

PATIENCE = 30.0
"""Seconds that the broker may take for an answer; a busy machine is slow."""

_HOST = "127.0.0.1"
_PLACES = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"


class Broker:
    """A mosquitto whose sessions and queues outlive it: they lie in ``folder``.  ``port`` stays the same.

    ``more`` are further lines of its configuration; without them anyone may connect.
    """

    def __init__(self, folder: Path, more: Sequence[str] = ("allow_anonymous true",)) -> None:
        self._folder = folder
        self._more = more
        self._process: asyncio.subprocess.Process | None = None
        with socket.socket() as free:
            free.bind((_HOST, 0))
            self.port = int(free.getsockname()[1])

    async def start(self) -> None:
        """Start and wait until it listens; `DriverError` MISSING_LIBRARY where mosquitto is not installed."""
        program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:{_PLACES}")
        if program is None:
            raise DriverError(
                Reason.MISSING_LIBRARY, "mosquitto is not installed", "install it: apt-get install mosquitto"
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        settings = self._folder / "mosquitto.conf"
        settings.write_text(self._settings(), encoding="utf-8")
        quiet = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(program, "-c", str(settings), stdout=quiet, stderr=quiet)
        async with asyncio.timeout(PATIENCE):
            while not await self._listens():
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """End it as a system does that shuts down: it writes its queues first."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()

    def _settings(self) -> str:
        lines = [
            f"listener {self.port} {_HOST}",
            *self._more,
            "persistence true",
            f"persistence_location {self._folder.absolute()}/",
            "max_queued_messages 0",
            "log_type error",
        ]
        if os.geteuid() == 0:
            lines.append("user root")  # else it gives its rights up and cannot write into the folder
        return "\n".join(lines) + "\n"

    async def _listens(self) -> bool:
        assert self._process is not None
        if self._process.returncode is not None:
            raise DriverError(
                Reason.BUSY,
                f"mosquitto ended at once ({self._process.returncode})",
                f"look whether port {self.port} is free",
            )
        try:
            _, writer = await asyncio.open_connection(_HOST, self.port)
        except OSError:
            return False
        writer.close()
        return True


class Publisher:
    """A client that publishes at QoS 1."""

    def __init__(self, port: int, topic: str, client: str) -> None:
        self._port, self._topic = port, topic
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client)

    async def start(self) -> None:
        """Connect."""
        await asyncio.to_thread(self._client.connect, _HOST, self._port)
        self._client.loop_start()

    async def stop(self) -> None:
        """Hang up."""
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    async def publish(self, payload: bytes) -> None:
        """Publish and wait until the broker has acknowledged it."""
        sent = self._client.publish(self._topic, payload, qos=1)
        await asyncio.to_thread(sent.wait_for_publish, PATIENCE)
        if not sent.is_published():
            raise DriverError(Reason.TIMEOUT, "the broker takes no message", "look whether the broker runs")
