"""The API as a program or a hostile page meets it: over TCP, without a browser."""

import asyncio
import json
import shutil
import ssl
import subprocess

import httpx
import pytest
import pytest_asyncio

from scanstation.access import Role
from scanstation.web.door import COOKIE, CSRF_HEADER
from scanstation.web.guard import BODY_LIMIT
from scanstation.web.server import WebError, serve_station

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEA = "9521141000014"
READ_ID = "0123456789abcdef"


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(house):
    async with httpx.AsyncClient(base_url=house.url, headers={"origin": house.url}) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def anna(house, stranger):
    """The seated operator's page."""
    session = await house.seat()
    stranger.cookies.set(COOKIE, session, domain="127.0.0.1")
    state = (await stranger.get("/api/state")).json()
    stranger.headers[CSRF_HEADER] = state["session"]["csrf"]
    return stranger


def scan(payload: str = TEA, read_id: str = READ_ID):
    return {"payload": payload, "read_id": read_id, "at": 1_700_000_000_000}


POSTS = {
    "/api/audit": {"audit": "2026-11"},
    "/api/scan": scan(),
    "/api/typed": {"code": TEA},
    "/api/answer": {"question": 1, "yes": True},
    "/api/quantity": {"qty": 3},
    "/api/undo": {},
    "/api/close": {},
    "/api/reopen": {"location": "A-01-01"},
    "/api/correct": {"item": "TEA-1", "qty": 1},
    "/api/mark": {"item": "TEA-1", "qty": 1, "status": "damaged"},
    "/api/resolve": {"seq": 1, "item": "TEA-1", "qty": 1},
    "/api/frames": {},
    "/api/sign-out": {},
}


@pytest.mark.parametrize("path", POSTS)
async def test_nothing_changes_without_a_session(house, stranger, path):
    await house.seat()
    head = house.journal.head
    answer = await stranger.post(path, json=POSTS[path])
    assert (answer.status_code, answer.json()["text"]) == (401, "sign in first")
    assert house.journal.head == head


@pytest.mark.parametrize("path", POSTS)
async def test_a_session_without_the_token_of_the_page_is_not_enough(house, anna, path):
    head = house.journal.head
    anna.headers[CSRF_HEADER] = "0" * 64
    assert (await anna.post(path, json=POSTS[path])).status_code == 403
    assert house.journal.head == head


async def test_every_post_of_the_api_is_in_the_list_above(house):
    paths = house.app.openapi()["paths"]
    posts = {path for path, operations in paths.items() if "post" in operations}
    assert posts - {"/api/sign-in", "/api/setup", "/api/reads/{form}"} == set(POSTS)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "SAME", "sec-fetch-site": "cross-site"},
        {"origin": "SAME", "sec-fetch-site": "same-site"},
        {},
    ],
)
async def test_requests_of_other_pages_are_turned_away(house, anna, headers):
    del anna.headers["origin"]
    headers = {name: house.url if value == "SAME" else value for name, value in headers.items()}
    answer = await anna.post("/api/scan", json=scan(), headers=headers)
    assert answer.status_code == 403
    assert house.facts() == []


async def test_a_foreign_name_that_points_here_is_not_answered(house, stranger):
    for path in ("/", "/api/state", "/healthz"):
        answer = await stranger.get(path, headers={"host": "evil.example"})
        assert answer.status_code == 421
        assert "evil.example" in answer.json()["text"]


