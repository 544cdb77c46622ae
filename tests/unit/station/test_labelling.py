"""Whatever is scanned in whatever order: no symbol is dropped, and none is in two facts that stand."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from drivers import Read
from scanstation.counting.canonical import GENESIS, encode, stamped
from scanstation.counting.decision import Outcome
from scanstation.counting.events import EventKind
from scanstation.counting.joining import LabelJoiner
from scanstation.counting.session import CountSession
from scanstation.identity import identify
from scanstation.identity.hibc import format_hibc
from scanstation.station.answering import AnswerDesk
from scanstation.station.labelling import LabelDesk
from scanstation.station.symbols import Symbol
from scanstation.stock.catalogue import Code, Content
from scanstation.stock.model import Item, Tracking

CREAM, TEA, DRILL = "09521141123478", "09521141123485", "09521141123461"
SSCC, OTHER = "340063810000000018", "340063810000000025"
PRIMARY = format_hibc("A99912345")
ITEMS = {
    "CREAM": Item(item="CREAM", name="Cream", gtin=CREAM, tracking=Tracking.LOT),
    "TEA": Item(item="TEA", name="Tea", gtin=TEA, packs={1: 12}),
    "DRILL": Item(item="DRILL", name="Drill", gtin=DRILL, tracking=Tracking.SERIAL),
    "A99912345": Item(item="A99912345", name="Pump"),
}
SYMBOLS = [
    f"]C101{CREAM}", f"]C101{TEA}", f"]C101{DRILL}", f"]C101{DRILL}21S1", f"]C101{CREAM}10A", "]C110A", "]C110B",
    "]C117271231", "]C110A\x1d17271231", "]C121S1", "]C121S2", f"]C100{SSCC}", f"]C100{OTHER}", f"]C102{CREAM}3740",
    f"]C100{OTHER}02{CREAM}3740", "]C10119521141123482211", PRIMARY, format_hibc(f"$$52001510X3{PRIMARY[-1]}"),
    format_hibc("$$52001510X3Z"), "]C0TEA", "]C0NOBODY",
]  # fmt: skip


class Shelf:
    """The catalogue of these tests."""

    def codes(self, code: str) -> list[Code]:
        return [Code(code=code, item=item.item) for item in ITEMS.values() if item.gtin == code]

    def item(self, item: str) -> Item | None:
        return ITEMS.get(item)

    def location(self, location: str) -> None:
        return None

    def contents(self, unit: str) -> list[Content]:
        return [Content(item="CREAM", lot=lot, quantity=4) for lot in ("A", "B")] if unit == SSCC else []

    def packed_in(self, unit: str) -> str | None:
        return None

    def packed_units(self, unit: str) -> tuple[str, ...]:
        return ()


class Seat:
    """A seat with its journal in memory."""

    def __init__(self) -> None:
        ticks = itertools.count(1_000)
        self.events: list = []
        self.session = CountSession("ST01", lambda: next(ticks))
        self.desk = LabelDesk(self.session, Shelf(), LabelJoiner(3_000_000))
        self.do(self.session.sign_in("anna", "counter"))
        self.do(self.session.choose_audit("AUD"))
        self.do(self.session.open_location("A1"))

    def do(self, decision):
        for event in decision.events:
            seq, prev = (self.events[-1].seq + 1, self.events[-1].hash) if self.events else (1, GENESIS)
            self.events.append(stamped(event, seq, prev, encode(event, seq, prev)[1]))
            self.session.apply(self.events[-1])
        return decision

    def scan(self, payload, device, at):
        aim, text = (payload[:3], payload[3:]) if payload.startswith("]") else ("", payload)
        read = Read(payload=text.encode(), device=device, received_at=at, aim=aim)
        symbol, standing = Symbol(read, identify(text, aim=aim)), self.session.question
        answered = None if standing is None else AnswerDesk(self.desk, lambda _event: None).by_scan(standing, symbol)
        return self.do(self.desk.take(symbol) if answered is None else answered)

    def in_facts(self):
        """How many symbols the standing facts hold; the lines of a pallet are one."""
        facts = self.session._here().facts.values()
        once = {(fact.data["unit"], fact.ts) if "unit" in fact.data else fact.seq: fact for fact in facts}
        return sum(1 + len(fact.data.get("label", ())) for fact in once.values())


steps = st.tuples(
    st.sampled_from([*SYMBOLS, "undo"]), st.sampled_from(["left", "left", "right"]), st.sampled_from([0.1, 1, 4])
)


@given(st.lists(steps, max_size=40))
def test_no_symbol_is_dropped_and_none_counts_twice(walk):
    seat, now, expected = Seat(), 1_000_000, 0
    for payload, device, wait in walk:
        now += int(wait * 1_000_000)
        if payload == "undo":
            before = seat.in_facts()
            seat.do(seat.session.undo())
            expected -= before - seat.in_facts()
            continue
        before = seat.in_facts()
        decision = seat.scan(payload, device, now)
        kinds = [event.kind for event in decision.events]
        assert decision.outcome in (Outcome.OK, Outcome.UNKNOWN, Outcome.ASKED, Outcome.DUPLICATE)
        if decision.outcome is Outcome.DUPLICATE:
            assert set(kinds) <= {EventKind.VOIDED}  # the rest of a unit's label that counts already
            expected -= before - seat.in_facts()
        elif kinds:  # reads of one plate by two devices become one with the label that tells its content
            voided = [seat.events[event.ref - 1] for event in decision.events if event.kind is EventKind.VOIDED]
            reads = {(fact.ts, fact.payload) for fact in voided}
            expected += 1 - (len(reads) - len({fact.payload for fact in voided}))
        else:
            assert decision.text.startswith("Half a label")
        assert seat.in_facts() == expected
    again = CountSession("ST01", lambda: 0, events=seat.events)
    assert again.lines == seat.session.lines
    assert [event.seq for event in again.parked] == [event.seq for event in seat.session.parked]
