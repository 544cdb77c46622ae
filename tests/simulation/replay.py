"""An independent, slow replay of a journal, written straight from the rules; it shares no code with the product.

It takes events as plain dictionaries (the bodies of the journal), so that it can replay a file that no part of the
product has read.
"""

from collections import Counter

QUANTITY = ("counted", "resolved", "corrected")


def counting_round(events, audit, location):
    """The highest round of a location whose last opening or closing was a closing; None when there is none."""
    rounds = {e.get("round", 1) for e in events if e.get("audit") == audit and e.get("location") == location}
    closed = []
    for number in rounds:
        last = [
            e["kind"]
            for e in events
            if (e.get("audit"), e.get("location"), e.get("round", 1)) == (audit, location, number)
            and e["kind"] in ("location_opened", "location_closed", "location_reopened")
        ]
        if last and last[-1] == "location_closed":
            closed.append(number)
    return max(closed, default=None)


def replay(events, audit):
    """(reads, counts): sets of rows of the audit, only what counts."""
    events = sorted(events, key=lambda e: e["seq"])
    voided = {e["ref"] for e in events if e["kind"] == "voided"}
    reads, counts, standing = set(), set(), []
    for location in {e["location"] for e in events if e.get("audit") == audit and e.get("location")}:
        number = counting_round(events, audit, location)
        if number is None:
            continue
        mine = [
            e for e in events if (e.get("audit"), e.get("location"), e.get("round", 1)) == (audit, location, number)
        ]
        counts.add((location, next(e["ts"] for e in mine if e["kind"] == "location_opened")))
        standing += [e for e in mine if e["kind"] in QUANTITY and e["seq"] not in voided]
    first = {}
    for e in events:
        if e.get("audit") == audit and e["kind"] in QUANTITY and whole(e) is None and issuer(e):
            first.setdefault((e["item"], e.get("serial")), issuer(e))
    for e in standing:
        serial = named(e, first) if whole(e) is None else None
        if whole(e) is None or (e["ts"], e["location"]) == last_visit(standing, whole(e)):
            reads.add((e["seq"], e["ts"], e["location"], e["item"], e.get("lot"), serial, e.get("qty", 0)))
    return reads, counts


def issuer(event):
    """Who gave the serial, if that was noted."""
    return event.get("data", {}).get("issuer")


def named(event, first):
    """The serial; of another issuer than the first one that gave it, with that issuer behind."""
    serial, giver = event.get("serial"), issuer(event)
    return serial if giver in (None, first.get((event["item"], serial))) else f"{serial}@{giver}"


def whole(event):
    """The pack or logistic unit whose content an event counts, if any."""
    return event.get("data", {}).get("unit")


def last_visit(events, unit):
    """When and where a pack or logistic unit was counted last: (ts, location)."""
    ts, _, location = max((e["ts"], e["seq"], e["location"]) for e in events if whole(e) == unit)
    return ts, location


def totals(reads):
    """(item, location, lot) -> units: a serial counts once, where it was seen last; all else adds up."""
    last, sums = {}, Counter()
    for seq, ts, location, item, lot, serial, qty in reads:
        if serial is None:
            sums[item, location, lot] += qty
        elif (ts, seq) > last.get((item, serial), ((-1, -1),))[0]:
            last[item, serial] = ((ts, seq), (item, location, lot))
    for _, key in last.values():
        sums[key] += 1
    return {key: qty for key, qty in sums.items() if qty}
