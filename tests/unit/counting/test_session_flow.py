"""Badge -> audit -> location -> close: who may count what, and the words of every refusal."""

import pytest

from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, EventKind


def kinds(decision):
    return [event.kind for event in decision.events]


def test_nothing_counts_without_operator_audit_and_location(desk):
    session = desk.session
    for text in (
        "Sign in first: scan your badge.",
        "Choose the audit first.",
        "Scan a location first: nothing counts without an open location.",
    ):
        for decision in (
            desk.scan(),
            desk.do(session.park(payload="?", why="unknown")),
            desk.do(session.undo()),
            desk.close(),
            desk.do(session.correct_line("W", None, 3)),
            desk.do(session.mark("W", None, 1, "damaged")),
        ):
            assert (decision.outcome, decision.text, decision.events) == (Outcome.REFUSED, text, ())
        if session.operator is None:
            desk.do(session.sign_in("anna", "counter"))
        elif session.audit is None:
            desk.do(session.choose_audit("AUD", ["A1"]))
    desk.open()
    assert desk.scan().outcome is Outcome.OK


def test_an_auditor_changes_nothing(desk):
    desk.do(desk.session.sign_in("eve", "auditor"))
    desk.do(desk.session.choose_audit("AUD"))
    assert desk.open().text == "An auditor reads everything and changes nothing."


def test_every_event_says_who_where_and_when(seat):
    seat.scan(device="scanner-1", aim="]E0", read_id="r1")
    event = seat.events[-1]
    assert (event.operator, event.audit, event.location, event.station) == ("anna", "AUD", "A1", "ST01")
    assert (event.device, event.aim, event.payload, event.read_id) == ("scanner-1", "]E0", "W", "r1")
    assert [e.ts for e in seat.events] == sorted(e.ts for e in seat.events)


def test_a_location_outside_the_scope_is_asked_about(desk):
    desk.sit_down(scope=["A1"])
    asked = desk.open("Z9")
    assert (asked.outcome, asked.text) == (Outcome.ASKED, "Z9 is not part of audit AUD. Count it in this audit too?")
    assert desk.session.progress == (0, 1)
    assert desk.session.location is None


def test_one_location_at_a_time(seat):
    assert seat.open("A2").text == "Close A1 first."
    assert (seat.open("A1").outcome, seat.open("A1").events) == (Outcome.DUPLICATE, ())


def test_a_counted_location_is_reopened_in_its_round_or_recounted_in_a_new_one(seat):
    seat.scan(qty=5)
    seat.close()
    assert seat.open().text == "A1 is counted: reopen it to correct it, or ask for a recount."
    reopened = seat.do(seat.session.reopen_location("A1"))
    assert [(e.kind, e.round) for e in reopened.events] == [(EventKind.LOCATION_REOPENED, 1)]
    assert seat.session.progress == (0, 3)
    assert [line.qty for line in seat.session.lines] == [5]
    seat.close()
    assert seat.session.progress == (1, 3)


def test_a_recount_is_another_operators(seat):
    seat.scan(qty=5)
    seat.close()
    seat.do(seat.session.request_recount("A1", "out of tolerance"))
    assert seat.session.recounts_due == ("A1",)
    assert seat.session.progress == (0, 3)
    assert seat.open().text == "You counted A1 before: a recount is another operator's."
    seat.sit_down("bert")
    assert seat.open().events[0].round == 2
    assert seat.session.lines == ()
    seat.do(seat.session.sign_in("anna", "counter"))
    assert seat.scan().text == "A1 is being recounted, and you counted it before: another operator must."
    seat.do(seat.session.sign_in("bert", "counter"))
    assert seat.scan().outcome is Outcome.OK


def test_a_recount_of_what_was_never_counted_is_refused(desk):
    desk.sit_down()
    assert desk.do(desk.session.request_recount("A2")).text == "A2 was not counted yet: it needs no recount."


def test_another_badge_signs_the_first_operator_out(seat):
    decision = seat.do(seat.session.sign_in("bert", "counter"))
    assert [(e.kind, e.operator) for e in decision.events] == [
        (EventKind.SIGNED_OUT, "anna"),
        (EventKind.SIGNED_IN, "bert"),
    ]
    assert (seat.session.operator, seat.session.location) == ("bert", "A1")
    assert seat.do(seat.session.sign_in("bert", "counter")).events == ()


def test_signing_out_leaves_the_location_open_and_forgets_the_audit_otherwise(seat):
    seat.do(seat.session.sign_out())
    assert (seat.session.operator, seat.session.location, seat.session.audit) == (None, "A1", "AUD")
    seat.do(seat.session.sign_in("anna", "counter"))
    seat.close()
    seat.do(seat.session.sign_out())
    assert seat.session.audit is None
    assert seat.do(seat.session.sign_out()).events == ()


