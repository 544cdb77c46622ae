"""The frames of a Zebra SSI scanner one after the other, and what the first segment of a long code says of the rest.

A long code comes in segments (opcode 0x73).  The first holds the type and the length of the whole code, the others
their number and their share of the data, so that alone they do not tell what they belong to.
"""

from typing import Any

from drivers.protocols.ssi import SsiProtocol
from drivers.protocols.ssi_packets import DECODE, RETRANSMITTED, SEGMENT
from drivers.transports.slot import NoSlot

_OF_THE_WHOLE = ("group", "code_type", "symbology", "total_length")


class SsiFrames:
    """Decodes the packets of one scanner in their order.

    The memory is what the last first segment said, and how far its code has come.  A segment belongs to it when its
    number follows on (or is the last one's, sent again); a new first segment, the end of the code and a packet of
    decode data end it.  ``group`` names the code among those that this object has seen begin.
    """

    def __init__(self) -> None:
        self._groups = 0
        self._begin: dict[str, Any] | None = None
        self._index = self._missing = 0

    def __call__(self, data: bytes) -> list[dict[str, Any]]:
        """The fields of every packet of the scanner in ``data``."""
        return [self._placed(fields) for fields in SsiProtocol(NoSlot(), "").decode(data)]

    def _placed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields of a packet with what they have from the first segment."""
        if fields["opcode"] == DECODE:
            self._begin = None
        elif fields["opcode"] == SEGMENT:
            if fields["first"]:
                return self._begun(fields)
            if self._begin is not None and (fields["index"] == self._index + 1 or self._is_last_again(fields)):
                return self._continued(fields, self._begin)
            self._begin = None
        return fields

    def _begun(self, fields: dict[str, Any]) -> dict[str, Any]:
        again = self._begin is not None and self._index == 0 and fields["status"] & RETRANSMITTED
        self._groups += not again
        self._begin = fields | {"group": f"ssi-multi-{self._groups}"}
        self._index, self._missing = 0, fields["total_length"] - fields["data_len"]
        return self._end_when_whole(self._begin)

    def _continued(self, fields: dict[str, Any], begin: dict[str, Any]) -> dict[str, Any]:
        if fields["index"] != self._index:
            self._index = fields["index"]
            self._missing -= fields["data_len"]
        return self._end_when_whole(fields | {name: begin[name] for name in _OF_THE_WHOLE})

    def _is_last_again(self, fields: dict[str, Any]) -> bool:
        return bool(fields["status"] & RETRANSMITTED) and fields["index"] == self._index

    def _end_when_whole(self, fields: dict[str, Any]) -> dict[str, Any]:
        if self._missing <= 0:
            self._begin = None
        return fields
