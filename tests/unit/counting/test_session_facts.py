"""Facts at the open location: count, park, resolve, correct, mark, undo, sweep."""

from dataclasses import replace

import pytest

from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import EventKind, Source


def lines(desk):
    return {(line.item, line.lot): (line.qty, line.damaged, line.quarantined) for line in desk.session.lines}


def test_scans_add_up_by_item_and_lot(seat):
    for _ in range(3):
        seat.scan("W")
    seat.scan("L", lot="7")
    assert seat.scan("L", qty=6).text == "6 × Lotion, no lot on this label"
    assert lines(seat) == {("W", None): (3, 0, 0), ("L", "7"): (1, 0, 0), ("L", None): (6, 0, 0)}
    assert seat.session.units == 10


def test_the_keypads_quantity_multiplies_the_next_scan_only(seat):
    seat.do(seat.session.set_quantity(12))
    assert seat.session.pending == 12
    assert seat.scan("W", qty=6).qty == 72
    assert seat.session.pending is None
    assert seat.scan("W").qty == 1


def test_a_refused_scan_leaves_the_keypads_quantity(seat):
    seat.do(seat.session.set_quantity(2))
    refused = seat.scan("U", serial="1")
    assert refused.text == "A serial number is one unit, not 2: clear the quantity and scan again."
    assert (refused.outcome, seat.session.pending) == (Outcome.REFUSED, 2)


@pytest.mark.parametrize("qty", [0, -1, 1_000_000, 4_006_381_333_931])
def test_a_quantity_has_limits(seat, qty):
    decision = seat.do(seat.session.set_quantity(qty))
    assert (decision.outcome, seat.session.pending) == (Outcome.REFUSED, None)
    assert ("did a barcode land in the quantity field?" in decision.text) == (qty > 999_999)
    assert seat.do(seat.session.set_quantity(999_999)).outcome is Outcome.OK
    assert seat.scan("W", qty=2).outcome is Outcome.REFUSED


def test_a_serial_counts_once_in_a_location(seat):
    assert seat.scan("U", serial="1").outcome is Outcome.OK
    again = seat.scan("U", serial="1")
    assert (again.outcome, again.text, again.events) == (Outcome.DUPLICATE, "Already counted: Unit, serial 1", ())
    assert lines(seat) == {("U", None): (1, 0, 0)}


def test_a_serial_seen_elsewhere_moves_and_is_told(seat):
    seat.scan("U", serial="1")
    seat.close()
    seat.open("A2")
    moved = seat.scan("U", serial="1")
    assert moved.text == "1 × Unit, moved here: it was counted at A1"
    assert moved.outcome is Outcome.OK
    seat.do(seat.session.undo())
    seat.close()
    seat.do(seat.session.reopen_location("A1"))
    assert seat.scan("U", serial="1").outcome is Outcome.DUPLICATE


def test_a_serial_that_comes_back_is_one_unit(seat):
    for place in ("A1", "A2", "A1"):
        seat.do(seat.session.reopen_location(place))
        seat.open(place)
        assert seat.scan("U", serial="1").outcome is Outcome.OK
        assert lines(seat) == {("U", None): (1, 0, 0)}
        assert seat.close().text == f"{place} is closed: 1 line, 1 unit."


def test_a_serial_counts_anew_in_a_recount(seat):
    seat.scan("U", serial="1")
    seat.close()
    seat.do(seat.session.request_recount("A1"))
    seat.sit_down("bert")
    seat.open()
    assert seat.scan("U", serial="1").text == "1 × Unit"


def test_a_delivery_that_comes_again_comes_to_the_same_without_an_event(desk):
    desk.sit_down()
    refused = desk.scan(read_id="r0")
    desk.open()
    assert desk.scan(read_id="r0") == refused
    desk.do(desk.session.set_quantity(4))
    desk.scan(read_id="r1")
    again = desk.scan(read_id="r1")
    assert (again.outcome, again.qty, again.events) == (Outcome.OK, 4, ())
    park = {"payload": "?", "why": "unknown", "read_id": "r2"}
    assert desk.do(desk.session.park(**park)).outcome is Outcome.UNKNOWN
    again = desk.do(desk.session.park(**park))
    assert (again.outcome, again.code, again.events) == (Outcome.UNKNOWN, "?", ())
    assert desk.do(desk.session.undo(read_id="r3")).events
    assert not desk.do(desk.session.undo(read_id="r3")).events
    desk.session = desk.fresh(desk.events)
    assert not desk.scan(read_id="r1").events
    assert desk.session.units == 4


def test_undo_takes_back_ones_own_facts_one_after_the_other(seat):
    seat.scan("W", qty=5)
    seat.scan("G")
    seat.do(seat.session.correct_line("W", None, 3))
    seat.do(seat.session.mark("W", None, 1, "damaged"))
    seat.do(seat.session.park(payload="?", why="unknown"))
    undone = []
    while seat.session.can_undo:
        undone.append(seat.do(seat.session.undo()).text)
    assert undone == [
        "Undone: 1 × ?",
        "Undone: 1 × Widget",
        "Undone: -2 × Widget",
        "Undone: 1 × Gadget",
        "Undone: 5 × Widget",
    ]
    assert (seat.session.lines, list(seat.session.parked)) == ((), [])
    assert seat.do(seat.session.undo()).text == "There is nothing of yours to undo at A1."


