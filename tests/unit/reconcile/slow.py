"""The rules of a reconciliation in plain Python, one loop a rule: slow, independent of any engine, easy to check.

Tables are lists of dicts.  It shares no code with `scanstation.reconcile`.
"""

import hashlib
from collections import defaultdict


def latest_of_serials(reads):
    """Return (item, location, lot) of every tagged unit."""
    best = {}
    for read in reads:
        if read["voided"] or read["serial"] is None:
            continue
        key = (read["item"], read["serial"])
        if key not in best or (read["ts"], read["event_id"]) > (best[key]["ts"], best[key]["event_id"]):
            best[key] = read
    return [(read["item"], read["location"], read["lot"]) for read in best.values()]


def counted_units(reads):
    """Return counted units by (item, location, lot)."""
    counted = defaultdict(int)
    for read in reads:
        if not read["voided"] and read["serial"] is None:
            counted[read["item"], read["location"], read["lot"]] += read["qty"]
    for key in latest_of_serials(reads):
        counted[key] += 1
    return counted


def expected_units(recorded, movements, count_ts, snapshot_ts):
    """Return expected units by (item, location, lot), at all locations."""
    expected = defaultdict(int)
    for row in recorded:
        expected[row["item"], row["location"], row["lot"]] += row["qty"]
    for row in movements:
        if row["location"] in count_ts and snapshot_ts < row["ts"] < count_ts[row["location"]]:
            expected[row["item"], row["location"], row["lot"]] += row["delta"]
    return expected


def kind_of(item, variance, cost, up, down):
    """Return the kind of one discrepancy."""
    if item not in cost:
        return "unknown_item"
    if up > 0 and down > 0 and abs(up - down) * 10 <= up + down:
        return "misplaced"
    return "phantom" if variance < 0 else "hidden"


def cover(lines, atp):
    """Return what each line gets of the stock, in the order of the lines."""
    rest = max(0, atp)
    got = []
    for line in lines:
        part = min(line["qty"], rest)
        rest -= part
        got.append(part)
    return got


def reconcile(tables, snapshot_ts):
    """Return discrepancies, items, order_lines and listings as lists of tuples."""
    count_ts = {row["location"]: row["count_ts"] for row in tables["counts"]}
    counted = counted_units(tables["reads"])
    expected = expected_units(tables["recorded"], tables["movements"], count_ts, snapshot_ts)
    cost = {}
    for row in tables["recorded"]:
        cost[row["item"]] = max(row["unit_cost"], cost.get(row["item"], row["unit_cost"]))

    variances = {}
    for key in {*counted, *expected}:
        difference = counted.get(key, 0) - expected.get(key, 0)
        if key[1] in count_ts and difference != 0:
            variances[key] = difference
    up, down, net = defaultdict(int), defaultdict(int), defaultdict(int)
    for (item, _, _), variance in variances.items():
        (up if variance > 0 else down)[item] += abs(variance)
        net[item] += variance
    discrepancies = [
        (
            *key,
            expected.get(key, 0),
            counted.get(key, 0),
            variance,
            variance * cost.get(key[0], 0),
            kind_of(key[0], variance, cost, up[key[0]], down[key[0]]),
        )
        for key, variance in variances.items()
    ]
    return (discrepancies, *consequences(tables, expected, net, cost, snapshot_ts))


def booked_since(movements, count_ts, t0):
    """Return the units by item that moved after their location was counted, or after t0 where it was not."""
    since = defaultdict(int)
    for row in movements:
        if row["ts"] > t0 and row["ts"] >= count_ts.get(row["location"], t0):
            since[row["item"]] += row["delta"]
    return since


def consequences(tables, expected, net, cost, t0):
    """Return items and order_lines as of the count, and listings as of now."""
    total, reserved, orders = defaultdict(int), defaultdict(int), defaultdict(list)
    for (item, _, _), units in expected.items():
        total[item] += units
    for row in tables["reservations"]:
        reserved[row["item"]] += row["qty"]
    later, since = defaultdict(int), defaultdict(int)
    for row in tables.get("later") or []:
        later[row["item"]] += row["delta"]
    if tables.get("later") is None:
        since = booked_since(tables["movements"], {row["location"]: row["count_ts"] for row in tables["counts"]}, t0)
    for row in tables["orders"]:
        orders[row["item"]].append(row)
    items, order_lines, available = [], [], {}
    for item, variance in net.items():
        before = total[item] + later[item] - reserved[item]
        after = before + variance
        lines = sorted(orders[item], key=place_in_queue)
        promised, actual = cover(lines, before), cover(lines, after)
        unintentional = needless = partial = asked = 0
        for line, was, now in zip(lines, promised, actual, strict=True):
            asked += line["qty"]
            if not line["allow_backorder"]:
                unintentional += max(0, was - now)
            needless += max(0, now - was)
            partial += 0 < now < line["qty"]
            if was != now:
                order_lines.append(
                    (
                        line["order_id"],
                        item,
                        line["due"],
                        line["qty"],
                        line["allow_backorder"],
                        was,
                        now,
                        max(0, was - now),
                        max(0, now - was),
                    )
                )
        verified = total[item] + variance
        value = unintentional * cost.get(item, 0)
        items.append((item, total[item], verified, before, after, unintentional, needless, partial, value))
        available[item] = (before + since[item] - asked, after + since[item] - asked)
    return items, order_lines, listing_answers(tables.get("listings", []), available)


def place_in_queue(line):
    """Return the sort key of an order line: due, priority, age, number."""
    placed_at = line.get("placed_at")
    return (line["due"], line.get("priority") or 0, placed_at is None, placed_at or 0, line["order_id"])


def listing_answers(listings, available):
    """Return the listings of items with discrepancies."""
    answers = []
    for row in listings:
        if row["item"] not in available:
            continue
        before, after = (to_sell(units, row["share"], row["buffer"]) for units in available[row["item"]])
        offered = {"in_stock": max(before, 1)}.get(row["state"], 0)
        if row["published_qty"] is not None:
            offered = row["published_qty"]
        if row["state"] == "out_of_stock":
            offered = 0
        release = after if row["state"] in ("out_of_stock", "backorder") else 0
        answers.append(
            (
                row["channel"],
                row["item"],
                row["state"],
                row["published_qty"],
                before,
                after,
                release,
                max(0, offered - after),
            )
        )
    return answers


def to_sell(available, share, buffer):
    """Return what a channel may offer."""
    return max(0, min(available * share // 100, available - buffer))


def sha256(rows):
    """Return the fingerprint of rows: columns joined by |, null empty, booleans 0 and 1, sorted as bytes."""
    lines = sorted(
        "|".join(
            "" if value is None else str(int(value) if isinstance(value, bool) else value) for value in row
        ).encode()
        for row in rows
    )
    return hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest()