@pytest.mark.parametrize("path", ["/", "/static/main.js", "/api/state", "/no-such-page", "/healthz"])
async def test_every_answer_carries_the_security_headers(stranger, path):
    headers = (await stranger.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(house, stranger):
    answer = await stranger.post("/api/sign-in", json={"badge": "OPR-1001", "pin": "7302"})
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert house.station.view().operator == "1001"


async def test_signing_in_again_starts_a_new_session_and_ends_the_old(house, anna):
    before = anna.cookies[COOKIE]
    await anna.post("/api/sign-in", json={"badge": "1001", "pin": "7302"})
    assert anna.cookies[COOKIE] != before
    assert house.access.sessions.get(before) is None


async def test_wrong_pins_get_401_and_then_429_with_the_time_to_wait(stranger):
    for _ in range(5):
        assert (await stranger.post("/api/sign-in", json={"badge": "1001", "pin": "1597"})).status_code == 401
    answer = await stranger.post("/api/sign-in", json={"badge": "1001", "pin": "7302"})
    assert answer.status_code == 429
    assert 50 <= int(answer.headers["retry-after"]) <= 60


async def test_one_read_id_counts_once_however_often_it_comes(house, anna):
    answers = [(await anna.post("/api/scan", json=scan())).json() for _ in range(3)]
    assert [answer["outcome"] for answer in answers] == ["ok", "ok", "ok"]
    assert house.counted() == [("TEA-1", 1)]
    assert house.facts()[0].read_id == READ_ID
    assert answers[0]["state"]["view"]["location_units"] == 1


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/api/scan", {"payload": TEA}, ["read_id: is missing", "at: is missing"]),
        ("/api/scan", scan("x" * 4_097), ["payload: must have at most 4096 characters"]),
        ("/api/scan", {**scan(), "qty": 5}, ["qty: is not known here"]),
        ("/api/scan", {**scan(), "aim": "]C1; rm"}, ["aim: has not the right form"]),
        ("/api/quantity", {"qty": "12"}, ["qty: must be a whole number"]),
        ("/api/quantity", {"qty": 4006381333931}, ["qty: must be at most 999999"]),
        ("/api/mark", {"item": "TEA-1", "qty": 1, "status": "stolen"}, ["status: must be 'damaged' or 'quarantined'"]),
        ("/api/undo", [], ["the request: must be a JSON object"]),
    ],
)
async def test_a_body_that_does_not_fit_is_refused_in_words(house, anna, path, body, words):
    answer = await anna.post(path, json=body)
    assert answer.status_code == 422
    assert all(word in answer.json()["text"] for word in words), answer.json()["text"]
    assert house.facts() == []


async def test_large_bodies_are_cut_off_declared_or_not(house, anna):
    large = json.dumps(scan("x" * (BODY_LIMIT + 1))).encode()

    async def in_pieces():
        for start in range(0, len(large), 1_000):
            yield large[start : start + 1_000]

    headers = {"content-type": "application/json"}
    assert (await anna.post("/api/scan", content=large, headers=headers)).status_code == 413
    assert (await anna.post("/api/scan", content=in_pieces(), headers=headers)).status_code == 413


async def test_a_program_scans_with_a_token_while_somebody_is_seated(house, stranger):
    token = house.access.issue_token("hand-held", Role.COUNTER)
    program = {"authorization": f"Bearer {token}"}
    del stranger.headers["origin"]
    assert (await stranger.post("/api/scan", json=scan(), headers=program)).status_code == 409
    await house.seat()
    assert (await stranger.post("/api/scan", json=scan(), headers=program)).json()["outcome"] == "ok"
    assert house.facts()[0].operator == "1001"
    assert (await stranger.post("/api/undo", json={}, headers=program)).status_code == 401
    assert (await stranger.get("/api/state", headers=program)).json()["view"]["location"] == "A-01-01"
    house.access.revoke_token("hand-held")
    assert (await stranger.post("/api/scan", json=scan(), headers=program)).status_code == 401


async def test_an_auditors_token_reads_and_does_not_scan(house, stranger):
    await house.seat()
    program = {"authorization": f"Bearer {house.access.issue_token('books', Role.AUDITOR)}"}
    assert (await stranger.get("/api/state", headers=program)).json()["view"]["operator"] == "1001"
    assert (await stranger.post("/api/scan", json=scan(), headers=program)).status_code == 403


