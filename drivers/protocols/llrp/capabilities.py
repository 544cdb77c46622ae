"""What a reader can do: the part of GET_READER_CAPABILITIES_RESPONSE that an inventory needs."""

import struct
from dataclasses import dataclass

from drivers.protocols.llrp.wire import P, find, tlv, walk

_GENERAL = struct.Struct(">HHIIH")
_POWER = struct.Struct(">Hh")
_MODE = struct.Struct(">IBBBBIIIII")
_UTC_CLOCK = 0x4000  # HasUTCClockCapability


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """A reader: ``manufacturer`` is its IANA enterprise number, ``powers`` index to dBm, ``modes`` RF mode ids."""

    max_antennas: int = 0
    manufacturer: int = 0
    model: int = 0
    firmware: str = ""
    powers: tuple[tuple[int, float], ...] = ()
    modes: tuple[int, ...] = ()
    hopping: bool = False
    hop_table: int = 0


def parse_capabilities(body: bytes) -> Capabilities:
    """Return what the response says; fields of parts that are missing or cut short keep their defaults."""
    found: dict[str, object] = {}
    if (place := find(body, 0, len(body), P.GENERAL_DEVICE_CAPABILITIES)) and place[1] - place[0] >= _GENERAL.size:
        antennas, _, manufacturer, model, size = _GENERAL.unpack_from(body, place[0])
        text = body[place[0] + _GENERAL.size : min(place[0] + _GENERAL.size + size, place[1])]
        found.update(max_antennas=antennas, manufacturer=manufacturer, model=model)
        found["firmware"] = text.decode("utf-8", "replace").rstrip("\0")
    if place := find(body, 0, len(body), P.REGULATORY_CAPABILITIES):
        uhf = find(body, place[0] + 4, place[1], P.UHF_BAND_CAPABILITIES)
        found.update(_parse_uhf(body, *uhf) if uhf else {})
    return Capabilities(**found)  # type: ignore[arg-type]


def _parse_uhf(body: bytes, start: int, end: int) -> dict[str, object]:
    powers, modes, found = [], [], dict[str, object]()
    for kind, begin, stop in walk(body, start, end):
        if kind == P.TRANSMIT_POWER_ENTRY and stop - begin >= _POWER.size:
            index, hundredths = _POWER.unpack_from(body, begin)
            powers.append((index, hundredths / 100))
        elif kind == P.C1G2_RF_MODE_TABLE:
            entries = [
                at for number, at, last in walk(body, begin, stop) if number == P.C1G2_RF_MODE_ENTRY and last - at >= 4
            ]
            modes += [int.from_bytes(body[at : at + 4], "big") for at in entries]
        elif kind == P.FREQUENCY_INFORMATION and stop > begin:
            found["hopping"] = bool(body[begin] & 0x80)
            table = find(body, begin + 1, stop, P.FREQUENCY_HOP_TABLE)
            found["hop_table"] = body[table[0]] if table and table[1] > table[0] else 0
    return {**found, "powers": tuple(powers), "modes": tuple(modes)}


def capabilities_body(reader: Capabilities) -> bytes:
    """Return the parameters that a reader sends after LLRPStatus (for the simulator): everything `parse` reads back.

    Frequencies are one hop table or one fixed frequency of the European band (865.7 MHz); the air protocol is C1G2.
    """
    firmware = reader.firmware.encode()
    general = _GENERAL.pack(reader.max_antennas, _UTC_CLOCK, reader.manufacturer, reader.model, len(firmware))
    gpio = tlv(P.GPIO_CAPABILITIES, bytes(4))
    air = [
        tlv(P.PER_ANTENNA_AIR_PROTOCOL, struct.pack(">HHB", antenna, 1, 1))
        for antenna in range(1, reader.max_antennas + 1)
    ]
    sensitivity = tlv(P.RECEIVE_SENSITIVITY_ENTRY, struct.pack(">HH", 1, 0))
    llrp = tlv(P.LLRP_CAPABILITIES, struct.pack(">BBHIIIII", 0, 0, 0, 1, 8, 1, 0, 0))
    return b"".join(
        (
            tlv(P.GENERAL_DEVICE_CAPABILITIES, general, firmware, sensitivity, gpio, *air),
            llrp,
            tlv(P.REGULATORY_CAPABILITIES, struct.pack(">HH", 276, 2), _uhf(reader)),
            tlv(P.C1G2_LLRP_CAPABILITIES, struct.pack(">BH", 0, 0)),
        )
    )


def _uhf(reader: Capabilities) -> bytes:
    powers = [tlv(P.TRANSMIT_POWER_ENTRY, _POWER.pack(index, round(dbm * 100))) for index, dbm in reader.powers]
    if reader.hopping:
        table = tlv(P.FREQUENCY_HOP_TABLE, struct.pack(">BBHI", reader.hop_table, 0, 1, 865700))
    else:
        table = tlv(P.FIXED_FREQUENCY_TABLE, struct.pack(">HI", 1, 865700))
    frequencies = tlv(P.FREQUENCY_INFORMATION, bytes([0x80 if reader.hopping else 0]), table)
    modes = [
        tlv(P.C1G2_RF_MODE_ENTRY, _MODE.pack(mode, 0x80, 2, 0, 2, 640000, 1500, 6250, 6250, 0)) for mode in reader.modes
    ]
    return tlv(P.UHF_BAND_CAPABILITIES, *powers, frequencies, tlv(P.C1G2_RF_MODE_TABLE, *modes))
