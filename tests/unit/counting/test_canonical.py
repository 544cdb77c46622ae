"""The canonical form: what it says it is, byte for byte."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanstation.counting.canonical import GENESIS, decode, decode_all, encode, plain
from scanstation.counting.events import CountEvent, EventKind, Source

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
maybe = st.none() | text
data = st.dictionaries(text, st.integers() | st.booleans() | st.none() | text | st.lists(st.integers(), max_size=3))
events = st.builds(
    CountEvent,
    kind=st.sampled_from(EventKind),
    ts=st.integers(0, 2**62),
    station=text,
    audit=text,
    operator=text,
    device=text,
    location=text,
    round=st.integers(0, 99),
    item=maybe,
    lot=maybe,
    serial=maybe,
    qty=st.integers(-(10**6), 10**6),
    status=maybe,
    source=st.sampled_from(Source),
    payload=maybe,
    aim=text,
    read_id=maybe,
    ref=st.none() | st.integers(1, 2**40),
    data=data,
)


@given(events, st.integers(1, 2**62))
def test_it_is_what_every_json_library_writes_with_sorted_keys(event, seq):
    body, digest = encode(event, seq, GENESIS)
    again = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert body == again
    assert digest == hashlib.sha256(body.encode("utf-8")).hexdigest()


@given(events, st.integers(1, 2**62))
def test_an_event_survives_unchanged(event, seq):
    body, digest = encode(event, seq, "ab" * 32)
    assert decode(body, digest) == replace(event, seq=seq, prev="ab" * 32, hash=digest)


def test_members_at_their_default_are_left_out():
    event = CountEvent(kind=EventKind.SIGNED_OUT, ts=7, station="S")
    body, _ = encode(event, 1, GENESIS)
    assert body == f'{{"kind":"signed_out","prev":"{GENESIS}","seq":1,"station":"S","ts":7}}'


def test_the_form_is_fixed_for_ever():
    event = CountEvent(
        kind=EventKind.COUNTED,
        ts=1,
        station="ST",
        item='é"\\\n\x1d',
        qty=-3,
        round=2,
        source=Source.SCAN,
        data={"b": 1, "a": [True]},
    )
    body, digest = encode(event, 12, GENESIS)
    assert body == (
        '{"data":{"a":[true],"b":1},"item":"é\\"\\\\\\n\\u001d","kind":"counted","prev":"' + GENESIS + '",'
        '"qty":-3,"round":2,"seq":12,"source":"scan","station":"ST","ts":1}'
    )
    assert digest == "31b65b8c0157cab16b72b16544bd99e72365bbfd4ffd18c6a810c218e6d90dc3"
    assert plain(replace(event, seq=12, prev=GENESIS, hash=digest))["hash"] == digest


@pytest.mark.parametrize(
    "bad", [{"data": {"x": 1.5}}, {"data": {"x": [{"y": 0.1}]}}, {"data": {1: 2}}, {"item": "\ud800"}]
)
def test_what_the_form_cannot_hold_is_refused(bad):
    with pytest.raises(ValueError, match=r"fraction|names are text|surrogate"):
        encode(CountEvent(kind=EventKind.COUNTED, ts=1, station="S", **bad), 1, GENESIS)


@pytest.mark.parametrize(
    "body", ["", "{}", '{"kind":"unheard of"}', '{"kind":"counted","ts":1,"station":"S","x":1}', "[]"]
)
def test_what_is_no_event_is_not_decoded(body):
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode(body, "")
    sound = encode(CountEvent(kind=EventKind.COUNTED, ts=1, station="S"), 1, GENESIS)
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode_all([sound[0], body, sound[0]], [sound[1], "", sound[1]])


def test_many_are_decoded_as_one_by_one():
    events = [CountEvent(kind=EventKind.COUNTED, ts=ts, station="S", item=f'"{ts}",', qty=ts) for ts in range(5)]
    bodies, digests = zip(*(encode(event, 1, GENESIS) for event in events), strict=True)
    assert decode_all(bodies, digests) == [decode(*each) for each in zip(bodies, digests, strict=True)]
    assert decode_all([], []) == []
    two_in_one = f"{bodies[0]},{bodies[1]}"
    with pytest.raises(ValueError, match="shorter"):
        decode_all([two_in_one], ["x"])
