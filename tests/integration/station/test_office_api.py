"""Supervisors at a station that runs: the real app over HTTP, beside a seat that counts."""

import asyncio
import base64
import hashlib
import json
import re
import threading

import httpx
import pytest

from scanstation.access import AccessError, Role, system_access
from scanstation.counting.events import EventKind
from scanstation.reports import to_json
from scanstation.reports.json_reader import from_json
from scanstation.settings import DeviceSettings, load_policy
from scanstation.station.desk import Desk
from scanstation.station.office import Office
from scanstation.stock.model import Movement, OrderLine
from scanstation.store.access import StoredOperatorBook
from scanstation.store.engine import StoreError, StoreReason
from scanstation.web.app import create_app
from scanstation.web.door import COOKIE, CSRF_HEADER
from scanstation.web.office_door import OFFICE_COOKIE
from scanstation.web.server import PageServer, listen, server_config

GTIN = "09521141123454"
PIN = "27182"
KEY = "a-key-of-this-machine"


class Served:
    """The station with its office, and a client that is nobody."""

    def __init__(self, station, access, office, url):
        self.station, self.access, self.office, self.url = station, access, office, url
        self.client = httpx.AsyncClient(base_url=url, timeout=30)

    async def get(self, path, **how):
        return await self.client.get(path, **how)

    async def post(self, path, body=None, **how):
        return await self.client.post(path, json={} if body is None else body, **how)

    def kinds(self):
        return [event.kind for event in self.station.journal.events()]


def basic(badge, pin=PIN):
    return {"authorization": "Basic " + base64.b64encode(f"{badge}:{pin}".encode()).decode()}


def bearer(token):
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
async def served(station):
    station.stock.put_orders(
        [
            OrderLine(order_id="SO-1", item="LAMP", qty=4, due=20_400, customer="Ada"),
            OrderLine(order_id="SO-2", item="LAMP", qty=3, due=20_401, customer="<b>Bob</b>"),
        ]
    )
    access = system_access(StoredOperatorBook(station.stock.engine))
    access.add_operator("S01", "Sam", Role.SUPERVISOR, PIN)
    access.add_operator("Q01", "Quinn", Role.AUDITOR, PIN)
    numbers = iter(range(2, 100))
    office = Office.open(
        station.settings, load_policy(), station.stock, station.journal,
        clock=station.clock.now, ids=lambda: f"AU{next(numbers)}",
    )  # fmt: skip
    await station.refresh()
    listener = listen("127.0.0.1", 0)
    app = create_app(station, access, settings=station.settings, clock=station.clock.now, office=office, key=KEY)
    server = PageServer(server_config(app, station.settings), app.state.context)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.005)
    made = Served(station, access, office, f"http://127.0.0.1:{listener.getsockname()[1]}")
    yield made
    await made.client.aclose()
    server.should_exit = True
    await task


@pytest.fixture
async def counted(served, scan):
    """A-01 was counted: 5 lamps where the record says 7."""
    await count(served, scan, "C01", 5)
    return served


async def count(served, scan, operator, units, audit="AU1", location="A-01"):
    station = served.station
    await station.sign_in(operator)
    assert (await station.choose_audit(audit)).outcome == "ok"
    assert (await station.decision_of(scan(f"LOC-{location}"))).outcome == "ok"
    await station.set_quantity(units)
    assert (await station.decision_of(scan(GTIN[1:], "]E0"))).outcome == "ok"
    assert (await station.close_location()).outcome == "ok"


STEPS = {
    "/api/office/open": {"name": "Tuesday"},
    "/api/office/AU1/reconcile": {},
    "/api/office/AU1/recount": {},
    "/api/office/AU1/reject": {"item": "LAMP", "location": "A-01", "reason": "on loan"},
    "/api/office/AU1/withdraw-rejection": {"item": "LAMP", "location": "A-01"},
    "/api/office/AU1/approve": {},
    "/api/office/AU1/withdraw": {},
    "/api/office/AU1/post": {},
}
LOOKS = ["/api/office/audits", "/api/office/zones", "/api/office/AU1/report", "/api/office/AU1/closings"]


