"""What can be promised of each item by the record and in truth, and which order lines that covers, in plain Python.

See slow.py.  Of each pair of figures the first is by the record, the second in truth.
"""

from collections import defaultdict
from dataclasses import dataclass, field

DAY = 86_400_000_000


@dataclass
class Item:
    """One item whose promises have to be looked at."""

    item: str
    wrong: list
    cost: int
    margin: int
    price: int
    on_hand: tuple  # not held, promised or not
    stock: tuple  # to be promised
    plan: dict | None
    lines: list = field(default_factory=list)
    due_in: dict = field(default_factory=lambda: defaultdict(int))  # day -> units of dated receipts
    outstanding: int = 0
    daily: int | None = None  # 1/1000
    behind: list = field(default_factory=list)


def looked_at(tables, counted, wrong, t0, as_of_ts, policy):
    """Return the items by number; the orders in the order in which they are served."""
    count_ts = {row["location"]: row["count_ts"] for row in tables["counts"]}
    gone, as_of_day = stale(tables), as_of_ts // DAY
    names = {row["item"] for name in ("listings", "marks") for row in tables[name]}
    names |= {row["item"] for row in wrong} | {item for item, _ in gone}
    found = {}
    for name in names:
        own = {key: [row for row in rows if row.get("item") == name] for key, rows in tables.items()}
        record = [row for row in wrong if row["item"] == name]
        since = [row for row in own["movements"] if row["ts"] > t0]
        booked = [row for row in since if row["ts"] < count_ts.get(row["location"], t0)]
        bad = spoilt(own["lots"], as_of_day)
        later = [row for row in since if row not in booked and row["status"] == "available" and row["lot"] not in bad]
        later = [row for row in later if row["reason"] != "adjustment" or row["location"] not in count_ts]
        total = sum(row["qty"] for row in own["recorded"]) + sum(row["delta"] for row in booked + later)
        truth = total + sum(row["variance"] for row in record)
        held = held_units(name, tables, counted, booked, count_ts, as_of_day)
        hands = (total - held[0], truth - held[1])
        elsewhere = sum(row["qty"] for row in own["reservations"] if row["order_id"] is None)
        stuck = sum(qty for (item, _), (qty, _) in gone.items() if item == name)
        costs = [row["unit_cost"] for row in own["recorded"]]
        facts = own["items"][0] if own["items"] else {"unit_cost": 0, "price": 0}
        cost = max(costs, default=0) or facts["unit_cost"]
        this = Item(
            item=name,
            wrong=record,
            cost=cost,
            margin=max(0, facts["price"] - cost),
            price=facts["price"],
            on_hand=hands,
            stock=(hands[0] - elsewhere - stuck, hands[1] - elsewhere),
            plan=next(iter(own["planning"]), None),
        )
        for line in own["purchase_orders"]:
            rest = line["qty_ordered"] - line["qty_received"]
            if rest > 0:
                this.outstanding += rest
                if line["due"] is not None:
                    overdue = as_of_day + policy.overdue_days
                    this.due_in[line["due"] if line["due"] >= as_of_day else overdue] += rest
        if own["demand"]:
            days = sum(row["period_days"] for row in own["demand"])
            this.daily = 1000 * sum(row["qty"] for row in own["demand"]) // days
        serve(this, own, t0, as_of_ts, held[0] + elsewhere)
        this.behind = behind(
            record, own["marks"], {order: qty for (item, order), (qty, _) in gone.items() if item == name}
        )
        found[name] = this
    return found


def stale(tables):
    """Return (units, status of the order) by (item, order) of reservations that no open line asks for."""
    found = {}
    for row in tables["reservations"]:
        lines = [
            line for line in tables["orders"] if (line["item"], line["order_id"]) == (row["item"], row["order_id"])
        ]
        if row["order_id"] is not None and row["qty"] and not any(line["status"] == "open" for line in lines):
            key = (row["item"], row["order_id"])
            status = max((line["status"] for line in lines), default="missing")
            found[key] = (found.get(key, (0,))[0] + row["qty"], status)
    return found


