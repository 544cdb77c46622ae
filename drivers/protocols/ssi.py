"""Zebra SSI, the Simple Serial Interface of the DS, LI and MP series.

The scanner waits for the answer to a packet (`drivers.protocols.ssi_packets`) and sends it again, with bit 0 of the
status set, when none comes.  Decode data is acknowledged by `SsiProtocol.ack`, when the read is durable, and never
before; a packet with a bad checksum is refused at once.
"""

import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from drivers.protocols.base import Frame, Notice, Output, Slot
from drivers.protocols.packets import PacketProtocol
from drivers.protocols.ssi_codes import aim_and_payload
from drivers.protocols.ssi_custody import Stage, digest_of, restore
from drivers.protocols.ssi_packets import (
    ACK,
    BEEP,
    DECODE,
    EVENT,
    MANAGEMENT,
    MORE,
    NAK,
    RESEND,
    RETRANSMITTED,
    SEGMENT,
    SEGMENT_ACK,
    decoded_fields,
    described,
)
from drivers.protocols.ssi_packets import packet as command
from drivers.read import Verdict
from drivers.transports.slot import FileSlot, NoSlot
from drivers.url import Options

LONGEST = 16384
"""Bytes of the longest message that is put together; the longest symbol in use holds 7,089."""

TONES = {
    Verdict.OK: 0x00,  # one short high
    Verdict.DUPLICATE: 0x01,  # two short high
    Verdict.UNKNOWN: 0x16,  # high low
    Verdict.ASKED: 0x17,  # low high: a voice that goes up, as a question does
    Verdict.REFUSED: 0x06,  # two short low
    Verdict.ERROR: 0x11,  # three long low
}
"""The beep of each verdict, by the beep codes of the Programmer's Guide."""

_UNANSWERED = frozenset({ACK, NAK, MANAGEMENT})


