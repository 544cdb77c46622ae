"""What wrong records break, in plain Python, one function a consequence; see slow.py.

Takes the items of slow_promises.py.  A consequence is a dict of the columns that its kind fills.
"""

from math import ceil, exp, lgamma, log

FAR = 10**9
"""The day of what is never there."""


def consequences(items, tables, as_of_day, policy):
    """Yield every consequence of the items."""
    for this in items.values():
        for line in this.lines:
            yield from of_line(this, line, as_of_day, policy)
        yield from frozen(this, tables, as_of_day, policy)
        yield from needless(this, tables, policy)
        yield from service(this, tables, as_of_day, policy)
        net = sum(row["variance"] for row in this.wrong)
        if net:
            yield {"kind": "MONEY", "item": this.item, "units": net, "write_off": -net * this.cost}
    for row in tables["listings"]:
        this = items[row["item"]]
        changed = len({free(this, at, as_of_day) for at in (0, 1)}) > 1
        offer = sell(this, row, as_of_day, 1)
        if changed and offer and row["state"] in ("out_of_stock", "backorder"):
            yield {"kind": "FALSE_OUT_OF_STOCK", "item": this.item, "channel": row["channel"], "units": offer}
        offered = offers(this, row, as_of_day)
        expected = offered if this.daily is None else min(offered, ceil(this.daily * policy.horizon_days / 1000))
        if changed and expected > offer:
            units = expected - offer
            yield {"kind": "OVERSELL_NEXT", "item": this.item, "channel": row["channel"], "units": units,
                   "of_units": offered, "in_truth": offer, "handling": units * policy.contact_cost}  # fmt: skip


