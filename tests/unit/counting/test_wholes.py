"""Packs with a serial and logistic units: wholes that count once, whatever they hold."""

import pytest

from scanstation.counting.decision import Outcome
from scanstation.counting.events import EventKind, Source
from scanstation.counting.question import Question, QuestionKind
from scanstation.counting.tally import tally
from scanstation.stock.catalogue import ResolvedContents

PACK, SSCC = "14006381333938/S1", "340063810000000049"


@pytest.fixture
def pallet(make_unit):
    """Twelve widgets and two lots of lotion on one pallet."""
    lines = (make_unit("W", 12, whole=SSCC), make_unit("L", 4, "A", whole=SSCC), make_unit("L", 2, "B", whole=SSCC))
    return ResolvedContents(unit=SSCC, lines=lines)


def lines(desk):
    return {(line.item, line.lot): line.qty for line in desk.session.lines}


def counted(desk):
    reads = tally(desk.events, "AUD").reads
    rows = zip(*(reads[name] for name in ("location", "item", "lot", "serial", "qty", "voided")), strict=True)
    return [row[:-1] for row in rows if not row[-1]]


def pack(desk, **more):
    return desk.scan("W", 12, serial="S1", whole=PACK, **more)


def test_a_pack_counts_its_pieces_once(seat):
    decision = pack(seat)
    assert (decision.outcome, decision.qty, decision.serial, decision.text) == (Outcome.OK, 12, "S1", "12 × Widget")
    again = pack(seat)
    assert (again.outcome, again.text, again.events) == (Outcome.DUPLICATE, "Already counted: Widget, serial S1", ())
    assert seat.scan("W", 12, serial="S2", whole="14006381333938/S2").outcome is Outcome.OK
    assert seat.scan("W", serial="S1").outcome is Outcome.OK  # a piece with the same serial is another thing
    assert lines(seat) == {("W", None): 25}
    seat.close()
    assert counted(seat) == [("A1", "W", None, None, 12), ("A1", "W", None, None, 12), ("A1", "W", None, "S1", 1)]


def test_a_pack_is_undone_and_counted_again(seat):
    pack(seat)
    assert seat.do(seat.session.undo()).text == "Undone: 12 × Widget"
    assert lines(seat) == {}
    assert pack(seat).outcome is Outcome.OK
    seat.close()
    assert counted(seat) == [("A1", "W", None, None, 12)]


def test_a_pack_moves_with_all_its_pieces(seat):
    pack(seat)
    seat.close()
    seat.open("A2")
    assert pack(seat).text == "12 × Widget, moved here: it was counted at A1"
    assert counted(seat) == [("A1", "W", None, None, 12)]  # an open location says nothing
    seat.close()
    assert counted(seat) == [("A2", "W", None, None, 12)]
    seat.do(seat.session.reopen_location("A2"))
    seat.do(seat.session.undo())
    seat.close()
    assert counted(seat) == [("A1", "W", None, None, 12)]


def test_the_keypad_does_not_multiply_what_has_a_number_of_its_own(seat):
    seat.do(seat.session.set_quantity(3))
    refused = pack(seat)
    assert refused.text == "A pack or logistic unit is one, not 3: clear the quantity and scan again."
    assert (refused.outcome, seat.session.pending) == (Outcome.REFUSED, 3)


def test_a_line_of_wholes_is_not_corrected(seat):
    pack(seat)
    told = seat.do(seat.session.correct_line("W", None, 11)).text
    assert told == "Widget is counted here in packs or logistic units: undo those, and count their content."


def test_a_pallet_is_one_delivery(seat, pallet):
    seat.scan("W", 5)
    decision = seat.do(seat.session.count(pallet, payload="00" + SSCC, read_id="r1"))
    assert decision.text == f"Logistic unit {SSCC}: 12 × Widget, 4 × Lotion, 2 × Lotion"
    assert (decision.outcome, decision.qty, decision.item) == (Outcome.OK, 18, None)
    assert [event.read_id for event in decision.events] == ["r1", None, None]
    assert len({event.ts for event in decision.events}) == 1
    assert lines(seat) == {("W", None): 17, ("L", "A"): 4, ("L", "B"): 2}
    assert seat.do(seat.session.count(pallet, payload="x", read_id="r1")).text == "Taken before: 12 × Widget"
    again = seat.do(seat.session.count(pallet, payload="00" + SSCC))
    assert (again.outcome, again.text) == (Outcome.DUPLICATE, f"Already counted: logistic unit {SSCC}")
    undone = seat.do(seat.session.undo())
    assert (undone.text, len(undone.events)) == (f"Undone: logistic unit {SSCC}, 18 units", 3)
    assert lines(seat) == {("W", None): 5}


