"""HID report descriptors (USB HID 1.11, section 6.2.2): which devices are inside, by usage page and usage."""

POS_PAGE, SCANNER = 0x8C, 0x02
"""Usage of a bar code scanner (HID Point of Sale Usage Tables 1.02, section 4)."""

_USAGE_PAGE, _USAGE, _COLLECTION, _LONG_ITEM = 0x04, 0x08, 0xA0, 0xFE
_APPLICATION = 0x01
_SIZES = (0, 1, 2, 4)


def applications(descriptor: bytes) -> list[tuple[int, int]]:
    """(usage page, usage) of each application collection; what is cut off or broken is left out.

    >>> applications(bytes.fromhex("058c0902a101c0"))
    [(140, 2)]
    """
    found: list[tuple[int, int]] = []
    page, usage, at = 0, 0, 0
    while at < len(descriptor):
        head = descriptor[at]
        size = _SIZES[head & 3]
        if head == _LONG_ITEM:
            at += 3 + (descriptor[at + 1] if at + 1 < len(descriptor) else 0)
            continue
        value, tag = int.from_bytes(descriptor[at + 1 : at + 1 + size], "little"), head & 0xFC
        at += 1 + size
        if at > len(descriptor):
            break
        if tag == _USAGE_PAGE:
            page = value
        elif tag == _USAGE:
            usage = value if size == 4 else page << 16 | value
        elif tag == _COLLECTION:
            if value == _APPLICATION:
                found.append((usage >> 16, usage & 0xFFFF))
            usage = 0
    return found


def is_scanner(descriptor: bytes) -> bool:
    """Whether a bar code scanner in point-of-sale mode is inside."""
    return (POS_PAGE, SCANNER) in applications(descriptor)
