"""LLRP, the network protocol of fixed UHF RFID readers: an own subset of versions 1.0.1 and 1.1, without I/O.

>>> decode(bytes.fromhex("04480000000a00000007"))
[{'message_type': 72, 'message': 'KEEPALIVE_ACK', 'message_id': 7}]
"""

from drivers.protocols.llrp.decoder import decode
from drivers.protocols.llrp.framing import Framer
from drivers.protocols.llrp.options import Options
from drivers.protocols.llrp.protocol import LlrpProtocol, Phase
from drivers.protocols.llrp.report import ReportParser, TagReport

__all__ = ["Framer", "LlrpProtocol", "Options", "Phase", "ReportParser", "TagReport", "decode"]
