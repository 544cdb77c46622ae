"""LLRP as a capture holds it: nobody answers, so no handshake is waited for."""

from collections.abc import Sequence

from drivers.protocols.base import Output
from drivers.protocols.llrp.framing import Message
from drivers.protocols.llrp.protocol import LlrpProtocol, Phase
from drivers.protocols.llrp.wire import MessageType
from drivers.url import Options


class LlrpCapture(LlrpProtocol):
    """Hears the reports alone: greetings, answers and goodbyes of the capture were for somebody else."""

    def __init__(self) -> None:
        super().__init__()
        self._handlers = {MessageType.RO_ACCESS_REPORT: self._on_report}

    def connected(self) -> Sequence[bytes]:
        """Start afresh, as if the inventory ran."""
        super().connected()
        self.phase = Phase.RUNNING
        return ()

    def idle(self, elapsed: float) -> Output:
        """Nothing is missed: a capture may be silent for as long as it was."""
        del elapsed
        return Output()

    def closing(self) -> Sequence[bytes]:
        """There is nobody to say goodbye to."""
        return ()

    def _on_response(self, received: Message, output: Output) -> None:
        """What is no report says nothing of a tag."""


def llrp_capture(options: Options) -> LlrpProtocol:
    """The protocol for ``replay:reader.jsonl?protocol=llrp``; it takes no options."""
    del options
    return LlrpCapture()
