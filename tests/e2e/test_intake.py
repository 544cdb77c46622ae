"""Readers and programs post their reads to a station, over TCP."""

import asyncio
import base64
import json
import socket

import httpx
import pytest
import pytest_asyncio

from drivers.errors import DriverError
from scanstation.access import Role
from scanstation.counting.errors import JournalError, JournalReason
from scanstation.counting.events import EventKind
from scanstation.settings import DeviceSettings
from scanstation.web.guard import INTAKE_LIMIT

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEA, DRILL = "9521141000014", "9521141000038"
DRILL_TAG = "3037449AA000260000000001"
"""SGTIN-96 of a drill: filter 1, company prefix 9521141 (partition 5), item 00003, serial 1."""


def read(number, data=TEA, **more):
    return {"id": f"read-{number}", "data": data, **more}


@pytest_asyncio.fixture(loop_scope="session")
async def program(house):
    """A program with a token that may count; nobody is signed in yet."""
    token = house.access.issue_token("gate", Role.COUNTER)
    async with httpx.AsyncClient(base_url=house.url, headers={"authorization": f"Bearer {token}"}) as client:
        yield client


async def verdicts(answer):
    assert answer.status_code == 200, answer.text
    return [(one["id"], one["verdict"]) for one in answer.json()["reads"]]


def counted(house):
    return sum(event.qty for event in house.journal.events() if event.kind is EventKind.COUNTED)


async def test_reads_are_durable_when_the_answer_comes_and_have_a_verdict_each(house, program):
    await house.seat()
    answer = await program.post("/api/reads/json", json=[read(1), read(2, "?"), read(3)])
    assert await verdicts(answer) == [("read-1", "ok"), ("read-2", "unknown"), ("read-3", "ok")]
    assert counted(house) == 2
    assert await verdicts(await program.post("/api/reads/json", json=read(4))) == [("read-4", "ok")]
    lines = "\n".join(json.dumps(read(number)) for number in (5, 6))
    assert await verdicts(await program.post("/api/reads/json", content=lines)) == [("read-5", "ok"), ("read-6", "ok")]
    [device] = [view for view in house.station.view().devices if view.name == "gate (json)"]
    assert device.state == "ready"


async def test_a_post_that_comes_again_counts_once_also_after_a_restart(house, program):
    await house.seat()
    batch = [read(number) for number in range(20)]
    first = await verdicts(await program.post("/api/reads/json", json=batch))
    assert await verdicts(await program.post("/api/reads/json", json=batch)) == first
    await house.restart()
    assert await verdicts(await program.post("/api/reads/json", json=batch)) == first
    assert counted(house) == 20


async def test_a_sender_that_hangs_up_before_the_answer_comes_again_and_counts_once(house, program):
    await house.seat()
    batch = [read(number) for number in range(40)]
    with pytest.raises(httpx.ReadTimeout):
        await program.post("/api/reads/json", json=batch, timeout=httpx.Timeout(5, read=0.001))
    assert len(await verdicts(await program.post("/api/reads/json", json=batch))) == 40
    assert counted(house) == 40


async def test_two_senders_that_use_the_same_ids_mean_different_reads(house, program):
    await house.seat()
    await program.post("/api/reads/json", json=read(1))
    token = house.access.issue_token("dock", Role.COUNTER)
    await program.post("/api/reads/json", json=read(1), headers={"authorization": f"Bearer {token}"})
    assert counted(house) == 2


async def test_a_wrong_read_says_what_is_wrong_and_holds_up_no_other(house, program):
    await house.seat()
    answer = await program.post("/api/reads/json", json=[read(1), {"data": TEA}, {"id": "x"}, read(2)])
    assert await verdicts(answer) == [("read-1", "ok"), (None, "error"), ("x", "error"), ("read-2", "ok")]
    assert "id is missing" in answer.json()["reads"][1]["text"]


async def test_zebra_events_come_in_all_modes_and_only_tags_are_answered(house, program):
    await house.seat()
    simple = {"type": "SIMPLE", "timestamp": "2026-11-26T09:00:00.000+0000", "data": {"idHex": DRILL_TAG}}
    custom = {
        "type": "CUSTOM",
        "timestamp": "2026-11-26T09:00:00.000+0000",
        "data": {"eventNum": 1, "format": "epc", "idHex": DRILL_TAG, "antenna": 2, "peakRssi": -51, "reads": 7},
    }
    heartbeat = {"type": "heartbeat", "data": {"radio_control": {"status": "running"}}}
    beacon = {"type": "BLE", "data": {"format": "ble", "idHex": "aa"}}
    answer = await program.post("/api/reads/zebra", json=[simple, heartbeat, beacon, custom])
    assert await verdicts(answer) == [(None, "ok"), (None, "ok")]
    assert house.station.view().swept_tags == 1
    assert await verdicts(await program.post("/api/reads/zebra", json=simple)) == [(None, "ok")]
    assert await verdicts(await program.post("/api/reads/zebra", json=heartbeat)) == []
    impinj = {"tagInventoryEvent": {"epcHex": DRILL_TAG[:-1] + "2", "antennaPort": 1}}
    assert await verdicts(await program.post("/api/reads/impinj", json=impinj)) == [(None, "ok")]
    assert house.station.view().swept_tags == 2


async def test_a_reader_that_knows_only_basic_sends_its_token_as_password(house, program):
    await house.seat()
    token = program.headers.pop("authorization").removeprefix("Bearer ")
    basic = base64.b64encode(f"reader:{token}".encode()).decode()
    answer = await program.post("/api/reads/json", json=read(1), headers={"authorization": f"Basic {basic}"})
    assert await verdicts(answer) == [("read-1", "ok")]


