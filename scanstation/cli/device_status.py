"""``scanstation devices``: how the devices of the running station do."""

import time
from typing import Any

from scanstation.cli.desk import remote_desk
from scanstation.cli.house import station_settings
from scanstation.cli.output import emit, fail, say, table

EVERY_S = 2.0
"""Seconds between two looks of ``--watch``."""

CLEAR = "\x1b[H\x1b[2J"


def show_status(operator: str, *, as_json: bool, watch: bool) -> None:
    """Print the devices of the station that runs on this data folder; with ``watch`` again and again."""
    from scanstation.station.running import find_running

    settings = station_settings()
    if not operator and find_running(settings.data_dir, settings.journal_path) is None:
        fail(
            f"no station runs on {settings.data_dir.absolute()}",
            "start it: scanstation serve; what is configured and plugged in shows: scanstation devices list",
        )
    desk = remote_desk(settings, operator)
    while True:
        answer = desk.devices()
        if as_json:
            for device in answer["devices"]:
                emit({"at": answer["at"], **device})
        else:
            _show(answer, clear=watch)
        if not watch:
            return
        time.sleep(EVERY_S)


def _show(answer: dict[str, Any], *, clear: bool) -> None:
    devices, at = answer["devices"], answer["at"]
    if clear:
        say(f"{CLEAR}station {answer['station']}")
    if not devices:
        say("the station has no device; add one to station.toml, what is plugged in shows: scanstation devices list")
        return
    table(
        ("name", "state", "for", "reads/min", "reads", "last read", "errors", "url"),
        [
            (
                device["name"], device["state"], span(at - device["since"]), device["per_minute"], device["reads"],
                f"{span(at - device['last_read'])} ago" if device["last_read"] else "never", device["errors"],
                device["url"],
            )
            for device in devices
        ],
    )  # fmt: skip
    for device in devices:
        if words := ": ".join(filter(None, (device["message"], device["remedy"]))):
            say(f"{device['name']}: {words}")
        if device["unread"]:
            say(f"{device['name']}: {device['unread']} not read, the last: {device['last_unread']}")


def span(microseconds: int) -> str:
    """A time span in the largest unit that fits: ``48 s``, ``12 min``, ``3 h``, ``2 d``."""
    seconds = max(0, microseconds // 1_000_000)
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
