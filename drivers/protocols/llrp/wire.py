"""Numbers of LLRP 1.0.1 and 1.1 (EPCglobal Low Level Reader Protocol) and the layout of messages and parameters.

A message is ``version and type (u16), length (u32), id (u32), body``.  A parameter is either TLV (``type u16,
length u16, value``; the six top bits are zero) or TV (one byte ``0x80 | type``, then a value whose size the type
fixes).  All numbers are big endian.
"""

import struct
from collections.abc import Iterator
from enum import IntEnum

Buffer = bytes | bytearray | memoryview

PORT = 5084
"""The TCP port that IANA gave LLRP."""

HEADER = struct.Struct(">HII")
HEADER_SIZE = HEADER.size
TLV_HEADER = struct.Struct(">HH")
VERSION_1_0_1 = 1


class MessageType(IntEnum):
    """The message types that this client or its simulator says or understands (section 16.1 of the standard)."""

    GET_READER_CAPABILITIES = 1
    GET_READER_CONFIG = 2
    SET_READER_CONFIG = 3
    CLOSE_CONNECTION_RESPONSE = 4
    GET_READER_CAPABILITIES_RESPONSE = 11
    GET_READER_CONFIG_RESPONSE = 12
    SET_READER_CONFIG_RESPONSE = 13
    CLOSE_CONNECTION = 14
    ADD_ROSPEC = 20
    DELETE_ROSPEC = 21
    START_ROSPEC = 22
    STOP_ROSPEC = 23
    ENABLE_ROSPEC = 24
    DISABLE_ROSPEC = 25
    GET_ROSPECS = 26
    ADD_ROSPEC_RESPONSE = 30
    DELETE_ROSPEC_RESPONSE = 31
    START_ROSPEC_RESPONSE = 32
    STOP_ROSPEC_RESPONSE = 33
    ENABLE_ROSPEC_RESPONSE = 34
    DISABLE_ROSPEC_RESPONSE = 35
    GET_ROSPECS_RESPONSE = 36
    ADD_ACCESSSPEC = 40
    DELETE_ACCESSSPEC = 41
    ENABLE_ACCESSSPEC = 42
    DISABLE_ACCESSSPEC = 43
    GET_ACCESSSPECS = 44
    ADD_ACCESSSPEC_RESPONSE = 50
    DELETE_ACCESSSPEC_RESPONSE = 51
    ENABLE_ACCESSSPEC_RESPONSE = 52
    DISABLE_ACCESSSPEC_RESPONSE = 53
    GET_ACCESSSPECS_RESPONSE = 54
    GET_REPORT = 60
    RO_ACCESS_REPORT = 61
    KEEPALIVE = 62
    READER_EVENT_NOTIFICATION = 63
    ENABLE_EVENTS_AND_REPORTS = 64
    KEEPALIVE_ACK = 72
    ERROR_MESSAGE = 100
    CUSTOM_MESSAGE = 1023


FIXED_SIZE: dict[int, int | None] = {
    **dict.fromkeys((1, 3), 1),
    2: 7,
    **dict.fromkeys((21, 22, 23, 24, 25, 41, 42, 43), 4),
    46: 0,
    47: 1,
    56: 2,
    **dict.fromkeys((4, 10, 11, 12, 13, 14, 20, 26, 30, 31, 32, 33, 34, 35, 36), 0),
    **dict.fromkeys((40, 44, 50, 51, 52, 53, 54, 57, 60, 61, 62, 63, 64, 72, 100), 0),
    1023: None,
}
"""Bytes of fixed fields before the parameters of every message type there is; None: the body holds no parameters."""

EMPTY = frozenset({14, 26, 44, 46, 60, 62, 64, 72})
"""Messages that never have a body, so that any other length is a lie."""


