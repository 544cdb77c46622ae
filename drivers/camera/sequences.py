"""Join the parts of a text that was spread over several symbols; a part alone is never taken for the whole.

Parts that are seen together, or shortly one after another, make one text.  What cannot be joined is refused with the
reason, which is told once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import xor

from drivers.camera.found import Found
from drivers.protocols.eci import text_of

WAIT = 20.0
"""Seconds in which the other parts may come into view."""

COMPOSITE = "composite"
"""Group of what stands above the bars of a GS1 composite."""

_Set = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Refused:
    """A symbol that was read and is not delivered, and why, in words for people."""

    found: Found
    why: str


@dataclass(slots=True)
class Sequences:
    """The parts seen so far, in one picture or in the frames of one stream."""

    _parts: dict[_Set, dict[int, Found]] = field(default_factory=dict)
    _since: dict[_Set, int] = field(default_factory=dict)

    def take(self, found: Iterable[Found], now: int = 0) -> tuple[list[Found], list[Refused]]:
        """Return what may be delivered, joined texts in place of their last part, and what is refused.

        ``now`` in microseconds; parts that wait for others are neither.
        """
        whole: list[Found] = []
        refused = self.overdue(now)
        for one in found:
            if one.part is None:
                whole.append(one)
            elif not 1 <= one.part.index <= one.part.count:
                refused.append(Refused(one, _why(one)))
            else:
                self._since.setdefault(_set_of(one), now)
                joined = self._join(one)
                whole += [joined] if isinstance(joined, Found) else []
                refused += [joined] if isinstance(joined, Refused) else []
        return whole, refused

    def overdue(self, now: int) -> list[Refused]:
        """Give up the parts whose others did not come in time."""
        late = [key for key, since in self._since.items() if now - since > WAIT * 1_000_000]
        return [lone for key in late for lone in self._given_up(key)]

    def rest(self) -> list[Refused]:
        """Give up all parts: there is nothing more to come."""
        return [lone for key in list(self._since) for lone in self._given_up(key)]

    def _join(self, one: Found) -> Found | Refused | None:
        key, part = _set_of(one), one.part
        assert part is not None
        seen = self._parts.setdefault(key, {})
        if part.index in seen and seen[part.index].payload != one.payload:
            self._forget(key)
            return Refused(one, f"two texts say that they are part {part.index} of {part.count}: cover one of them")
        seen[part.index] = one
        if len(seen) < part.count:
            return None
        parts = [seen[index] for index in sorted(seen)]
        self._forget(key)
        payload = b"".join(found.payload for found in parts)
        if one.symbology == "QR" and f"{reduce(xor, payload, 0):02x}" != part.group:
            return Refused(one, f"{part.count} parts whose check of the whole text fails: print the label anew")
        return replace(parts[0], text=text_of(payload), payload=payload, part=None)

    def _given_up(self, key: _Set) -> list[Refused]:
        seen = self._parts.get(key, {})
        numbers = " and ".join(str(index) for index in sorted(seen))
        why = f"part {numbers} of {key[1]} symbols that hold one text: show all of them at once"
        self._forget(key)
        return [Refused(one, why) for one in list(seen.values())[:1]]

    def _forget(self, key: _Set) -> None:
        self._parts.pop(key, None)
        self._since.pop(key, None)


def _why(found: Found) -> str:
    if found.part is not None and found.part.group == COMPOSITE:
        return "the upper half of a GS1 composite: only its bars are read"
    return f"one part of several {found.symbology} symbols, which is not known which"


def _set_of(found: Found) -> _Set:
    assert found.part is not None
    return found.symbology, found.part.count, found.part.group
