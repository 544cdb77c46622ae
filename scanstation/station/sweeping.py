"""The RFID sweep of the open location: raw tag reads in, serialised units out when the location closes."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from drivers import Carrier, Read
from scanstation.counting.presence import Sweep, SweepResult
from scanstation.identity import IdentityError, Names, identify
from scanstation.stock.catalogue import Catalogue, Resolved, Unresolved
from scanstation.stock.resolve import resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptTag:
    """A tag that a sweep found present; ``found`` is None where it names nothing that we know, ``why`` says so."""

    epc: str
    device: str
    found: Resolved | None
    why: str = ""


@dataclass(slots=True)
class LocationSweep:
    """Collects the tags of one open location; what each names is looked up once."""

    catalogue: Catalogue
    sweep: Sweep = field(default_factory=Sweep)
    _tags: dict[str, SweptTag] = field(default_factory=dict)

    def take(self, read: Read) -> SweptTag | None:
        """Add one tag read; the tag when it is new to this sweep, else None."""
        epc = read.payload.hex().upper()
        new = self.sweep.seen(epc, read.received_at, read.antenna, read.rssi_dbm)
        if not new:
            return None
        tag = self._name(epc, read)
        self._tags[epc] = tag
        return tag

    def __len__(self) -> int:
        """How many different tags were seen, strays included."""
        return len(self._tags)

    def settle(self) -> tuple[list[SweptTag], SweepResult]:
        """The tags that are really here, in the order they were first seen, and how complete the sweep was."""
        result = self.sweep.settle()
        return [self._tags[epc] for epc in _ordered(self._tags, result.accepted)], result

    def _name(self, epc: str, read: Read) -> SweptTag:
        if read.carrier is Carrier.TID:
            return SweptTag(epc=epc, device=read.device, found=None, why="a chip number, not an item")
        try:
            identity = identify(read.payload, carrier=read.carrier.value)
        except IdentityError as error:
            return SweptTag(epc=epc, device=read.device, found=None, why=str(error))
        if identity.names in (Names.LOCATION, Names.ASSET, Names.OPERATOR):
            return SweptTag(epc=epc, device=read.device, found=None, why=f"names a {identity.names.value}, not an item")
        found = resolve(identity, self.catalogue)
        if isinstance(found, Unresolved):
            return SweptTag(epc=epc, device=read.device, found=None, why=found.text)
        return SweptTag(epc=epc, device=read.device, found=found)


def _ordered(tags: dict[str, SweptTag], accepted: Iterable[str]) -> list[str]:
    chosen = set(accepted)
    return [epc for epc in tags if epc in chosen]