async def test_a_stranger_sees_that_there_is_a_station_and_nothing_of_the_count(house, stranger):
    await house.seat()
    await house.device_scan(TEA)
    view = (await stranger.get("/api/state")).json()["view"]
    assert view["station"] == "ST01"
    assert view["phase"] == "signed_out"
    hidden = {name: view[name] for name in ("operator", "audit", "location", "last", "notice", "head")}
    assert set(hidden.values()) <= {None, ""}
    assert (view["lines"], view["parked"], view["audits"], view["events"]) == ([], [], [], 0)


async def test_the_stream_begins_with_the_state_and_beats_while_nothing_happens(house, anna):
    async with anna.stream("GET", "/api/events", headers={"last-event-id": "999999"}) as response:
        lines = response.aiter_lines()
        seen = []
        async for line in lines:
            if line.startswith("event: "):
                seen.append(line.removeprefix("event: "))
                if len(seen) == 3:
                    break
        assert seen == ["state", "beat", "beat"]
        await house.device_scan(TEA)
        async for line in lines:
            if line.startswith("data: ") and line != "data: {}":
                break
        assert json.loads(line.removeprefix("data: "))["view"]["location_units"] == 1


async def test_what_was_scanned_cannot_break_out_of_the_stream(house, anna):
    async with anna.stream("GET", "/api/events") as response:
        lines = response.aiter_lines()
        await house.device_scan("A\r\n\r\nevent: beat\ndata: \u2028B", aim="]Q0")
        async for line in lines:
            if "event: beat" in line and line.startswith("data: "):
                break
            assert line in ("", "event: beat", "event: state", "retry: 400") or line.startswith(("id: ", "data: {"))
        assert len(json.loads(line.removeprefix("data: "))["view"]["parked"]) == 1


async def test_health_says_stopped_when_the_journal_cannot_take_events(house, stranger):
    assert (await stranger.get("/healthz")).text == "ok\n"
    house.station.alarm = "the disk is full"
    answer = await stranger.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "stopped\n")


async def test_the_server_stops_at_once_although_streams_are_open(house, anna):
    async with anna.stream("GET", "/api/events") as response:
        await anext(response.aiter_lines())
        await asyncio.wait_for(house.restart(), timeout=10)


async def test_serve_station_tells_its_address_and_stops_when_it_is_cancelled(house):
    addresses = asyncio.Queue()
    serving = asyncio.create_task(
        serve_station(house.station, house.access, settings=house.settings, ready=addresses.put_nowait)
    )
    url = await asyncio.wait_for(addresses.get(), 10)
    async with httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/healthz")).text == "ok\n"
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        with pytest.raises(httpx.ConnectError):
            await client.get("/healthz", headers={"connection": "close"})


async def test_a_port_that_is_taken_is_told_with_a_remedy(house):
    settings = house.settings.model_copy(update={"port": house.port})
    with pytest.raises(WebError, match=r"cannot listen on 127\.0\.0\.1 port") as caught:
        await serve_station(house.station, house.access, settings=settings)
    assert "--port" in caught.value.remedy


async def test_with_a_certificate_the_page_is_served_by_tls_and_the_cookie_is_secure(house, tmp_path, lacking):
    if shutil.which("openssl") is None:
        lacking("openssl is missing: install it (apt-get install openssl)")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    settings = house.settings.model_copy(update={"tls_certificate": certificate, "tls_key": key})
    addresses = asyncio.Queue()
    serving = asyncio.create_task(
        serve_station(house.station, house.access, settings=settings, ready=addresses.put_nowait)
    )
    url = await asyncio.wait_for(addresses.get(), 10)
    assert url.startswith("https://127.0.0.1:")
    trusted = ssl.create_default_context(cafile=str(certificate))
    async with httpx.AsyncClient(base_url=url, verify=trusted, headers={"origin": url.rstrip("/")}) as client:
        answer = await client.post("/api/sign-in", json={"badge": "1001", "pin": "7302"})
    assert answer.status_code == 200
    assert "Secure" in answer.headers["set-cookie"]
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
