"""A seat with its journal in memory."""

import importlib.util
import itertools
from pathlib import Path

import pytest

from scanstation.counting.canonical import GENESIS, encode, stamped
from scanstation.counting.session import CountSession
from scanstation.stock.catalogue import Resolved
from scanstation.stock.model import Item, Tracking

NAMES = {"W": "Widget", "G": "Gadget", "U": "Unit", "L": "Lotion", "P": "Pump"}


class Desk:
    """A seat whose events go into a list, chained as the journal chains them, and back into the seat."""

    def __init__(self):
        self.ticks = itertools.count(1_000)
        self.events = []
        self.session = self.fresh()

    def fresh(self, events=()):
        return CountSession("ST01", lambda: next(self.ticks), events=events, name_of=lambda item: NAMES.get(item, item))

    def do(self, decision):
        for event in decision.events:
            seq, prev = (self.events[-1].seq + 1, self.events[-1].hash) if self.events else (1, GENESIS)
            self.events.append(stamped(event, seq, prev, encode(event, seq, prev)[1]))
            self.session.apply(event)
        return decision

    def sit_down(self, badge="anna", scope=("A1", "A2", "A3")):
        self.do(self.session.sign_in(badge, "counter"))
        self.do(self.session.choose_audit("AUD", scope))
        return self

    def open(self, location="A1"):
        return self.do(self.session.open_location(location))

    def scan(self, item="W", qty=1, lot=None, serial=None, whole=None, **more):
        more.setdefault("payload", item)
        return self.do(self.session.count(unit(item, qty, lot, serial, whole), **more))

    def close(self):
        return self.do(self.session.close_location())


def unit(item="W", qty=1, lot=None, serial=None, whole=None, issuer=None):
    tracking = {"U": Tracking.SERIAL, "L": Tracking.LOT}.get(item, Tracking.NONE)
    what = Item(item=item, name=NAMES[item], tracking=tracking)
    return Resolved(item=what, quantity=qty, lot=lot, serial=serial, unit=whole, issuer=issuer)


@pytest.fixture
def desk():
    """An empty seat."""
    return Desk()


@pytest.fixture
def seat():
    """A seat where anna counts audit AUD at A1."""
    desk = Desk().sit_down()
    desk.open()
    return desk


@pytest.fixture
def make_unit():
    """Makes what a scan resolves to."""
    return unit


@pytest.fixture
def make_desk():
    """Makes empty seats."""
    return Desk


@pytest.fixture(scope="session")
def slow():
    """The independent slow replay."""
    path = Path(__file__).parents[2] / "simulation" / "replay.py"
    spec = importlib.util.spec_from_file_location("slow_replay", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
