"""What a broken promise costs, and how far the engine looks around: the numbers of a site's ``[consequences]``."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from scanstation.errors import ScanstationError


class PolicyError(ScanstationError):
    """A policy.toml that cannot be followed."""


def _number(default: int, *, least: int = 0, most: int = 2**53) -> Any:
    return field(default=default, metadata={"least": least, "most": most})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsequencePolicy:
    """What a broken promise costs, and how far the engine looks around (config/policy.toml, which names the units).

    Shares are in 1/1000, money in 1/10000 of the currency unit; whole numbers, so that every engine computes the same.

    :raises ValueError: every number that is none or out of its range.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - where it is part of a larger configuration

    lost_sale_share: int = _number(300, most=1_000)
    contact_cost: int = _number(50_000)
    expedite_cost: int = _number(150_000)
    extra_shipment_cost: int = _number(60_000)
    waiting_cost: int = _number(5, most=1_000)
    holding_cost: int = _number(200, most=10_000)
    horizon_days: int = _number(7, least=1)
    timing_minutes: int = _number(240)
    receipt_days: int = _number(3)
    overdue_days: int = _number(7)
    lead_days: int = _number(14)
    lead_safety: int = _number(1_282, most=10_000)
    late_days: int = _number(7)
    sweep_margin: int = _number(50, most=1_000)

    def __post_init__(self) -> None:
        if faults := _faults({one.name: getattr(self, one.name) for one in fields(self)}):
            raise ValueError("; ".join(f"{name} {why}" for name, why in faults.items()))


def read_consequence_policy(path: Path) -> ConsequencePolicy:
    """Read ``[consequences]`` of a policy.toml; what is not set there has its default.

    :raises PolicyError: with everything that is wrong.
    """
    import tomllib

    try:
        values = tomllib.loads(path.read_text("utf-8")).get("consequences", {})
    except (OSError, ValueError) as error:
        raise PolicyError(f"{path}: cannot be read: {error}", "make it a TOML file that can be read") from error
    faults = _faults(values) if isinstance(values, Mapping) else {"": "is no table"}
    if faults:
        lines = "\n".join(f"  consequences.{name}: {why}" for name, why in faults.items())
        raise PolicyError(f"{path}: wrong numbers\n{lines}", "mend the numbers listed; nothing was computed")
    return ConsequencePolicy(**values)


def _faults(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with each value, by its name."""
    known = {one.name: one.metadata for one in fields(ConsequencePolicy)}
    faults = {}
    for name, value in values.items():
        if name not in known:
            faults[name] = f"is not known; known are {', '.join(known)}"
        elif type(value) is not int or not known[name]["least"] <= value <= known[name]["most"]:
            bounds = known[name]
            faults[name] = f"is {value!r}, expected a whole number from {bounds['least']} to {bounds['most']}"
    return faults
