"""The "+AIDC data" behind the EPC of a TDS 2.x tag (TDS 15.3): lot, dates and measures that the tag adds to its key.

Each element is its AI in nibbles (``17`` in 8 bits, ``3103`` in 16) and a value in the AI's own form.  The forms that a
stock audit meets are read: text (10, 22), dates (11 to 17) and six-digit measures (31nn to 36nn).  At any other AI
reading stops, because only its form tells where the next one begins; the tag then says that there is more.
"""

from collections.abc import Mapping

from scanstation.identity.aitable import ai_lengths, ai_table
from scanstation.identity.epc.bits import BitReader, BitWriter
from scanstation.identity.epc.text import read_text, write_text
from scanstation.identity.errors import IdentityError, IdentityReason

_TEXTS = frozenset({"10", "22"})
_DATES = frozenset({"11", "12", "13", "15", "16", "17"})
_MEASURE_BITS = 20


def read_more(reader: BitReader, key: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Return what stands behind the EPC whose elements are ``key``, and whether all of it was read.

    Data that are wrong, or contradict the key, are left unread as a whole: the key itself was right.
    """
    elements: dict[str, str] = {}
    try:
        whole = _read_elements(reader, elements)
    except IdentityError:
        return {}, False
    if any(key.get(ai, value) != value for ai, value in elements.items()):
        return {}, False
    return elements, whole


def _read_elements(reader: BitReader, elements: dict[str, str]) -> bool:
    while reader.left >= 16 and reader.rest():
        start = reader.position
        ai = _read_ai(reader)
        if ai in _TEXTS:
            value = read_text(reader, ai_table()[ai].longest)
        elif ai in _DATES:
            value = f"{reader.read(7):02d}{reader.read(4):02d}{reader.read(5):02d}"
        elif _is_measure(ai):
            value = f"{reader.read(_MEASURE_BITS):06d}"
        else:
            return False
        ai_table()[ai].check(value, start)
        if elements.setdefault(ai, value) != value:
            raise IdentityError(IdentityReason.REPEATED, f"AI ({ai})", start, f"{elements[ai]!r} again", repr(value))
    return True


def write_more(writer: BitWriter, elements: Mapping[str, str]) -> None:
    """Write ``elements`` behind an EPC.  Raises IdentityError for an AI whose form is not known here."""
    for ai, value in elements.items():
        if ai not in _TEXTS | _DATES and not _is_measure(ai):
            raise IdentityError(IdentityReason.UNSUPPORTED, "data behind the EPC", 0, "AI 10 to 17, 22 or a measure",
                                repr(ai))  # fmt: skip
        ai_table()[ai].check(value, 0)
        writer.write(int(ai, 16), 4 * len(ai))
        if ai in _TEXTS:
            write_text(writer, value, ai_table()[ai].longest, f"AI ({ai})")
        elif ai in _DATES:
            for place, bits in ((0, 7), (2, 4), (4, 5)):
                writer.write(int(value[place : place + 2]), bits)
        else:
            writer.write(int(value), _MEASURE_BITS)


def _read_ai(reader: BitReader) -> str:
    first = f"{reader.read(8):02x}"
    more = ai_lengths().get(first, 2) - 2
    return first + (f"{reader.read(4 * more):0{more}x}" if more else "")


def _is_measure(ai: str) -> bool:
    return len(ai) == 4 and ai[0] == "3" and ai[1] in "123456" and ai in ai_table()
