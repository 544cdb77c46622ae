"""Fixed antennas: their reads say where tags are, all the time and without an operator.

What they tell is journaled as `tag_arrived` and `tag_left` and is no count.  A count comes of it when somebody closes a
location that they watch: the tags that are there then count as a sweep's do.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from drivers import Carrier, Read
from scanstation.counting.arrivals import arrival_event, change_of
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent
from scanstation.counting.session import CountSession
from scanstation.counting.whereabouts import Change, Spot, Whereabouts
from scanstation.settings import ANY_ANTENNA, DeviceSettings
from scanstation.station.readers import Ear, Silence, silence_of
from scanstation.station.sweeping import SweptTag, count_tags, name_tag
from scanstation.stock.catalogue import Catalogue


class FixedAntennas:
    """The antennas of a station that watch locations, and where their tags are: as the journal has it.

    ``ears`` gives what the readers say of themselves that are connected now.
    """

    def __init__(
        self,
        station: str,
        devices: Iterable[DeviceSettings],
        catalogue: Catalogue,
        ears: Callable[[], Mapping[str, Ear]],
        epoch_s: float,
    ) -> None:
        self._station, self._catalogue, self._ears = station, catalogue, ears
        watching = [device for device in devices if device.antennas]
        self._watched = [spot for device in watching for spot in _spots(device)]
        self._silence_us = {device.name: int(device.silence_s * 1e6) for device in watching}
        self._epoch_us = int(epoch_s * 1e6)
        self.where = self._anew()

    @property
    def any(self) -> bool:
        """Whether there is anything to watch, or a tag left over from when there was."""
        return bool(self._watched or self.where.all())

    def take(self, read: Read) -> bool:
        """Take a tag read; False when its antenna watches no location."""
        if read.carrier is not Carrier.EPC or not self.where.watches(read.device, read.antenna):
            return False
        spot = Spot(read.device, read.antenna)
        epc = read.payload.hex().upper()
        self.where.seen(epc, read.received_at, spot, read.rssi_dbm, max(1, read.seen_count or 1))
        return True

    def changes(self, ts: int) -> Sequence[Change]:
        """What has to be journaled now."""
        ears = self._ears()
        reading = {name: ear.heard_at for name, ear in ears.items() if ear.reading and ear.heard_at is not None}
        unplugged = [Spot(name, antenna) for name, ear in ears.items() for antenna in ear.unplugged]
        return self.where.changes(ts, reading, unplugged)

    def silent(self, ts: int) -> dict[str, Silence]:
        """The connected readers of which nothing says that they read, each with what to tell people."""
        ears = self._ears()
        found = {
            name: silence_of(ears[name], silence_us, ts)
            for name, silence_us in self._silence_us.items()
            if name in ears
        }
        return {name: silence for name, silence in found.items() if silence is not None}

    @property
    def readers(self) -> Sequence[str]:
        """The names of the readers that watch locations."""
        return list(self._silence_us)

    def tell(self, changes: Iterable[Change], ts: int) -> Decision:
        """The events of changes."""
        events = (arrival_event(one, ts, self._station, self._name(one).found) for one in changes)
        return Decision(outcome=Outcome.OK, text="Tags came or left", events=tuple(events))

    def apply(self, event: CountEvent) -> None:
        """Take a durable event of any kind."""
        change = change_of(event)
        if change is not None and event.station == self._station:
            self.where.apply(change)

    def rebuild(self, events: Iterable[CountEvent]) -> Iterator[CountEvent]:
        """Pass the events of a journal on and begin anew from what they tell."""
        rates, self.where = self.where.rates(), self._anew()
        for event in events:
            self.apply(event)
            yield event
        self.where.recall(rates)

    def at(self, location: str | None) -> int | None:
        """How many tags are at a location; None where no antenna watches it."""
        if location is None or all(place != location for _, place in self._watched):
            return None
        return len(self.where.at(location))

    def settle(self, session: CountSession, ts: int) -> Decision:
        """Count the tags that are at the open location."""
        location = session.location or ""
        tags = [self._name(change) for change in self.where.at(location).values()]
        counted = count_tags(session, tags, self._catalogue, "Fixed antennas")
        watching = {spot.reader for spot, place in self._watched if place == location}
        deaf = ", ".join(sorted(watching - (self._ears().keys() - self.silent(ts).keys())))
        text = f"{counted.text}, as last heard: {deaf} does not hear now." if deaf else f"{counted.text}."
        return replace(counted, text=text)

    def _anew(self) -> Whereabouts:
        return Whereabouts(self._watched, self._epoch_us, self._silence_us)

    def _name(self, change: Change) -> SweptTag:
        return name_tag(bytes.fromhex(change.epc), Carrier.EPC, change.spot.reader, self._catalogue)


def _spots(device: DeviceSettings) -> Iterator[tuple[Spot, str]]:
    for antenna, location in device.antennas.items():
        yield Spot(device.name, None if antenna == ANY_ANTENNA else int(antenna)), location
