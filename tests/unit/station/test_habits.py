"""The same symbol again at once from one device is the same read."""

import pytest

from drivers import Carrier, Read
from scanstation.counting.decision import Decision, Outcome
from scanstation.station.habits import Rereads, same_read

WITHIN = 150_000
OK = Decision(outcome=Outcome.OK, text="1 × Lamp")


def read(at_ms: float, payload: str = "A", **fields: object) -> Read:
    more = {"device": "hand", "aim": "]E0", **fields}
    return Read(payload=payload.encode(), received_at=int(at_ms * 1000), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (read(0), read(40), True),
        (read(0), read(149.9), True),
        (read(0), read(150), False),
        (read(0), read(40, device="other"), False),
        (read(0), read(40, aim="]C0"), False),
        (read(0), read(40, "B"), False),
        (read(0, carrier=Carrier.KEYED), read(40, carrier=Carrier.KEYED), False),
        (read(0, region=((0, 0),)), read(0, region=((9, 9),)), False),
        # delivered at once: the device's times hold two units apart
        (read(0, device_time=0), read(0, device_time=900_000), False),
        (read(0, device_time=0), read(0, device_time=90_000), True),
        (read(0, device_time=0), read(900, device_time=1), False),
        # a delivery with an id and without a time may have waited anywhere
        (read(0, read_id="1"), read(0, read_id="2"), False),
        (read(0, read_id="1", device_time=0), read(0, read_id="2", device_time=90_000), True),
    ],
)
def test_which_reads_are_one(first: Read, second: Read, same: bool) -> None:
    rereads = Rereads()
    assert rereads.again(first, WITHIN) is None
    rereads.note(first, OK)
    assert (rereads.again(second, WITHIN) is OK) is same
    assert rereads.again(second, 0) is None


def test_a_scanner_that_wavers_between_two_symbols_counts_each_once() -> None:
    rereads, new = Rereads(), []
    for number in range(12):
        one = read(60 * number, "AB"[number % 2])
        if rereads.again(one, WITHIN) is None:
            new.append(one.payload)
            rereads.note(one, OK)
    assert new == [b"A", b"B"]


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.ERROR])
def test_what_was_refused_may_be_tried_again_at_once(outcome: Outcome) -> None:
    rereads = Rereads()
    rereads.note(read(0), Decision(outcome=outcome, text=""))
    assert rereads.again(read(40), WITHIN) is None


def test_what_waits_goes_on_waiting() -> None:
    told = [same_read(Decision(outcome=outcome, text="so")).outcome for outcome in Outcome if outcome.value != "ok"]
    assert told == ["duplicate", "unknown", "asked", "duplicate", "duplicate"]
