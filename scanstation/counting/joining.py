"""Joining the symbols of one label: the item here, its lot and expiry there.

A label may be more than one symbol (General Specifications 4.13: required companions stand on the label, not in the
symbol; HIBC: primary and secondary).  Symbols belong together when one device reads them within a short time, they do
not contradict each other, and one of them cannot stand alone.  `LabelJoiner` remembers for each device what came
last; `meet` says what the next symbol makes of it.  Both are pure: times are handed in, and what was counted or parked
is the session's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from scanstation.counting.events import CountEvent
from scanstation.counting.packages import Package
from scanstation.identity import Identity, IdentityError, Names
from scanstation.identity.aitable import ai_table
from scanstation.identity.associations import missing
from scanstation.identity.checkdigits import hibc_check_character
from scanstation.identity.identify import THIS_YEAR
from scanstation.identity.naming import name_elements

_HIBC_PRIMARY = ("lic", "pcn", "uom")
_NOTE = "joined from the symbols of one label"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a symbol was read, in microseconds: the station's time, and the device's own where it tells one."""

    received: int
    device: int | None = None

    def after(self, earlier: "Moment") -> int:
        """How much later than ``earlier``: the longer of both times, since a device may deliver late and at once."""
        gaps = [self.received - earlier.received]
        if self.device is not None and earlier.device is not None:
            gaps.append(abs(self.device - earlier.device))
        return max(gaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a device read last: one symbol, or several of one label.

    ``facts`` are the events that it made, not numbered yet; ``times`` the keypad's quantity that went with it.
    ``half`` says that it waits for another symbol and was not counted; ``package`` is what a whole label is known to
    wear, ``trigger`` what gave it, where the device says so.
    """

    identity: Identity
    facts: tuple[CountEvent, ...]
    times: int
    at: Moment
    half: bool
    package: Package | None = None
    trigger: str | None = None

    @property
    def payloads(self) -> tuple[str, ...]:
        """The symbols so far, as they were read."""
        earlier = [str(payload) for fact in self.facts for payload in fact.data.get("label", ())]
        return (*earlier, *(fact.payload for fact in self.facts if fact.payload is not None))


class Meets(StrEnum):
    """What a symbol makes of the one before it."""

    ALONE = "alone"  # it has nothing to do with it
    AGAIN = "again"  # it says nothing that the other did not say
    HALF = "half"  # they belong together, and the label still lacks something
    WHOLE = "whole"  # together they are the label
    UNSURE = "unsure"  # it may belong to the label that was counted just before, or to the next one


class LabelJoiner:
    """Remembers the last symbols of each device for ``window_us`` microseconds."""

    def __init__(self, window_us: int) -> None:
        self._window_us = window_us
        self._seen: dict[str, Seen] = {}
        self._groups: dict[str, list[Seen]] = {}

    def before(self, device: str, at: Moment) -> Seen | None:
        """What this device read just before; None when that is longer ago than the window."""
        seen = self._seen.get(device)
        if seen is not None and not 0 <= at.after(seen.at) <= self._window_us:
            del self._seen[device]
            return None
        return seen

    def remember(self, device: str, seen: Seen) -> None:
        """Take in what a device read; a window of 0 joins nothing."""
        if self._window_us > 0:
            self._seen[device] = seen

    def together(self, device: str, trigger: str) -> list[Seen]:
        """The labels that this trigger or picture of the device gave so far."""
        return [seen for seen in self._groups.get(device, ()) if seen.trigger == trigger]

    def add(self, device: str, seen: Seen, grown: Seen | None = None) -> None:
        """Remember a label of a trigger or picture until the next one; ``grown`` is the same when less was seen."""
        before = [one for one in self._groups.get(device, ()) if one.trigger == seen.trigger]
        places = [place for place, one in enumerate(before) if one is grown]
        if places:
            before[places[0]] = seen
        else:
            before.append(seen)
        self._groups[device] = before

    def forget(self, device: str) -> None:
        """The label of this device is complete: the next symbol begins another one."""
        self._seen.pop(device, None)


def lacking(identity: Identity) -> str | None:
    """What the label of this symbol must also hold, in words; None where the symbol can stand alone."""
    if identity.scheme == "hibc":
        secondary = "link" in identity.elements and "lic" not in identity.elements
        return "HIBC secondary at 0: expected also its primary on the label, got the secondary" if secondary else None
    elements = _application_identifiers(identity)
    return missing(elements) if elements else None


def meet(before: Seen, identity: Identity) -> tuple[Meets, Identity]:
    """What ``identity`` makes of what the same device read just before, and what both together name."""
    lacks, first, second = lacking(identity), before.identity.elements.items(), identity.elements.items()
    if second and second <= first and (before.half or lacks is not None):
        return Meets.AGAIN, before.identity
    stand_alone = lacks is None and (not before.half or lacking(before.identity) is None)
    if stand_alone and not (before.half and first <= second):
        return Meets.ALONE, identity
    both = join(before.identity, identity)
    if both is None:
        return Meets.ALONE, identity
    if lacking(both) is None:
        sure = before.half or both.scheme == "hibc"
        return (Meets.WHOLE if sure else Meets.UNSURE), both
    if before.half and lacks is not None:
        return Meets.HALF, both
    return Meets.ALONE, identity


def join(first: Identity, second: Identity, *, this_year: int = THIS_YEAR) -> Identity | None:
    """What two symbols of one label name together; None where they contradict each other or cannot be joined.

    Joined are element strings (also as bare GTIN or Digital Link) with each other, and a HIBC primary with the
    secondary that carries its check character as link.
    """
    if any(first.elements[name] != value for name, value in second.elements.items() if name in first.elements):
        return None
    if first.scheme == second.scheme == "hibc":
        return _join_hibc(first, second)
    one, other = _application_identifiers(first), _application_identifiers(second)
    elements, table = {**one, **other}, ai_table()
    if not one or not other or any(not table[name].excludes.isdisjoint(elements) for name in elements):
        return None
    try:
        return name_elements(elements, "gs1", this_year=this_year, notes=(_NOTE,))
    except IdentityError:
        return None


def _join_hibc(first: Identity, second: Identity) -> Identity | None:
    primary, secondary = (first, second) if "lic" in first.elements else (second, first)
    link = secondary.elements.get("link")
    if "lic" not in primary.elements or link is None:
        return None
    if hibc_check_character("+" + "".join(primary.elements[name] for name in _HIBC_PRIMARY)) != link:
        return None
    fields = {**primary.elements, **secondary.elements}
    del fields["link"]
    return replace(
        primary,
        elements=MappingProxyType(fields),
        lot=primary.lot or secondary.lot,
        serial=primary.serial or secondary.serial,
        expiry=primary.expiry or secondary.expiry,
        quantity=secondary.quantity if primary.quantity is None else primary.quantity,
        said=tuple(dict.fromkeys((*primary.said, *secondary.said))),
        notes=(*primary.notes, _NOTE),
    )


def _application_identifiers(identity: Identity) -> Mapping[str, str]:
    """The elements where all of them are AIs; empty for other schemes, and for what names no GS1 thing."""
    if identity.names in (Names.OPERATOR, Names.COMMAND, Names.INTERNAL, Names.UNKNOWN_TAG):
        return {}
    table = ai_table()
    return identity.elements if all(name in table for name in identity.elements) else {}
