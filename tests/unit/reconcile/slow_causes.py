"""The evidence for each cause in plain Python, one function a cause; see slow.py.

A wrong record is a dict with item, location, lot, expected, counted, variance; evidence is a set of tuples (item,
location, lot, cause, units, exact, about, reference, place, ts, ratio).
"""

import re
from collections import Counter, defaultdict

DAY = 86_400_000_000
BEST_FIRST = (
    "DUPLICATE", "TIMING", "UNIT_OF_MEASURE", "RECEIPT_SHORT", "RECEIPT_OVER", "LOT", "MISPLACED", "SWAP",
    "UNRECORDED_RETURN", "COUNT_ERROR", "UNRECORDED_ISSUE", "UNEXPLAINED",
)  # fmt: skip


def evidence(tables, wrong, transfers, t0, as_of_day, policy):
    """Return every piece of evidence, as a list."""
    count_ts = {row["location"]: row["count_ts"] for row in tables["counts"]}
    pieces = []
    for record in wrong:
        began = count_ts[record["location"]]
        own = [
            row for row in tables["movements"] if all(row[name] == record[name] for name in ("item", "location", "lot"))
        ]
        found = [
            *timing(record, own, t0, began, policy),
            *duplicates(record, own, began),
            *receipts(record, tables, began, policy),
            *units_of_measure(record, own, tables["packs"], began, policy),
            *returns(record, tables["returns"], began),
            *miscounts(record, tables, policy),
            *misplaced(record, transfers),
            *lots(record, wrong, tables["lots"], as_of_day),
            *swaps(record, wrong, tables),
        ]
        pieces += [(record["item"], record["location"], record["lot"], *piece) for piece in found]
    return pieces


def timing(record, own, t0, began, policy):
    window = policy.timing_minutes * 60_000_000
    goods = [row for row in own if row["reason"] != "adjustment"]
    near = [row for row in goods if min(abs(row["ts"] - t0), abs(row["ts"] - began)) <= window]
    sides = defaultdict(list)
    for row in near:
        side = "after" if row["ts"] >= began else "between" if row["ts"] > t0 else "before"
        sides[side].append((row["delta"] if side == "after" else -row["delta"], row))
    for rows in sides.values():
        together = sum(effect for effect, _ in rows)
        for effect, row in rows:
            if record["variance"] in (effect, together):
                yield "TIMING", abs(record["variance"]), 1, "movement", row["document"], row["line"], row["ts"], 0


def duplicates(record, own, began):
    groups = defaultdict(list)
    for row in own:
        if row["document"] and row["ts"] < began and row["delta"]:
            groups[row["document"], row["line"], row["delta"]].append(row["ts"])
    variance = record["variance"]
    for (document, line, delta), times in groups.items():
        could_be = [-delta * copies for copies in range(1, len(times))]
        if variance in could_be:
            yield "DUPLICATE", abs(variance), 1, "movement", document, line, max(times), len(times)
        elif could_be and could_be[-1] * variance > 0 and abs(could_be[-1]) < abs(variance):
            yield "DUPLICATE", abs(could_be[-1]), 0, "movement", document, line, max(times), len(times)


def receipts(record, tables, began, policy):
    variance, lines = record["variance"], []
    for line in tables["purchase_orders"]:
        differs, when = line["qty_received"] - line["qty_ordered"], line["received_at"]
        if line["item"] != record["item"] or when is None or not 0 <= began - when <= policy.receipt_days * DAY:
            continue
        booked = {
            row["location"]
            for row in tables["movements"]
            if row["document"] == line["po"] and row["item"] == line["item"] and row["delta"] > 0
        }
        if differs * variance > 0 and (not booked or record["location"] in booked):
            lines.append((differs, line))
    cause = "RECEIPT_SHORT" if variance < 0 else "RECEIPT_OVER"
    for differs, line in lines:
        if variance in (differs, sum(other for other, _ in lines)):
            yield cause, abs(differs), 1, "purchase order", line["po"], line["line"], line["received_at"], 0


