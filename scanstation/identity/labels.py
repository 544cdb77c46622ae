"""Internal labels: locations, operator badges and commands, told apart by a prefix that the site may change."""

from dataclasses import dataclass

from scanstation.identity.errors import IdentityError, IdentityReason
from scanstation.identity.model import Identity, Names


@dataclass(frozen=True, slots=True)
class LabelPrefixes:
    """What internal labels begin with; an empty prefix switches its kind off."""

    location: str = "LOC-"
    operator: str = "OPR-"
    command: str = "CMD-"


def read_label(text: str, labels: LabelPrefixes) -> Identity | None:
    """Return what an internal label names, or None where no prefix matches; a bare prefix raises IdentityError."""
    kinds = (
        (labels.location, Names.LOCATION),
        (labels.operator, Names.OPERATOR),
        (labels.command, Names.COMMAND),
    )
    for prefix, names in kinds:
        if prefix and text.startswith(prefix):
            key = text[len(prefix) :].strip()
            if not key:
                raise IdentityError(IdentityReason.EMPTY, "internal label", len(prefix), f"a {names.value}", "nothing")
            return Identity(names=names, key=key, scheme="label")
    return None