async def test_from_open_to_posted_while_the_seat_counts(counted, scan):
    sam = basic("S01")
    opened = await counted.post("/api/office/open", {"name": "Tuesday", "locations": ["A-02"]}, headers=sam)
    assert (opened.status_code, opened.json()) == (200, {"audit": "AU2", "locations": 1})
    assert ("AU2", "Tuesday") in counted.station.view().audits
    report = (await counted.post("/api/office/AU1/reconcile", headers=sam)).json()
    assert [(row["item"], row["variance"]) for row in report["findings"]] == [("LAMP", -2)]
    assert [(row["order_id"], row["short"]) for row in report["order_lines"]] == [("SO-2", 2)]
    approved = await counted.post("/api/office/AU1/approve", {"reason": "SHRINK"}, headers=sam)
    assert approved.json() == {"amount": 240_000, "currency": "EUR"}
    first = await counted.post("/api/office/AU1/post", headers=sam)
    again = await counted.post("/api/office/AU1/post", headers=sam)
    assert (first.json()["new"], again.json()["new"], again.json()["adjustments"]) == (1, 0, 1)
    assert [row.qty for row in counted.station.stock.records(item="LAMP")] == [5]
    assert counted.kinds()[-3:] == [EventKind.RECONCILED, EventKind.APPROVED, EventKind.POSTED]
    assert counted.access.sessions.sweep() == () and not counted.access.sessions.live("S01")


async def test_a_posted_report_keeps_what_was_posted_and_tells_a_late_booking(counted):
    sam, path = basic("S01"), "/api/office/AU1"
    for step in ("reconcile", "approve", "post"):
        await counted.post(f"{path}/{step}", headers=sam)
    report = (await counted.get(f"{path}/report", headers=sam)).json()
    assert ([row["booked"] for row in report["findings"]], report["outdated"]) == ([-2], [])
    early = report["cut_off"] - 1
    counted.station.stock.book([Movement(item="LAMP", location="A-01", lot=None, delta=-1, ts=early, reason="issue")])
    report = (await counted.get(f"{path}/report", headers=sam)).json()
    assert [(row["variance"], row["booked"]) for row in report["findings"]] == [(-1, -2)]
    (words,) = report["outdated"]
    assert words == (
        "Lamp, blue at A-01: -2 was posted; with what was booked later and is dated before the count it would be -1; "
        "count it in a new audit"
    )


async def test_a_closed_location_says_at_once_what_it_breaks(counted):
    async with asyncio.timeout(60):
        while not (told := (await counted.get("/api/office/AU1/closings", headers=basic("S01"))).json()["closings"]):
            await asyncio.sleep(0.05)
    (closing,) = told
    assert (closing["location"], closing["round"]) == ("A-01", 1)
    assert [(row["item"], row["expected"], row["counted"]) for row in closing["findings"]] == [("LAMP", 7, 5)]
    worst = closing["consequences"][0]
    assert (worst["kind"], worst["order_id"], worst["units"]) == ("OVERSOLD", "SO-2", 2)
    assert counted.kinds()[-1] is EventKind.LOCATION_CLOSED  # nobody has ended the count


async def test_a_finding_is_rejected_and_the_rest_goes_on(counted):
    sam, lamp = basic("S01"), {"item": "LAMP", "location": "A-01"}
    path = "/api/office/AU1"
    await counted.post(f"{path}/reconcile", headers=sam)
    answer = (await counted.post(f"{path}/reject", {**lamp, "reason": "=on loan"}, headers=sam)).json()
    assert (answer["operator"], answer["reason"], answer["value"]) == ("S01", "=on loan", 240_000)
    for body, status, reason in (
        ({**lamp, "reason": ""}, 422, "invalid"),
        ({**lamp, "reason": " "}, 422, "no_reason"),
        ({**lamp, "location": "A-02", "reason": "on loan"}, 404, "unknown_finding"),
    ):
        refused = await counted.post(f"{path}/reject", body, headers=sam)
        assert (refused.status_code, refused.json()["reason"]) == (status, reason)
    report = (await counted.get(f"{path}/report", headers=basic("Q01"))).json()
    assert [(row["item"], row["reason"]) for row in report["rejections"]] == [("LAMP", "=on loan")]
    assert (await counted.post(f"{path}/withdraw-rejection", lamp, headers=sam)).json() == {}
    assert (await counted.post(f"{path}/withdraw-rejection", lamp, headers=sam)).status_code == 404
    await counted.post(f"{path}/reject", {**lamp, "reason": "on loan"}, headers=sam)
    assert (await counted.post(f"{path}/approve", headers=sam)).json()["amount"] == 0
    posted = (await counted.post(f"{path}/post", headers=sam)).json()
    told = [{"item": "LAMP", "name": "Lamp, blue", "location": "A-01", "why": "rejected by S01: on loan"}]
    assert posted == {"new": 0, "adjustments": 0, "not_posted": told}
    assert [row.qty for row in counted.station.stock.records(item="LAMP")] == [7]
    assert counted.kinds()[-3:] == [EventKind.FINDING_REJECTED, EventKind.APPROVED, EventKind.POSTED]


