"""The requests of the client, each the body of one message."""

import struct

from drivers.protocols.llrp.capabilities import Capabilities
from drivers.protocols.llrp.layout import TID_READ, USER_READ
from drivers.protocols.llrp.options import Options
from drivers.protocols.llrp.wire import P, tlv

ROSPEC_ID = 1
ACCESS_ID = 61_000
ALL_ROSPECS = 0

_DISABLED = 0  # current state of a new ROSpec
_NULL_TRIGGER = 0  # started and stopped by START_ROSPEC and STOP_ROSPEC alone
_AIR_C1G2 = 1
_UPON_N_TAGS_OR_END_OF_ROSPEC = 2
_PERIODIC = 1
_ALL_CAPABILITIES = 0
_EPC_BANK, _TID_BANK, _USER_BANK, _MATCH = 1, 2, 3, 0x20
# TagReportContentSelector, from the top bit: ROSpecID, SpecIndex, InventoryParameterSpecID, AntennaID, ChannelIndex,
# PeakRSSI, FirstSeen, LastSeen, TagSeenCount, AccessSpecID.  Wanted: antenna, RSSI, both times and the count.
_CONTENT = 0b0001_0111_1000_0000
_EVENTS_WANTED = (2, 3, 4, 8)  # ROSpec, report buffer level, reader exception, antenna


def get_capabilities() -> bytes:
    """Ask for everything that the reader can do."""
    return bytes([_ALL_CAPABILITIES])


def set_config(options: Options) -> bytes:
    """Ask for keepalives and events, and for reports without waiting; leave the rest of the configuration alone."""
    states = [tlv(P.EVENT_NOTIFICATION_STATE, struct.pack(">HB", kind, 0x80)) for kind in _EVENTS_WANTED]
    keepalive = struct.pack(">BI", _PERIODIC, round(options.keepalive * 1000))
    return b"".join(
        (
            bytes([0]),  # no reset to factory defaults: other settings belong to the site
            tlv(P.READER_EVENT_NOTIFICATION_SPEC, *states),
            tlv(P.KEEPALIVE_SPEC, keepalive),
            tlv(P.EVENTS_AND_REPORTS, bytes([0])),  # do not hold events and reports after a reconnect
        )
    )


def rospec_number(rospec: int) -> bytes:
    """Name a ROSpec, for DELETE, ENABLE, START, STOP and DISABLE; 0 means all."""
    return rospec.to_bytes(4, "big")


def add_rospec(options: Options, reader: Capabilities) -> bytes:
    """Define the inventory: it runs from START_ROSPEC to STOP_ROSPEC and reports every N tags."""
    boundary = tlv(
        P.RO_BOUNDARY_SPEC,
        tlv(P.ROSPEC_START_TRIGGER, bytes([_NULL_TRIGGER])),
        tlv(P.ROSPEC_STOP_TRIGGER, struct.pack(">BI", _NULL_TRIGGER, 0)),
    )
    return tlv(
        P.ROSPEC,
        struct.pack(">IBB", ROSPEC_ID, 0, _DISABLED),
        boundary,
        _antenna_inventory(options, reader),
        _report_spec(options),
    )


def access_number() -> bytes:
    """Name our AccessSpec, for DELETE and ENABLE."""
    return ACCESS_ID.to_bytes(4, "big")


def add_access(options: Options) -> bytes:
    """Ask that TID and user memory of every tag of our inventory be read, as many words as ``options`` say."""
    wanted = ((TID_READ, _TID_BANK, options.tid), (USER_READ, _USER_BANK, options.user))
    reads = [
        tlv(P.C1G2_READ, struct.pack(">HIBHH", operation, 0, bank << 6, 0, words))
        for operation, bank, words in wanted
        if words
    ]
    any_tag = struct.pack(">BHHH", _EPC_BANK << 6 | _MATCH, 0, 0, 0)
    return tlv(
        P.ACCESSSPEC,
        struct.pack(">IHBBI", ACCESS_ID, 0, _AIR_C1G2, _DISABLED, ROSPEC_ID),
        tlv(P.ACCESSSPEC_STOP_TRIGGER, struct.pack(">BH", _NULL_TRIGGER, 0)),
        tlv(P.ACCESS_COMMAND, tlv(P.C1G2_TAG_SPEC, tlv(P.C1G2_TARGET_TAG, any_tag)), *reads),
    )


def _antenna_inventory(options: Options, reader: Capabilities) -> bytes:
    antennas = options.antennas or (0,)  # 0: all antennas
    transmitter = b""
    if options.power is not None:
        channel = 0 if reader.hopping else 1
        transmitter = tlv(P.RF_TRANSMITTER, struct.pack(">HHH", reader.hop_table, channel, options.power))
    control = b"" if options.mode is None else tlv(P.C1G2_RF_CONTROL, struct.pack(">HH", options.mode, 0))
    singulation = tlv(P.C1G2_SINGULATION_CONTROL, struct.pack(">BHI", options.session << 6, options.population, 0))
    command = tlv(P.C1G2_INVENTORY_COMMAND, bytes([0]), control, singulation)
    return tlv(
        P.AISPEC,
        struct.pack(f">H{len(antennas)}H", len(antennas), *antennas),
        tlv(P.AISPEC_STOP_TRIGGER, struct.pack(">BI", _NULL_TRIGGER, 0)),
        tlv(
            P.INVENTORY_PARAMETER_SPEC,
            struct.pack(">HB", 1, _AIR_C1G2),
            tlv(P.ANTENNA_CONFIGURATION, struct.pack(">H", 0), transmitter, command),
        ),
    )


def _report_spec(options: Options) -> bytes:
    memory = tlv(P.C1G2_EPC_MEMORY_SELECTOR, bytes([0x40]))  # PC bits, no CRC
    return tlv(
        P.RO_REPORT_SPEC,
        struct.pack(">BH", _UPON_N_TAGS_OR_END_OF_ROSPEC, options.every),
        tlv(P.TAG_REPORT_CONTENT_SELECTOR, struct.pack(">H", _CONTENT), memory),
    )
