"""Modules that speak only when asked: ask at the start, ask again when an answer stays out, give up in the end."""

from abc import abstractmethod
from collections.abc import Sequence

from drivers.errors import Reason
from drivers.protocols.base import LOST, Notice, Output
from drivers.protocols.packets import PacketProtocol

ASK_AGAIN = 1.0
"""Seconds of silence after which the question is sent again."""
GIVE_UP = 6.0
"""Seconds of silence after which the module is told to be lost."""


class PolledProtocol(PacketProtocol):
    """A `PacketProtocol` that keeps a module inventorying.

    ``poll`` False only listens, for a module that was set up to send by itself.
    """

    def __init__(self, poll: bool = True) -> None:
        super().__init__()
        self._poll = poll
        self._ask_at = ASK_AGAIN

    @abstractmethod
    def first_words(self) -> Sequence[bytes]:
        """What sets the module up and starts it."""

    @abstractmethod
    def last_words(self) -> Sequence[bytes]:
        """What stops it."""

    def connected(self) -> Sequence[bytes]:
        """Forget any half packet and start the module."""
        super().connected()
        self._ask_at = ASK_AGAIN
        return self.first_words() if self._poll else ()

    def feed(self, data: bytes) -> Output:
        """Take bytes in any portions."""
        self._ask_at = ASK_AGAIN
        return super().feed(data)

    def idle(self, elapsed: float) -> Output:
        """Ask again; in the end the module is lost."""
        output = super().idle(elapsed)
        if not self._poll or elapsed < self._ask_at:
            return output
        self._ask_at = elapsed + ASK_AGAIN
        if elapsed < GIVE_UP:
            output.replies.extend(self.first_words())
        else:
            remedy = "check the speed (option baud), the wires and the power of the module, and that it is this model"
            text = f"the module has not answered for {elapsed:.0f} s"
            output.notices.append(Notice(kind=LOST, text=text, fields={"reason": Reason.TIMEOUT, "remedy": remedy}))
        return output

    def closing(self) -> Sequence[bytes]:
        """Stop the module."""
        return self.last_words() if self._poll else ()
