"""The read that a step of a scenario delivers, and whether a device of its kind can make such a read."""

from drivers.protocols.aim import split_aim
from drivers.simulators.base import Delivery
from drivers.simulators.kinds import BADGE_SIZES, CAMERAS, CARRIED, LINES, Carried, antennas_of
from drivers.simulators.ssi_types import unsayable
from drivers.toml_file import Table

_LONGEST_EPC = 62
"""Bytes: the PC word of a tag counts up to 31 words."""
_A_CODE, _A_TAG = 'data = "4006381333931" and aim = "]E0"', 'epc = "3034257bf7194e4000000001"'


def read_delivery(table: Table, kind: str) -> Delivery:
    """The read of a step at a device of ``kind`` ("": any); what such a device cannot read is noted in the table."""
    carried = CARRIED.get(kind, tuple(Carried))
    if "epc" not in table.keys() and Carried.CODE in carried:  # noqa: SIM118  (a table, not a dict)
        return _code(table, kind)
    if "epc" in table.keys() and carried == (Carried.CODE,):  # noqa: SIM118
        return _instead(table, "epc", f"{kind} reads codes and no tags; write {_A_CODE}")
    if "data" in table.keys() and Carried.CODE not in carried:  # noqa: SIM118
        example = f'epc = "{bytes(BADGE_SIZES[kind][0]).hex()}"' if kind in BADGE_SIZES else _A_TAG
        return _instead(table, "data", f"{kind} reads {carried[0]}s and no codes; write {example}")
    return _badge(table, kind) if carried == (Carried.BADGE,) else _tag(table, kind)


def epc_problem(epc: bytes) -> str:
    """Why no tag can have this EPC; empty when one can."""
    if 2 <= len(epc) <= _LONGEST_EPC and len(epc) % 2 == 0:
        return ""
    return f"{epc.hex()!r} is no EPC: it is whole words of 4 hex digits, from 1 to {_LONGEST_EPC // 2} of them"


def _instead(table: Table, key: str, why: str) -> Delivery:
    """Note the wrong key once, without a word about those that belong to it."""
    for other in ("data", "aim", "epc", "antenna", "rssi_dbm"):
        if other in table.keys():  # noqa: SIM118
            table.ignore(other)
    table.wrong(key, why)
    return Delivery(b"")


def _tag(table: Table, kind: str) -> Delivery:
    epc = _number(table)
    if epc is not None and kind in CARRIED and (problem := epc_problem(epc)):
        table.wrong("epc", problem)
    most = antennas_of(kind)
    return Delivery(
        payload=epc or b"",
        epc=True,
        antenna=table.integer("antenna", 1, 1, most) if most else 1,
        rssi_dbm=table.number("rssi_dbm", -55.0, -128.0, 127.0),
    )


def _badge(table: Table, kind: str) -> Delivery:
    number, sizes = _number(table), BADGE_SIZES[kind]
    if number is not None and len(number) not in sizes:
        table.wrong("epc", f"a badge of {kind} has {' or '.join(map(str, sizes))} bytes, not {len(number)}")
    return Delivery(payload=number or b"", epc=True)


def _number(table: Table) -> bytes | None:
    """The bytes of ``epc``; None when that is no hex, which is noted then."""
    before = len(table.problems.found)
    number = table.octets("epc")
    return number if len(table.problems.found) == before else None


def _code(table: Table, kind: str) -> Delivery:
    delivery = Delivery(payload=table.text("data").encode("utf-8"), aim=table.text("aim", ""))
    if "data" not in table.keys():  # noqa: SIM118
        return delivery
    if not delivery.payload:
        table.wrong("data", "is empty; a scan has at least one character")
    elif delivery.aim and split_aim(delivery.aim.encode("utf-8")) != (delivery.aim, b""):
        table.wrong("aim", f"{delivery.aim!r} is no AIM identifier; write ], a letter and a digit, such as ]E0")
    elif kind == "ssi" and (problem := unsayable(delivery.aim, delivery.payload)):
        table.wrong("aim", problem)
    elif kind in LINES and set(delivery.payload) & set(b"\r\n"):
        table.wrong("data", f"{kind} ends a scan at CR and LF; leave them out, or write a scan for each line")
    elif kind in CAMERAS and (problem := _undrawable(delivery)):
        table.wrong("data", problem)
    return delivery


def _undrawable(delivery: Delivery) -> str:
    from drivers.simulators.rendering import draw_label

    try:
        draw_label(delivery.payload, delivery.aim)
    except ValueError as error:
        return f"{error}"
    return ""
