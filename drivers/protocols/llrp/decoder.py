"""LLRP bytes to plain dictionaries, for people and for test vectors."""

from typing import Any

from drivers.protocols.llrp.capabilities import parse_capabilities
from drivers.protocols.llrp.events import parse_events, parse_status
from drivers.protocols.llrp.framing import Framer, Message
from drivers.protocols.llrp.report import ReportParser, TagReport
from drivers.protocols.llrp.wire import FIXED_SIZE, MessageType, name_of


def decode(data: bytes) -> list[dict[str, Any]]:
    """Return one dictionary for each tag and for each message that is no tag report; half messages give nothing.

    Every dictionary has ``message_type``, ``message`` (its name) and ``message_id``.  A tag has ``epc`` (hex),
    ``antenna``, ``rssi_dbm`` and ``peak_rssi``, ``first_seen_utc_us``, ``last_seen_utc_us``, ``count``,
    ``rospec_id``, ``pc``, ``tid``, ``user`` and ``read`` (for somebody else) where the reader says them; a report of no
    tags gives nothing, a tag without an EPC (one of
    no bits) an empty ``epc``.
    """
    framer, parser = Framer(), ReportParser(bare=True)
    found: list[dict[str, Any]] = []
    for received in framer.feed(data):
        head = {
            "message_type": received.kind,
            "message": name_of(MessageType, received.kind),
            "message_id": received.id,
        }
        if received.kind == MessageType.RO_ACCESS_REPORT:
            found += [{**head, **_tag(tag)} for tag in parser.parse(received.body)[0]]
        elif received.kind == MessageType.READER_EVENT_NOTIFICATION:
            events = parse_events(received.body)
            found += [{**head, "event": event.name, "text": event.text, **event.fields} for event in events] or [head]
        else:
            found.append({**head, **_fields(received)})
    return found


def _tag(tag: TagReport) -> dict[str, Any]:
    known = {
        "antenna": tag.antenna,
        "peak_rssi": tag.rssi,
        "rssi_dbm": tag.rssi if tag.fine is None else tag.rssi_dbm,
        "first_seen_utc_us": tag.first_seen,
        "last_seen_utc_us": tag.last_seen,
        "count": tag.seen,
        "rospec_id": tag.rospec,
        "pc": tag.pc,
        "tid": tag.chip and tag.chip.hex(),
        "user": tag.user and tag.user.hex(),
        "read": tag.read and tag.read.hex(),
    }
    return {"epc": tag.epc.hex(), **{key: value for key, value in known.items() if value is not None}}


def _fields(received: Message) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if status := parse_status(received.body[FIXED_SIZE.get(received.kind) or 0 :]):
        fields.update(status=status.code, text=status.text)
    if received.kind == MessageType.GET_READER_CAPABILITIES_RESPONSE:
        reader = parse_capabilities(received.body)
        fields.update(max_antennas=reader.max_antennas, manufacturer=reader.manufacturer)
        fields.update(model=reader.model, firmware=reader.firmware)
    elif (
        FIXED_SIZE.get(received.kind) == 4 and MessageType.DELETE_ROSPEC <= received.kind <= MessageType.DISABLE_ROSPEC
    ):
        fields["rospec_id"] = int.from_bytes(received.body[:4], "big")
    return fields
