"""GS1 element strings: as a reader transmits them, and as people write them with brackets.

``0109506000134352`` ``10ABC<GS>`` ``17271231``: an AI, its value, and GS behind a value whose length is not
predefined (General Specifications 7.8).  `parse_elements` reads them, `parse_bracketed` reads
``(01)09506000134352(10)ABC``, `format_elements` and `format_bracketed` write them.
"""

import re
from collections.abc import Mapping

from scanstation.identity.aitable import GS, ApplicationIdentifier, ai_lengths, ai_table
from scanstation.identity.errors import IdentityError, IdentityReason

_BRACKETED_AI = re.compile(r"\(([^()]*)\)")


def parse_elements(text: str, offset: int = 0) -> dict[str, str]:
    """Return AI -> value of an element string, in its order.

    ``text`` is without symbology identifier and without leading FNC1; ``offset`` is where it starts in the payload
    (for the position in an error).  Every value is checked against its format and rules, but not the AIs against
    each other (see `associations`).  Raises IdentityError.
    """
    table, lengths = ai_table(), ai_lengths()
    elements: dict[str, str] = {}
    position, end = 0, len(text)
    if not text:
        raise IdentityError(IdentityReason.EMPTY, "element string", offset, "an application identifier", "nothing")
    while position < end:
        entry = table.get(text[position : position + 2])
        if entry is None:
            entry = table.get(text[position : position + lengths.get(text[position : position + 2], 0)])
            if entry is None:
                raise _unknown_ai(text, position, offset)
        start = position + len(entry.ai)
        match = entry.field.match(text, start)
        if match is None:
            raise _field_error(entry, text, start, offset)
        value = match[1]
        for place, rule in entry.checks:
            if not rule.passes(value[place]):
                entry.check(value, offset + start)
        if elements.setdefault(entry.ai, value) != value:
            raise _repeated(entry.ai, elements[entry.ai], value, offset + start)
        position = match.end()
    return elements


def parse_bracketed(text: str) -> dict[str, str]:
    """Return AI -> value of bracketed text such as ``(01)09506000134352(10)ABC``.  Raises IdentityError.

    A ``(`` begins the next AI; inside a value it is written ``\\(``.
    """
    table = ai_table()
    elements: dict[str, str] = {}
    position = 0
    if not text:
        raise IdentityError(IdentityReason.EMPTY, "bracketed text", 0, "an AI in brackets", "nothing")
    while position < len(text):
        match = _BRACKETED_AI.match(text, position)
        if match is None:
            raise IdentityError(IdentityReason.STRUCTURE, "bracketed text", position, "an AI in brackets",
                                repr(text[position : position + 8]))  # fmt: skip
        entry = table.get(match[1])
        if entry is None:
            raise IdentityError(IdentityReason.UNKNOWN_AI, "AI", position + 1, "a known AI", repr(match[1][:8]))
        raw, after = _bracketed_value(text, match.end())
        value = raw.replace("\\(", "(")
        if not value:
            raise IdentityError(IdentityReason.EMPTY, f"AI ({entry.ai})", match.end(), "a value", "nothing")
        entry.check(value, match.end())
        if elements.setdefault(entry.ai, value) != value:
            raise _repeated(entry.ai, elements[entry.ai], value, match.end())
        position = after
    return elements


def _bracketed_value(text: str, start: int) -> tuple[str, int]:
    """Return the raw value from ``start`` and where the next AI begins."""
    position = start
    while True:
        position = text.find("(", position)
        if position < 0:
            return text[start:], len(text)
        if text[position - 1] != "\\" or position == start:
            return text[start:position], position
        position += 1


def format_elements(elements: Mapping[str, str]) -> str:
    """Return the element string of AI -> value: predefined lengths first, no separator at the end.

    Raises IdentityError for an unknown AI or a value against its format.
    """
    fixed, variable = _checked(elements)
    return "".join(f"{ai}{value}" for ai, value in fixed) + GS.join(f"{ai}{value}" for ai, value in variable)


def format_bracketed(elements: Mapping[str, str]) -> str:
    """Return the bracketed text of AI -> value, brackets of the values escaped.  Raises IdentityError."""
    fixed, variable = _checked(elements)
    escaped = ((ai, value.replace("(", "\\(")) for ai, value in (*fixed, *variable))
    return "".join(f"({ai}){value}" for ai, value in escaped)


def _checked(elements: Mapping[str, str]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    table = ai_table()
    parts: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    for ai, value in elements.items():
        entry = table.get(ai)
        if entry is None:
            raise IdentityError(IdentityReason.UNKNOWN_AI, "AI", 0, "a known AI", repr(ai))
        entry.check(value, 0)
        parts[0 if entry.fixed else 1].append((ai, value))
    return parts


def _unknown_ai(text: str, position: int, offset: int) -> IdentityError:
    got = text[position : position + 4]
    if got.startswith(GS):
        return IdentityError(IdentityReason.SEPARATOR, "element string", offset + position,
                             "an application identifier", "a separator (GS)")  # fmt: skip
    return IdentityError(IdentityReason.UNKNOWN_AI, "AI", offset + position, "a known AI", repr(got))


def _field_error(entry: ApplicationIdentifier, text: str, start: int, offset: int) -> IdentityError:
    """Say why the value behind an AI does not match its format."""
    stop = text.find(GS, start)
    stop = len(text) if stop < 0 else stop
    if entry.fixed:
        stop = min(stop, start + entry.longest)
    value = text[start:stop]
    try:
        entry.check(value, offset + start)
    except IdentityError as error:
        if error.reason is IdentityReason.LENGTH and len(value) > entry.longest:
            return IdentityError(
                IdentityReason.SEPARATOR, f"AI ({entry.ai})", offset + start,
                f"a separator (GS) after at most {entry.longest} characters", f"{len(value)} characters",
            )  # fmt: skip
        return error
    return IdentityError(IdentityReason.STRUCTURE, f"AI ({entry.ai})", offset + start, "a value of its format",
                         repr(value[:40]))  # fmt: skip


def _repeated(ai: str, first: str, second: str, position: int) -> IdentityError:
    return IdentityError(IdentityReason.REPEATED, f"AI ({ai})", position, f"{first!r} again", repr(second))
