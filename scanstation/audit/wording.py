"""Consequences, causes and notices in the words of the people who have to do something about them."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scanstation.audit.findings import Evidence

Row = Mapping[str, Any]
"""A row of the answers ``consequences`` or ``findings``, with the item's ``name``."""

RECORD = "record"
"""What is to be done with units of an item that no record knows, instead of an adjustment."""

EPOCH = datetime.date(1970, 1, 1)

DESKS: Mapping[str, str] = {
    "customer_desk": "Customer desk",
    "channel": "Channel",
    "buyer": "Buyer",
    "store_keeper": "Store keeper",
}
"""Who must be told, by the engine's word."""

CAUSES: Mapping[str, str] = {
    "TIMING": "goods and booking did not move at the same time",
    "MISPLACED": "the units lie elsewhere",
    "SWAP": "a look-alike was taken",
    "RECEIPT_SHORT": "the supplier sent less than was booked",
    "RECEIPT_OVER": "the supplier sent more than was booked",
    "UNIT_OF_MEASURE": "packs and pieces were mixed up",
    "DUPLICATE": "a movement was booked twice",
    "UNRECORDED_ISSUE": "units left without a booking",
    "UNRECORDED_RETURN": "a customer's goods came back unbooked",
    "LOT": "the lots are wrong, the item is all there",
    "COUNT_ERROR": "the count itself is in doubt",
    "UNEXPLAINED": "nothing explains it",
}
"""Each cause in a few words."""


def consequence_words(row: Row) -> str:
    """Return a consequence in sentences: what breaks, what is to be done by whom, and what lies behind it."""
    behind = f" Behind it: {row['behind']}." if row["behind"] else ""
    return f"{_BREAKS[row['kind']](row)} {DESKS[row['tell']]}: {_DO[row['action']](row)}.{behind}"


def notice_words(row: Row) -> str:
    """Return a finding without a variance as a sentence."""
    name = row["name"] or row["item"]
    if row["kind"] == "STALE_RESERVATION":
        kept = f"{units(row['units'])} of {name} are kept for order {row['order_id']}, which is {row['said']}."
        return f"{kept} Store keeper: release them."
    said = _state(row["said"]) + (f" with {row['units']}" if row["said"] == "in_stock" else "")
    right = f"{_state(row['should'])} with {row['should_units']}"
    return f"{row['channel']} says {said} for {name}; right is {right}. Channel: publish that."


def held_action(known: bool, damaged: int, quarantined: int) -> str:
    """Return what is to be done where ``damaged`` and ``quarantined`` units more (or less) are held than on record.

    ``known``: the item has a record.
    """
    if not known:
        return "No stock record knows this item: record it first."
    moves = [(damaged, "damaged stock"), (quarantined, "quarantine")]
    come = [f"Move {units(change)} to {status}." for change, status in moves if change > 0]
    leave = [f"Take {units(-change)} out of {status}." for change, status in moves if change < 0]
    return " ".join((*come, *leave)) or "The books say so already."


def cause_words(cause: str, evidence: Sequence[Evidence]) -> str:
    """Return a cause with what speaks for it, in a few words."""
    told = "; ".join(dict.fromkeys(_EVIDENCE[piece.about](piece) for piece in evidence))
    return f"{CAUSES[cause]}: {told}" if told else CAUSES[cause]


def units(count: int) -> str:
    """Return a number of units in words."""
    return "1 unit" if abs(count) == 1 else f"{count} units"


def date(day: int | None) -> str:
    """Return a day number as a date."""
    return "no date" if day is None else (EPOCH + datetime.timedelta(days=day)).isoformat()


def _state(word: str) -> str:
    return word.replace("_", " ")


def _order(row: Row) -> str:
    customer = f" ({row['customer']})" if row["customer"] else ""
    return f"Order {row['order_id']}{customer}, due {date(row['due'])}"


def _again(row: Row) -> str:
    if row["day"] is None:
        return "no receipt is due that would cover it"
    late = f", {row['days']} days late" if row["days"] else ""
    return f"covered again on {date(row['day'])}{late}"


def _rest(row: Row) -> str:
    if row["day"] is None:
        return "no receipt is due for the rest"
    return f"the rest on {date(row['day'])}"


def _name(row: Row) -> str:
    return str(row["name"] or row["item"])


def _backorder(row: Row) -> str:
    return {
        "unintentional": "; an unintentional backorder: the record showed stock",
        "intentional": "; an intentional backorder",
        "refused": "; the customer takes no backorder",
    }.get(row["note"], "")