def spoilt(lots, as_of_day):
    """Return the lots of an item of which nothing may be sold any more."""
    return {row["lot"] for row in lots if row["expires"] < as_of_day}


def held_units(item, tables, counted, booked, count_ts, as_of_day):
    """Return the units that may not be sold, by the record and in truth."""
    bad = spoilt([row for row in tables["lots"] if row["item"] == item], as_of_day)
    recorded, marked = defaultdict(int), defaultdict(int)
    for row in [row for row in tables["recorded"] if row["item"] == item] + booked:
        if row["status"] != "available" or row["lot"] in bad:
            recorded[row["location"], row["lot"]] += row.get("qty", 0) + row.get("delta", 0)
    for row in tables["marks"]:
        if row["item"] == item:
            marked[row["location"], row["lot"]] += row["units"]
    truth = sum(qty for key, qty in counted.items() if key[0] == item and key[2] in bad and key[1] in count_ts)
    for key in {*recorded, *marked}:
        if key[1] in bad and key[0] in count_ts:
            continue  # the whole of it, above
        truth += (
            min(counted.get((item, *key), 0), max(recorded[key], marked[key])) if key[0] in count_ts else recorded[key]
        )
    return sum(recorded.values()), truth


def serve(this, own, t0, as_of_ts, taken):
    """Serve the open order lines from stock, one after the other."""
    queue = [row for row in own["orders"] if row["status"] == "open"]
    never = (True, 0)
    age = {id(row): (False, row["placed_at"]) if row["placed_at"] is not None else never for row in queue}
    queue.sort(key=lambda row: (row["due"], row["priority"], age[id(row)], row["order_id"]))
    ahead = 0
    for row in queue:
        line = dict(row, ahead=ahead, cover=[max(0, min(row["qty"], stock - ahead)) for stock in this.stock], days=[])
        for stock in this.stock:
            day, there = as_of_ts // DAY, stock
            for at in sorted(this.due_in):
                if there < ahead + row["qty"]:
                    day, there = at, there + this.due_in[at]
            line["days"].append(day if there >= ahead + row["qty"] else None)
        earlier = [other for other in queue if (age[id(other)], other["order_id"]) < (age[id(row)], row["order_id"])]
        line["backorder"] = kind_of(line, own, t0, as_of_ts, taken + sum(other["qty"] for other in earlier))
        this.lines.append(line)
        ahead += row["qty"]


def kind_of(line, own, t0, as_of_ts, taken):
    """Return which kind of backorder a line is."""
    shown, at = line["available_at_order"], line["placed_at"]
    if shown is None:
        if at is None or at > as_of_ts or not any(row["ts"] <= at for row in own["movements"]):
            return "unknown"
        shown = sum(row["qty"] for row in own["recorded"]) - taken
        shown -= sum(row["delta"] for row in own["movements"] if at < row["ts"] <= t0)
        shown += sum(row["delta"] for row in own["movements"] if t0 < row["ts"] <= at)
    if min(line["cover"]) < min(shown, line["qty"]):
        return "unintentional"
    return "intentional" if line["allow_backorder"] else "refused"


def behind(wrong, marks, gone):
    """Return the words for what lies behind, the weightiest first."""
    marked = defaultdict(int)
    for row in marks:
        marked[place(row)] += row["units"]
    parts = [(1, -abs(row["variance"]), f"{place(row)} {row['variance']:+d}") for row in wrong]
    parts += [(2, -units, f"{where} {units} marked") for where, units in marked.items()]
    parts += [(3, -qty, f"reservation of order {order} {qty}") for order, qty in gone.items()]
    words = [word for *_, word in sorted(parts)]
    return ", ".join(words[:3]) + (f" and {len(words) - 3} more" if len(words) > 3 else "")


def place(row):
    return row["location"] + (f" lot {row['lot']}" if row["lot"] is not None else "")