@pytest.mark.parametrize(("alone", "books"), [(False, {"A-01": 7, "A-02": 0}), (True, {"A-01": 7, "A-02": 2})])
async def test_both_sides_of_a_transfer_are_decided_by_rejecting_one(served, scan, alone, books):
    """Two of seven lamps lie at A-02."""
    sam, path = basic("S01"), "/api/office/AU2"
    await served.post("/api/office/open", {"name": "Both", "locations": ["A-01", "A-02"]}, headers=sam)
    await count(served, scan, "C01", 5, audit="AU2")
    await count(served, scan, "C01", 2, audit="AU2", location="A-02")
    await served.post(f"{path}/reconcile", headers=sam)
    body = {"item": "LAMP", "location": "A-01", "reason": "on its way", "alone": alone}
    answer = (await served.post(f"{path}/reject", body, headers=sam)).json()
    assert answer["others"].endswith("2 at A-02.")
    report = (await served.get(f"{path}/report", headers=sam)).json()
    assert {row["location"]: row["booked"] for row in report["findings"]} == {"A-01": 0, "A-02": 2 if alone else 0}
    assert [row["sides"] for row in report["findings"]] == ["2 at A-02", "2 at A-01"]
    approved = (await served.post(f"{path}/approve", headers=sam)).json()
    assert approved["amount"] == (240_000 if alone else 0)
    await served.post(f"{path}/post", headers=sam)
    on_hand = {row.location: row.qty for row in served.station.stock.records(item="LAMP")}
    assert {"A-02": 0} | on_hand == books


async def test_an_approval_can_be_taken_back_before_it_is_posted(counted, scan):
    sam = basic("S01")
    await counted.post("/api/office/AU1/reconcile", headers=sam)
    assert (await counted.post("/api/office/AU1/approve", headers=sam)).status_code == 200
    assert (await counted.post("/api/office/AU1/withdraw", headers=sam)).json() == {}
    refused = await counted.post("/api/office/AU1/post", headers=sam)
    assert refused.status_code == 409
    assert "is counting" in refused.json()["error"]
    for step in ("reconcile", "approve", "post"):
        assert (await counted.post(f"/api/office/AU1/{step}", headers=sam)).status_code == 200
    late = await counted.post("/api/office/AU1/withdraw", headers=sam)
    assert late.status_code == 409


async def test_the_seat_knows_a_step_at_once(counted, scan):
    """Approved: nothing more is counted.  A recount: another person may count the place again, and goes on from it."""
    station = counted.station
    assert (await station.decision_of(scan("LOC-A-01"))).outcome == "refused"
    answer = await counted.post("/api/office/AU1/recount", {"locations": ["A-01"]}, headers=basic("S01"))
    assert answer.json() == {"locations": ["A-01"]}
    assert (await station.decision_of(scan("LOC-A-01"))).outcome == "refused"  # C01 counted it
    await count(counted, scan, "S01", 6)
    await counted.post("/api/office/AU1/reconcile", headers=basic("S01"))
    answer = await counted.post("/api/office/AU1/approve", headers=basic("S01"))
    assert answer.status_code == 200
    assert station.view().audit is None
    assert (await station.choose_audit("AU1")).outcome == "refused"


async def test_a_sweep_of_the_open_location_outlives_a_step(counted, scan):
    from drivers import Carrier, Read
    from scanstation.identity import format_sgtin96

    station = counted.station
    assert (await station.decision_of(scan("LOC-A-02"))).outcome == "ok"
    for serial in range(1, 5):
        tag = format_sgtin96("09521141123461", serial, 7)
        for _ in range(8):
            now = station.clock.now()
            await station.take(
                Read(payload=tag, device="reader", received_at=now, carrier=Carrier.EPC, antenna=1, rssi_dbm=-50)
            )
    await counted.post("/api/office/AU1/recount", {"locations": ["A-01"]}, headers=basic("S01"))
    assert station.view().swept_tags == 4
    await station.close_location()
    found = [event.serial for event in station.journal.events() if event.item == "DRILL"]
    assert sorted(found) == ["1", "2", "3", "4"]