def _frozen(row: Row) -> str:
    noticed = "" if row["days"] is None else f"; the record would have noticed in {row['days']} days"
    stock = f"stands at {row['in_truth']}, at or below its reorder point of {row['of_units']}"
    return f"{_name(row)} {stock}; the record hides it with {row['by_record']}{noticed}."


def _service(row: Row) -> str:
    told = []
    if row["note"] == "breach":
        told.append(f"The safety stock of {row['of_units']} {_name(row)} is not there, by the record it is whole.")
    if row["in_truth"] is not None:
        chance = f"{row['in_truth'] / 10:.1f} %, by the record {row['by_record'] / 10:.1f} %"
        told.append(f"{_name(row)} runs out within {row['days']} days with a chance of {chance}.")
    return " ".join(told)


_BREAKS: Mapping[str, Callable[[Row], str]] = {
    "OVERSOLD": lambda row: (
        f"{_order(row)}: {row['units']} of {row['of_units']} {_name(row)} go short; {_again(row)}{_backorder(row)}."
    ),
    "OVERSELL_NEXT": lambda row: (
        f"{row['channel']} offers {row['of_units']} {_name(row)}; {units(row['units'])} of them do not exist."
    ),
    "FALSE_OUT_OF_STOCK": lambda row: (
        f"{row['channel']} turns customers away from {_name(row)}; {units(row['units'])} can be sold."
    ),
    "NEEDLESS_BACKORDER": lambda row: (
        f"{_order(row)}: {row['units']} of {row['of_units']} {_name(row)} wait though the shelf has them."
    ),
    "FROZEN_REORDER": _frozen,
    "NEEDLESS_REORDER": lambda row: (
        f"Purchase order {row['po']}/{row['line']}: {row['units']} of {row['of_units']} {_name(row)} are not needed."
    ),
    "LATE_PROMISE": lambda row: f"{_order(row)}: the date for {_name(row)} cannot be kept; {_again(row)}.",
    "PARTIAL": lambda row: f"{_order(row)}: {row['units']} of {row['of_units']} {_name(row)} can go now, {_rest(row)}.",
    "SERVICE": _service,
    "MONEY": lambda row: (
        f"The books hold {units(abs(row['units']))} of {_name(row)} too {'many' if row['units'] < 0 else 'few'}."
    ),
}

_EVIDENCE: Mapping[str, Callable[[Evidence], str]] = {
    "movement": lambda piece: f"movement {_document(piece)}{_times(piece)}",
    "location": lambda piece: f"{units(piece.units)} at {piece.place}",
    "purchase order": lambda piece: f"purchase order {_document(piece)}, {units(piece.units)}: a claim",
    "pack": lambda piece: f"a pack holds {piece.ratio}",
    "return": lambda piece: f"return {piece.reference}",
    "lot": lambda piece: f"lot {piece.reference}" if piece.reference else "no lot",
    "expired": lambda piece: f"lot {piece.reference} has expired",
    "second count": lambda piece: f"another count found {piece.ratio}",
    "sweep": lambda piece: f"only {piece.ratio / 10:.0f} % of the tags answered a round",
    "family": lambda piece: f"{piece.reference} at {piece.place}, a neighbour in the same numbering",
    "document": lambda piece: f"{piece.reference} at {piece.place}, moved by the same document",
}


def _document(piece: Evidence) -> str:
    number = piece.reference or "without a document"
    return f"{number}/{piece.place}" if piece.place else number


def _times(piece: Evidence) -> str:
    if piece.ratio > 1:
        return f" (times {piece.ratio})"
    return ""


_DO: Mapping[str, Callable[[Row], str]] = {
    "tell_customer": lambda row: "tell the customer" + (f" the new date {date(row['day'])}" if row["day"] else ""),
    "new_date": lambda row: f"agree on {date(row['day'])}" if row["day"] else "agree on a new date",
    "publish": lambda row: (
        f"publish {_state(row['note'])}" + (f" with {units(row['in_truth'])}" if row["note"] == "in_stock" else "")
    ),
    "ship": lambda row: f"release {units(row['units'])}",
    "order": lambda row: (
        f"order {units(row['units'])}"
        + (f" from {row['supplier']}, there by {date(row['day'])}" if row["supplier"] else "; no supplier is known")
    ),
    "reduce_order": lambda row: f"take {units(row['units'])} off the order with {row['supplier'] or 'the supplier'}",
    "ship_part": lambda row: f"ship {units(row['units'])} now, the rest later",
    "hold": lambda row: "wait and ship the line whole, which is cheaper",
    "watch": lambda row: "look at the next order for it",
    "adjust": lambda row: "post the adjustment once it is approved",
    RECORD: lambda row: "no record knows it: find out whose these are, then record them; nothing is posted",
}
