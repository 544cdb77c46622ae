"""Where the tags are that fixed antennas hear: which has come, moved on, or left.

Each antenna watches a location.  Reads go in one by one; `Whereabouts.changes` says what has become of the tags since,
and only `Whereabouts.apply` makes it so: the station journals a change first, and after a restart the journal's changes
are the state.  A change that was not applied is told again.

- A tag has *come* when an antenna hears it in its field, more than once, and not from next door (`antennas`).
- It has *moved* when an antenna of another location hears it better beyond doubt, or its own no longer does.
- It has *left* when every antenna of its location has been silent for longer than any rate allows that its reads left
  possible (`smoothing.Smoothing.patience`), or hears it as the tags of next door.

Time comes with the reads and with each question, in microseconds.  Silence is evidence only while the reader reads: the
epochs of a reader go on to its last sign of life and no further, and stand still where it gave none for too long, said
that it does not read, or was lost, and where nobody asked because the station slept.  What was held up on its way is
waited for (`scanstation.counting.reader_epochs`).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from scanstation.counting.antennas import Antenna, Track
from scanstation.counting.reader_epochs import SILENCE_US, ReaderEpochs

EPOCH_US = 250_000
"""An epoch: some inventory rounds of a reader."""

MOST_TRACKS = 100_000
"""Tags by antenna that are kept apart; while there are so many, new ones are not taken in."""


MOST_TOLD = 200
"""Changes that are told at once."""


class Spot(NamedTuple):
    """An antenna by the name of its reader and its number (None where the reader has but one)."""

    reader: str
    antenna: int | None


Rates = dict[Spot, dict[str, tuple[float, float]]]
"""Evidence of `scanstation.counting.smoothing.Smoothing` for each EPC, by antenna."""


_Watched = tuple[str, Spot]  # a tag by its EPC, at an antenna


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A tag came to ``location`` (from ``before`` where it was known), or left it.

    ``first`` and ``last`` are times of reads there, ``rssi_dbm`` its level, None where no read told it.
    """

    epc: str
    arrived: bool
    location: str
    before: str = ""
    spot: Spot
    reads: int = 0
    rssi_dbm: float | None = None
    first: int
    last: int


