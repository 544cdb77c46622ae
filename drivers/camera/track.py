"""A label in a stream of frames counts once: follow it from frame to frame by text and position.

It is new when it was confirmed in as many frames as its symbology needs, and again only after it was absent from
the frames for a set time.  Two equal labels count as two when both are seen in the same frame.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from drivers.camera.found import ERROR_CORRECTED, Found, Part

MICROSECONDS = 1_000_000

_FAMILY = {"GS1-128": "Code 128"}
"""Engines differ in what they say of one label: zbar leaves out whether a Code 128 is GS1, and with it the AIM part."""


_Key = tuple[bytes, str, Part | None]


@dataclass(slots=True)
class _Track:
    """One label in view: where it was last, in how many frames, and since when it is missing."""

    last: Found
    frames: int = 1
    delivered: bool = False
    missing_since: int | None = None


@dataclass(slots=True)
class Tracker:
    """Turns the symbols of successive frames into labels that came into view.

    ``away`` is the time in seconds that a label must be out of view to count again, ``confirm`` the number of frames
    in which a symbol without error correction must be read alike: a chance misread seldom repeats.
    """

    away: float = 3.0
    confirm: int = 2
    group: int = 0
    """Number of the present view: labels that were in view one beside the other came in the same."""
    _tracks: dict[_Key, list[_Track]] = field(default_factory=dict)

    def see(self, found: Iterable[Found], now: int) -> list[Found]:
        """Take the symbols of the frame of time ``now`` (microseconds) and return those to deliver, in frame order."""
        in_view = any(track.delivered and track.missing_since is None for one in self._tracks.values() for track in one)
        groups: dict[_Key, list[Found]] = {}
        for one in found:
            groups.setdefault((one.payload, _FAMILY.get(one.symbology, one.symbology), one.part), []).append(one)
        fresh: list[Found] = []
        for key, seen in groups.items():
            fresh += self._match(self._tracks.setdefault(key, []), seen)
        self._age(groups, now)
        if fresh and not in_view:
            self.group += 1
        return fresh

    def _match(self, tracks: list[_Track], seen: list[Found]) -> list[Found]:
        """Pair sightings with tracks, nearest first; what is left over came into view beside the others.

        Labels that were delivered go first: an equal one beside them is confirmed only by frames that show both.
        """
        pairs = sorted(
            (not track.delivered, _distance(track.last, one), t, s)
            for t, track in enumerate(tracks)
            for s, one in enumerate(seen)
        )
        taken_tracks: set[int] = set()
        taken_seen: set[int] = set()
        for _fresh, _gap, t, s in pairs:
            if t not in taken_tracks and s not in taken_seen:
                taken_tracks.add(t)
                taken_seen.add(s)
                tracks[t].last = seen[s]
                tracks[t].frames += 1
                tracks[t].missing_since = None
        new = [_Track(one) for s, one in enumerate(seen) if s not in taken_seen]
        matched = [tracks[t] for t in sorted(taken_tracks)]
        tracks += new
        return [track.last for track in (*matched, *new) if self._due(track)]

    def _due(self, track: _Track) -> bool:
        needed = 1 if track.last.symbology in ERROR_CORRECTED else self.confirm
        if track.delivered or track.frames < needed:
            return False
        track.delivered = True
        return True

    def _age(self, groups: dict[_Key, list[Found]], now: int) -> None:
        """Forget labels that were absent from the frames for `away` seconds; a gap between frames is no absence."""
        for key, tracks in list(self._tracks.items()):
            seen = {id(one) for one in groups.get(key, ())}
            for track in tracks:
                if id(track.last) not in seen and track.missing_since is None:
                    track.missing_since = now
            left = [t for t in tracks if t.missing_since is None or now - t.missing_since < self.away * MICROSECONDS]
            if left:
                self._tracks[key] = left
            else:
                del self._tracks[key]


def _distance(one: Found, other: Found) -> float:
    """Squared distance of the centres in pixels (times 16)."""
    dx = sum(x for x, _ in one.quad) - sum(x for x, _ in other.quad)
    dy = sum(y for _, y in one.quad) - sum(y for _, y in other.quad)
    return dx * dx + dy * dy