async def test_events_of_others_between_two_scans_are_applied_in_order(counted, scan):
    """Somebody journals before the next scan, and nobody has called refresh yet: the scan is judged by what is so."""
    station = counted.station
    await station.sign_in("S01")
    await station.choose_audit("AU1")
    assert "reopen it" in (await station.decision_of(scan("LOC-A-01"))).text
    await asyncio.to_thread(counted.office.workflow.request_recount, "AU1", "S01", "supervisor", ["A-01"])
    assert (await station.decision_of(scan("LOC-A-01"))).outcome == "ok"
    assert station.view().round == 2


async def test_events_of_others_between_a_decision_and_the_disk_are_not_lost(counted):
    station = counted.station

    def decide():
        counted.office.workflow.request_recount("AU1", "S01", "supervisor", ["A-01"])
        return station.session.open_location("A-02")

    assert (await station.settle(decide)).outcome == "ok"
    assert station.view().location == "A-02"
    assert station.session.recounts_due == ("A-01",)


async def test_scans_are_acknowledged_while_a_review_runs(counted, scan, monkeypatch):
    """The review is held up in its thread; the event loop takes scans over HTTP and from devices meanwhile."""
    held, go_on = threading.Event(), threading.Event()
    report = type(counted.office).report

    def slow(office, audit):
        held.set()
        assert go_on.wait(20)
        return report(office, audit)

    monkeypatch.setattr(type(counted.office), "report", slow)
    review = asyncio.create_task(counted.get("/api/office/AU1/report", headers=basic("S01")))
    assert await asyncio.to_thread(held.wait, 10)
    station = counted.station
    assert (await station.take(scan("LOC-A-02"))).value == "ok"
    token = counted.access.issue_token("gate", Role.COUNTER)
    body = {"payload": GTIN[1:], "aim": "]E0", "read_id": "0123456789", "at": 1}
    answer = await counted.post("/api/scan", body, headers=bearer(token))
    assert answer.json()["outcome"] == "ok"
    assert not review.done()
    go_on.set()
    assert (await review).status_code == 200
    assert station.view().location_units == 1


async def ask(served, path, headers):
    return await (
        served.post(path, STEPS[path], headers=headers) if path in STEPS else served.get(path, headers=headers)
    )


async def test_a_counter_gets_403_everywhere(counted):
    everything = [*STEPS, *LOOKS, "/office", "/office/AU1/report"]
    for path in everything:
        answer = await ask(counted, path, basic("C01", "31415"))
        assert answer.status_code == 403, path
        assert "7" not in re.sub(r"<[^>]*>", "", answer.text), "no recorded quantity"
    session = counted.access.sign_in("C01", "31415")
    counted.client.cookies.set(COOKIE, session.id)
    for path in everything:
        answer = await ask(counted, path, {CSRF_HEADER: session.csrf, "origin": counted.url})
        assert answer.status_code == 403, path


async def test_an_auditor_reads_and_changes_nothing(counted):
    head = counted.station.journal.head
    assert (await counted.get("/api/office/AU1/report", headers=basic("Q01"))).status_code == 200
    for path in STEPS:
        assert (await ask(counted, path, basic("Q01"))).status_code == 403, path
    assert counted.station.journal.head == head


@pytest.mark.parametrize("who", [(), ("Q01", Role.AUDITOR), ("C01", Role.COUNTER)])
async def test_only_a_supervisor_ends_the_count_at_the_desk(counted, who):
    with pytest.raises(AccessError, match="may not end the count"):
        Desk(counted.office, *who).reconcile("AU1")
    assert counted.station.stock.audit("AU1").state == "counting"


async def test_a_stranger_gets_401(served):
    for path in (*STEPS, *LOOKS):
        answer = await ask(served, path, {"origin": served.url})
        assert (answer.status_code, answer.json()["reason"]) == (401, "not_signed_in"), path