def units_of_measure(record, own, packs, began, policy):
    expected, counted, variance = record["expected"], record["counted"], record["variance"]
    for size in {row["units"] for row in packs if row["item"] == record["item"]}:
        if min(expected, counted) > 0 and max(expected, counted) == size * min(expected, counted):
            yield "UNIT_OF_MEASURE", abs(variance), 1, "pack", "", "", None, size
        for row in own:
            right = {row["delta"] * size} | ({row["delta"] // size} if row["delta"] % size == 0 else set())
            recent = 0 < began - row["ts"] <= policy.receipt_days * DAY
            if recent and any(variance == should - row["delta"] for should in right):
                yield "UNIT_OF_MEASURE", abs(variance), 1, "movement", row["document"], row["line"], row["ts"], size


def returns(record, authorised, began):
    variance = record["variance"]
    open_ones = [
        row for row in authorised if row["item"] == record["item"] and row["qty"] and row["opened"] * DAY <= began
    ]
    together = sum(row["qty"] for row in open_ones) == variance
    for row in open_ones if variance > 0 else ():
        if together or row["qty"] >= variance:
            units, exact = min(row["qty"], variance), int(together or row["qty"] == variance)
            yield "UNRECORDED_RETURN", units, exact, "return", row["rma"], "", row["opened"] * DAY, 0


def miscounts(record, tables, policy):
    key = [record[name] for name in ("item", "location", "lot")]
    again = [row["qty"] for row in tables["second_counts"] if [row["item"], row["location"], row["lot"]] == key]
    if again and sum(again) != record["counted"]:
        exact, units = int(sum(again) == record["expected"]), abs(sum(again) - record["counted"])
        yield "COUNT_ERROR", units, exact, "second count", "", record["location"], None, sum(again)
    for row in tables["sweeps"]:
        read, usual = round(row["read_rate"] * 1000), round(row["usual_rate"] * 1000)
        weak = row["location"] == record["location"] and usual - read > policy.sweep_margin
        if weak and record["variance"] < 0:
            yield "COUNT_ERROR", -record["variance"], 0, "sweep", "", record["location"], None, read


def misplaced(record, transfers):
    ends = []
    for move in transfers:
        if (move["item"], move["lot"]) == (record["item"], record["lot"]):
            ends += [(move["target"], move["units"])] if move["source"] == record["location"] else []
            ends += [(move["source"], move["units"])] if move["target"] == record["location"] else []
    exact = int(sum(units for _, units in ends) == abs(record["variance"]))
    for place, units in ends:
        yield "MISPLACED", units, exact, "location", "", place, None, 0


def lots(record, wrong, known, as_of_day):
    of_item = [row for row in wrong if row["item"] == record["item"]]
    here = [row for row in of_item if row["location"] == record["location"]]
    by_lot = Counter()
    for row in of_item:
        by_lot[row["lot"]] += row["variance"]
    name = record["lot"] or ""
    if len(here) > 1 and sum(row["variance"] for row in here) == 0:
        yield "LOT", abs(record["variance"]), 1, "lot", name, record["location"], None, 0
    elif sum(by_lot.values()) == 0 and any(by_lot.values()):
        yield "LOT", abs(record["variance"]), 1, "lot", name, "", None, 0
    for row in known:
        mine = (row["item"], row["lot"]) == (record["item"], record["lot"])
        if mine and row["expires"] < as_of_day and record["counted"] > 0:
            yield "LOT", record["counted"], 0, "expired", record["lot"], "", row["expires"] * DAY, 0


def swaps(record, wrong, tables):
    for other in wrong:
        if other["item"] == record["item"] or other["variance"] != -record["variance"]:
            continue
        if not near(record["location"], other["location"], tables["locations"]):
            continue
        families = [family(item, tables["items"]) for item in (record["item"], other["item"])]
        picks = [picked_by(item, tables["movements"]) for item in (record["item"], other["item"])]
        if families[0] and families[0] == families[1]:
            yield "SWAP", abs(record["variance"]), 1, "family", other["item"], other["location"], None, 0
        if picks[0] & picks[1]:
            yield "SWAP", abs(record["variance"]), 1, "document", other["item"], other["location"], None, 0


def near(here, there, locations):
    zones = {row["location"]: (row["site"], row["zone"]) for row in locations}
    if here == there:
        return True
    if here not in zones or zones.get(there) != zones[here]:
        return False
    first, second = sorted((here, there), key=bin_number)
    between = [place for place, zone in zones.items() if zone == zones[here]]
    return not any(bin_number(first) < bin_number(place) < bin_number(second) for place in between)


def bin_number(code):
    """Signs one by one, but digits that stand together as the number that they are; the code where those agree."""
    parts = re.findall(r"[0-9]+|[^0-9]", code, re.DOTALL)
    return [(48, int(part)) if part[0] in "0123456789" else (ord(part), 0) for part in parts], code


def family(item, items):
    gtin = next((row["gtin"] for row in items if row["item"] == item), None)
    return gtin.zfill(14)[:11] if gtin else None


def picked_by(item, movements):
    return {row["document"] for row in movements if row["item"] == item and row["delta"] < 0 and row["document"]}


def ranked(wrong, pieces, parked):
    """Return (item, location, lot, cause, rank, exact, pieces, parked) of every cause."""
    codes = {row["location"]: row["codes"] for row in parked}
    rows = []
    for record in wrong:
        key = (record["item"], record["location"], record["lot"])
        waiting, own = codes.get(key[1], 0), [piece for piece in pieces if piece[:3] == key]
        found = []  # (explains nothing whole, nothing at all, place in the list), the cause and its figures
        for cause in {piece[3] for piece in own}:
            of_cause = [piece for piece in own if piece[3] == cause]
            exact, explains = max(piece[5] for piece in of_cause), any(piece[6] != "expired" for piece in of_cause)
            found.append(((not exact, not explains, BEST_FIRST.index(cause)), cause, exact, len(of_cause)))
        if not any(piece[6] != "expired" for piece in own):
            cause = "UNRECORDED_ISSUE" if record["variance"] < 0 and not waiting else "UNEXPLAINED"
            found.append(((True, False, BEST_FIRST.index(cause)), cause, 0, 0))
        for rank, (_, cause, exact, number) in enumerate(sorted(found), 1):
            rows.append((*key, cause, rank, exact, number, waiting))
    return rows
