"""The tone of a device follows the station's verdict, at the wire: what the scanner hears for each way to be judged."""

import asyncio
import os
import pty
import tty
from collections.abc import AsyncIterator, Callable

import pytest

from drivers import Verdict
from drivers.protocols.ssi import TONES
from drivers.protocols.ssi_packets import ACK, BEEP, DECODE, packet
from drivers.protocols.tsl import ALERTS
from scanstation.settings import DeviceSettings
from scanstation.station.service import Station

DRILL = "0109521141123461\x1d21S-1"
SCANS = [
    (Verdict.OK, "]C0", "LOC-A-01"),
    (Verdict.OK, "]E0", "9521141123454"),
    (Verdict.UNKNOWN, "]C0", "WHAT-IS-THIS"),
    (Verdict.ERROR, "]E0", "9521141123455"),  # a wrong check digit
    (Verdict.OK, "]C1", DRILL.replace("\x1d", "")),
    (Verdict.DUPLICATE, "]C1", DRILL.replace("\x1d", "")),
    (Verdict.ASKED, "]E0", "9521141123461"),  # a serial-tracked item without its serial number
]
SSI_TYPES = {"]C0": 0x03, "]E0": 0x0B, "]C1": 0x0F}


def ssi(aim: str, code: str) -> bytes:
    return packet(DECODE, bytes([SSI_TYPES[aim]]) + code.encode(), source=0)


def ssi_heard(verdict: Verdict) -> bytes:
    return packet(ACK) + packet(BEEP, bytes([TONES[verdict]]))


def tsl(aim: str, code: str) -> bytes:
    return f"CS: .bc\r\nBC: {aim}{code}\r\nOK:\r\n\r\n".encode()


def line(aim: str, code: str) -> bytes:
    return f"{aim}{code}\r".encode()


KINDS = {
    "ssi": (ssi, ssi_heard),
    "tsl": (tsl, lambda verdict: ALERTS[verdict]),
    "lines&" + "&".join(f"{verdict}=<{verdict}>" for verdict in Verdict): (line, lambda v: f"<{v}>".encode()),
}


class Terminal:
    """The device's end of a cable."""

    def __init__(self) -> None:
        self.master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self.master, False)
        self.path = os.ttyname(self._slave)

    async def hears(self, size: int) -> bytes:
        data = b""
        async with asyncio.timeout(20):
            while len(data) < size:
                try:
                    data += os.read(self.master, size - len(data))
                except BlockingIOError:
                    await asyncio.sleep(0.005)
        return data

    def close(self) -> None:
        os.close(self.master)
        os.close(self._slave)


@pytest.fixture
async def terminal(station: Station) -> AsyncIterator[Terminal]:
    made = Terminal()
    yield made
    await station.stop()
    made.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_the_scanner_hears_how_each_scan_was_judged(station: Station, terminal: Terminal, kind: str) -> None:
    sent: Callable[[str, str], bytes]
    heard: Callable[[Verdict], bytes]
    sent, heard = KINDS[kind]
    station.devices.add(DeviceSettings(name="hand", url=f"serial://{terminal.path}?protocol={kind}"))
    if kind == "tsl":
        assert await terminal.hears(10) == b".iv -ron\r\n"
    for verdict, aim, code in [(Verdict.REFUSED, "]E0", "9521141123454"), *SCANS]:
        if code == "LOC-A-01":
            await station.sign_in("C01")
            await station.choose_audit("AU1")
        os.write(terminal.master, sent(aim, code))
        assert await terminal.hears(len(heard(verdict))) == heard(verdict), f"{code}: {station.last}"
    assert {verdict for verdict, _, _ in SCANS} | {Verdict.REFUSED} == set(Verdict)
    assert station.watches.of("hand").reads == len(SCANS) + 1


async def test_no_tone_before_the_count_is_on_disk(station: Station, terminal: Terminal) -> None:
    """The beep is the last thing: when it sounds the journal holds the count."""
    station.devices.add(DeviceSettings(name="hand", url=f"serial://{terminal.path}?protocol=ssi"))
    await station.sign_in("C01")
    await station.choose_audit("AU1")
    for _, aim, code in SCANS[:2]:
        before = station.journal.head[0]
        os.write(terminal.master, ssi(aim, code))
        await terminal.hears(len(packet(ACK)))
        assert station.journal.head[0] > before
        await terminal.hears(len(packet(BEEP, b"\x00")))