class P(IntEnum):
    """The parameter types used here (section 17.2 of the standard)."""

    ANTENNA_ID = 1
    FIRST_SEEN_UTC = 2
    LAST_SEEN_UTC = 4
    PEAK_RSSI = 6
    TAG_SEEN_COUNT = 8
    ROSPEC_ID = 9
    C1G2_PC = 12
    EPC_96 = 13
    UTC_TIMESTAMP = 128
    UPTIME = 129
    GENERAL_DEVICE_CAPABILITIES = 137
    RECEIVE_SENSITIVITY_ENTRY = 139
    PER_ANTENNA_AIR_PROTOCOL = 140
    GPIO_CAPABILITIES = 141
    LLRP_CAPABILITIES = 142
    REGULATORY_CAPABILITIES = 143
    UHF_BAND_CAPABILITIES = 144
    TRANSMIT_POWER_ENTRY = 145
    FREQUENCY_INFORMATION = 146
    FREQUENCY_HOP_TABLE = 147
    FIXED_FREQUENCY_TABLE = 148
    ROSPEC = 177
    RO_BOUNDARY_SPEC = 178
    ROSPEC_START_TRIGGER = 179
    ROSPEC_STOP_TRIGGER = 182
    AISPEC = 183
    AISPEC_STOP_TRIGGER = 184
    INVENTORY_PARAMETER_SPEC = 186
    ACCESSSPEC = 207
    ACCESSSPEC_STOP_TRIGGER = 208
    ACCESS_COMMAND = 209
    KEEPALIVE_SPEC = 220
    ANTENNA_CONFIGURATION = 222
    RF_TRANSMITTER = 224
    EVENTS_AND_REPORTS = 226
    RO_REPORT_SPEC = 237
    TAG_REPORT_CONTENT_SELECTOR = 238
    TAG_REPORT_DATA = 240
    EPC_DATA = 241
    READER_EVENT_NOTIFICATION_SPEC = 244
    EVENT_NOTIFICATION_STATE = 245
    READER_EVENT_NOTIFICATION_DATA = 246
    HOPPING_EVENT = 247
    GPI_EVENT = 248
    ROSPEC_EVENT = 249
    REPORT_BUFFER_LEVEL_WARNING = 250
    REPORT_BUFFER_OVERFLOW = 251
    READER_EXCEPTION = 252
    RF_SURVEY_EVENT = 253
    AISPEC_EVENT = 254
    ANTENNA_EVENT = 255
    CONNECTION_ATTEMPT = 256
    CONNECTION_CLOSE = 257
    LLRP_STATUS = 287
    C1G2_LLRP_CAPABILITIES = 327
    C1G2_RF_MODE_TABLE = 328
    C1G2_RF_MODE_ENTRY = 329
    C1G2_INVENTORY_COMMAND = 330
    C1G2_RF_CONTROL = 335
    C1G2_SINGULATION_CONTROL = 336
    C1G2_TAG_SPEC = 338
    C1G2_TARGET_TAG = 339
    C1G2_READ = 341
    C1G2_EPC_MEMORY_SELECTOR = 348
    C1G2_READ_RESULT = 349
    SPEC_LOOP_EVENT = 356
    CUSTOM = 1023


TV_FORMATS: dict[int, str] = {
    1: "H",  # AntennaID
    2: "Q",  # FirstSeenTimestampUTC, microseconds
    3: "Q",  # FirstSeenTimestampUptime
    4: "Q",  # LastSeenTimestampUTC
    5: "Q",  # LastSeenTimestampUptime
    6: "b",  # PeakRSSI, dBm
    7: "H",  # ChannelIndex
    8: "H",  # TagSeenCount
    9: "I",  # ROSpecID
    10: "H",  # InventoryParameterSpecID
    11: "H",  # C1G2-CRC
    12: "H",  # C1G2-PC
    13: "12s",  # EPC-96
    14: "H",  # SpecIndex
    15: "H",  # ClientRequestOpSpecResult
    16: "I",  # AccessSpecID
    17: "H",  # OpSpecID
    18: "I",  # C1G2SingulationDetails: two u16
    19: "H",  # C1G2-XPC-W1
    20: "H",  # C1G2-XPC-W2
}
"""`struct` format of the value of every TV parameter: the only way to step over one, because it has no length."""

