"""Code types of Zebra's Simple Serial Interface: what they mean in AIM identifiers, and the name for people.

Source: the table of code identifiers in the Simple Serial Interface Programmer's Guide.  Where the type does not tell
the modifier, the plain one stands.  An empty identifier: the symbology has none that is sure.
"""

from drivers.protocols.aim import split_aim, symbology

CODE_TYPES: dict[int, tuple[str, str]] = {
    0x01: ("]A0", "CODE39"), 0x02: ("]F0", "CODABAR"), 0x03: ("]C0", "CODE128"), 0x04: ("]S0", "CODE25"),
    0x05: ("]R0", "IATA25"), 0x06: ("]I0", "ITF"), 0x07: ("]G0", "CODE93"), 0x08: ("]E0", "UPCA"),
    0x09: ("]E0", "UPCE"), 0x0A: ("]E4", "EAN8"), 0x0B: ("]E0", "EAN13"), 0x0C: ("]H0", "CODE11"),
    0x0D: ("]T0", "CODE49"), 0x0E: ("]M0", "MSI"), 0x0F: ("]C1", "GS1-128"), 0x10: ("", "UPCE1"),
    0x11: ("]L0", "PDF417"), 0x12: ("]K0", "CODE16K"), 0x13: ("]A0", "CODE39-FULL"), 0x14: ("", "UPCD"),
    0x15: ("", "TRIOPTIC"), 0x16: ("]E0", "BOOKLAND"), 0x17: ("", "COUPON"), 0x18: ("]F0", "NW7"),
    0x19: ("]C0", "ISBT128"), 0x1A: ("]L0", "MICROPDF417"), 0x1B: ("]d1", "DATAMATRIX"), 0x1C: ("]Q1", "QR"),
    0x1D: ("", "MICROPDF417-CCA"), 0x1E: ("", "POSTNET"), 0x1F: ("", "PLANET"), 0x20: ("", "CODE32"),
    0x21: ("", "ISBT128-JOINED"), 0x22: ("", "JAPAN-POST"), 0x23: ("", "AUSTRALIA-POST"), 0x24: ("", "KIX"),
    0x25: ("]U0", "MAXICODE"), 0x26: ("", "CANADA-POST"), 0x27: ("", "UK-POST"), 0x28: ("]L0", "MACRO-PDF417"),
    0x29: ("", "MACRO-QR"), 0x2C: ("]Q1", "MICROQR"), 0x2D: ("]z0", "AZTEC"), 0x2E: ("]zC", "AZTEC-RUNE"),
    0x30: ("]e0", "GS1-DATABAR"), 0x31: ("]e0", "GS1-DATABAR-LIMITED"), 0x32: ("]e0", "GS1-DATABAR-EXPANDED"),
    0x33: ("", "PARAMETER"), 0x34: ("", "USPS-4CB"), 0x35: ("", "UPU-4STATE"), 0x36: ("]E0", "ISSN"),
    0x37: ("", "SCANLET"), 0x38: ("", "CUECAT"), 0x39: ("", "MATRIX25"), 0x48: ("]E3", "UPCA+2"),
    0x49: ("", "UPCE+2"), 0x4A: ("", "EAN8+2"), 0x4B: ("]E3", "EAN13+2"), 0x50: ("", "UPCE1+2"),
    0x51: ("", "CCA+GS1-128"), 0x52: ("", "CCA+EAN13"), 0x53: ("", "CCA+EAN8"), 0x54: ("", "CCA+DATABAR-EXPANDED"),
    0x55: ("", "CCA+DATABAR-LIMITED"), 0x56: ("", "CCA+DATABAR"), 0x57: ("", "CCA+UPCA"), 0x58: ("", "CCA+UPCE"),
    0x59: ("", "CCC+GS1-128"), 0x5A: ("", "TLC39"), 0x61: ("", "CCB+GS1-128"), 0x62: ("", "CCB+EAN13"),
    0x63: ("", "CCB+EAN8"), 0x64: ("", "CCB+DATABAR-EXPANDED"), 0x65: ("", "CCB+DATABAR-LIMITED"),
    0x66: ("", "CCB+DATABAR"), 0x67: ("", "CCB+UPCA"), 0x68: ("", "CCB+UPCE"), 0x69: ("", "SIGNATURE"),
    0x72: ("", "CHINESE25"), 0x73: ("", "KOREAN35"), 0x88: ("]E3", "UPCA+5"), 0x89: ("", "UPCE+5"),
    0x8A: ("", "EAN8+5"), 0x8B: ("]E3", "EAN13+5"), 0x90: ("", "UPCE1+5"), 0xB7: ("]h0", "HANXIN"),
    0xC1: ("]d2", "GS1-DATAMATRIX"), 0xC2: ("]Q3", "GS1-QR"), 0xC3: ("", "MAILMARK"), 0xC4: ("]J0", "DOTCODE"),
    0xC8: ("", "GRIDMATRIX"),
}  # fmt: skip
"""Code type -> (AIM identifier, name)."""

