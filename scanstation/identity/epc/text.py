"""Text in TDS 2.x schemes: encoding indicator (3 bits), length (5 bits), value (TDS 14.5.6).

Indicators: 0 decimal number, 1 upper-case and 2 lower-case hexadecimal, 3 file-safe base64 alphabet, 4 seven-bit
ASCII, 5 URN Code 40 (three characters in 16 bits).
"""

from scanstation.identity.epc.bits import SET_82, BitReader, BitWriter
from scanstation.identity.errors import IdentityError, IdentityReason

_R = IdentityReason
_ALLOWED = SET_82 | {"#"}
"""Set 82, and what only a component identifier (AI 8010, set 39) may hold; the AI's own format decides."""
_ALPHABETS = {
    1: "0123456789ABCDEF",
    2: "0123456789abcdef",
    3: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
}
_BITS = {1: 4, 2: 4, 3: 6, 4: 7}
_CODE_40 = "\0ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789"


def digit_bits(count: int) -> int:
    """Return how many bits ``count`` decimal digits need."""
    limit: int = 10**count
    return (limit - 1).bit_length()


def read_text(reader: BitReader, longest: int) -> str:
    """Read indicator, length and value; 1 to ``longest`` characters.  Raises IdentityError."""
    indicator, length = reader.read(3), reader.read(5)
    if indicator > 5:
        raise reader.error(_R.CODE, "an encoding indicator of 0 to 5", str(indicator), 8)
    if not 1 <= length <= longest:
        raise reader.error(_R.LENGTH, f"a length of 1 to {longest}", str(length), 5)
    if indicator == 0:
        number = reader.read(digit_bits(length))
        if number >= 10**length:
            raise reader.error(_R.STRUCTURE, f"{length} digits", str(number), digit_bits(length))
        return f"{number:0{length}d}"
    if indicator == 5:
        return read_code_40(reader, length)
    bits = _BITS[indicator]
    codes = [reader.read(bits) for _ in range(length)]
    text = "".join(map(chr, codes)) if indicator == 4 else "".join(_ALPHABETS[indicator][code] for code in codes)
    if not _ALLOWED.issuperset(text):
        raise reader.error(_R.CHARACTER, "characters of GS1 set 82", repr(text), bits * length)
    return text


def read_code_40(reader: BitReader, length: int) -> str:
    """Read ``length`` characters of URN Code 40, three in 16 bits.  Raises IdentityError."""
    text = ""
    for _ in range(-(-length // 3)):
        number = reader.read(16) - 1
        codes = (number // 1600, number // 40 % 40, number % 40)
        if not 0 <= number < 64000:
            raise reader.error(_R.CHARACTER, "three characters of URN Code 40", f"code {number + 1}", 16)
        text += "".join(_CODE_40[code] for code in codes)
    if len(text.rstrip("\0")) != length or "\0" in text[:length]:
        raise reader.error(_R.LENGTH, f"{length} characters of URN Code 40", repr(text))
    return text[:length]


def write_text(writer: BitWriter, text: str, longest: int, what: str) -> None:
    """Write indicator, length and value in the shortest encoding that holds ``text``.  Raises IdentityError."""
    if not 1 <= len(text) <= longest:
        raise IdentityError(_R.LENGTH, what, 0, f"1 to {longest} characters", repr(text[:40]))
    wrong = next((place for place, character in enumerate(text) if character not in _ALLOWED), None)
    if wrong is not None:
        raise IdentityError(_R.CHARACTER, what, wrong, "a character of GS1 set 82", repr(text[wrong]))
    indicator = _shortest(text)
    writer.write(indicator, 3)
    writer.write(len(text), 5)
    if indicator == 0:
        writer.write(int(text), digit_bits(len(text)))
    elif indicator == 5:
        for start in range(0, len(text), 3):
            codes = [_CODE_40.index(character) for character in text[start : start + 3]] + [0, 0]
            writer.write(1600 * codes[0] + 40 * codes[1] + codes[2] + 1, 16)
    else:
        for character in text:
            code = ord(character) if indicator == 4 else _ALPHABETS[indicator].index(character)
            writer.write(code, _BITS[indicator])


def _shortest(text: str) -> int:
    sizes = {4: 7 * len(text)}
    if text.isdigit():
        sizes[0] = digit_bits(len(text))
    for indicator, alphabet in _ALPHABETS.items():
        if set(text) <= set(alphabet):
            sizes[indicator] = _BITS[indicator] * len(text)
    if set(text) <= set(_CODE_40):
        sizes[5] = -(-len(text) // 3) * 16
    return min(sizes, key=lambda indicator: (sizes[indicator], indicator))
