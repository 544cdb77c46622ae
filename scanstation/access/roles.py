"""Roles and what each may do: one table that a site can read."""

from enum import StrEnum


class Role(StrEnum):
    """What an operator is to the station."""

    COUNTER = "counter"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"  # reads everything, changes nothing
    ADMIN = "admin"


class Permission(StrEnum):
    """One kind of thing that can be done."""

    COUNT = "count"  # take the seat: scan, set a quantity, undo, close a location
    CORRECT = "correct"  # correct a line, mark units, resolve a parked code
    REOPEN = "reopen"  # reopen a location that was closed
    REVIEW = "review"  # see discrepancies, ask for a recount
    READ_ALL = "read_all"  # see what any seat is doing, without sitting on it
    APPROVE = "approve"  # approve and post adjustments
    ADMINISTER = "administer"  # operators and tokens


_COUNTER = frozenset({Permission.COUNT, Permission.CORRECT, Permission.REOPEN})
_SUPERVISOR = _COUNTER | {Permission.REVIEW, Permission.READ_ALL, Permission.APPROVE}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.COUNTER: _COUNTER,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.AUDITOR: frozenset({Permission.REVIEW, Permission.READ_ALL}),
    Role.ADMIN: _SUPERVISOR | {Permission.ADMINISTER},
}
"""Who may do what.  A counter never reviews: reviewing shows recorded quantities, and counts are blind."""


def may(role: Role, permission: Permission) -> bool:
    """Whether ``role`` has ``permission``."""
    return permission in PERMISSIONS[role]
