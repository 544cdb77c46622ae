"""LLRP as a capture holds it: nobody answers, so no handshake is waited for."""

from drivers.protocols.llrp.options import Options as Inventory
from drivers.protocols.llrp.protocol import LlrpProtocol
from drivers.url import Options

_NEVER = 1e9


def llrp_capture(options: Options) -> LlrpProtocol:
    """The protocol for ``replay:reader.jsonl?protocol=llrp``; it takes no options."""
    del options
    return LlrpProtocol(Inventory(keepalive=_NEVER, answer=_NEVER))
