"""The keypad's quantity and the labels of one trigger or picture: it is that of the one package, or of none."""

from collections.abc import Callable
from dataclasses import dataclass

from scanstation.counting.decision import Decision
from scanstation.counting.seat import refused
from scanstation.counting.session import CountSession
from scanstation.station.sets import Label
from scanstation.station.symbols import payload_text


@dataclass(frozen=True, slots=True)
class Keypad:
    """Gives a quantity that waits at the seat to the one package of a set, not to what else is read with it.

    ``pending`` is that quantity, None where none waits; ``packages`` counts the packages of the set.
    """

    session: CountSession
    pending: int | None
    packages: int

    def decide(self, label: Label, decide: Callable[[], Decision]) -> Decision:
        """Judge a label of the set: REFUSED where nobody can tell which of several packages the quantity is of."""
        if self.pending is None or not self.packages:
            return decide()
        if self.packages > 1:
            read = label.symbols[0].read
            why = f"Next scan counts {self.pending}, and these are {self.packages} packages: show one alone."
            return self.session.tell(refused(why, code=payload_text(read)), read.read_id)
        self.session.pending = self.pending if label.package is not None else None
        return decide()