async def test_who_may_not_count_is_turned_away(house, program):
    async def post(**headers):
        return (await program.post("/api/reads/json", json=read(1), headers=headers)).status_code

    assert await post() == 409  # nobody is signed in
    await house.seat()
    head = house.journal.head
    assert await post(authorization="Bearer sst_wrong") == 401
    assert await post(authorization="Basic ???") == 401
    assert await post(authorization="Digest x") == 403  # the guard asks every program who it is
    auditor = house.access.issue_token("books", Role.AUDITOR)
    assert await post(authorization=f"Bearer {auditor}") == 403
    assert await post(origin="http://evil.example") == 403
    house.access.revoke_token("gate")
    assert await post() == 401
    assert house.journal.head == head


async def test_a_session_of_the_page_is_no_token(house, program):
    session = await house.seat()
    del program.headers["authorization"]
    program.cookies.set("scanstation_session", session, domain="127.0.0.1")
    answer = await program.post("/api/reads/json", json=read(1), headers={"origin": house.url})
    assert answer.status_code == 401


async def test_a_body_that_cannot_be_read_is_refused_whole(house, program):
    await house.seat()
    head = house.journal.head
    for form, body, status in (
        ("json", b"{", 422),
        ("json", b"\xff", 422),
        ("json", b"[" * 100_000, 422),
        ("json", b'{"id":"1","data":"A"}\nnonsense', 422),
        ("json", b"0" * (INTAKE_LIMIT + 1), 413),
        ("xml", b"{}", 404),
    ):
        answer = await program.post(f"/api/reads/{form}", content=body)
        assert (answer.status_code, bool(answer.json()["text"])) == (status, True), body[:40]
    assert house.journal.head == head


async def test_what_could_not_be_journaled_is_not_answered_as_taken(house, program, monkeypatch):
    await house.seat()
    monkeypatch.setattr("scanstation.station.posted.PATIENCE", 0.5)

    def fails(events):
        raise JournalError(JournalReason.DISK_FULL, "the disk is full")

    monkeypatch.setattr(house.journal, "submit", fails)
    assert (await program.post("/api/reads/json", json=read(1))).status_code == 503
    assert (await program.post("/api/reads/json", json=read(1))).status_code == 503  # the alarm, at once
    monkeypatch.undo()
    await house.restart()
    assert await verdicts(await program.post("/api/reads/json", json=read(1))) == [("read-1", "ok")]
    assert counted(house) == 1


async def test_many_senders_at_once_mix_nothing_up(house, program):
    await house.seat()

    async def send(name):
        return await verdicts(await program.post("/api/reads/json", json=[read(f"{name}-{n}") for n in range(10)]))

    answers = await asyncio.gather(*(send(name) for name in range(8)))
    assert answers == [[(f"read-{name}-{n}", "ok") for n in range(10)] for name in range(8)]
    assert counted(house) == 80


def presence(house):
    kinds = (EventKind.TAG_ARRIVED, EventKind.TAG_LEFT)
    return [(event.kind, event.location, event.device) for event in house.journal.events() if event.kind in kinds]


@pytest.mark.parametrize("way", ["the station's own address", "an address of the device"])
async def test_readers_that_post_watch_locations_with_nobody_signed_in(house, way):
    """Tags come, go while the reader says that it reads, and stay while it says nothing."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = way == "the station's own address"
    url = "post:impinj" if own else f"http://127.0.0.1:{port}/?listen=1&format=impinj&token=sesame"
    dock = DeviceSettings(name="dock", url=url, antennas={"1": "A-01-01"}, silence_s=1)
    house.settings = house.settings.model_copy(update={"devices": (dock,), "rfid_epoch_s": 0.02})
    await house.restart()
    token = house.access.issue_token("dock", Role.COUNTER) if own else "sesame"
    address = f"{house.url}/api/reads/impinj" if own else f"http://127.0.0.1:{port}/"

    async def post(event):
        return await reader.post(address, json=event, headers={"authorization": f"Bearer {token}"})

    def tag(antenna):
        event = {"epcHex": DRILL_TAG, "antennaPort": antenna, "peakRssiCdbm": -5500}
        return {"eventType": "tagInventory", "tagInventoryEvent": event}

    running = {"eventType": "inventoryStatus", "inventoryStatusEvent": {"inventoryStatus": "running"}}
    async with httpx.AsyncClient() as reader:
        while not presence(house):
            assert [one["verdict"] for one in (await post(tag(1))).json()["reads"]] == ["ok"]
            await asyncio.sleep(0.02)
        assert presence(house) == [(EventKind.TAG_ARRIVED, "A-01-01", "dock")]
        assert [one["verdict"] for one in (await post(tag(2))).json()["reads"]] == ["refused"]
        while not house.station.silent:
            await asyncio.sleep(0.05)
        await asyncio.sleep(6)
        assert len(presence(house)) == 1
        while len(presence(house)) == 1:
            assert (await post(running)).json()["reads"] == []
            await asyncio.sleep(0.1)
    assert presence(house)[1:] == [(EventKind.TAG_LEFT, "A-01-01", "dock")]
    assert [view.name for view in house.station.view().devices] == ["dock"]


async def test_a_form_that_nobody_posts_is_refused_with_the_right_ones(house):
    house.settings = house.settings.model_copy(update={"devices": (DeviceSettings(name="dock", url="post:xml"),)})
    with pytest.raises(DriverError, match="reads are posted as json, impinj, zebra") as refused:
        house.station.devices.add(house.settings.devices[0])
    assert "post:zebra" in refused.value.remedy