def of_line(this, line, as_of_day, policy):
    promised, actual = line["cover"]
    before, after = line["days"]
    about = {
        "item": this.item,
        "order_id": line["order_id"],
        "due": line["due"],
        "by_record": promised,
        "in_truth": actual,
    }
    lost = max(0, promised - actual)
    if lost:
        late = after is None or after > line["due"]
        yield {**about, "kind": "OVERSOLD", "units": lost, "day": after, "note": line["backorder"],
               "days": None if after is None else max(0, after - line["due"]),
               "margin": late * lost * this.margin * policy.lost_sale_share // 1000,
               "handling": policy.contact_cost + late * policy.expedite_cost}  # fmt: skip
    if actual > promised:
        gained = (actual - promised) * (before is None or before > line["due"])
        yield {**about, "kind": "NEEDLESS_BACKORDER", "units": actual - promised, "note": line["backorder"],
               "margin": gained * this.margin * policy.lost_sale_share // 1000}  # fmt: skip
    if before is not None and (after or FAR) > max(line["due"], before):
        rest = line["qty"] - actual
        yield {**about, "kind": "LATE_PROMISE", "units": rest, "day": after, "note": line["backorder"],
               "margin": 0 if lost else rest * this.margin * policy.lost_sale_share // 1000,
               "handling": 0 if lost else policy.contact_cost}  # fmt: skip
    if promised != actual and 0 < actual < line["qty"]:
        late = None if after is None else max(0, after - max(as_of_day, line["due"]))
        wait = None if late is None else actual * this.price * policy.waiting_cost * late // 1000
        split = wait is None or wait > policy.extra_shipment_cost
        yield {**about, "kind": "PARTIAL", "units": actual, "day": after, "note": "split" if split else "wait",
               "handling": policy.extra_shipment_cost if split else wait}  # fmt: skip


def position(this, at):
    return this.stock[at] - sum(line["qty"] for line in this.lines) + this.outstanding


def frozen(this, tables, as_of_day, policy):
    if this.plan is None:
        return
    point, truth = this.plan["reorder_point"], position(this, 1)
    by_position = position(this, 0) > point
    hidden = by_position or this.on_hand[0] > point >= this.on_hand[1]
    if truth > point or not hidden:
        return
    shown = position(this, 0) if by_position else this.on_hand[0]
    units = asked(this, truth)
    best = quickest(this.item, tables["suppliers"], policy)
    pack = 1
    if best:
        units, pack = max(units, best["minimum"]), best["pack"]
    days = ceil(1000 * (shown - point) / this.daily) if this.daily else None
    gone = max(0, (days or 0) * (this.daily or 0) - 1000 * max(0, this.on_hand[1]))
    yield {"kind": "FROZEN_REORDER", "item": this.item, "units": ceil(units / pack) * pack, "days": days,
           "supplier": best["supplier"] if best else "", "day": as_of_day + best["days"] if best else None,
           "by_record": shown, "margin": gone * this.margin // 1000}  # fmt: skip


def asked(this, position):
    """Return the units that a position asks to be ordered."""
    point, level, lot = (this.plan[name] for name in ("reorder_point", "order_up_to", "order_quantity"))
    if position > point:
        return 0
    if level is not None and level > position:
        return level - position
    return next(n * (lot or 1) for n in range(1, 10**6) if position + n * (lot or 1) > point)


def quickest(item, suppliers, policy):
    """Return who delivers first, as far as one can rely on it."""
    ranked = []
    for row in suppliers:
        if row["item"] == item:
            mean, sd, share = (round(1000 * row[name]) for name in ("lead_days_mean", "lead_days_sd", "on_time_share"))
            days = ceil((mean + policy.lead_safety * sd // 1000 + (1000 - share) * policy.late_days) / 1000)
            ranked.append((days, row["price"], row["supplier"], row))
    return {**min(ranked, key=lambda entry: entry[:3])[3], "days": min(ranked)[0]} if ranked else None


def needless(this, tables, policy):
    """Take what the position without any delivery does not ask for off the deliveries, the latest first."""
    lines = [
        row
        for row in tables["purchase_orders"]
        if row["item"] == this.item and row["qty_ordered"] > row["qty_received"]
    ]
    lines.sort(key=lambda row: (row["due"] if row["due"] is not None else FAR, row["po"], row["line"]), reverse=True)
    if this.plan is None:
        return
    bare = [position(this, at) - this.outstanding for at in (0, 1)]
    spare = [max(0, this.outstanding - asked(this, units)) for units in bare]
    for row in lines:
        off = [min(rest, row["qty_ordered"] - row["qty_received"]) for rest in spare]
        spare = [rest - taken for rest, taken in zip(spare, off, strict=True)]
        if off[1] > off[0]:
            units = off[1] - off[0]
            yield {"kind": "NEEDLESS_REORDER", "item": this.item, "po": row["po"], "line": row["line"],
                   "units": units, "margin": units * this.cost * policy.holding_cost // 1000}  # fmt: skip


def service(this, tables, as_of_day, policy):
    """Hold demand of the lead time against the stock that meets it."""
    history = sorted((row for row in tables["demand"] if row["item"] == this.item), key=lambda row: row["period_start"])
    safety = this.plan["safety_stock"] if this.plan else None
    breach = bool(safety) and this.stock[0] >= safety > this.stock[1]
    row = {"kind": "SERVICE", "item": this.item, "units": 0, "days": None, "of_units": safety or 0, "margin": 0,
           "by_record": None, "in_truth": None, "note": "breach" if breach else "risk"}  # fmt: skip
    if history:
        best = quickest(this.item, tables["suppliers"], policy)
        lead = best["days"] if best else policy.lead_days
        receipts = sum(units for day, units in this.due_in.items() if day <= as_of_day + lead)
        asked = sum(line["qty"] for line in this.lines)
        mean, variance = lead_demand(history, lead)
        risks = [beyond(mean, variance, stock - asked + receipts) for stock in this.stock]
        gone = [beyond(mean, variance, max(0, stock - asked + receipts))[1] for stock in this.stock]
        chances, units = [round(1000 * chance) for chance, _ in risks], round(max(0, gone[1] - gone[0]))
        row |= {"by_record": chances[0], "in_truth": chances[1], "units": units, "days": lead}
        row["margin"] = units * this.margin
    if breach or (row["in_truth"] or 0) > (row["by_record"] or 0):
        yield row


def lead_demand(history, lead):
    """Return mean and variance of the demand of a lead time: smoothed by a tenth, spread around the average."""
    rates = [row["qty"] / row["period_days"] for row in history]
    level = rates[0]
    for rate in rates[1:]:
        level = 0.9 * level + 0.1 * rate
    average = sum(rates) / len(rates)
    spread = sum(row["period_days"] * (rate - average) ** 2 for rate, row in zip(rates, history, strict=True))
    return level * lead, spread / len(rates) * lead


def beyond(mean, variance, stock):
    """Return P(D > stock) and E[max(0, D - stock)] of a negative binomial or Poisson demand."""
    if mean == 0:
        return float(stock < 0), max(0, -stock)
    shape = mean * mean / (variance - mean) if variance > mean * 1.000_001 else None

    def mass(k):
        if shape is None:
            return exp(k * log(mean) - mean - lgamma(k + 1))
        ways = lgamma(k + shape) - lgamma(shape) - lgamma(k + 1)
        return exp(ways + shape * log(mean / variance) + k * log(1 - mean / variance))

    masses = [mass(k) for k in range(400)]
    return sum(masses[max(0, stock + 1) :]), sum((k - stock) * part for k, part in enumerate(masses) if k > stock)


def free(this, at, as_of_day):
    """What may be promised today and breaks no later promise: the least of any day from now on."""
    days = {as_of_day, *this.due_in, *(max(as_of_day, line["due"]) for line in this.lines)}
    return min(
        this.stock[at]
        + sum(units for day, units in this.due_in.items() if day <= today)
        - sum(line["qty"] for line in this.lines if line["due"] <= today)
        for today in days
    )


def sell(this, row, as_of_day, at):
    units, safety = free(this, at, as_of_day), this.plan["safety_stock"] if this.plan else 0
    return max(0, min(units * row["share"] // 100, units - row["buffer"] - safety))


def offers(this, row, as_of_day):
    if row["state"] == "out_of_stock":
        return 0
    if row["published_qty"] is not None:
        return row["published_qty"]
    return max(1, sell(this, row, as_of_day, 0)) if row["state"] == "in_stock" else 0


def findings(items, gone, tables, as_of_day):
    """Yield (kind, item, order or channel, what it says, what it should say, units, right units)."""
    for (item, order), (qty, status) in gone.items():
        yield "STALE_RESERVATION", item, order, status, "released", qty, 0
    for row in tables["listings"]:
        this, published = items[row["item"]], row["published_qty"]
        right = []
        for at in (0, 1):
            units = sell(this, row, as_of_day, at)
            right.append(
                ("in_stock" if units else "backorder" if row["policy"] == "continue" else "out_of_stock", units)
            )
        said = [(row["state"], units if published is None else published) for _, units in right]
        if row["state"] != "preorder" and said[0] != right[0] and said[1] != right[1]:
            yield "LISTING_DRIFT", row["item"], row["channel"], row["state"], right[1][0], published or 0, right[1][1]
