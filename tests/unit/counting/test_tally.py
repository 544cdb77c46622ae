"""The tally: what counts, against examples and against the independent replay of random counting."""

import json
import random
from collections import Counter
from dataclasses import replace

import pytest

from scanstation.counting.canonical import encode
from scanstation.counting.decision import Outcome
from scanstation.counting.events import EventKind
from scanstation.counting.ledger import Ledger
from scanstation.counting.tally import COUNT_COLUMNS, READ_COLUMNS, Tallying, tally
from scanstation.reports.sheets import count_sheets
from scanstation.stock.catalogue import ResolvedContents

LOCATIONS = ("A1", "A2", "A3", "A4")


def rows(table, columns):
    return list(zip(*(table[name] for name in columns), strict=True))


def bodies(events):
    return [json.loads(encode(event, event.seq, event.prev)[0]) for event in events]


def test_only_closed_locations_count(seat):
    seat.scan("W", qty=5)
    assert rows(tally(seat.events, "AUD").counts, COUNT_COLUMNS) == []
    seat.close()
    answer = tally(seat.events, "AUD")
    opened, counted = seat.events[2], seat.events[3]
    assert rows(answer.counts, COUNT_COLUMNS) == [("A1", opened.ts)]
    assert rows(answer.reads, READ_COLUMNS) == [(4, counted.ts, "ST01", "A1", "W", None, None, 5, False)]
    assert (answer.counters, answer.head) == (frozenset({"anna"}), (5, seat.events[-1].hash))
    seat.do(seat.session.reopen_location("A1"))
    assert rows(tally(seat.events, "AUD").counts, COUNT_COLUMNS) == []


def test_a_recount_takes_the_place_of_the_count_when_it_is_closed(seat):
    seat.scan("W", qty=5)
    seat.close()
    seat.do(seat.session.request_recount("A1"))
    seat.sit_down("bert")
    seat.open()
    seat.scan("W", qty=4)
    assert tally(seat.events, "AUD").reads["qty"] == [5]
    seat.close()
    answer = tally(seat.events, "AUD")
    assert (answer.reads["qty"], answer.counters) == ([4], {"bert"})
    assert answer.counts["count_ts"] == [seat.events[-3].ts]


def test_voided_corrected_resolved_parked_and_marked(seat):
    seat.scan("W", qty=5)
    seat.scan("W", qty=100)
    seat.do(seat.session.undo())
    seat.do(seat.session.correct_line("W", None, 3))
    seat.do(seat.session.mark("W", None, 2, "damaged"))
    seat.do(seat.session.mark("W", None, 1, "quarantined"))
    seat.do(seat.session.mark("W", None, 0, "quarantined"))
    for code in ("X1", "X2", "X3"):
        seat.do(seat.session.park(payload=code, why="unknown"))
    seat.do(seat.session.undo())
    seat.do(seat.session.resolve_parked(seat.session.parked[0].seq, "L", 7, lot="B"))
    seat.close()
    answer = tally(seat.events, "AUD")
    kept = [row[4:] for row in rows(answer.reads, READ_COLUMNS)]
    assert kept == [
        ("W", None, None, 5, False),
        ("W", None, None, 100, True),
        ("W", None, None, -2, False),
        ("L", "B", None, 7, False),
    ]
    assert answer.parked == {"A1": 1}
    assert answer.damaged == {("W", "A1", None): 2}
    assert answer.quarantined == {("W", "A1", None): 1}


def test_another_audit_is_another_tally(seat):
    seat.scan("W")
    seat.close()
    assert tally(seat.events, "OTHER").reads["qty"] == []


def whole(make_unit, rng):
    """One of three boxes with a serial, or of two pallets, of pumps; its content may be told anew each time."""
    if rng.random() < 0.5:
        serial = str(rng.randrange(3))
        return make_unit("P", rng.choice((6, 12)), serial=serial, whole=f"box/{serial}")
    sscc = rng.choice(("pallet 1", "pallet 2"))
    lots = rng.sample((None, "1", "2"), rng.randrange(2, 4))
    return ResolvedContents(
        unit=sscc, lines=tuple(make_unit("P", rng.randrange(1, 9), lot, whole=sscc) for lot in lots)
    )


ISSUERS = (None, "VSUP1", "VSUP1", "VSUP2")


