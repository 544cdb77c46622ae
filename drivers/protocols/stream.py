"""The common part of protocols that cut a stream of bytes into pieces and take one after the other."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from drivers.protocols.base import Frame, Life, Notice, Output
from drivers.read import Verdict

Piece = TypeVar("Piece")


class StreamProtocol(ABC, Generic[Piece]):
    """A `drivers.protocols.base.WireProtocol` that owes its peer nothing; one that does overrides what it owes."""

    @abstractmethod
    def connected(self) -> Sequence[bytes]:
        """Forget any half piece and return what must be sent first."""

    @abstractmethod
    def pieces(self, data: bytes, output: Output) -> Iterator[Piece]:
        """Add ``data`` to what is held and give the pieces that are complete, each before the next is looked for."""

    @abstractmethod
    def take(self, piece: Piece, output: Output) -> None:
        """Deal with a piece."""

    def life(self, piece: Piece) -> Life | None:
        """What a piece says of a reader of tags: whoever speaks at the other end of a wire reads."""
        del piece
        return Life.READING

    def thrown(self) -> Notice | None:
        """What was thrown away since this was asked last, if anything."""
        return None

    def feed(self, data: bytes) -> Output:
        """Take bytes in any portions and deal with what is complete."""
        output = Output()
        for piece in self.pieces(data, output):
            self.take(piece, output)
            output.sign(self.life(piece))
        if notice := self.thrown():
            output.notices.append(notice)
        return output

    def ack(self, frame: Frame, verdict: Verdict) -> Sequence[bytes]:
        """Say nothing."""
        del frame, verdict
        return ()

    def idle(self, elapsed: float) -> Output:
        """Do nothing: silence is no fault."""
        del elapsed
        return Output()

    def closing(self) -> Sequence[bytes]:
        """Say nothing."""
        return ()


def noise(size: int, what: str, sample: bytes | bytearray = b"") -> Notice:
    """The notice of ``size`` bytes that are no ``what`` and were thrown away; ``sample`` shows the first of them."""
    shown = f": {sample.hex(' ')}" if sample else ""
    fields = {"hex": sample.hex()} if sample else {"bytes": size}
    return Notice(kind="noise", text=f"{size} bytes that are no {what} were thrown away{shown}", fields=fields)
