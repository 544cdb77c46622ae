"""What Prometheus gets of a station that counts: the whole exposition is parsed, and holds no payload."""

import asyncio
import random
import re
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from drivers import Carrier, Read
from drivers.camera.zbar import Zbar
from drivers.simulators.base import Delivery
from drivers.simulators.scanner import ScannerSimulator, scanner_simulator
from scanstation.access import Access, Role, system_access
from scanstation.settings import DeviceSettings
from scanstation.station.service import Station
from scanstation.store.access import StoredOperatorBook
from scanstation.web.app import create_app
from scanstation.web.door import Denied
from scanstation.web.metrics import metrics

LAMP = Delivery(payload=b"9521141123454", aim="]E0")
SECRET = Delivery(payload=b"SECRET-PAYLOAD-77", aim="]C0")


@pytest.fixture
def access(station: Station) -> Access:
    return system_access(StoredOperatorBook(station.stock.engine))


@pytest.fixture
async def client(station: Station, access: Access) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(station, access, settings=station.settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as made:
        yield made


@pytest.fixture
async def scanner(station: Station, tmp_path: Path) -> AsyncIterator[ScannerSimulator]:
    simulator = scanner_simulator(random.Random(5), tmp_path)
    await simulator.start()
    station.devices.add(DeviceSettings(name="hand scanner", url=simulator.url))
    yield simulator
    await simulator.stop()


async def until(station: Station, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        async for _ in station.changes():
            if condition():
                return


async def figures(client: httpx.AsyncClient) -> dict[tuple[str, ...], float]:
    """Every sample of the exposition as (name, label values...) -> value; each name has a type and a help text."""
    answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    found: dict[tuple[str, ...], float] = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation and family.type != "unknown", family.name
        for sample in family.samples:
            key = (sample.name, *sample.labels.values())
            assert key not in found, f"{key} is given twice"
            found[key] = sample.value
    return found


async def test_the_figures_follow_what_happens(
    station: Station, scanner: ScannerSimulator, client: httpx.AsyncClient, scan: Callable[..., Read]
) -> None:
    await until(station, lambda: station.view().devices[0].state == "ready")
    await station.sign_in("C01")
    await station.choose_audit("AU1")
    await station.typed("LOC-A-01")
    before = await figures(client)
    for delivery in (LAMP, LAMP, SECRET):
        await scanner.deliver(delivery)
    await until(station, lambda: station.watches.of("hand scanner").reads == 3)
    await scanner.unplug()
    await until(station, lambda: station.view().devices[0].state == "lost")
    lost = await figures(client)
    await scanner.plug()
    await until(station, lambda: station.view().devices[0].state == "ready")
    tag = scan("", carrier=Carrier.EPC, antenna=1, rssi_dbm=-50.0)
    for _ in range(5):
        await station.take(tag)
    swept = await figures(client)
    await station.close_location()
    after = await figures(client)

    device = "hand scanner"
    assert after["scanstation_device_reads_total", device] == 3
    assert after["scanstation_verdicts_total", device, "ok"] == 2
    assert after["scanstation_verdicts_total", device, "unknown"] == 1
    assert after["scanstation_verdicts_total", "scanner", "ok"] == 5
    assert after["scanstation_device_last_read_timestamp_seconds", device] == pytest.approx(
        station.clock.now() / 1e6, abs=120
    )
    assert lost["scanstation_device_state", device, "lost"] == 1
    assert lost["scanstation_device_state", device, "ready"] == 0
    assert ("scanstation_device_losses_total", device, "unplugged") in lost
    assert after["scanstation_device_state", device, "ready"] == 1
    assert [found["scanstation_device_reconnects_total", device] for found in (lost, after)] == [0, 1]
    assert (swept["scanstation_rfid_sweeps_started_total",], swept["scanstation_rfid_sweeps_settled_total",]) == (1, 0)
    assert (swept["scanstation_rfid_open_sweep_tags",], after["scanstation_rfid_open_sweep_tags",]) == (1, 0)
    assert after["scanstation_rfid_sweeps_settled_total",] == 1
    assert after["scanstation_counting",] == 1

    stored = after["scanstation_journal_events_total",] - before["scanstation_journal_events_total",]
    assert stored == after["scanstation_journal_head_sequence",] - before["scanstation_journal_head_sequence",] > 3
    assert after["scanstation_journal_queue_events",] == 0
    commits = after["scanstation_journal_commit_seconds_count",]
    assert 0 < commits <= after["scanstation_journal_events_total",]
    assert after["scanstation_journal_commit_seconds_sum",] > 0
    for name in ("scanstation_journal_commit_seconds", "scanstation_read_handling_seconds"):
        buckets = [value for key, value in after.items() if key[0] == f"{name}_bucket"]
        assert buckets == sorted(buckets)
        assert buckets[-1] == after[f"{name}_count",]
    assert after["scanstation_read_handling_seconds_count",] == before["scanstation_read_handling_seconds_count",] + 3


async def test_no_payload_is_in_the_figures(
    station: Station, scanner: ScannerSimulator, client: httpx.AsyncClient
) -> None:
    await scanner.deliver(SECRET)
    await until(station, lambda: station.watches.of("hand scanner").reads == 1)
    text = (await client.get("/metrics")).text
    assert "hand scanner" in text
    assert "SECRET" not in text and SECRET.payload.hex() not in text.lower()


async def test_frames_and_what_was_given_up(station: Station, client: httpx.AsyncClient, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    camera = station.devices.open(DeviceSettings(name="shelf camera", url=f"camera://{folder}?mode=stream"))
    camera.spent.frames, camera.spent.regions, camera.spent.given_up = 12, 30, 4  # type: ignore[attr-defined]
    found = await figures(client)
    assert found["scanstation_camera_frames_total", "shelf camera"] == 12
    assert found["scanstation_camera_regions_total", "shelf camera"] == 30
    assert found["scanstation_camera_regions_given_up_total", "shelf camera"] == 4


async def test_a_picture_that_ends_zbar_is_counted(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text("import sys; print('ready', flush=True); sys.stdin.buffer.read(8)")
    mortal = Zbar([sys.executable, str(worker)])
    monkeypatch.setattr("drivers.camera.read._shared_zbar", lambda: mortal)
    assert (await figures(client))["scanstation_camera_zbar_lost_total",] == 0
    assert mortal.read(np.zeros((40, 40), np.uint8)) == []
    assert (await figures(client))["scanstation_camera_zbar_lost_total",] == 1


async def test_the_page_of_the_figures_names_them_all(station: Station, client: httpx.AsyncClient) -> None:
    page = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", page, re.MULTILINE))
    families = text_string_to_metric_families((await client.get("/metrics")).text)
    given = {family.name + ("_total" if family.type == "counter" else ""): family.type for family in families}
    given["scanstation_info"] = "info"  # a gauge in this format
    assert told == given


async def test_two_stations_of_one_process_keep_their_figures_apart(
    station: Station, access: Access, client: httpx.AsyncClient
) -> None:
    create_app(station, access, settings=station.settings)
    assert (await figures(client))["scanstation_counting",] == 1


async def test_others_need_the_token_of_a_role_that_reviews(station: Station, access: Access) -> None:
    app = create_app(station, access, settings=station.settings)
    counter, auditor = (access.issue_token(f"t{role}", role) for role in (Role.COUNTER, Role.AUDITOR))

    async def ask(client: str, **headers: str) -> int:
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "app": app, "client": (client, 1), "headers": raw, "path": "/metrics"}
        try:
            return (await metrics(Request(scope))).status_code
        except Denied as denied:
            return denied.status

    assert await ask("127.0.0.1") == 200
    assert await ask("::1") == 200
    assert await ask("10.0.0.9") == 401
    assert await ask("127.0.0.1", **{"x-forwarded-for": "10.0.0.9"}) == 401
    assert await ask("10.0.0.9", authorization=f"Bearer {counter}") == 403
    assert await ask("10.0.0.9", authorization="Bearer wrong") == 401
    assert await ask("10.0.0.9", authorization=f"Bearer {auditor}") == 200
