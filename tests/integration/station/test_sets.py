"""Pictures of dual-marked units: from the drawn labels through the camera to what counts."""

import asyncio
import random
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers import Read, Verdict
from drivers.read import together
from drivers.simulators.rendering import compose, draw_label
from scanstation.counting.events import EventKind
from scanstation.settings import DeviceSettings
from scanstation.station.service import Station

EAN = "9521141123461"


def drill(serial: str | None) -> list[np.ndarray]:
    """The labels of a drill: its EAN, and a QR link with its serial number where that can be read."""
    plain = draw_label(EAN.encode(), "]E0")
    return (
        [plain] if serial is None else [plain, draw_label(f"https://id.gs1.org/01/0{EAN}/21/{serial}".encode(), "]Q1")]
    )


async def seated(station: Station) -> None:
    await station.sign_in("C01")
    await station.choose_audit("AU1")
    await station.decision_of(Read(payload=b"LOC-A-01", device="scanner", received_at=station.clock.now(), aim="]C0"))


@pytest.mark.parametrize(
    ("serials", "counted", "asked"),
    [
        (["S1"], ["S1"], 0),
        (["S1", "S2"], ["S1", "S2"], 0),
        (["S1", None], ["S1"], 1),
    ],
)
async def test_drills_in_a_picture(
    station: Station, tmp_path: Path, serials: list[str | None], counted: list[str], asked: int
) -> None:
    await seated(station)
    folder = tmp_path / "photos"
    folder.mkdir()
    labels = [label for serial in serials for label in drill(serial)]
    cv2.imwrite(str(folder / "shelf.png"), compose(labels, (800 * len(labels), 500), random.Random(3)))
    station.devices.add(DeviceSettings(name="camera", url=f"camera://{folder}"))
    async with asyncio.timeout(120):
        await station.devices._tasks["camera"]
    facts = [event for event in station.journal.events() if event.kind is EventKind.COUNTED]
    assert sorted(str(event.serial) for event in facts) == counted
    assert all(event.data["label"] == [EAN] for event in facts)
    assert len(station.view().parked) == asked
    last, question = station.view().last, station.view().question
    assert last is not None and (last.verdict, question is not None) == (("asked", True) if asked else ("ok", False))


async def test_a_stream_in_which_one_symbol_is_believed_before_the_other(station: Station) -> None:
    """A DataMatrix is believed in its first picture, an EAN in its second; both come of one view."""
    await seated(station)
    seen = {"device": "camera", "received_at": station.clock.now(), "region": ((0.0, 0.0),) * 4}
    matrix = Read(payload=f"010{EAN}21S1".encode(), aim="]d2", **seen)  # type: ignore[arg-type]
    plain = Read(payload=EAN.encode(), aim="]E0", **seen)  # type: ignore[arg-type]
    for reads in ([matrix], [plain]):
        (first,) = together(reads, "view 1")
        await station.take(first)
    assert station.view().location_units == 1
    for reads, verdict in (([plain], Verdict.ASKED), ([matrix], Verdict.DUPLICATE)):
        (first,) = together(reads, "view 2")  # the same drill, seen again later
        assert await station.take(first) is verdict
    assert (station.view().location_units, station.view().parked) == (1, ())


async def test_a_set_of_a_device_is_acknowledged_read_by_read_with_the_verdict_of_its_label(station: Station) -> None:
    await seated(station)
    now = station.clock.now()
    lamp = Read(payload=b"9521141123454", aim="]E0", device="gate", received_at=now)
    link = Read(payload=b"https://id.gs1.org/01/09521141123454", aim="]Q1", device="gate", received_at=now)
    nobody = Read(payload=b"NOBODY", aim="]C0", device="gate", received_at=now)
    reads = together([lamp, link, nobody], "pull 1")
    told = await station.devices._judged(reads)
    assert [verdict for _, verdict in told] == [Verdict.OK, Verdict.OK, Verdict.UNKNOWN]
    assert [read.more for read in reads] == [True, True, False]
    assert station.view().location_units == 1
    last = station.view().last
    assert last is not None and last.verdict == "unknown"
    assert last.text.endswith("NOBODY is not in the catalogue. Counted: 1 × Lamp, blue")
    assert station.watches.of("gate").verdicts == {"ok": 2, "unknown": 1}


async def test_the_card_of_several_labels_tells_all_that_were_counted(station: Station) -> None:
    await seated(station)
    now = station.clock.now()
    lamp = {"payload": b"9521141123454", "aim": "]E0", "device": "gate", "received_at": now}
    two = [Read(**lamp, region=((x, 0.0), (x, 1.0), (x + 1, 1.0), (x + 1, 0.0))) for x in (0.0, 50.0)]  # type: ignore[arg-type]
    drills = [Read(payload=f"010{EAN}21S{n}".encode(), aim="]d2", device="gate", received_at=now) for n in (1, 2)]
    for reads, qty, text in (
        (drills, 2, "2 labels: 1 × Drill (S1); 1 × Drill (S2)"),
        ([drills[0], two[0]], 1, "Already counted: Drill, serial S1. Counted: 1 × Lamp, blue"),
    ):
        await station.take_set(together(reads, f"view {qty}"))
        last = station.view().last
        assert last is not None and last.text == text
        assert last.qty in (qty, 0)
