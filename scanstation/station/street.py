"""The street of one read: bytes -> identity -> item x quantity -> count event -> verdict.

Each step is one call into the next room; what comes back is the decision that beeps and lights up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from drivers import Read
from drivers.protocols.eci import without_eci
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.question import Answer, Standing
from scanstation.identity import (
    NO_REPAIR,
    IdentityError,
    IdentityReason,
    LabelPrefixes,
    Names,
    Repair,
    identify,
    repair,
)
from scanstation.station.answering import AnswerDesk
from scanstation.station.labelling import LabelDesk, Symbol, origin_of, payload_text, source_of
from scanstation.station.picture_folder import seen_in

__all__ = ["Street", "payload_text", "source_of"]

_MISREAD = {IdentityReason.CHECK_DIGIT, IdentityReason.EMPTY, IdentityReason.DAMAGED}
"""Faults of the reading, not of the label: shown red, to be scanned again; anything else is parked."""


@dataclass(frozen=True, slots=True)
class Street:
    """Takes a read of a barcode or of typed text to a decision.

    ``commands`` runs the word of a command label; ``repairs`` says by device what it does to its payloads, ``region``
    whose rules in-store numbers follow.
    """

    desk: LabelDesk
    labels: LabelPrefixes
    region: str | None
    repairs: Mapping[str, Repair]
    commands: Callable[[str, Read], Decision]
    badge: Callable[[str], Decision]

    def decide(self, read: Read) -> Decision:
        """Judge one read; nothing is written here.

        A question that stands is answered by what was asked for; by anything else that is scanned it is left parked.
        """
        standing = self.desk.session.question
        decision = self._decide(read, standing)
        if standing is not None and decision.question is None:
            self.desk.session.leave_question()
        return decision

    def answer(self, answer: Answer, read: Read) -> Decision:
        """Take an answer that a person gives; ``read`` says when and how, and is no scan."""
        at, source = read.received_at, source_of(read)
        return self._answers.answer(answer, at=at, device=read.device, source=source, read_id=read.read_id)

    @property
    def _answers(self) -> AnswerDesk:
        return AnswerDesk(self.desk)

    def _decide(self, read: Read, standing: Standing | None) -> Decision:
        raw, aim = without_eci(read.payload, read.aim)
        payload, repaired = repair(raw, self.repairs.get(read.device, NO_REPAIR), aim)
        data = ({"repaired": list(repaired)} if repaired else {}) | seen_in(read)
        try:
            identity = identify(
                payload,
                aim=aim,
                carrier=read.carrier.value,
                labels=self.labels,
                this_year=datetime.fromtimestamp(read.received_at / 1e6, UTC).year,
                region=self.region,
            )
        except IdentityError as error:
            if standing is not None and not read.aim:
                answered = self._answers.by_text(standing, read)
                if answered is not None:
                    return answered
            if error.reason in _MISREAD:
                code, text = payload_text(read), f"not a good read, scan again: {error}"
                return Decision(outcome=Outcome.ERROR, text=text, code=code)
            return self.desk.session.park(why=str(error), data=data, **origin_of(read))
        match identity.names:
            case Names.OPERATOR:
                return self.badge(identity.key)
            case Names.COMMAND:
                return self.commands(identity.key, read)
        symbol = Symbol(read, identity, data)
        answered = None if standing is None else self._answers.by_scan(standing, symbol)
        return self.desk.take(symbol) if answered is None else answered
