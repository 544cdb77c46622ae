"""A broker that asks for TLS and a password."""

import asyncio
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from drivers import Reason, Verdict
from drivers.device import State
from drivers.registry import open_device
from drivers.simulators.broker import Broker


@pytest.fixture
def certificate(tmp_path: Path, lacking: Callable[[str], NoReturn]) -> Path:
    """A certificate for 127.0.0.1 that signs itself; its key lies beside it."""
    if shutil.which("openssl") is None:
        lacking("openssl is missing: install it (apt-get install openssl)")
    made = tmp_path / "broker.crt"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=broker -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        [*command.split(), "-keyout", tmp_path / "broker.key", "-out", made], check=True, capture_output=True
    )
    return made


async def state_of(url: str, reason: Reason | None) -> None:
    """Wait until the device is ready (no reason) or lost for this reason."""
    device = open_device(url, name="dock", clock=lambda: time.time_ns() // 1000, rng=random.Random(1))
    consumer = asyncio.create_task(anext(device.reads()))
    wanted = State.READY if reason is None else State.LOST
    async with asyncio.timeout(20):
        while device.status.state is not wanted or device.status.reason is not reason:
            await asyncio.sleep(0.02)
    assert reason is None or device.status.remedy
    await device.close()
    await asyncio.wait({consumer})


async def test_only_with_certificate_user_and_password_reads_come(certificate: Path, tmp_path: Path) -> None:
    words, secret = tmp_path / "passwords", tmp_path / "secret"
    subprocess.run(["mosquitto_passwd", "-b", "-c", words, "station", "pa ss&1"], check=True, capture_output=True)
    secret.write_text("pa ss&1\n")
    for path in (words, certificate.with_suffix(".key")):
        path.chmod(0o644)
    broker = Broker(
        tmp_path / "broker",
        (
            "allow_anonymous false",
            f"password_file {words}",
            f"certfile {certificate}",
            f"keyfile {certificate.with_suffix('.key')}",
        ),
    )
    await broker.start()
    try:
        url = f"mqtt://127.0.0.1:{broker.port}/reads?client=me&timeout=5"
        await state_of(f"{url}&tls=1", Reason.PERMISSION)  # nobody we know signed the certificate
        await state_of(f"{url}&tls=1&ca={certificate}", Reason.PERMISSION)
        await state_of(f"{url}&tls=1&ca={certificate}&user=station&password=wrong", Reason.PERMISSION)
        await state_of(f"{url}&tls=1&verify=0&user=station&password=pa%20ss%261", None)
        entitled = f"{url}&tls=1&ca={certificate}&user=station&password_file={secret}"
        device = open_device(entitled, name="dock", clock=lambda: time.time_ns() // 1000, rng=random.Random(1))
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.tls_set(ca_certs=str(certificate))
        client.username_pw_set("station", "pa ss&1")
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        client.publish("reads", b'{"id":"1","data":"A"}', qos=1)
        async with asyncio.timeout(20):
            read = await anext(device.reads())
        assert (read.payload, read.read_id) == (b"A", "dock:1")
        await device.ack(read, Verdict.OK)
        await device.close()
        await asyncio.to_thread(client.loop_stop)
    finally:
        await broker.stop()
