"""The order in which bins stand: by their codes, with numbers as numbers."""

import re

_NUMBER = re.compile(r"[0-9]+")


def walk(code: str) -> tuple[str, str]:
    """Return a sort key of a location code under which A2 comes before A10; A02 and A2 are told apart by their text.

    A number sorts by its length without leading zeros, then by its digits: however long it is, nothing is converted.

    >>> sorted(["A10", "A2", "A1-10", "A1-9", "A02", "B1"], key=walk)
    ['A1-9', 'A1-10', 'A02', 'A2', 'A10', 'B1']
    """
    return _NUMBER.sub(_measured, code), code


def _measured(number: "re.Match[str]") -> str:
    digits = number[0].lstrip("0")
    return f"{len(digits):04}{digits}"
