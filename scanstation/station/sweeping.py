"""The RFID sweep of the open location: raw tag reads in, what they count out when it closes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from drivers import Carrier, Read
from scanstation.counting.asking import found_as_data
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, EventKind, Source
from scanstation.counting.presence import Sweep
from scanstation.counting.sameness import may_be_same
from scanstation.counting.session import CountSession
from scanstation.identity import IdentityError, Names, identify
from scanstation.plural import how_many
from scanstation.station.whole import another_unit, in_light_of, outer_units
from scanstation.stock.catalogue import Catalogue, Found, RememberedCatalogue, Resolved, Unresolved, WhyUnknown
from scanstation.stock.resolve import resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptTag:
    """A tag that a sweep found present; ``found`` is None where it names nothing that we know, ``why`` says so."""

    epc: str
    device: str
    found: Found | None
    why: str = ""
    units: tuple[str, ...] = ()  # names of the unit that it may be, where nothing says what it holds
    doubted: Found | None = None  # what it names, where that may be counted already
    memory: Mapping[str, str] = field(default_factory=dict)  # see `memory_of`


@dataclass(slots=True)
class Memory:
    """What earlier sweeps of this station taught: how loud tags in place are, and where tags were found already.

    ``last`` is the sweep that was settled last: its location may be reopened and swept again, as the station asks.
    """

    usual_dbm: float | None = None
    places: dict[str, str] = field(default_factory=dict)  # EPC -> location
    last: "LocationSweep | None" = None


class LocationSweep:
    """Collects the tags of one open location; what each names is looked up once."""

    def __init__(self, catalogue: Catalogue, location: str, memory: Memory, count: tuple[str | None, int]) -> None:
        """``count`` is audit and round: the next round is another count and must not know this one's evidence."""
        self.count = count
        self._counted: frozenset[str] = frozenset()
        elsewhere = {epc for epc, place in memory.places.items() if place != location}
        self._catalogue, self._location, self._memory = RememberedCatalogue(catalogue), location, memory
        self._sweep = Sweep(memory.usual_dbm, elsewhere)
        self._tags: dict[str, SweptTag] = {}

    @classmethod
    def begin(cls, catalogue: Catalogue, session: CountSession, memory: Memory) -> "LocationSweep":
        """Begin the sweep of the open location, or go on with it where it was reopened: evidence of both adds up."""
        location, count = session.location or "", (session.audit, session.round)
        last = memory.last
        if last is not None and (last._location, last.count) == (location, count):
            return last
        return cls(catalogue, location, memory, count)

    def take(self, read: Read) -> SweptTag | None:
        """Add one tag read; the tag when it is new to this sweep, else None."""
        epc = read.payload.hex().upper()
        if not self._sweep.seen(epc, read.received_at, (read.device, read.antenna), read.rssi_dbm):
            if (read.tid or read.user) and not self._tags[epc].memory:
                self._tags[epc] = replace(self._tags[epc], memory=memory_of(read))
            return None
        tag = name_tag(read.payload, read.carrier, read.device, self._catalogue, read.pc)
        self._tags[epc] = tag = replace(tag, memory=memory_of(read))
        return tag

    def __len__(self) -> int:
        """How many different tags were seen, strays included."""
        return len(self._tags)

    def settle(self, session: CountSession) -> Decision:
        """Count what is really here; the text says how complete the sweep was, and what was left out."""
        result = self._sweep.settle(lambda epc: self._tags[epc].found is not None)
        counted = count_tags(session, [self._tags[epc] for epc in result.accepted], self._catalogue, "Sweep")
        self._memory.places |= dict.fromkeys(result.accepted, self._location)
        self._memory.usual_dbm = result.centre_dbm if result.centre_dbm is not None else self._memory.usual_dbm
        left_out = f"; {how_many(len(result.rejected), 'tag')} of other places left out" if result.rejected else ""
        advice = f": {result.advice}" if result.again else ""
        gone = len(self._counted - set(result.accepted))
        left_out += f"; {gone} tags that count here lie elsewhere after all: check them" if gone else ""
        self._counted |= set(result.accepted)
        self._memory.last = self
        text = f"{counted.text}, {result.completeness.text}{advice}{left_out}."
        return replace(counted, text=text)