class SsiProtocol(PacketProtocol):
    """The host's side of SSI; a `WireProtocol` whose frames carry a token and a read_id.

    ``slot`` keeps the custody beyond this process, ``series`` names the ids when the slot is empty; ``no_read`` is
    the Code 39 message with which a fixed scanner says that it saw nothing (empty for none).
    """

    # the decoder is source 0; the first of several segments was seen with 2 in that place
    header = re.compile(rb"[\x04-\xff](?:\x73[^\x04]|[\x10-\x72\x74-\xff]\x00)[\x00-\x0f\x80-\x8f]", re.DOTALL)
    header_size = 4

    def __init__(self, slot: Slot, series: str, no_read: bytes = b"NR", beep: bool = True) -> None:
        super().__init__()
        self._slot = slot
        self._custody = restore(slot.read(), series)
        self._no_read = no_read
        self._beep = beep
        self._message = bytearray()
        self._message_type = 0
        self._segments = 0  # how many segments of the message came; 0 outside
        self._expected = 0  # its length as the first segment says
        self._opcode = ACK  # the answer to the last delivery
        self._refused = False  # a packet was refused since the last good one
        self._stale = True  # the last delivery came by an earlier connection
        self._orphan = False  # the rest of a message may come whose beginning went to a dead host

    def remember(self, slot: Slot) -> None:
        """Keep the custody in ``slot`` and go on from what it holds; not where the URL named a file."""
        if isinstance(self._slot, NoSlot):
            self._slot = slot
            self._custody = restore(slot.read(), self._custody.series)

    def connected(self) -> Sequence[bytes]:
        """Forget half packets and half messages; the scanner sends again what it was not answered for."""
        super().connected()
        self._orphan = self._custody.stage is Stage.PART
        self._stale = True
        self._refused = False
        self._forget_message()
        return ()

    def size(self, buffer: bytearray, at: int) -> int:
        """The length byte and the checksum."""
        return buffer[at] + 2

    def intact(self, packet: bytes) -> bool:
        """Sum of all bytes with the checksum zero; decode data names its type, a segment its number."""
        checked = (sum(packet[:-2]) + int.from_bytes(packet[-2:], "big")) & 0xFFFF == 0
        return checked and (len(packet) > 6 or packet[1] not in (DECODE, SEGMENT, EVENT))

    def broken(self, packet: bytes, output: Output) -> None:
        """Ask for it again, once: in noise every byte may look like the begin of a packet."""
        if not self._refused:
            self._refused = True
            output.replies.append(command(NAK, RESEND))

    def take(self, packet: bytes, output: Output) -> None:
        """Deliver, acknowledge parts, suppress repeats; everything but decode data is a notice."""
        opcode = packet[1]
        if opcode not in (DECODE, SEGMENT):
            self._refused = False
            if opcode not in _UNANSWERED:
                output.replies.append(command(ACK))
            [fields] = self.describe(packet)
            output.notices.append(Notice(kind="answer", text=f"SSI opcode {opcode:02X}", fields=fields))
        elif not (packet[3] & RETRANSMITTED and self._is_repeat(packet, output)):
            self._refused = False
            self._custody.digest = digest_of(packet)
            self._opcode = SEGMENT_ACK if opcode == SEGMENT else ACK
            if opcode == SEGMENT:
                self._segment(packet, output)
            else:
                self._decoded(packet, output)

    def ack(self, frame: Frame, verdict: Verdict) -> Sequence[bytes]:
        """Acknowledge and beep; nothing for a frame that the scanner has given up (its next packet would be meant)."""
        custody = self._custody
        if frame.token != custody.number or custody.stage is not Stage.PENDING:
            return ()
        custody.stage = Stage.DONE
        self._keep(Output())
        tone = (command(BEEP, bytes([TONES[verdict]])),) if self._beep else ()
        return (command(self._opcode), *tone)

    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """See `drivers.protocols.ssi_packets.described`."""
        return [described(packet)]

    def _is_repeat(self, packet: bytes, output: Output) -> bool:
        """Whether this packet was taken before; if so, answer as the first copy was or will be."""
        custody = self._custody
        if digest_of(packet) != custody.digest:
            return False
        if custody.stage is Stage.PENDING:
            if self._stale:
                self._opcode = SEGMENT_ACK if packet[1] == SEGMENT else ACK
                self._deliver(output)
            return True
        if self._stale or self._refused or custody.stage is Stage.NONE:
            return False  # what was acknowledged then is not what is waiting now
        output.replies.append(command(SEGMENT_ACK if packet[1] == SEGMENT else ACK))
        return True

    def _decoded(self, packet: bytes, output: Output) -> None:
        code_type, data, more = packet[4], packet[5:-2], bool(packet[3] & MORE)
        if self._orphan and code_type == self._custody.code_type:
            self._orphan = more
            self._part_without_begin(output)
            return
        self._orphan = False
        if code_type != self._message_type or self._segments:
            self._forget_message()
        self._message_type = code_type
        self._message += data
        if more:
            self._part(output)
        else:
            self._finish(output)

    def _segment(self, packet: bytes, output: Output) -> None:
        index, data = packet[4], packet[5:-2]
        if index == 0:
            self._forget_message()
            if len(data) < 9 or data[0] != DECODE:
                self._part_without_begin(output)
                return
            self._message_type = data[5]
            self._expected = int.from_bytes(data[7:9], "big")
            data = data[9:]
        elif index != self._segments:
            self._forget_message()
            self._part_without_begin(output)
            return
        self._segments = index + 1
        self._message += data
        if len(self._message) < self._expected:
            self._part(output)
        else:
            del self._message[self._expected :]
            self._finish(output)

    def _part(self, output: Output) -> None:
        """Acknowledge a part at once: only so the rest comes."""
        self._custody.code_type = self._message_type
        if len(self._message) > LONGEST:
            self._forget_message()
            self._orphan = True  # what still comes is no code of its own
            output.notices.append(Notice(kind="overflow", text=f"a message of more than {LONGEST} bytes"))
        self._custody.stage = Stage.PART
        self._keep(output)
        self._stale = False
        output.replies.append(command(self._opcode))

    def _part_without_begin(self, output: Output) -> None:
        self._custody.stage = Stage.DONE
        self._keep(output)
        self._stale = False
        output.replies.append(command(self._opcode))
        if self._beep:
            output.replies.append(command(BEEP, bytes([TONES[Verdict.ERROR]])))
        output.notices.append(Notice(kind="no_read", text="the beginning of a long code was lost: scan it again"))

    def _finish(self, output: Output) -> None:
        """The message is whole: deliver it under a new id."""
        payload, code_type = bytes(self._message), self._message_type
        self._forget_message()
        custody = self._custody
        custody.code_type, custody.payload = code_type, payload.hex()
        if (code_type == 0x01 and payload == self._no_read) or not payload:
            custody.stage = Stage.DONE
            self._keep(output)
            self._stale = False
            output.replies.append(command(self._opcode))
            text = "the scanner saw no code"
            output.notices.append(Notice(kind="no_read", text=text, fields={"no_read": True}))
            return
        custody.number += 1
        custody.stage = Stage.PENDING
        self._keep(output)
        self._deliver(output)

    def _deliver(self, output: Output) -> None:
        self._stale = False
        custody = self._custody
        data = bytes.fromhex(custody.payload)
        aim, payload = aim_and_payload(custody.code_type, data)
        fields = decoded_fields(custody.code_type, data)
        output.frames.append(
            Frame(payload=payload, aim=aim, read_id=custody.read_id, token=custody.number, fields=fields)
        )

    def _forget_message(self) -> None:
        self._message.clear()
        self._message_type = self._segments = self._expected = 0

    def _keep(self, output: Output) -> None:
        try:
            self._slot.write(self._custody.to_bytes())
        except OSError as error:
            text = f"the scanner's memory file cannot be written ({error}): a crash now may count a scan twice"
            output.notices.append(Notice(kind="memory", text=text))


def ssi_protocol(options: Options) -> SsiProtocol:
    """The protocol as a URL configures it: ``memory`` (a file that outlives the process), ``no_read``, ``beep``.

    A station gives each device its own memory; ``memory=`` is for programs that use the driver alone.
    """
    memory = options.text("memory", "")
    slot: Slot = FileSlot(Path(memory)) if memory else NoSlot()
    return SsiProtocol(slot, secrets.token_hex(8), options.octets("no_read", b"NR"), beep=options.flag("beep", True))
