"""Numbers of items that look like something else the station reads: told at import and where labels are printed.

They count as their item (`scanstation.stock.own_numbers`), as long as nothing else has that name.  A site that knows of
them early gives them another number, or its own labels another prefix.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanstation.identity.aim import symbologies
from scanstation.identity.digital_link import looks_like_digital_link
from scanstation.identity.hibc import looks_like_hibc
from scanstation.identity.iso15434 import START
from scanstation.identity.labels import LabelPrefixes

_STARTS = ("+", "urn:epc:", START, f">{START}", "]", "http:", "https:", "HTTP:", "HTTPS:")
"""How everything begins that has a form of its own: one quick look keeps a long column quick."""

_RENUMBER = "Give it another number, or print its GTIN."


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookalike:
    """``code`` looks like ``what``; ``then`` says what will happen when it is scanned, ``mend`` what helps."""

    code: str
    what: str
    then: str
    mend: str

    def __str__(self) -> str:
        return f"{self.code[:40]!a} looks like {self.what}: {self.then}"


def looks_like(code: str, prefixes: LabelPrefixes) -> Lookalike | None:
    """Return what the number of an item, or a code of one's own, looks like; None where it is like nothing else.

    Digits that may be a GTIN are nothing to tell: the symbol says whether they are one.
    """
    for prefix, kind, there in _ours(prefixes):
        if prefix and code.startswith(prefix):
            return Lookalike(
                code=code,
                what=f"{there} label of ours ({prefix}...)",
                then=f"it counts as the item unless there is {there} {code[len(prefix) :]!a}; then it is parked",
                mend=f"Give it another number, or change {kind} in [labels] of station.toml and print those anew.",
            )
    what = _form(code)
    if what is None:
        return None
    if code[:3] in symbologies():
        return Lookalike(
            code=code,
            what=what,
            then="a scanner that sends no identifiers loses its first three characters",
            mend=_RENUMBER,
        )
    then = "it counts as the item, and nothing that it seems to state (a lot, a quantity) is taken from it"
    return Lookalike(code=code, what=what, then=then, mend=_RENUMBER)


def lookalikes(codes: Iterable[str | None], prefixes: LabelPrefixes) -> Iterator[tuple[int, Lookalike]]:
    """Give the place of every code of a column that looks like something else, and what it looks like."""
    starts = (*(prefix for prefix, _, _ in _ours(prefixes) if prefix), *_STARTS)
    for place, code in enumerate(codes):
        if code is not None and code.startswith(starts) and (found := looks_like(code, prefixes)) is not None:
            yield place, found


def _ours(prefixes: LabelPrefixes) -> tuple[tuple[str, str, str], ...]:
    return (
        (prefixes.location, "location", "a location"),
        (prefixes.operator, "operator", "an operator"),
        (prefixes.command, "command", "a command"),
    )


def _form(code: str) -> str | None:
    if code[:3] in symbologies():
        return f"a scan with the symbology identifier {code[:3]}"
    if code.startswith("urn:epc:"):
        return "an EPC"
    if code.startswith((START, f">{START}")):
        return "an ISO/IEC 15434 label"
    if looks_like_digital_link(code):
        return "a GS1 Digital Link"
    return "a HIBC label" if looks_like_hibc(code) else None