def test_undo_leaves_another_operators_facts_and_other_locations_alone(seat):
    seat.scan("W")
    seat.close()
    seat.open("A2")
    assert not seat.session.can_undo
    seat.scan("G")
    seat.do(seat.session.sign_in("bert", "counter"))
    assert not seat.session.can_undo
    seat.scan("G", qty=2)
    seat.do(seat.session.undo())
    assert lines(seat) == {("G", None): (1, 0, 0)}


def test_undo_waits_until_the_correction_of_another_is_undone(seat):
    seat.scan("W", qty=5)
    seat.do(seat.session.sign_in("bert", "counter"))
    seat.do(seat.session.correct_line("W", None, 3))
    seat.do(seat.session.sign_in("anna", "counter"))
    told = seat.do(seat.session.undo(read_id="u1"))
    assert (
        told.text == "bert corrected Widget here since you counted it: correct the line, or bert must undo that first."
    )
    assert (told.outcome, told.events, lines(seat)) == (Outcome.REFUSED, (), {("W", None): (3, 0, 0)})
    assert seat.session.can_undo
    seat.do(seat.session.sign_in("bert", "counter"))
    seat.do(seat.session.undo())
    seat.do(seat.session.sign_in("anna", "counter"))
    assert seat.do(seat.session.undo()).text == "Undone: 5 × Widget"
    assert lines(seat) == {}


def test_undo_waits_until_the_mark_of_another_is_undone(seat):
    seat.scan("W", qty=2)
    seat.scan("W")
    seat.do(seat.session.sign_in("bert", "counter"))
    seat.do(seat.session.mark("W", None, 2, "damaged"))
    seat.do(seat.session.sign_in("anna", "counter"))
    assert seat.do(seat.session.undo()).text == "Undone: 1 × Widget"
    told = seat.do(seat.session.undo()).text
    assert told == "2 units of Widget are marked damaged or quarantined: bert must undo that first."
    assert lines(seat) == {("W", None): (2, 2, 0)}


def test_a_correction_takes_off_no_unit_with_a_number_of_its_own(seat):
    seat.scan("W", qty=5)
    seat.do(seat.session.sign_in("bert", "counter"))
    seat.do(seat.session.correct_line("W", None, 3))
    seat.scan("W", serial="1")
    seat.scan("W", qty=12, serial="2", whole="14006381333938/2")
    seat.do(seat.session.sign_in("anna", "counter"))
    told = seat.do(seat.session.undo()).text
    assert told == "bert corrected Widget here since you counted it: bert must undo that first."
    assert lines(seat) == {("W", None): (16, 0, 0)}


def test_a_half_label_that_was_corrected_is_not_joined(seat):
    (fact,) = seat.scan("W").events
    assert seat.session.standing(fact) is not None
    seat.do(seat.session.correct_line("W", None, 0))
    assert seat.session.standing(fact) is None


def test_an_older_journal_with_a_line_below_zero_is_read_and_put_right(seat):
    seat.scan("W", qty=5)
    counted = seat.events[-1]
    seat.do(seat.session.correct_line("W", None, 3))
    void = replace(counted, kind=EventKind.VOIDED, ref=counted.seq, seq=0)
    seat.do(Decision(outcome=Outcome.OK, text="", events=(void,)))
    seat.session = seat.fresh(seat.events)
    assert lines(seat) == {("W", None): (-2, 0, 0)}
    seat.scan("W", qty=1)
    assert seat.do(seat.session.undo()).outcome is Outcome.REFUSED
    assert seat.do(seat.session.correct_line("W", None, 4)).text == "Corrected: 4 × Widget (was -1)"
    assert seat.close().text == "A1 is closed: 1 line, 4 units."


def test_undo_goes_on_after_a_restart(seat):
    seat.scan("W", qty=5)
    seat.scan("G")
    seat.do(seat.session.undo())
    seat.session = seat.fresh(seat.events)
    assert seat.do(seat.session.undo()).events[0].ref == seat.events[3].seq
    assert seat.session.lines == ()


def test_a_code_of_a_recount_is_not_resolved_by_who_counted_before(seat):
    seat.scan("W", qty=7)
    seat.close()
    seat.do(seat.session.request_recount("A1"))
    seat.sit_down("bert")
    seat.open()
    seat.do(seat.session.park(payload="ZZ", why="unknown"))
    seat.close()
    (code,) = seat.session.parked
    seat.sit_down("anna")
    told = seat.do(seat.session.resolve_parked(code.seq, "W", 3))
    assert told.text == "A1 was recounted, and you counted it before: another operator must resolve this code."
    assert (told.outcome, told.events) == (Outcome.REFUSED, ())
    seat.sit_down("sven")  # who did not count before
    assert seat.do(seat.session.resolve_parked(code.seq, "W", 3)).text == "Resolved: 3 × Widget at A1"