def test_a_pallet_goes_on_after_a_restart(seat, pallet):
    seat.do(seat.session.count(pallet, payload="00" + SSCC))
    seat.session = seat.fresh(seat.events)
    seat.session.provide_scope("AUD", None)
    assert seat.do(seat.session.count(pallet, payload="00" + SSCC)).outcome is Outcome.DUPLICATE
    assert len(seat.do(seat.session.undo()).events) == 3


def test_a_pallet_moves_as_a_whole_even_when_its_notice_changed(seat, pallet, make_unit):
    seat.do(seat.session.count(pallet, payload="00" + SSCC))
    seat.close()
    seat.open("A2")
    less = ResolvedContents(unit=SSCC, lines=(make_unit("W", 7, whole=SSCC),))
    seat.do(seat.session.count(less, payload="00" + SSCC))
    seat.close()
    assert counted(seat) == [("A2", "W", None, None, 7)]


def test_a_sweep_counts_packs_and_pallets(seat, pallet, make_unit):
    seat.scan("U", serial="1")
    seat.do(seat.session.count(pallet, payload="00" + SSCC))
    seat.close()
    seat.open("A2")
    box = make_unit("W", 12, serial="S1", whole=PACK)
    found = [box, pallet, make_unit("U", serial="1"), box, pallet]
    sweep = seat.do(seat.session.rfid_settled(found, device="reader", read_id="s1"))
    assert (sweep.text, sweep.qty) == ("Sweep: 31 units counted, 2 moved here from other places", 31)
    assert {event.source for event in sweep.events} == {Source.RFID}
    assert [event.read_id for event in sweep.events] == ["s1", None, None, None, None]
    seat.close()
    serial_before = ("A1", "U", None, "1", 1)  # of single units the reconciliation takes the last
    assert sum(row[-1] for row in counted(seat) if row != serial_before) == 31
    seat.do(seat.session.reopen_location("A2"))
    assert seat.do(seat.session.undo()).text == "Undone: a sweep of 31 units"
    seat.close()
    assert {row[0] for row in counted(seat)} == {"A1"}


def test_a_pack_that_was_voided_where_it_came_last_counts_where_it_was(seat):
    pack(seat)
    seat.close()
    seat.open("A2")
    pack(seat)
    void = seat.do(seat.session.undo()).events[0]
    assert (void.kind, void.serial, void.qty) == (EventKind.VOIDED, "S1", 12)
    seat.close()
    assert counted(seat) == [("A1", "W", None, None, 12)]


@pytest.mark.parametrize("again", [12, 7])
def test_a_pack_that_comes_back_counts_once_as_it_came_last(seat, again):
    pack(seat)
    seat.close()
    seat.open("A2")
    pack(seat)
    seat.close()
    seat.do(seat.session.reopen_location("A1"))
    assert seat.scan("W", again, serial="S1", whole=PACK).text == f"{again} × Widget, moved here: it was counted at A2"
    assert lines(seat) == {("W", None): again}
    assert seat.close().text == f"A1 is closed: 1 line, {again} units."
    assert counted(seat) == [("A1", "W", None, None, again)]
    seat.do(seat.session.reopen_location("A1"))
    seat.do(seat.session.undo())
    seat.close()
    assert counted(seat) == [("A2", "W", None, None, 12)]


def test_a_pallet_that_comes_back_counts_once_also_in_the_count_before_a_recount(seat, pallet):
    for place in ("A1", "A2", "A1"):
        seat.do(seat.session.reopen_location(place))
        seat.open(place)
        seat.do(seat.session.count(pallet, payload="00" + SSCC))
        assert lines(seat) == {("W", None): 12, ("L", "A"): 4, ("L", "B"): 2}
        seat.close()
    seat.do(seat.session.request_recount("A1"))
    seat.sit_down("bert")
    seat.open("A1")
    seat.close()
    assert tally(seat.events, "AUD").other_counts == [("L", "A1", "A", 4), ("L", "A1", "B", 2), ("W", "A1", None, 12)]