async def test_every_step_of_the_office_is_in_the_list_above(served):
    paths = (await served.get("/api/openapi.json")).json()["paths"]
    posts = {path for path, how in paths.items() if path.startswith("/api/office") and "post" in how}
    known = {path.replace("AU1", "{audit}") for path in STEPS}
    assert posts == known | {"/api/office/sign-in", "/api/office/sign-out"}


async def test_a_page_needs_its_token_and_takes_no_seat(counted):
    page = {"origin": counted.url}
    answer = await counted.post("/api/office/sign-in", {"badge": "OPR-S01", "pin": PIN}, headers=page)
    person = answer.json()["session"]
    assert (person["badge"], person["role"], person["changes"]) == ("S01", "supervisor", True)
    cookie = answer.headers["set-cookie"].lower()
    assert OFFICE_COOKIE in cookie and "httponly" in cookie and "samesite=strict" in cookie
    assert counted.station.view().operator == "C01"
    refused = await counted.post("/api/office/AU1/recount", {"locations": ["A-01"]}, headers=page)
    assert (refused.status_code, refused.json()["reason"]) == (403, "old_page")
    page[CSRF_HEADER] = person["csrf"]
    assert (await counted.post("/api/office/AU1/recount", {"locations": ["A-01"]}, headers=page)).status_code == 200
    assert (await counted.post("/api/office/sign-out", headers=page)).json() == {"session": None}
    assert (await counted.get("/api/office/audits")).status_code == 401
    assert counted.station.view().operator == "C01"


async def test_a_counter_cannot_sign_in_at_the_office(counted):
    body = {"badge": "C01", "pin": "31415"}
    answer = await counted.post("/api/office/sign-in", body, headers={"origin": counted.url})
    assert answer.status_code == 403 and "set-cookie" not in answer.headers
    assert not counted.access.sessions.live("C01")


async def test_a_token_may_not_approve_and_the_key_only_looks(counted):
    token = counted.access.issue_token("planner", Role.SUPERVISOR)
    assert (await counted.post("/api/office/AU1/reconcile", headers=bearer(token))).status_code == 200
    answer = await counted.post("/api/office/AU1/approve", headers=bearer(token))
    assert (answer.status_code, answer.json()["reason"]) == (403, "needs_a_person")
    assert (await counted.get("/api/office/AU1/report", headers=bearer(KEY))).status_code == 200
    for step in ("reject", "withdraw-rejection"):
        answer = await ask(counted, f"/api/office/AU1/{step}", bearer(token))
        assert (answer.status_code, answer.json()["reason"]) == (403, "needs_a_person")
    for step in ("reconcile", "approve", "post", "recount", "reject", "withdraw-rejection"):
        assert (await ask(counted, f"/api/office/AU1/{step}", bearer(KEY))).status_code == 403
    assert (await counted.post("/api/office/open", {"name": "x"}, headers=bearer(KEY))).status_code == 403
    assert (await counted.get("/api/office/AU1/report", headers=bearer("wrong"))).status_code == 401


async def test_wrong_pins_are_limited(served):
    for _ in range(5):
        answer = await served.get("/api/office/audits", headers=basic("S01", "00000"))
        assert (answer.status_code, answer.json()["reason"]) == (401, "wrong")
    answer = await served.get("/api/office/audits", headers=basic("S01"))
    assert (answer.status_code, answer.json()["reason"]) == (429, "locked")
    assert int(answer.headers["retry-after"]) > 0


async def test_refusals_say_what_why_and_how_to_mend(counted):
    sam = basic("S01")

    async def refused(path, body=None):
        answer = await counted.post(f"/api/office/{path}", body, headers=sam)
        return answer.status_code, answer.json()

    status, said = await refused("NONE/reconcile")
    assert (status, said) == (
        404, {"error": "there is no audit NONE", "remedy": "List the audits.", "reason": "unknown_audit"},
    )  # fmt: skip
    status, said = await refused("AU1/approve")
    assert (status, said["reason"]) == (409, "wrong_state") and said["remedy"]
    status, said = await refused("open", {"name": "x", "locations": ["NOWHERE"]})
    assert (status, said["reason"]) == (422, "not_found") and "NOWHERE" in said["error"]
    status, said = await refused("open", {"name": "", "more": 1})
    assert (status, said["reason"]) == (422, "invalid")
    assert said["error"] == "name: must not be empty; more: is not known here"
    status, said = await refused("open", {"name": "x", "zones": ["no such zone"]})
    assert (status, said["reason"]) == (409, "nothing_counted")


