"""The sweep of a location by more than one reader."""

import itertools
import random

import pytest

from drivers import Carrier, Read
from scanstation.counting.events import EventKind
from scanstation.counting.session import CountSession
from scanstation.station.sweeping import LocationSweep, Memory
from scanstation.stock.catalogue import Catalogue


class Nothing(Catalogue):
    """A catalogue that knows nothing: what a sweep finds present is parked."""

    def __getattribute__(self, name):
        return lambda *_, **__: () if name in ("codes", "contents", "packed_units") else None


@pytest.fixture
def session():
    ticks = itertools.count(1_000)
    session = CountSession("ST01", lambda: next(ticks))
    for step in (lambda: session.sign_in("anna", "counter"), lambda: session.choose_audit("AUD", ("A1",)),
                 lambda: session.open_location("A1")):  # fmt: skip
        for event in step().events:
            session.apply(event)
    return session


def test_the_first_antennas_of_two_readers_are_two_antennas(session):
    """The second reader hears everything 14 dB lower; what it alone hears lies here all the same."""
    rng = random.Random(5)
    sweep = LocationSweep(Nothing(), "A1", Memory(), ("AUD", 1))
    tags = [bytes([0x30, *bytes(10), number]) for number in range(60)]
    for turn in range(20):
        for number, tag in enumerate(tags):
            for device, level in (("left", -55.0), ("right", -69.0)):
                hears = device == "right" or number < 48
                if hears and rng.random() < (0.65 if number < 48 else 0.3):
                    at = turn * 1_000_000 + number * 1_000
                    rssi = level + rng.gauss(0, 1)
                    sweep.take(
                        Read(payload=tag, device=device, received_at=at, carrier=Carrier.EPC, antenna=1, rssi_dbm=rssi)
                    )

    parked = [event for event in sweep.settle(session).events if event.kind is EventKind.PARKED]

    assert {event.payload for event in parked} >= {tag.hex().upper() for tag in tags}