def test_parked_codes_are_resolved_on_the_spot_or_later(seat):
    seat.do(seat.session.set_quantity(3))
    seat.do(seat.session.park(payload="X1", why="not in catalogue"))
    seat.do(seat.session.park(payload="X2", why="not in catalogue"))
    first, second = seat.session.parked
    assert (first.payload, first.qty, first.data["why"], second.qty) == ("X1", 3, "not in catalogue", 1)
    seat.do(seat.session.resolve_parked(first.seq, "W", 3))
    assert lines(seat) == {("W", None): (3, 0, 0)}
    seat.close()
    seat.open("A2")
    later = seat.do(seat.session.resolve_parked(second.seq, "G", 1))
    assert later.text == "Resolved: 1 × Gadget at A1"
    assert (later.events[0].location, later.events[0].ref, later.events[0].payload) == ("A1", second.seq, "X2")
    assert list(seat.session.parked) == []
    again = seat.do(seat.session.resolve_parked(second.seq, "G", 1))
    assert again.text == "This code is not waiting: it was resolved, undone, or its location was recounted."


def test_undoing_a_resolution_lets_the_code_wait_again(seat):
    seat.do(seat.session.park(payload="X1", why="not in catalogue"))
    seq = seat.session.parked[0].seq
    seat.do(seat.session.resolve_parked(seq, "W", 2))
    seat.do(seat.session.undo())
    assert [event.seq for event in seat.session.parked] == [seq]
    assert seat.session.lines == ()


def test_a_resolved_serial_counts_once_too(seat):
    seat.scan("U", serial="1")
    seat.do(seat.session.park(payload="X1", why="not in catalogue"))
    seq = seat.session.parked[0].seq
    assert seat.do(seat.session.resolve_parked(seq, "U", 1, serial="1")).outcome is Outcome.DUPLICATE
    assert seat.do(seat.session.resolve_parked(seq, "U", 2, serial="2")).outcome is Outcome.REFUSED


def test_a_correction_is_a_signed_difference(seat):
    seat.scan("W", qty=5)
    assert seat.do(seat.session.correct_line("W", None, 3)).events[0].qty == -2
    assert seat.do(seat.session.correct_line("W", None, 9)).events[0].qty == 6
    assert seat.do(seat.session.correct_line("W", None, 9)).events == ()
    assert lines(seat) == {("W", None): (9, 0, 0)}
    seat.do(seat.session.correct_line("W", None, 0))
    assert lines(seat) == {}


@pytest.mark.parametrize(
    ("item", "qty", "text"),
    [
        ("G", 3, "There is no line of Gadget here to correct: scan it."),
        ("W", -1, "-1 is no quantity: it must be 0 or more."),
        (
            "W",
            4_006_381_333_931,
            "4006381333931 is no quantity (at most 999,999): did a barcode land in the quantity field?",
        ),
        ("W", 1, "2 units of Widget are marked damaged or quarantined: undo that first."),
        ("U", 5, "Unit is counted by serial number here: scan units, or undo them, one by one."),
    ],
)
def test_corrections_that_make_no_sense_are_refused(seat, item, qty, text):
    seat.scan("W", qty=5)
    seat.scan("U", serial="1")
    seat.do(seat.session.mark("W", None, 2, "damaged"))
    assert seat.do(seat.session.correct_line(item, None, qty)).text == text


def test_marks_say_what_counted_units_are_of(seat):
    seat.scan("W", qty=5)
    seat.do(seat.session.mark("W", None, 2, "damaged"))
    seat.do(seat.session.mark("W", None, 3, "quarantined"))
    assert lines(seat) == {("W", None): (5, 2, 3)}
    assert seat.do(seat.session.mark("W", None, 1, "damaged")).text == "0 units of Widget can be marked here, not 1."
    assert seat.do(seat.session.mark("W", None, 1, "lost")).outcome is Outcome.REFUSED
    assert seat.do(seat.session.mark("G", None, 1, "damaged")).outcome is Outcome.REFUSED


def test_a_sweep_counts_each_unit_once_and_is_undone_as_a_whole(seat, make_unit):
    seat.scan("U", serial="1")
    seat.do(seat.session.set_quantity(7))
    units = [make_unit("U", serial=str(number)) for number in (1, 2, 3, 3)] + [make_unit("W")]
    sweep = seat.do(seat.session.rfid_settled(units, device="reader"))
    assert sweep.text == "Sweep: 2 units counted, 1 already counted"
    assert [(e.serial, e.qty, e.source) for e in sweep.events] == [("2", 1, Source.RFID), ("3", 1, Source.RFID)]
    assert seat.session.pending == 7
    assert seat.do(seat.session.undo()).text == "Undone: a sweep of 2 units"
    assert lines(seat) == {("U", None): (1, 0, 0)}
    assert seat.do(seat.session.rfid_settled(units[:1])).outcome is Outcome.DUPLICATE


def test_a_typed_code_is_marked_as_typed(seat):
    seat.scan("W", source=Source.TYPED)
    assert (seat.events[-1].kind, seat.events[-1].source) == (EventKind.COUNTED, Source.TYPED)
