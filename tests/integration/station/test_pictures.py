"""A photo of a shelf becomes a count with the picture as evidence, from the camera to the report."""

import asyncio
import base64
import hashlib
import random
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers import Read, Verdict
from drivers.read import Picture
from drivers.simulators.rendering import compose, draw_label
from scanstation.counting.events import EventKind, Source
from scanstation.reports import to_html
from scanstation.reports.json_reader import from_json
from scanstation.reports.json_writer import to_json
from scanstation.settings import DeviceSettings, Policy
from scanstation.station.office import Office
from scanstation.station.picture_folder import PictureFolder
from scanstation.station.report_pictures import ALTERED, MISSING
from scanstation.station.service import Station

ROWS, COLUMNS, LAMPS = 6, 6, 20
LAMP = "9521141123454"


def shelf() -> np.ndarray:
    """36 labels: 20 lamps, and 16 codes that nobody knows."""
    rng = random.Random(5)
    texts = [LAMP] * LAMPS + [f"UNKNOWN-{n:02}" for n in range(ROWS * COLUMNS - LAMPS)]
    rng.shuffle(texts)
    rows = [
        compose([draw_label(text.encode()) for text in texts[r * COLUMNS : (r + 1) * COLUMNS]], (3600, 400), rng)
        for r in range(ROWS)
    ]
    return np.vstack(rows)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    cv2.imwrite(str(folder / "shelf.jpg"), shelf())
    return folder


@pytest.fixture
async def counted(station: Station, photos: Path) -> Station:
    """The station after the camera looked at the photo and the location was closed."""
    await station.sign_in("C01")
    await station.choose_audit("AU1")
    await station.decision_of(Read(payload=b"LOC-A-01", device="scanner", received_at=station.clock.now(), aim="]C0"))
    station.devices.add(DeviceSettings(name="shelf camera", url=f"camera://{photos}"))
    async with asyncio.timeout(120):
        await station.devices._tasks["shelf camera"]
    await station.close_location()
    return station


def office_of(station: Station) -> Office:
    return Office.open(
        station.settings, Policy(), station.stock, station.journal, clock=station.clock.now, ids=lambda: "AU9"
    )


async def test_a_photo_of_36_labels_is_a_count_with_the_picture_and_its_boxes(counted: Station) -> None:
    events = [event for event in counted.journal.events() if event.source is Source.CAMERA]
    assert Counter(event.kind for event in events) == {EventKind.COUNTED: LAMPS, EventKind.PARKED: 16}
    (name,) = {event.data["picture"] for event in events}
    (kept,) = counted.settings.pictures_path.iterdir()
    assert kept.name == f"{name}.jpg"
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == name

    report = office_of(counted).report("AU1")
    (picture,) = report.pictures
    assert (picture.location, picture.round, picture.device, picture.fault) == ("A-01", 1, "shelf camera", "")
    assert (picture.width, picture.height) == (3600, 2400)
    cells = {
        (int(sum(x for x, _ in label.corners) / 4 // 600), int(sum(y for _, y in label.corners) / 4 // 400))
        for label in picture.labels
    }
    assert len(cells) == len(picture.labels) == ROWS * COLUMNS
    assert Counter(label.item for label in picture.labels) == {"LAMP": LAMPS, "": 16}
    assert from_json(to_json(report)) == report

    page = to_html(report)
    assert len(re.findall(r'<polygon class="more"', page)) == LAMPS
    assert len(re.findall(r'<polygon class="less"', page)) == 16
    (shown,) = re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", page)
    pixels = cv2.imdecode(np.frombuffer(base64.b64decode(shown), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels.shape == (1067, 1600)


async def test_a_picture_that_was_altered_or_is_missing_is_told(counted: Station) -> None:
    office = office_of(counted)
    (kept,) = counted.settings.pictures_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-2] + b"\xff\xd8")
    (altered,) = office.report("AU1").pictures
    assert (altered.fault, altered.preview) == (ALTERED, "")
    assert ALTERED in to_html(office.report("AU1"))
    kept.unlink()
    (missing,) = office.report("AU1").pictures
    assert (missing.fault, len(missing.labels)) == (MISSING, 36)


async def test_what_is_undone_leaves_the_picture_of_the_report(station: Station) -> None:
    await station.sign_in("C01")
    await station.choose_audit("AU1")
    read = Read(payload=b"LOC-A-01", device="camera", received_at=station.clock.now(), aim="]C0")
    picture = Picture.of(bytes(cv2.imencode(".jpg", shelf()[:400, :600])[1]))
    corners = ((0.4, 0.0), (99.6, 0.0), (99.6, 50.0), (0.4, 50.0))
    assert await station.take(replace(read, picture=picture, region=corners)) is Verdict.OK
    assert not station.settings.pictures_path.exists()  # opening a location rests on no picture
    await station.take(replace(read, payload=LAMP.encode(), aim="]E0", picture=picture, region=corners))
    ((label,),) = [one.labels for one in office_of(station).report("AU1").pictures]
    assert label.corners == ((0, 0), (100, 0), (100, 50), (0, 50))
    await station.undo()
    assert office_of(station).report("AU1").pictures == ()


async def test_without_room_for_the_picture_nothing_is_counted_and_the_reason_is_said(station: Station) -> None:
    await station.sign_in("C01")
    await station.choose_audit("AU1")
    await station.decision_of(Read(payload=b"LOC-A-01", device="scanner", received_at=station.clock.now(), aim="]C0"))
    head = station.journal.head
    label = Read(payload=LAMP.encode(), device="camera", received_at=station.clock.now(), aim="]E0")
    label = replace(label, region=((0.0, 0.0),) * 4, picture=Picture.of(b"a picture"))
    station.pictures = PictureFolder(station.settings.pictures_path, min_free_bytes=10**18)
    decision = await station.decision_of(label)
    assert (decision.outcome, station.journal.head) == ("error", head)
    assert "its picture cannot be kept" in decision.text
    assert "no space left" in decision.text
    station.pictures = PictureFolder(station.settings.pictures_path)
    assert await station.take(label) is Verdict.OK


def test_only_a_hash_names_a_picture(tmp_path: Path) -> None:
    folder = PictureFolder(tmp_path / "pictures")
    for name in ("", "../journal", "ab" * 31 + "/x", "AB" * 32):
        with pytest.raises(ValueError, match="no SHA-256"):
            folder.find(name)