def count_tags(session: CountSession, tags: Sequence[SweptTag], catalogue: Catalogue, by: str) -> Decision:
    """Count tags that are at the open location; those that name nothing we know are parked, each once, and those that
    may count already."""
    device = tags[0].device if tags else ""
    tags = _in_light_of(session, tags, catalogue)
    named = [tag for tag in tags if tag.found is not None]
    found = [tag.found for tag in named if tag.found is not None]
    evidence = [tag.memory for tag in named]
    counted = session.rfid_settled(found, device=device, by=by, evidence=evidence)
    events = list(counted.events)
    for tag in tags:
        if tag.found is None and not session.took(tag.epc):
            data = {**({} if tag.doubted is None else found_as_data(tag.doubted)), **tag.memory}
            parked = session.park(
                payload=tag.epc, why=tag.why, device=tag.device, source=Source.RFID, data=data, units=tag.units
            )
            events += parked.events
    return replace(counted, events=tuple(events))


def _in_light_of(session: CountSession, tags: Sequence[SweptTag], catalogue: Catalogue) -> list[SweptTag]:
    """What the tags count, given what this audit counted and the tags before each."""
    told: list[SweptTag] = []
    units = {tag.found.unit: tag.found for tag in tags if tag.found is not None and tag.found.unit is not None}
    swept: dict[tuple[str, str, int], Resolved] = {}
    for tag in tags:
        known = tag.found or Unresolved(why=WhyUnknown.NOT_IN_CATALOGUE, text=tag.why, units=tag.units)
        if tag.found is not None and tag.found.unit is not None:  # a carton counts with its pallet
            outer = [unit for unit in outer_units(tag.found.unit, catalogue) if unit in units]
            known = units[outer[-1]] if outer else known
        found = in_light_of(known, session, catalogue)
        if isinstance(found, Unresolved):
            told.append(replace(tag, found=None, why=found.text))
        elif (why := _in_doubt(found, session, swept)) is not None:
            told.append(replace(tag, found=None, why=why, doubted=found))
        else:
            told.append(replace(tag, found=found))
    return told


def _in_doubt(found: Found, session: CountSession, swept: dict[tuple[str, str, int], Resolved]) -> str | None:
    """Why it may be the unit of a tag before it in ``swept``, or one that was counted, and may be another."""
    if not isinstance(found, Resolved) or found.serial is None:
        return None
    first = swept.setdefault((found.item.item, found.serial, found.quantity), found)
    if may_be_same(first.issuer, found.issuer):
        return f"serial {found.serial} of {found.item.called} is in this sweep under another number, too: two units?"
    question = another_unit(found, session)
    return None if question is None else question.words


def memory_of(read: Read) -> dict[str, str]:
    """What the reader read of a tag beside its EPC, in hex: ``tid``, its chip number, and ``user``, of its own memory.

    It is evidence of which piece of plastic was there, noted with what the tag counts.
    """
    read_too = {"tid": read.tid, "user": read.user}
    return {name: octets.hex().upper() for name, octets in read_too.items() if octets}


def name_tag(payload: bytes, carrier: Carrier, device: str, catalogue: Catalogue, pc: int | None = None) -> SweptTag:
    """What a tag names; ``payload`` are its bytes, ``pc`` its PC word where the reader told it."""

    def tag(found: Found | None, why: str = "", units: tuple[str, ...] = ()) -> SweptTag:
        return SweptTag(epc=payload.hex().upper(), device=device, found=found, why=why, units=units)

    if carrier is Carrier.TID:
        return tag(None, "a chip number, not an item")
    try:
        identity = identify(payload, carrier=carrier.value, pc=pc)
    except IdentityError as error:
        return tag(None, str(error))
    if identity.names in (Names.LOCATION, Names.ASSET, Names.OPERATOR):
        return tag(None, f"names a {identity.names.value}, not an item")
    found = resolve(identity, catalogue)
    return tag(None, found.text, found.units) if isinstance(found, Unresolved) else tag(found)


def start_sweep(session: CountSession, ts: int, device: str) -> Decision:
    """Note in the journal that a sweep of the open location began, so that an interrupted one is known as such."""
    event = CountEvent(
        kind=EventKind.SWEEP_STARTED,
        ts=ts,
        station=session.station,
        audit=session.audit or "",
        operator=session.operator or "",
        location=session.location or "",
        round=session.round,
        device=device,
        source=Source.RFID,
    )
    return Decision(outcome=Outcome.OK, text="Sweep", events=(event,))


class SweepWatch:
    """Sees in the events of a journal whether a sweep of this station was begun and never settled."""

    def __init__(self, station: str) -> None:
        self.interrupted = False
        self._station = station

    def follow(self, events: Iterable[CountEvent]) -> Iterator[CountEvent]:
        """Pass the events on and remember."""
        for event in events:
            if event.station == self._station:
                if event.kind is EventKind.SWEEP_STARTED:
                    self.interrupted = True
                elif event.kind in (EventKind.LOCATION_CLOSED, EventKind.LOCATION_OPENED):
                    self.interrupted = False
            yield event
