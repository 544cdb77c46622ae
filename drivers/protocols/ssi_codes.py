"""Code types of Zebra's Simple Serial Interface: what they mean in AIM identifiers, and the name for people.

Source: the table of code identifiers in the Simple Serial Interface Programmer's Guide.  Where the type does not tell
the modifier, the plain one stands.  An empty identifier: the symbology has none that is sure.
"""

from drivers.protocols.aim import symbology

CODE_TYPES: dict[int, tuple[str, str]] = {
    0x01: ("]A0", "CODE39"), 0x02: ("]F0", "CODABAR"), 0x03: ("]C0", "CODE128"), 0x04: ("]S0", "CODE25"),
    0x05: ("]R0", "IATA25"), 0x06: ("]I0", "ITF"), 0x07: ("]G0", "CODE93"), 0x08: ("]E0", "UPCA"),
    0x09: ("]E0", "UPCE"), 0x0A: ("]E4", "EAN8"), 0x0B: ("]E0", "EAN13"), 0x0C: ("]H0", "CODE11"),
    0x0E: ("]M0", "MSI"), 0x0F: ("]C1", "GS1-128"), 0x11: ("]L0", "PDF417"), 0x13: ("]A0", "CODE39-FULL"),
    0x15: ("", "TRIOPTIC"), 0x16: ("]E0", "BOOKLAND"), 0x19: ("]C0", "ISBT128"), 0x1A: ("]L0", "MICROPDF417"),
    0x1B: ("]d1", "DATAMATRIX"), 0x1C: ("]Q1", "QR"), 0x20: ("", "CODE32"), 0x25: ("]U0", "MAXICODE"),
    0x2C: ("]Q1", "MICROQR"), 0x2D: ("]z0", "AZTEC"), 0x2E: ("]zC", "AZTEC-RUNE"), 0x30: ("]e0", "GS1-DATABAR"),
    0x31: ("]e0", "GS1-DATABAR-LIMITED"), 0x32: ("]e0", "GS1-DATABAR-EXPANDED"), 0xB7: ("]h0", "HANXIN"),
    0xC1: ("]d2", "GS1-DATAMATRIX"), 0xC2: ("]Q3", "GS1-QR"),
}  # fmt: skip
"""Code type -> (AIM identifier, name)."""

_UPC_A, _UPC_E = 0x08, 0x09


def name_of(code_type: int) -> str | None:
    """The name that people use; None for a type that is not in the table."""
    known = CODE_TYPES.get(code_type)
    return None if known is None else known[1] or symbology(known[0])


def aim_and_payload(code_type: int, data: bytes) -> tuple[str, bytes]:
    """The AIM identifier of a code type and the data as that identifier has it.

    ``]E0`` stands for 13 digits (ISO/IEC 15424), so UPC-A gets its leading zero and UPC-E is expanded.  An EAN or
    UPC code whose digits cannot be of that code gets no identifier: its data is taken as it is.

    >>> aim_and_payload(0x08, b"012345678905")
    (']E0', b'0012345678905')
    >>> aim_and_payload(0x09, b"01234565")
    (']E0', b'0012345000065')
    """
    aim = CODE_TYPES.get(code_type, ("", ""))[0]
    if aim == "]E0":
        if code_type == _UPC_A and len(data) == 12:
            data = b"0" + data
        elif code_type == _UPC_E and len(data) == 8 and data.isdigit():
            data = _expanded(data)
        return (aim if len(data) == 13 and data.isdigit() else ""), data
    if aim == "]E4" and not (len(data) == 8 and data.isdigit()):
        aim = ""
    return aim, data


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