def walk(desk, make_unit, rng, steps):
    """Do what people do, in any order, a crash now and then; return how often each outcome came."""
    desk.sit_down("anna", LOCATIONS)
    outcomes = Counter()
    deliveries = []
    for _ in range(steps):
        session = desk.session
        place, item = rng.choice(LOCATIONS), rng.choice("WGUL")
        lot = rng.choice((None, "1", "2")) if item == "L" else None
        serial = str(rng.randrange(6)) if item == "U" else None
        issuer = rng.choice(ISSUERS) if serial else None
        qty = 1 if serial else rng.randrange(1, 9)
        what = make_unit(item, qty, lot, serial, issuer=issuer) if rng.random() < 0.7 else whole(make_unit, rng)
        parked = session.parked
        match rng.randrange(15):
            case 0:
                decision = session.sign_in(rng.choice(("anna", "bert", "carl")), "counter")
            case 1:
                decision = session.choose_audit("AUD", LOCATIONS)
            case 2 | 3:
                decision = session.open_location(place)
            case 4:
                decision = session.close_location()
            case 5:
                decision = session.reopen_location(place)
            case 6:
                decision = session.request_recount(place)
            case 7:
                decision = session.undo()
            case 8:
                decision = session.correct_line(item, lot, rng.randrange(9))
            case 9:
                decision = session.mark(item, lot, rng.randrange(1, 4), rng.choice(("damaged", "quarantined")))
            case 10:
                decision = session.park(payload="?", why="unknown", read_id=f"p{len(desk.events)}")
            case 11 if parked:
                decision = session.resolve_parked(rng.choice(parked).seq, item, qty, lot, serial)
            case 12:
                numbers = rng.sample(range(6), 3)
                sweep = [make_unit("U", serial=str(number), issuer=rng.choice(ISSUERS)) for number in numbers]
                sweep.append(whole(make_unit, rng))
                decision = session.rfid_settled(sweep)
            case 13:
                desk.session = desk.fresh(desk.events)
                desk.session.provide_scope("AUD", LOCATIONS)
                continue
            case _:
                again = deliveries and rng.random() < 0.2
                what, read_id = rng.choice(deliveries) if again else (what, f"r{len(deliveries)}")
                deliveries.append((what, read_id))
                decision = session.count(what, payload="x", read_id=read_id)
        desk.do(decision)
        outcomes[decision.outcome] += 1
    return outcomes


@pytest.mark.parametrize("seed", range(40))
def test_the_tally_equals_the_independent_replay(make_desk, make_unit, slow, seed):
    desk = make_desk()
    outcomes = walk(desk, make_unit, random.Random(seed), 400)
    assert set(outcomes) == {Outcome.OK, Outcome.DUPLICATE, Outcome.REFUSED, Outcome.UNKNOWN}
    answer = tally(iter(desk.events), "AUD")
    ours = {
        (seq, ts, place, item, lot, serial, qty)
        for seq, ts, _, place, item, lot, serial, qty, voided in rows(answer.reads, READ_COLUMNS)
        if not voided
    }
    reads, counts = slow.replay(bodies(desk.events), "AUD")
    assert ours == reads
    assert set(rows(answer.counts, COUNT_COLUMNS)) == counts
    assert min(slow.totals(reads).values(), default=1) > 0


@pytest.mark.parametrize("seed", range(20))
def test_a_seat_from_the_journal_is_the_seat_that_wrote_it(make_desk, make_unit, seed):
    desk = make_desk()
    walk(desk, make_unit, random.Random(1_000 + seed), 300)
    live, again = desk.session, desk.fresh(desk.events)
    again.provide_scope("AUD", LOCATIONS)
    for name in ("operator", "audit", "location", "round", "lines", "units", "progress", "recounts_due", "can_undo"):
        assert getattr(again, name) == getattr(live, name), name
    assert [event.seq for event in again.parked] == [event.seq for event in live.parked]


def here_alone(audit, place):
    """The lines of a location as the screen shows them, less the serials and wholes that were seen later elsewhere."""
    lines = Counter({key: line.qty for key, line in place.lines.items()})
    for thing, facts in place.visits.facts.items():
        last = audit.known.last_seen(*thing) if len(thing) == 3 else audit.known.last_seen_unit(*thing)
        if last.location != place.location:
            visit = [fact for fact in facts if fact.ts == facts[-1].ts]
            lines.subtract(Counter({(fact.item, fact.lot): fact.qty for fact in visit}))
    return {key: qty for key, qty in lines.items() if qty}


@pytest.mark.parametrize("seed", range(40))
def test_what_the_screen_showed_at_closing_is_what_counts_and_is_on_the_sheet(make_desk, make_unit, slow, seed):
    desk = make_desk()
    walk(desk, make_unit, random.Random(2_000 + seed), 300)
    if desk.session.location:
        desk.do(desk.session.sign_in("dora", "counter"))
        desk.close()
    answer = tally(desk.events, "AUD")
    kept = (row for row in rows(answer.reads, READ_COLUMNS) if not row[-1])
    counted = slow.totals((seq, ts, *rest) for seq, ts, _, *rest, _ in kept)
    audit = Ledger(desk.events).audit("AUD")
    sheets = {(sheet.location, sheet.round): sheet for sheet in count_sheets(desk.events, "AUD")[0]}
    for name, place in audit.locations.items():
        if place.round in place.closed:
            shown = here_alone(audit, place)
            assert {(item, lot): qty for (item, at, lot), qty in counted.items() if at == name} == shown
            assert answer.parked.get(name, 0) == len(place.parked)
            sheet = sheets[name, place.round]
            assert (sheet.lines, sheet.units, sheet.parked) == (len(place.lines), place.units, len(place.parked))


