"""The PC word that some readers leave in front of an EPC, and memory that can be read in two ways.

A PC word (ISO/IEC 18000-63, StoredPC) says in five bits how many words of EPC follow; bit 15h tells of user memory, bit
16h of a further word of protocol control, and the toggle bit 17h whether an EPC follows (0, then eight attribute bits,
of which only the last is assigned) or the number of another standard (1, then its application family identifier, AFI).

The same bytes may be a PC word and an EPC, or an EPC and what a reader appended: ``30`` is the header of an SGTIN-96
and the beginning of the most usual PC word.  What they must be is told; what they may be is not guessed.
"""

from typing import NamedTuple

from scanstation.identity.epc.tag import UNREAD, Reading, Tag, read_front, read_whole
from scanstation.identity.errors import IdentityError, IdentityReason

_R = IdentityReason
_WHAT = "EPC memory"
_AFI_OF_ITEMS = frozenset({0, *range(0xA1, 0xAB), 0xC1, 0xC2})
"""Application family identifiers of ISO 17363 to 17367, baggage and libraries, and 0 of a tag that was given none."""
_NO_CHANCE = 24
"""So many bits that are zero as their scheme demands are no chance."""
_TOGGLE = 0x0100
_NO_COMPANY = ("02", "04", "05", "2")
"""GS1 prefixes of numbers that circulate in one company or are reserved."""


class _PcWord(NamedTuple):
    words: int
    extended: bool
    iso: bool
    low: int
    text: str
    whole: bool  # nothing follows but the words that it states


def decode_tag_or_pc(memory: bytes, pc: int | None = None) -> Tag:
    """Decode EPC memory with its PC word in front or without, and whatever stands behind it.

    ``pc`` is the PC word where the reader told it apart: with its toggle bit set the tag holds no EPC at all.  Raises
    IdentityError where there is no EPC, and where the bytes are right as a PC word with an EPC, or with the number of
    another standard, as well as an EPC with data behind it.
    """
    if pc is not None and pc & _TOGGLE:
        raise _iso(_of(pc.to_bytes(2, "big"), len(memory) // 2))
    word = _pc_word(memory)
    if word is None:
        return _noted(read_front(memory), memory)
    if word.iso:
        return _beside_iso(memory, word)
    try:
        bare = read_front(memory)
    except IdentityError as error:
        return _only_behind(memory, word, error)
    return _beside_epc(memory, word, bare)


def _pc_word(memory: bytes) -> _PcWord | None:
    """The first word where it can be a PC word: at least as many words follow, and its attributes are assigned ones."""
    if len(memory) < 4:
        return None
    word = _of(memory[:2], len(memory) // 2 - 1)
    return word if 1 <= word.words <= len(memory) // 2 - 1 and (word.iso or word.low <= 1) else None


def _of(octets: bytes, follow: int) -> _PcWord:
    """The word of two bytes that ``follow`` words follow."""
    words = octets[0] >> 3
    return _PcWord(words, bool(octets[0] & 2), bool(octets[0] & 1), octets[1], octets.hex().upper(), words == follow)


def _only_behind(memory: bytes, word: _PcWord, error: IdentityError) -> Tag:
    """The tag behind a PC word where the whole memory is no EPC (``error``)."""
    strict = _behind(memory, word)
    if strict is not None:
        return _dropped(strict[0], memory, word)
    try:
        return _dropped(read_front(memory[2 : 2 + 2 * word.words]), memory, word)
    except IdentityError as inner:
        raise (inner if word.whole else error) from None


def _beside_epc(memory: bytes, word: _PcWord, bare: Reading) -> Tag:
    """The one meaning of memory that is an EPC from its first bit on, and may be a PC word with an EPC.

    Both can be right.  The EPC behind is meant where it fills the memory as the PC word says; before a CRC or zero
    words also, if the other reading is of a company prefix that GS1 gives to none, as for nearly every header in use.
    """
    rest = memory[_end(bare) :]
    found = _behind(memory, word)
    if not rest and (found is None or not word.whole):
        return bare.tag
    if found is None:
        raise _ambiguous(word, "a number that is no EPC", bare.tag)
    reading, start = found
    by_chance = not any(rest) and 8 * start + reading.used >= 8 * _end(bare) + 16  # a word of it is zero
    if by_chance or start + _end(reading) != 2 + 2 * word.words or not (word.whole or _plain(memory, word, bare)):
        raise _ambiguous(word, reading.tag.scheme, bare.tag)
    return _dropped(reading, memory, word)


def _plain(memory: bytes, word: _PcWord, bare: Reading) -> bool:
    """Whether only a CRC or zeros follow the words that ``word`` states, and ``bare`` is of no company."""
    behind = memory[2 + 2 * word.words :]
    return bare.tag.body.startswith(_NO_COMPANY) and (len(behind) == 2 or not any(behind))


def _beside_iso(memory: bytes, word: _PcWord) -> Tag:
    """The EPC from the first bit on, unless the PC word with the toggle bit is the better reading."""
    try:
        bare = read_front(memory)
    except IdentityError as error:
        raise (_iso(word) if word.whole and word.low in _AFI_OF_ITEMS else error) from None
    plain = not any(memory[_end(bare) :]) or bare.size - bare.used >= _NO_CHANCE
    if plain or not word.whole or word.low not in _AFI_OF_ITEMS:
        return _noted(bare, memory)
    raise _ambiguous(word, f"the number of another standard (AFI {word.low:02X})", bare.tag)


def _behind(memory: bytes, word: _PcWord) -> tuple[Reading, int] | None:
    """The EPC in the words that ``word`` states, and where it starts; None where they hold none."""
    end = 2 + 2 * word.words
    for start in (2, 4) if word.extended else (2,):
        try:
            return read_whole(memory[start:end]), start
        except IdentityError:
            continue
    return None


def _end(reading: Reading) -> int:
    """Bytes of a reading, in whole words."""
    return -(-reading.size // 16) * 2


def _noted(reading: Reading, memory: bytes) -> Tag:
    tag = reading.tag
    return tag._replace(notes=(*tag.notes, UNREAD)) if any(memory[_end(reading) :]) else tag


def _dropped(reading: Reading, memory: bytes, word: _PcWord) -> Tag:
    tag = reading.tag
    unread = (UNREAD,) if any(memory[2 + 2 * word.words :]) and UNREAD not in tag.notes else ()
    return tag._replace(notes=(*tag.notes, f"the PC word {word.text} in front was dropped", *unread))


def _ambiguous(word: _PcWord, behind: str, bare: Tag) -> IdentityError:
    got = f"PC word {word.text} with {behind}, or {bare.scheme} with data behind it"
    return IdentityError(_R.STRUCTURE, _WHAT, 0, "one meaning", got)


def _iso(word: _PcWord) -> IdentityError:
    got = f"PC word {word.text} of another standard (AFI {word.low:02X})"
    return IdentityError(_R.UNSUPPORTED, _WHAT, 7, "the toggle bit of an EPC (0)", got)