async def test_who_counted_may_not_approve_what_is_worth_much(served, scan):
    await count(served, scan, "S01", 60)  # 53 lamps too many, at 12.00: more than 500.00
    sam = basic("S01")
    await served.post("/api/office/AU1/reconcile", headers=sam)
    answer = await served.post("/api/office/AU1/approve", headers=sam)
    assert (answer.status_code, answer.json()["reason"]) == (403, "four_eyes")


async def test_the_list_tells_state_and_progress(counted, scan):
    rows = (await counted.get("/api/office/audits", headers=basic("Q01"))).json()["audits"]
    (row,) = rows
    assert (row["audit"], row["name"], row["state"], row["closed"], row["total"]) == ("AU1", "Monday", "counting", 1, 2)
    await counted.station.decision_of(scan("LOC-A-02"))
    (row,) = (await counted.get("/api/office/audits", headers=basic("Q01"))).json()["audits"]
    assert row["open"] == [{"location": "A-02", "station": "ST01", "operator": "C01"}]
    await counted.post("/api/office/AU1/recount", {"locations": ["A-01"]}, headers=basic("S01"))
    (row,) = (await counted.get("/api/office/audits", headers=basic("Q01"))).json()["audits"]
    assert (row["closed"], row["recounts_due"]) == (0, ["A-01"])


async def test_the_report_as_a_page_lets_in_its_own_style_and_nothing_else(counted):
    answer = await counted.get("/office/AU1/report", headers=basic("Q01"))
    assert answer.status_code == 200
    assert "<b>Bob</b>" not in answer.text and "&lt;b&gt;Bob&lt;/b&gt;" in answer.text
    assert "<script" not in answer.text and " style=" not in answer.text
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policies = answer.headers.get_list("content-security-policy")
    assert len(policies) == 1 and f"style-src 'sha256-{digest}'" in policies[0]
    assert policies[0].startswith("default-src 'none'") and "unsafe" not in policies[0]
    assert answer.headers["x-frame-options"] == "DENY"
    away = await counted.get("/office/AU1/report")
    assert (away.status_code, away.headers["location"]) == (303, "/office")


async def test_a_report_comes_back_whole_from_its_json(counted):
    text = (await counted.get("/api/office/AU1/report", headers=basic("Q01"))).text
    report = from_json(text)
    assert to_json(report) == text
    assert report.order_lines[0].customer == "<b>Bob</b>" and report.units_short == 2
    with pytest.raises(ValueError, match="version"):
        from_json(json.dumps({"report_version": 99}))
    with pytest.raises(ValueError, match="audit"):
        from_json(json.dumps({"report_version": 2}))


async def test_a_step_that_fails_half_way_still_reaches_the_seat(counted, scan, monkeypatch):
    """The events are journaled, then the stock file refuses: the seat must know the events all the same."""
    station = counted.station

    def refuse(audit, state, *, at):
        raise StoreError(StoreReason.CONFLICT, "the stock file is busy", "try again")

    monkeypatch.setattr(station.stock, "set_audit_state", refuse)
    answer = await counted.post("/api/office/AU1/recount", {"locations": ["A-01"]}, headers=basic("S01"))
    assert (answer.status_code, answer.json()["reason"]) == (409, "conflict")
    assert station.session.recounts_due == ("A-01",)


async def test_devices_are_shown_to_who_reviews_without_the_secrets_of_their_urls(served):
    await served.station.sign_in("C01")
    url = "serial:rfc2217://ann:s3cret@127.0.0.1:9?protocol=lines"
    served.station.devices.open(DeviceSettings(name="gate", url=url))
    assert (await served.get("/api/office/devices")).status_code == 401
    assert (await served.get("/api/office/devices", headers=basic("C01", "31415"))).status_code == 403
    for headers in (basic("Q01"), bearer(KEY), bearer(served.access.issue_token("watch", Role.AUDITOR))):
        answer = await served.get("/api/office/devices", headers=headers)
        assert answer.status_code == 200
        [device] = answer.json()["devices"]
        assert (device["name"], device["state"], device["reads"]) == ("gate", "closed", 0)
        assert device["url"] == "serial:rfc2217://ann:***@127.0.0.1:9?protocol=lines"