_UPC_A, _UPC_E = 0x08, 0x09
_ADD_ON = {0x48: 2, 0x4B: 2, 0x88: 5, 0x8B: 5}
"""Code type with an identifier of its own for code and add-on together -> digits of the add-on."""
_OF_UPC_A = (_UPC_A, 0x48, 0x88)
_EAN13 = 13


def name_of(code_type: int) -> str | None:
    """The name that people use; None for a type that is not in the table."""
    known = CODE_TYPES.get(code_type)
    return None if known is None else known[1] or symbology(known[0])


def aim_and_payload(code_type: int, data: bytes) -> tuple[str, bytes]:
    """The AIM identifier of a code type and the data as that identifier has it.

    ``]E0`` stands for 13 digits (ISO/IEC 15424), so UPC-A gets its leading zero and UPC-E is expanded.  An EAN or
    UPC code whose digits cannot be of that code gets no identifier: its data is taken as it is.  A scanner may put
    the identifier before the data; one that fits the type says more than the type and is taken off.

    >>> aim_and_payload(0x08, b"012345678905")
    (']E0', b'0012345678905')
    >>> aim_and_payload(0x09, b"01234565")
    (']E0', b'0012345000065')
    >>> aim_and_payload(0x1B, b"]d20109521141123454")
    (']d2', b'0109521141123454')
    >>> aim_and_payload(0x48, b"01234567890512"), aim_and_payload(0x48, b"012345678905")
    ((']E3', b'001234567890512'), ('', b'012345678905'))
    """
    aim = CODE_TYPES.get(code_type, ("", ""))[0]
    said, rest = split_aim(data)
    if said and rest and aim[:2] in ("", said[:2]):
        aim, data = said, rest
    if aim in ("]E0", "]E3"):
        sizes = (_EAN13,) if aim == "]E0" else (_EAN13 + 2, _EAN13 + 5)
        digits = _as_ean(code_type, data)
        fits = len(digits) in sizes and digits.isdigit()
        return (aim, digits) if fits else ("", data)
    if aim == "]E4" and not (len(data) == 8 and data.isdigit()):
        aim = ""
    return aim, data


def _as_ean(code_type: int, data: bytes) -> bytes:
    """The digits of an EAN or UPC code as EAN-13 has them, its add-on behind; empty where they cannot be of it."""
    if code_type == _UPC_E and len(data) == 8:
        return _expanded(data) if data.isdigit() and data[:1] in (b"0", b"1") else b""
    if code_type not in _ADD_ON and code_type != _UPC_A:
        return data
    size = _EAN13 + _ADD_ON.get(code_type, 0)
    if code_type in _OF_UPC_A and len(data) == size - 1:
        return b"0" + data
    return data if len(data) == size and (code_type not in _OF_UPC_A or data[:1] == b"0") else b""


def _expanded(short: bytes) -> bytes:
    """UPC-E as EAN-13 (GS1 General Specifications, section 5.2.2.4.2)."""
    system, digits, check = short[:1], short[1:7], short[7:]
    last = digits[5] - 0x30
    if last < 3:
        middle = digits[:2] + digits[5:6] + b"0000" + digits[2:5]
    elif last == 3:
        middle = digits[:3] + b"00000" + digits[3:5]
    elif last == 4:
        middle = digits[:4] + b"00000" + digits[4:5]
    else:
        middle = digits[:5] + b"0000" + digits[5:6]
    return b"0" + system + middle + check
