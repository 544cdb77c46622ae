"""The street of one read: bytes -> identity -> item x quantity -> count event -> verdict.

Each step is one call into the next room; what comes back is the decision that beeps and lights up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drivers import Carrier, Read
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import Source
from scanstation.counting.session import CountSession
from scanstation.identity import Identity, IdentityError, IdentityReason, LabelPrefixes, Names, identify
from scanstation.stock.catalogue import Catalogue, Found, Unresolved
from scanstation.stock.resolve import resolve

SOURCES: Mapping[Carrier, Source] = {
    Carrier.BARCODE: Source.SCAN,
    Carrier.EPC: Source.RFID,
    Carrier.TID: Source.RFID,
    Carrier.KEYED: Source.TYPED,
}

_MISREAD = {IdentityReason.CHECK_DIGIT, IdentityReason.EMPTY, IdentityReason.DAMAGED}
"""Faults of the reading, not of the label: shown red, to be scanned again; anything else is parked."""


@dataclass(frozen=True, slots=True)
class Street:
    """Takes a read of a barcode or of typed text to a decision; ``commands`` runs the word of a command label."""

    session: CountSession
    catalogue: Catalogue
    labels: LabelPrefixes
    commands: Callable[[str, Read], Decision]
    badge: Callable[[str], Decision]

    def decide(self, read: Read) -> Decision:
        """Judge one read; nothing is written here."""
        code = payload_text(read)
        try:
            identity = identify(read.payload, aim=read.aim, carrier=read.carrier.value, labels=self.labels)
        except IdentityError as error:
            if error.reason in _MISREAD:
                return Decision(outcome=Outcome.ERROR, text=f"not a good read, scan again: {error}", code=code)
            return self._park(read, str(error))
        return self._act(read, identity)

    def _act(self, read: Read, identity: Identity) -> Decision:
        match identity.names:
            case Names.OPERATOR:
                return self.badge(identity.key)
            case Names.COMMAND:
                return self.commands(identity.key, read)
            case Names.LOCATION:
                place = self.catalogue.location(identity.key)
                if place is None:
                    return Decision(
                        outcome=Outcome.UNKNOWN, text=f"no such location: {identity.key}", code=payload_text(read)
                    )
                return self.session.open_location(
                    place.location, device=read.device, source=source_of(read), read_id=read.read_id
                )
        found = resolve(identity, self.catalogue)
        if isinstance(found, Unresolved):
            return self._park(read, found.text)
        return self._count(read, found)

    def _count(self, read: Read, found: Found) -> Decision:
        return self.session.count(
            found,
            payload=payload_text(read),
            aim=read.aim,
            device=read.device,
            source=source_of(read),
            read_id=read.read_id,
        )

    def _park(self, read: Read, why: str) -> Decision:
        return self.session.park(
            payload=payload_text(read),
            aim=read.aim,
            device=read.device,
            source=source_of(read),
            why=why,
            read_id=read.read_id,
        )


def payload_text(read: Read) -> str:
    """The payload as text: hex of a tag, else latin-1, which keeps every byte."""
    return read.payload.hex().upper() if read.carrier in (Carrier.EPC, Carrier.TID) else read.payload.decode("latin-1")


def source_of(read: Read) -> Source:
    """How this read came in; a label seen by a camera has a region."""
    return Source.CAMERA if read.region is not None else SOURCES[read.carrier]