def test_another_audit_waits_until_the_location_is_closed(seat):
    assert seat.do(seat.session.choose_audit("B")).text == "Close A1 first: it is open in audit AUD."
    assert seat.do(seat.session.choose_audit("AUD", ["A1"])).events == ()


@pytest.mark.parametrize("kind", [EventKind.APPROVED, EventKind.POSTED])
@pytest.mark.parametrize("station", ["ST01", "ST02"])
def test_a_settled_audit_takes_no_counts_and_lets_the_seat_go(seat, kind, station):
    seat.scan(read_id="r1")
    seat.session.apply(CountEvent(kind=kind, ts=9_999, station=station, audit="AUD"))
    assert (seat.session.audit, seat.session.location) == (None, None)
    assert seat.scan().text == "Choose the audit first."
    settled = seat.do(seat.session.choose_audit("AUD"))
    assert settled.text == f"Audit AUD is {kind}: nothing more is counted in it."
    seat.session.apply(CountEvent(kind=EventKind.POSTED, ts=9_999, station=station, audit="AUD"))
    assert seat.do(seat.session.choose_audit("AUD")).outcome is Outcome.REFUSED
    seat.do(seat.session.choose_audit("NEXT"))
    assert seat.open().outcome is Outcome.OK
    assert seat.session.lines == ()


def test_a_location_that_another_station_has_open_is_refused(desk):
    desk.sit_down()
    opened = {"audit": "AUD", "operator": "zoe", "location": "A1"}
    desk.session.apply(CountEvent(kind=EventKind.LOCATION_OPENED, ts=1, station="ST02", **opened))
    assert desk.session.location is None
    assert desk.open("A1").text == "A1 is being counted at another station."


def test_after_a_restart_the_seat_is_where_it_was(seat):
    seat.scan(qty=3)
    seat.do(seat.session.park(payload="??", why="not in catalogue"))
    again = seat.fresh(seat.events)
    for name in ("operator", "role", "audit", "location", "round", "lines", "units", "can_undo"):
        assert getattr(again, name) == getattr(seat.session, name), name
    assert [event.seq for event in again.parked] == [event.seq for event in seat.session.parked]
    seat.session = again
    seat.close()
    assert seat.open("A2").text == "Choose the audit again."
    again.provide_scope("AUD", ["A1", "A2"])
    assert seat.open("A2").outcome is Outcome.OK


def test_a_blind_count_is_the_default(desk):
    assert desk.session.blind
    desk.do(desk.session.sign_in("anna", "counter"))
    desk.do(desk.session.choose_audit("AUD", blind=False))
    assert not desk.session.blind


def test_events_out_of_order_are_refused(seat):
    with pytest.raises(ValueError, match="event 1 comes after event 3"):
        seat.session.apply(seat.events[0])


def test_the_station_can_number_events_that_the_seat_does_not_see(seat, make_unit):
    decision = seat.session.count(make_unit(), payload="W")
    seat.session.apply(decision.events[0], seq=40)
    assert seat.session.undo().events[0].ref == 40


def test_a_count_that_an_approval_broke_off_goes_on_when_the_approval_is_withdrawn(seat):
    seat.scan(qty=3)
    told(seat, EventKind.APPROVED)
    assert seat.session.location is None
    told(seat, EventKind.APPROVAL_WITHDRAWN)
    other = seat.fresh(seat.events)  # as after a restart
    assert other.units == 0
    seat.sit_down("ben")
    assert seat.session.progress == (0, 3)
    assert seat.close().text == "Scan a location first: nothing counts without an open location."
    assert kinds(seat.open("A1")) == [EventKind.LOCATION_REOPENED]
    seat.scan(qty=2)
    assert seat.close().text == "A1 is closed: 1 line, 5 units."
    assert seat.session.progress == (1, 3)


def test_a_count_that_an_approval_broke_off_can_be_begun_anew_by_another_person(seat):
    seat.scan(qty=3)
    told(seat, EventKind.APPROVED)
    told(seat, EventKind.APPROVAL_WITHDRAWN)
    seat.sit_down("anna")
    assert seat.do(seat.session.request_recount("A1")).text == "A1 is due for a recount by another operator."
    assert seat.open("A1").text == "You counted A1 before: a recount is another operator's."
    seat.sit_down("ben")
    assert seat.open("A1").text == "A1 is open for recount 2."
    assert seat.session.units == 0


def told(desk, kind):
    """What the office journals of the audit."""
    event = CountEvent(kind=kind, ts=next(desk.ticks), station="OFFICE", audit="AUD", operator="sue")
    desk.do(Decision(outcome=Outcome.OK, text="", events=(event,)))
