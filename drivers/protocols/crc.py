"""The checksums of UHF modules and tags, all with polynomial 0x1021, computed by the library function `crc_hqx`."""

from binascii import crc_hqx

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_MERCURY_START = crc_hqx(b"\xff\xff", 0)


def crc16_reflected(data: bytes) -> int:
    """CRC-16 with the reflected polynomial (0x8408), start 0xFFFF, as UHFReader18 sends it, low byte first.

    >>> hex(crc16_reflected(bytes.fromhex("06000104ff")))
    '0x39d4'
    """
    crc = crc_hqx(data.translate(_REVERSED), 0xFFFF)
    return _REVERSED[crc & 0xFF] << 8 | _REVERSED[crc >> 8]


def crc16_mercury(data: bytes) -> int:
    """CRC-16 of ThingMagic modules: start 0xFFFF, the bits of the data shifted in at the low end; two bytes or more.

    Shifting in at the low end leaves the last two bytes unmultiplied: they are added at the end.

    >>> hex(crc16_mercury(b"\\x00\\x03"))
    '0x1d0c'
    """
    return crc_hqx(data[:-2], _MERCURY_START) ^ int.from_bytes(data[-2:], "big")


def crc16_air(data: bytes) -> int:
    """CRC-16 that a tag sends behind PC and EPC (EPC Gen2, annex F): start 0xFFFF, complemented.

    >>> hex(crc16_air(bytes.fromhex("3000e200001d7315016521408fc6")))
    '0xb83e'
    """
    return crc_hqx(data, 0xFFFF) ^ 0xFFFF
