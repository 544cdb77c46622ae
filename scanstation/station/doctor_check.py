"""What one examination of the machine found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding.  ``essential``: without it the station does not start; the rest costs only ``needed_for``."""

    name: str
    ok: bool
    found: str
    needed_for: str
    remedy: str = ""
    essential: bool = False
