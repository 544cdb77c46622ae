"""The event stream of a reader over HTTP, without a wire."""

import base64
import itertools
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import DriverError, Reason
from drivers.network import http_device
from drivers.protocols.base import LOST

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def opened(url="http://reader-7"):
    return http_device(url, name="r", clock=lambda: 0, rng=random.Random(1))


def asking(url="http://reader-7"):
    protocol = opened(url).protocol
    [request] = protocol.connected()
    return protocol, request.decode("ascii")


def event(number):
    epc = base64.urlsafe_b64encode(number.to_bytes(12, "big")).decode()
    return json.dumps({"eventType": "tagInventory", "tagInventoryEvent": {"epc": epc}}).encode() + b"\r\n"


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def test_the_request_names_the_stream_and_the_host():
    _, request = asking()
    assert request.startswith("GET /api/v1/data/stream HTTP/1.1\r\n")
    assert "\r\nHost: reader-7:80\r\n" in request
    assert "Authorization" not in request
    _, request = asking("https://10.0.0.7:8443/events?format=json&token=abc")
    assert request.startswith("GET /events HTTP/1.1\r\n")
    assert "\r\nAuthorization: Bearer abc\r\n" in request
    _, request = asking("http://reader-7?user=root&password=impinj")
    assert "\r\nAuthorization: Basic cm9vdDppbXBpbmo=\r\n" in request


@given(cuts=st.lists(st.integers(0, 2000), max_size=30), sizes=st.lists(st.integers(1, 90), max_size=12))
def test_however_stream_and_chunks_are_cut_the_tags_are_the_same(cuts, sizes):
    body = b"".join(map(event, range(10)))
    places = [0, *itertools.accumulate(sizes), len(body)]
    stream = HEAD + b"".join(chunk(body[a:b]) for a, b in itertools.pairwise(sorted(set(places))) if body[a:b])
    protocol, _ = asking()
    bounds = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    frames = [frame for a, b in itertools.pairwise(bounds) for frame in protocol.feed(stream[a:b]).frames]
    assert [int.from_bytes(frame.payload, "big") for frame in frames] == list(range(10))
    assert protocol.ready


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "permission"), (403, "permission"), (404, "not_found"), (409, "busy"), (503, "busy"), (500, "protocol")],
)
def test_a_refusal_says_why_and_what_to_do(status, reason):
    protocol, _ = asking()
    output = protocol.feed(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status)
    [notice] = output.notices
    assert (notice.kind, notice.fields["reason"]) == (LOST, Reason(reason))
    assert notice.fields["remedy"]
    assert str(status) in notice.text
    assert not protocol.ready


def test_an_end_and_a_peer_that_is_no_http_server_are_told():
    protocol, _ = asking()
    ended = protocol.feed(HEAD + chunk(event(1)) + b"0\r\n\r\n")
    assert len(ended.frames) == 1
    assert ended.notices[0].fields["reason"] is Reason.UNPLUGGED
    protocol, _ = asking()
    assert protocol.feed(b"SSH-2.0-OpenSSH\r\n\r\n").notices[0].fields["reason"] is Reason.PROTOCOL
    protocol, _ = asking()
    assert protocol.feed(HEAD + b"zz\r\n").notices[0].fields["reason"] is Reason.PROTOCOL
    protocol, _ = asking()
    assert protocol.idle(5.0).notices[0].fields["reason"] is Reason.TIMEOUT
    assert protocol.feed(HEAD).notices == protocol.idle(600.0).notices == []


@given(data=st.binary(max_size=3000))
def test_garbage_never_raises(data):
    protocol, _ = asking()
    protocol.feed(data)
    protocol, _ = asking()
    protocol.feed(HEAD + data)
    protocol.feed(data)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://reader/a b", "is no path of HTTP"),
        ("http://reader?format=xml", "json, impinj, zebra"),
        ("http://reader?ca=/x", "of no use without TLS"),
        ("http://reader?user=u&token=t", "two ways to say who we are"),
    ],
)
def test_a_wrong_url_is_explained(url, words):
    with pytest.raises(DriverError, match=words) as caught:
        opened(url)
    assert caught.value.reason is Reason.BAD_URL
