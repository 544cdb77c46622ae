"""Identity: from a payload to what it names, pure and table-driven.

`identify` is what the station calls: payload and symbology identifier to an `Identity`, or an `IdentityError` that
says where and what was expected.  `interpret` reads a payload of a known kind to a flat dictionary.
"""

from scanstation.identity.aim import checks_itself
from scanstation.identity.epc import format_sgtin96
from scanstation.identity.errors import IdentityError, IdentityReason
from scanstation.identity.identify import identify, own_reading, spelt
from scanstation.identity.interpret import interpret
from scanstation.identity.labels import LabelPrefixes
from scanstation.identity.model import Identity, Names
from scanstation.identity.repair import NO_REPAIR, Repair, repair

__all__ = [
    "NO_REPAIR",
    "Identity",
    "IdentityError",
    "IdentityReason",
    "LabelPrefixes",
    "Names",
    "Repair",
    "checks_itself",
    "format_sgtin96",
    "identify",
    "interpret",
    "own_reading",
    "repair",
    "spelt",
]