def undo_at_random(desk, make_unit, rng):
    """Two people count, correct, mark and undo each other's lines; yield how each undo was answered."""
    for _ in range(300):
        desk.do(desk.session.sign_in(rng.choice(("anna", "bert")), "counter"))
        session, item = desk.session, rng.choice("WG")
        match rng.randrange(6):
            case 0:
                decision = session.correct_line(item, None, rng.randrange(2))
            case 1:
                decision = session.mark(item, None, 1, "damaged")
            case 2 if rng.random() < 0.2:
                decision = session.count(make_unit(item, 6, whole=f"box {rng.randrange(4)}"), payload="x")
            case 2 | 3:
                decision = session.count(make_unit(item, rng.randrange(1, 4)), payload="x")
            case _:
                decision = session.undo()
                yield decision
        desk.do(decision)
        assert not any(line.short for line in session._here().lines.values())
        assert all(line.qty >= line.damaged for line in session.lines)


def test_whoever_undoes_what_no_line_falls_below_zero_or_below_what_is_marked(make_desk, make_unit):
    answers = []
    for seed in range(20):
        desk = make_desk().sit_down()
        desk.open()
        answers += undo_at_random(desk, make_unit, random.Random(seed))
    waits = [answer for answer in answers if "must undo that first" in answer.text]
    assert (len(answers) > 1_000, len(waits) > 10) == (True, True)


def following(events):
    tallying = Tallying("AUD")
    for event in events:
        tallying.take(event)
    return tallying


def only(tally, items, places):
    """The rows of some items, and the locations among ``places``."""
    keep = [at for at, item in enumerate(tally.reads["item"]) if item in items]
    counts = [at for at, place in enumerate(tally.counts["location"]) if place in places]
    return replace(
        tally,
        reads={name: [values[at] for at in keep] for name, values in tally.reads.items()},
        counts={name: [values[at] for at in counts] for name, values in tally.counts.items()},
        parked={place: codes for place, codes in tally.parked.items() if place in places},
        damaged={key: units for key, units in tally.damaged.items() if key[0] in items},
        quarantined={key: units for key, units in tally.quarantined.items() if key[0] in items},
        other_counts=[row for row in tally.other_counts if row[0] in items],
        counters=frozenset(),
    )


@pytest.mark.parametrize("steps", [40, 120, 400])
@pytest.mark.parametrize("seed", range(20))
def test_a_slice_is_the_whole_without_other_items(make_desk, make_unit, seed, steps):
    rng = random.Random(3_000 + seed)
    desk = make_desk()
    walk(desk, make_unit, rng, steps)
    tallying = following(desk.events)
    whole = tallying.sum_up()
    assert tallying.sum_up_of("WGULP", LOCATIONS) == whole
    for _ in range(12):
        items = set(rng.sample("WGULP", rng.randrange(4)))
        places = set(rng.sample(LOCATIONS, rng.randrange(3)))
        part = tallying.sum_up_of(items, places)
        holding = {event.location for event in desk.events if event.item in items}
        assert replace(part, counters=frozenset()) == only(whole, items, places | holding)
        assert part.counters <= whole.counters


def test_a_pallet_counts_where_it_came_last_also_when_it_lost_the_item(seat, make_unit):
    """Of the item alone nobody would see that the pallet has moved on."""
    for place, items in (("A1", "WG"), ("A2", "G")):
        seat.open(place)
        content = tuple(make_unit(item, 5, whole="pallet") for item in items)
        seat.do(seat.session.count(ResolvedContents(unit="pallet", lines=content), payload="pallet"))
        seat.close()
    tallying = following(seat.events)
    assert tallying.sum_up_of({"W"}, ()).reads["voided"] == [True]
    assert tallying.sum_up_of({"W"}, ()).counts["location"] == ["A1"]


def test_the_items_of_a_place_are_those_counted_and_those_marked(seat):
    seat.scan("W")
    seat.scan("G")
    seat.do(seat.session.mark("G", None, 1, "damaged"))
    seat.close()
    tallying = following(seat.events)
    assert tallying.items_at(["A1"]) == {"W", "G"}
    alone = following(event for event in seat.events if event.kind is not EventKind.COUNTED)
    assert alone.items_at(["A1"]) == {"G"}
    assert alone.items_at(["A2"]) == set()