FIRST_TLV = 128
"""TLV types begin here; smaller numbers are TV types."""

TV_SIZES = {number: struct.calcsize(">" + form) for number, form in TV_FORMATS.items()}


IMPINJ = 25882
"""The vendor number of Impinj in custom parameters and messages."""


class StatusCode(IntEnum):
    """Result of a request (section 14.2 of the standard); a code that is not here is shown by its number."""

    SUCCESS = 0
    M_PARAMETER_ERROR = 100
    M_FIELD_ERROR = 101
    M_UNEXPECTED_PARAMETER = 102
    M_MISSING_PARAMETER = 103
    M_DUPLICATE_PARAMETER = 104
    M_OVERFLOW_PARAMETER = 105
    M_OVERFLOW_FIELD = 106
    M_UNKNOWN_PARAMETER = 107
    M_UNKNOWN_FIELD = 108
    M_UNSUPPORTED_MESSAGE = 109
    M_UNSUPPORTED_VERSION = 110
    M_UNSUPPORTED_PARAMETER = 111
    M_UNEXPECTED_MESSAGE = 112
    P_PARAMETER_ERROR = 200
    P_FIELD_ERROR = 201
    A_INVALID = 300
    A_OUT_OF_RANGE = 301
    R_DEVICE_ERROR = 401


def name_of(kind: type[IntEnum], number: int) -> str:
    """Return the name of ``number`` in ``kind``, or the number itself where it has none."""
    try:
        return kind(number).name
    except ValueError:
        return str(number)


def message(kind: int, message_id: int, body: bytes = b"", version: int = VERSION_1_0_1) -> bytes:
    """Return a whole message with its header."""
    return HEADER.pack(version << 10 | kind, HEADER_SIZE + len(body), message_id) + body


def tlv(kind: int, *parts: bytes) -> bytes:
    """Return a TLV parameter whose value is the joined ``parts``."""
    value = b"".join(parts)
    return TLV_HEADER.pack(kind, TLV_HEADER.size + len(value)) + value


def tv(kind: int, value: int | bytes) -> bytes:
    """Return a TV parameter; the table knows the size of its value."""
    return struct.pack(">B" + TV_FORMATS[kind], 0x80 | kind, value)


def step(data: Buffer, at: int, end: int) -> tuple[int, int, int] | None:
    """Return (type, start of value, end of value) of the parameter at ``at``; None where no whole parameter stands.

    A TV parameter of unknown type has no known size and so is None too.
    """
    first = data[at]
    if first & 0x80:
        size = TV_SIZES.get(first & 0x7F)
        stop = at + 1 + (size or 0)
        return None if size is None or stop > end else (first & 0x7F, at + 1, stop)
    if at + 4 > end or first > 3:
        return None
    kind, length = TLV_HEADER.unpack_from(data, at)
    return None if kind < FIRST_TLV or length < 4 or at + length > end else (kind, at + 4, at + length)


def walk(data: Buffer, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield (type, start of value, end of value) of the parameters from ``start`` to ``end``.

    Parameters of any type are yielded, the caller passes over those it does not know; the walk ends silently at
    the first byte from which no whole parameter can be cut.
    """
    while start < end and (found := step(data, start, end)):
        yield found
        start = found[2]


def find(data: Buffer, start: int, end: int, *path: int) -> tuple[int, int] | None:
    """Return (start, end) of the value of the first parameter at ``path`` (types from outside to inside).

    Only for parameters whose value is made of parameters alone.
    """
    for kind in path:
        for found, begin, stop in walk(data, start, end):
            if found == kind:
                start, end = begin, stop
                break
        else:
            return None
    return start, end
