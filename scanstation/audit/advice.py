"""The recommended action of a finding, in words for the person who has to do it."""

from collections.abc import Sequence

from scanstation.audit.findings import ListingEffect, OrderEffect

SHOWN = 3
"""So many names are written out; the rest is counted."""


def advise(
    *,
    kind: str,
    location: str,
    lot: str | None,
    variance: int,
    elsewhere: Sequence[tuple[str, str | None, int]],
    parked: int,
    recount: bool,
    claims: Sequence[tuple[str, int]],
    orders: Sequence[OrderEffect],
    listings: Sequence[ListingEffect],
) -> str:
    """Return what to do about a finding, first things first.

    ``elsewhere`` says where the units lie or are missing, as (location, lot, units): the transfers of the record, else
    the item's opposite variances; ``recount`` says that the variance breaks the tolerance and was counted once only;
    ``claims`` holds the purchase order lines that explain the variance as (order/line, units).
    """
    steps = [
        *_at_the_shelf(location, variance, parked, recount),
        _in_the_books(kind, location, lot, variance, elsewhere),
        *_for_suppliers(variance, claims),
        *_for_customers(orders),
        *_for_channels(listings),
    ]
    return " ".join(f"{step}." for step in steps if step)


def _at_the_shelf(location: str, variance: int, parked: int, recount: bool) -> list[str]:
    steps = []
    if parked and variance < 0:
        codes = "1 parked code" if parked == 1 else f"{parked} parked codes"
        steps.append(f"Resolve {codes} at {location} first: what is missing may be what could not be read")
    if recount:
        steps.append(f"Have {location} counted again by another person")
    return steps


def _in_the_books(
    kind: str, location: str, lot: str | None, variance: int, elsewhere: Sequence[tuple[str, str | None, int]]
) -> str:
    units = abs(variance)
    if kind == "unknown_item":
        these = "1 unit this is, then record it" if units == 1 else f"{units} units these are, then record them"
        return f"No stock record knows this item: find out whose {these}"
    lying = sum(count for *_, count in elsewhere)
    moved = min(units, lying) if kind == "misplaced" else 0
    rest = [_of_the_record(variance, units - moved, lot)] if moved < units else []
    if not moved:
        return rest[0]
    shares = [f" ({count})" if len(elsewhere) > 1 and lying <= units else "" for *_, count in elsewhere]
    ends = zip(elsewhere, shares, strict=True)
    places = _some([_place(place, other, location) + share for (place, other, _), share in ends])
    if variance < 0:
        return ". ".join([f"Book {_units(moved)} over to {places}, where they were counted", *rest])
    these = f"These {_units(moved)} are" if moved == units else f"{_units(moved)} of these are"
    return ". ".join([f"{these} missing at {places}: book them over or carry them back", *rest])


def _of_the_record(variance: int, units: int, lot: str | None) -> str:
    if variance < 0:
        return f"Take {_units(units)} off the record" + (f" of lot {lot}" if lot else "")
    return f"Add {_units(units)} to the record" + (f" of lot {lot}" if lot else "")


def _place(place: str, lot: str | None, here: str) -> str:
    if place == here:
        return f"lot {lot}" if lot else "no lot"
    return place


def _for_suppliers(variance: int, claims: Sequence[tuple[str, int]]) -> list[str]:
    if variance < 0:
        return [f"Buyer: claim {_units(count)} of purchase order {order} from the supplier" for order, count in claims]
    return [
        f"Buyer: {_units(count)} too many came with purchase order {order}: keep or return" for order, count in claims
    ]


def _for_customers(orders: Sequence[OrderEffect]) -> list[str]:
    short = [f"{line.order_id} ({line.short} short)" for line in orders if line.short]
    released = [f"{line.order_id} ({line.released} units)" for line in orders if line.released]
    steps = []
    if short:
        steps.append(f"Customer desk: tell the customers of {_some(short)}, and the buyer what is missing")
    if released:
        steps.append(f"Customer desk: release {_some(released)}")
    return steps


def _for_channels(listings: Sequence[ListingEffect]) -> list[str]:
    wrong = [row for row in listings if row.false_out_of_stock or row.oversells]
    return [f"Channel {row.channel}: publish {row.ats_after} instead of {_published(row)}" for row in wrong]


def _published(row: ListingEffect) -> str:
    return row.state.replace("_", " ") if row.published_qty is None else str(row.published_qty)


def _units(count: int) -> str:
    return "1 unit" if count == 1 else f"{count} units"


def _some(names: Sequence[str]) -> str:
    unique = list(dict.fromkeys(names))
    shown = ", ".join(unique[:SHOWN])
    return shown if len(unique) <= SHOWN else f"{shown} and {len(unique) - SHOWN} more"
