"""AIM symbology identifiers (ISO/IEC 15424): what a scanner puts before the data to say how it was encoded."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from scanstation.identity.errors import IdentityError, IdentityReason


@dataclass(frozen=True, slots=True)
class Symbology:
    """One symbology identifier: ``reading`` is how its data are read (see `tables/aim.tsv`)."""

    identifier: str
    reading: str
    name: str


@cache
def symbologies() -> Mapping[str, Symbology]:
    """Return the table: identifier such as ``]C1`` -> symbology."""
    found: dict[str, Symbology] = {}
    for line in (Path(__file__).parent / "tables" / "aim.tsv").read_text("ascii").splitlines():
        if line.startswith("#"):
            continue
        code, modifiers, reading, name = line.split("\t")
        for modifier in modifiers:
            identifier = f"]{code}{modifier}"
            found.setdefault(identifier, Symbology(identifier, reading, name))
    return MappingProxyType(found)


def symbology(identifier: str) -> Symbology:
    """Return the symbology of an identifier such as ``]C1``; raises IdentityError (UNKNOWN_SYMBOLOGY)."""
    found = symbologies().get(identifier)
    if found is None:
        raise IdentityError(
            IdentityReason.UNKNOWN_SYMBOLOGY, "symbology identifier", 0, "one of ISO/IEC 15424 such as ]C1",
            repr(identifier),
        )  # fmt: skip
    return found


@cache
def _self_checking() -> frozenset[str]:
    lines = (Path(__file__).parent / "tables" / "symbol_checks.tsv").read_text("ascii").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return frozenset(f"]{code}{modifier}" for code, modifiers, _ in rows for modifier in modifiers)


def checks_itself(identifier: str) -> bool:
    """Whether a symbol of this identifier checks its own data, so that a fault in them stands on the label."""
    return identifier in _self_checking()


def split_aim(transmitted: str) -> tuple[Symbology, str]:
    """Split what a scanner transmits into symbology and data.  Raises IdentityError where no identifier leads."""
    if not transmitted.startswith("]") or len(transmitted) < 3:
        raise IdentityError(
            IdentityReason.UNKNOWN_SYMBOLOGY, "symbology identifier", 0, "] and two characters", repr(transmitted[:3])
        )
    return symbology(transmitted[:3]), transmitted[3:]
