"""A device that listens for posts, as a client of another make (httpx) meets it."""

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from drivers import DriverError, Read, Reason, Verdict
from drivers.device import State
from drivers.listening import ListeningReads
from drivers.pushed import LONGEST, PushedReads
from drivers.registry import open_device

TOKEN = {"authorization": "Bearer t0ken"}
READ = {"id": "1", "data": "A"}


def now() -> int:
    return time.time_ns() // 1000


@asynccontextmanager
async def listening(verdict: Verdict = Verdict.OK) -> AsyncIterator[tuple[httpx.AsyncClient, list[Read]]]:
    """A client at a listening device, and the reads that came."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/reads?listen=1&format=json&token=t0ken"
    device = open_device(url, name="gate", clock=now, rng=random.Random(1))
    reads: list[Read] = []

    async def consume() -> None:
        async for read in device.reads():
            reads.append(read)
            await device.ack(read, verdict)

    consumer = asyncio.create_task(consume())
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=TOKEN) as client:
        async with asyncio.timeout(20):
            while device.status.state is not State.READY:
                try:
                    await client.get("/")
                except httpx.ConnectError:
                    await asyncio.sleep(0.01)
        yield client, reads
    await device.close()
    await consumer


async def test_reads_are_answered_one_by_one_with_the_hosts_verdict() -> None:
    async with listening(Verdict.DUPLICATE) as (client, reads):
        answer = await client.post("/reads", json=[READ, {"id": "2"}, {"id": "3", "data": "C"}])
        assert answer.status_code == 200
        assert [(one["id"], one["verdict"]) for one in answer.json()["reads"]] == [
            ("1", "duplicate"),
            ("2", "error"),
            ("3", "duplicate"),
        ]
        assert [(read.payload, read.read_id) for read in reads] == [(b"A", "gate:1"), (b"C", "gate:3")]
        basic = await client.post("/reads", json=READ, headers={"authorization": ""}, auth=("reader", "t0ken"))
        assert basic.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("POST", "/reads", {"authorization": "Bearer wrong"}, b"{}", 401),
        ("POST", "/reads", {"authorization": ""}, b"{}", 401),
        ("POST", "/other", TOKEN, b"{}", 404),
        ("PUT", "/reads", TOKEN, b"{}", 405),
        ("POST", "/reads", TOKEN, b"no json", 422),
        ("POST", "/reads", TOKEN, b" " * (LONGEST + 1), 413),
    ],
)
async def test_what_is_no_post_of_reads_is_refused(
    method: str, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    async with listening() as (client, reads):
        answer = await client.request(method, path, headers=headers, content=body)
        assert (answer.status_code, bool(answer.json()["text"])) == (status, True)
        assert (await client.post("/reads", json=READ)).status_code == 200
        assert len(reads) == 1


async def test_a_sender_that_waits_for_leave_to_go_on_gets_it() -> None:
    async with listening() as (client, reads):
        port = client.base_url.port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        body = b'{"id":"1","data":"A"}'
        head = b"POST /reads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t0ken\r\nExpect: 100-continue\r\n"
        writer.write(head + b"Content-Length: %d\r\n\r\n" % len(body))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        writer.write(body)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        writer.close()
        assert len(reads) == 1


async def test_a_host_that_does_not_keep_the_reads_is_told_from_one_that_does() -> None:
    device = PushedReads(name="p", url="post:json", clock=now, form="json", patience=0.05)
    with pytest.raises(DriverError) as caught:
        await device.bring(b'{"id":"1","data":"A"}')
    assert caught.value.reason is Reason.TIMEOUT
    waiting = asyncio.create_task(device.bring(b'{"id":"1","data":"A"}'))
    await asyncio.sleep(0)
    await device.close()
    with pytest.raises(DriverError):
        await waiting
    with pytest.raises(DriverError) as caught:
        await device.bring(b"[]")
    assert caught.value.reason is Reason.CLOSED


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://0.0.0.0:8081/?listen=1", "token is needed where others can call 0.0.0.0"),
        ("https://127.0.0.1:8081/?listen=1&cert=/no/file", "option cert cannot be used"),
        ("http://127.0.0.1:8081/?listen=1&user=x", "unknown option user"),
    ],
)
def test_a_wrong_url_is_explained(url: str, words: str) -> None:
    with pytest.raises(DriverError, match=words):
        open_device(url, clock=now, rng=random.Random(1))


def test_alone_on_this_machine_no_token_is_needed() -> None:
    device = open_device("http://127.0.0.1:8081/?listen=1", clock=now, rng=random.Random(1))
    assert isinstance(device, ListeningReads)