class Whereabouts:
    """All tags at all fixed antennas of a station; ``watched`` gives the location of each antenna.

    A spot whose antenna is None stands for every antenna of its reader that is not named.  ``silence_us`` gives what
    stands for `SILENCE_US` by the name of a reader.
    """

    def __init__(
        self,
        watched: Iterable[tuple[Spot, str]],
        epoch_us: int = EPOCH_US,
        silence_us: Mapping[str, int] | None = None,
    ) -> None:
        bounds = silence_us or {}
        self._antennas = {spot: Antenna(*spot, location) for spot, location in watched}
        names = dict.fromkeys(spot.reader for spot in self._antennas)
        self._readers = {name: ReaderEpochs[_Watched](epoch_us, bounds.get(name, SILENCE_US)) for name in names}
        self._tags: dict[str, _Tag] = {}
        self._touched: dict[str, None] = {}
        self._unplugged: set[Spot] = set()
        self._tracks = 0
        self.ghosts = self.strays = self.dropped = 0
        """Tags that were heard once, that were heard but never came, and reads of which there was no room."""

    def watches(self, reader: str, antenna: int | None) -> bool:
        """Whether this antenna watches a location."""
        return self._spot(reader, antenna) is not None

    def at(self, location: str) -> dict[str, Change]:
        """The tags at a location by EPC, with the change that brought each there, in the order of coming."""
        return {epc: tag.here for epc, tag in self._tags.items() if tag.here and tag.here.location == location}

    def all(self) -> list[Change]:
        """How every tag that is somewhere came there."""
        return [tag.here for tag in self._tags.values() if tag.here]

    def seen(self, epc: str, ts: int, spot: Spot, rssi: float | None, count: int = 1) -> None:
        """Take a read at ``ts`` that stands for ``count`` answers of the tag; `watches` must be true of the spot."""
        found = self._spot(*spot)
        assert found is not None
        antenna, reader = self._antennas[found], self._readers[spot.reader]
        tag = self._tags.setdefault(epc, _Tag({}))
        track = tag.tracks.get(found)
        reader.hear(ts)
        epoch = reader.epoch(ts)
        if track is None:
            if self._tracks >= MOST_TRACKS:
                self.dropped += 1
                self._touched[epc] = None
                return
            self._tracks += 1
            track = tag.tracks[found] = Track(antenna, epoch, ts)
            reader.expect(epoch + track.smoothing.patience(), (epc, found))
        here = tag.here is not None and tag.here.location == antenna.location
        track.read(epoch, ts, rssi, count, here)
        self._touched[epc] = None

    def changes(self, ts: int, reading: Mapping[str, int], unplugged: Collection[Spot] = ()) -> list[Change]:
        """What has changed until ``ts``; ``reading`` names the readers that read, each with its last sign of life.

        Antennas that are ``unplugged`` hear nothing.  After `MOST_TOLD` changes the others wait for the next question.
        """
        self._unplug(set(unplugged))
        for name, reader in self._readers.items():
            for epc, spot in reader.advance(ts, reading.get(name)):
                self._check(reader, epc, spot)
        told: list[Change] = []
        for epc in list(self._touched):
            if len(told) == MOST_TOLD:
                break
            if change := self._judge(epc, self._tags[epc]):
                told.append(change)
            else:
                del self._touched[epc]
                self._forget(epc, self._tags[epc])
        return told

    def apply(self, change: Change) -> None:
        """Make a change so, or restore it from a journal: the tag is then given the time to be heard again."""
        epc, spot = change.epc, self._spot(*change.spot)
        tag = self._tags.setdefault(epc, _Tag({}))
        tag.here = change if change.arrived else None
        self._touched[epc] = None
        for other in [other for other, track in tag.tracks.items() if not track.reads]:  # restored, and outdated now
            self._drop(tag, other)
        if change.arrived and spot is not None and (antenna := self._antennas[spot]).location == change.location:
            antenna.came(change.rssi_dbm)
            if spot not in tag.tracks:
                self._restore(epc, tag, spot, change)
        elif not tag.tracks and not tag.here:
            del self._tags[epc], self._touched[epc]

    def rates(self) -> Rates:
        """How often tags are read: what a restart should not have to learn anew."""
        found: Rates = {}
        for epc, tag in self._tags.items():
            for spot, track in tag.tracks.items():
                found.setdefault(spot, {})[epc] = track.smoothing.evidence
        return found

    def recall(self, rates: Rates) -> None:
        """Take back `rates` for the tags that were restored from a journal and not heard since."""
        for spot, known in rates.items():
            for epc, evidence in known.items():
                track = self._tags[epc].tracks.get(spot) if epc in self._tags else None
                if track is not None and not track.reads:
                    track.smoothing.recall(*evidence)

    # -- helpers ----------------------------------------------------------------------------------------------

    def _spot(self, reader: str, antenna: int | None) -> Spot | None:
        for spot in (Spot(reader, antenna), Spot(reader, None)):
            if spot in self._antennas:
                return spot
        return None

    def _unplug(self, unplugged: set[Spot]) -> None:
        """The silence of an antenna that is plugged in again begins now."""
        for spot in self._unplugged - unplugged:
            for tag in self._tags.values():
                if spot in tag.tracks and spot in self._antennas:
                    tag.tracks[spot].smoothing.wait(self._readers[spot.reader].now)
        self._unplugged = unplugged

    def _restore(self, epc: str, tag: "_Tag", spot: Spot, change: Change) -> None:
        track = tag.tracks[spot] = Track(self._antennas[spot], 0, change.last)
        track.restore(change.rssi_dbm)
        self._tracks += 1
        self._readers[spot.reader].restored[epc, spot] = None

    def _drop(self, tag: "_Tag", spot: Spot) -> None:
        del tag.tracks[spot]
        self._tracks -= 1

    def _check(self, reader: "ReaderEpochs[_Watched]", epc: str, spot: Spot) -> None:
        """The patience with a tag may be at its end, unless it was read meanwhile."""
        tag = self._tags.get(epc)
        track = tag.tracks.get(spot) if tag else None
        if tag is None or track is None:
            return
        if spot in self._unplugged:
            track.smoothing.wait(reader.now)
        due = track.smoothing.last + track.smoothing.patience()
        if due > reader.now:
            reader.expect(due, (epc, spot))
            return
        if tag.here is None and len(tag.tracks) == 1:
            self.ghosts += track.reads < 2
            self.strays += track.reads >= 2
        self._drop(tag, spot)
        self._touched[epc] = None

    def _judge(self, epc: str, tag: "_Tag") -> Change | None:
        place = tag.here.location if tag.here else None
        tracks = tag.tracks.values()
        own = self._best(one for one in tracks if one.antenna.location == place and not one.strayed(self._now(one)))
        best = self._best(one for one in tracks if one.antenna.location != place and one.confirmed(self._now(one)))
        if best is not None and (own is None or best.beats(own, self._now(best), self._now(own))):
            return self._arrival(epc, best, before=place or "")
        return _departure(tag.here) if tag.here is not None and own is None else None

    def _now(self, track: Track) -> int:
        return self._readers[track.antenna.reader].now

    def _best(self, tracks: Iterable[Track]) -> Track | None:
        """Where a tag is heard best: at the highest level; where no read tells it, at the highest rate."""
        return max(
            tracks, key=lambda track: (track.level(self._now(track)) or -200.0, track.smoothing.rate), default=None
        )

    def _arrival(self, epc: str, track: Track, before: str = "") -> Change:
        antenna = track.antenna
        return Change(
            epc=epc,
            arrived=True,
            location=antenna.location,
            before=before,
            spot=Spot(antenna.reader, antenna.number),
            reads=track.reads,
            rssi_dbm=track.level(self._now(track)),
            first=track.first_ts,
            last=track.last_ts,
        )

    def _forget(self, epc: str, tag: "_Tag") -> None:
        if tag.here is None and not tag.tracks:
            del self._tags[epc]


@dataclass(slots=True)
class _Tag:
    tracks: dict[Spot, Track]
    here: Change | None = None


def _departure(here: Change) -> Change:
    return Change(epc=here.epc, arrived=False, location=here.location, spot=here.spot, first=here.first, last=here.last)