def test_serials_of_two_parties_are_two_units_also_for_a_new_seat(seat, make_unit):
    one, other = (make_unit("U", serial="S1", issuer=issuer) for issuer in ("VSUP1", "VSUP2"))
    assert seat.do(seat.session.count(one, payload="1")).outcome is Outcome.OK
    assert seat.do(seat.session.count(other, payload="2")).outcome is Outcome.OK
    seat.session = seat.fresh(seat.events)
    seat.session.provide_scope("AUD", ("A1", "A2", "A3"))
    assert seat.do(seat.session.count(other, payload="2")).outcome is Outcome.DUPLICATE
    assert lines(seat) == {("U", None): 2}
    seat.close()
    assert [row[3] for row in counted(seat)] == ["S1", "S1@VSUP2"]
    seat.open("A2")
    assert seat.do(seat.session.count(other, payload="2")).text == "1 × Unit, moved here: it was counted at A1"
    seat.close()
    assert [row[0] for row in counted(seat) if row[3] == "S1@VSUP2"] == ["A1", "A2"]  # the last one counts


def test_a_serial_without_an_issuer_is_of_the_unit_that_stands(seat, make_unit):
    known, bare = make_unit("U", serial="S1", issuer="VSUP1"), make_unit("U", serial="S1")
    seat.do(seat.session.count(known, payload="1"))
    assert seat.do(seat.session.count(bare, payload="1")).outcome is Outcome.DUPLICATE
    seat.close()
    seat.open("A2")
    parked = seat.do(seat.session.park(payload="?", why="unknown"))
    assert parked.outcome is Outcome.UNKNOWN
    resolved = seat.do(seat.session.resolve_parked(seat.events[-1].seq, "U", 1, serial="S1"))
    assert (resolved.outcome, resolved.events[0].data) == (Outcome.OK, {"issuer": "VSUP1"})
    assert seat.do(seat.session.count(known, payload="1")).outcome is Outcome.DUPLICATE
    assert lines(seat) == {("U", None): 1}


def test_a_serial_under_another_number_is_in_doubt_only_where_it_may_be_the_same(seat, make_unit):
    def doubt(issuer, qty=1, whole=None):
        return seat.session.doubt(make_unit("U", qty, serial="S1", issuer=issuer, whole=whole))

    seat.do(seat.session.count(make_unit("U", serial="S1", issuer="0109521141000021"), payload="1"))
    assert None not in (doubt("0109521141000038"), doubt("PDR-1"), doubt("VSUP1"))
    assert doubt("0109521141000021") is doubt(None) is None
    assert doubt("0119521141000028", 12, "19521141000028/S1") is None  # a pack of twelve is another thing
    seat.do(seat.session.count(make_unit("U", serial="S1", issuer="PDR-1"), payload="2"))  # said to be another unit
    assert doubt("PDR-1") is None
    seat.do(seat.session.undo())
    assert doubt("PDR-1") is not None


def test_a_pack_that_was_asked_about_is_resolved_as_the_pack_that_it_is(seat, make_unit):
    box = make_unit("W", 480, serial="S1", whole="VSUP1:S1", issuer="VSUP1")
    seat.do(seat.session.ask(Question(kind=QuestionKind.QUANTITY, words="480?"), box, payload="box"))
    resolved = seat.do(seat.session.resolve_parked(seat.events[-1].seq, "W", 480, serial="S1"))
    assert (resolved.outcome, resolved.events[0].data) == (Outcome.OK, {"unit": "VSUP1:S1", "issuer": "VSUP1"})
    assert seat.do(seat.session.count(box, payload="box")).outcome is Outcome.DUPLICATE
    seat.do(seat.session.ask(Question(kind=QuestionKind.QUANTITY, words="480?"), box, payload="box"))
    again = seat.do(seat.session.resolve_parked(seat.events[-1].seq, "W", 480))
    assert (again.outcome, again.text) == (Outcome.DUPLICATE, "Already counted: Widget, unit VSUP1:S1")
    assert lines(seat) == {("W", None): 480}


def test_a_parked_plate_goes_with_the_label_that_tells_its_content(seat, make_unit):
    seat.do(seat.session.park(payload="3SPKG1", why="unknown", units=("3SPKG1",)))
    seat.do(seat.session.park(payload="3SPKG2", why="unknown", units=("3SPKG2",)))
    box = make_unit("W", 480, whole="VSUP1:3SPKG1")
    assert [event.kind for event in seat.do(seat.session.count(box, payload="L")).events] == ["voided", "counted"]
    assert [event.payload for event in seat.session.parked] == ["3SPKG2"]
    alone = seat.session.known(("3SPKG1",))
    assert (alone.unit, alone.quantity, seat.session.known(("3SPKG2",))) == ("VSUP1:3SPKG1", 480, None)
    assert seat.session.known(("PKG1",)) is None  # a bare text may be anything
    seat.do(seat.session.count(make_unit("W", 12, whole="VSUP2:3SPKG1"), payload="M"))
    assert seat.session.known(("3SPKG1",)) is None  # of two suppliers: nobody can tell
