"""What can be wrong with a reconciliation: its inputs, or the engine that runs it."""

from dataclasses import dataclass
from enum import StrEnum

from scanstation.errors import ScanstationError


class ReconcileReason(StrEnum):
    """Why a reconciliation gave no answer."""

    INPUT = "input"  # a table or a column is missing or malformed: see `faults`
    ENGINE = "engine"  # the engine failed: out of memory, out of disk, numbers beyond 64 bits
    OUTPUT = "output"  # the answer could not be written


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with the inputs: where, and what was expected there."""

    table: str
    column: str
    why: str

    def __str__(self) -> str:
        where = f"{self.table}.{self.column}" if self.column else self.table
        return f"{where}: {self.why}"


class ReconcileError(ScanstationError):
    """A reconciliation that gave no answer; ``faults`` lists everything that is wrong with its inputs."""

    def __init__(self, reason: ReconcileReason, message: str, remedy: str = "", faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message, remedy)
        self.reason = reason
        self.faults = faults


def input_error(where: str, faults: list[Fault]) -> ReconcileError:
    """Return one error that lists every fault of the inputs of ``where``."""
    lines = "\n".join(f"  {fault}" for fault in faults)
    return ReconcileError(
        ReconcileReason.INPUT,
        f"{where}: {len(faults)} fault{'s' if len(faults) != 1 else ''} in the input tables\n{lines}",
        "mend the tables listed; nothing was written",
        tuple(faults),
    )
