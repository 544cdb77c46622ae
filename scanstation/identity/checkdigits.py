"""Check digits and check characters of the GS1 General Specifications, ISO 13616 (IBAN) and HIBC."""

_CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_CSET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_VALUE_82 = {character: value for value, character in enumerate(_CSET_82)}
_HIBC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_VALUE_HIBC = {character: value for value, character in enumerate(_HIBC)}


_DIGITS = "0123456789"
_OFFSETS = tuple(48 * (3 * (length - length // 2) + length // 2) for length in range(10))
"""What the codes of the digits add to the sum beyond their values, by length modulo 10 (only the last digit counts)."""
_CHECKED_OFFSETS = tuple(48 * (length - length // 2 + 3 * (length // 2)) for length in range(10))


def check_digit(digits: str) -> str:
    """Return the GS1 modulo-10 check digit that belongs behind ``digits`` (General Specifications 7.9.1).

    >>> check_digit("0950600013435")
    '2'
    """
    code = digits.encode("ascii")
    return _DIGITS[-(3 * sum(code[-1::-2]) + sum(code[-2::-2]) - _OFFSETS[len(code) % 10]) % 10]


def has_check_digit(digits: str) -> bool:
    """Whether the last of ``digits`` (ASCII digits only) is the GS1 modulo-10 check digit of the others."""
    code = digits.encode()
    return (3 * sum(code[-2::-2]) + sum(code[-1::-2]) - _CHECKED_OFFSETS[len(code) % 10]) % 10 == 0


def measure_check_digit(digits: str) -> str:
    """Return the check digit inside a variable measure number, over four or five digits (General Specifications 7.9.2).

    >>> measure_check_digit("2875")
    '9'
    """
    if len(digits) == 4:
        weights = ("2-", "2-", "3", "5-")
        return str(3 * _weighted(digits, weights) % 10)
    total = -_weighted(digits, ("5+", "2-", "5-", "5+", "2-")) % 10
    return next(str(digit) for digit in range(10) if _weighted(str(digit), ("5-",)) % 10 == total)


def _weighted(digits: str, weights: tuple[str, ...]) -> int:
    """Sum the products; a minus takes their tens from their units, a plus adds them."""
    total = 0
    for digit, weight in zip(digits, weights, strict=True):
        tens, units = divmod(int(digit) * int(weight[0]), 10)
        total += {"-": units - tens, "+": units + tens}.get(weight[1:], units)
    return total


def _primes(count: int) -> list[int]:
    primes: list[int] = []
    candidate = 2
    while len(primes) < count:
        if all(candidate % prime for prime in primes):
            primes.append(candidate)
        candidate += 1
    return primes


_PRIMES = _primes(97)


def check_pair(text: str) -> str:
    """Return the alphanumeric check character pair of ``text`` in character set 82 (General Specifications 7.9.5).

    >>> check_pair("1987654Ad4X4bL5ttr2310c")
    '2K'
    """
    weights = reversed(_PRIMES[: len(text)])
    total = sum(_VALUE_82[character] * weight for character, weight in zip(text, weights, strict=True)) % 1021
    return _CSET_32[total >> 5] + _CSET_32[total & 31]


def is_iban(text: str) -> bool:
    """Whether ``text`` (upper-case letters and digits) has the right ISO 7064 mod 97-10 check digits."""
    remainder = 0
    for character in text[4:] + text[:4]:
        value = int(character, 36)
        remainder = (remainder * (10 if value < 10 else 100) + value) % 97
    return remainder == 1


def hibc_check_character(text: str) -> str | None:
    """Return the modulo-43 check character of ``text`` (ANSI/HIBC 2.6, appendix B), or None for a foreign character."""
    total = 0
    for character in text:
        value = _VALUE_HIBC.get(character)
        if value is None:
            return None
        total += value
    return _HIBC[total % 43]
