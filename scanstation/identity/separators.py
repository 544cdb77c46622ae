"""Separators that a scanner maps to other characters: put back by a setting, or told as the likely damage.

GS may stand anywhere.  RS and EOT stand only in an ISO/IEC 15434 envelope, and only behind its start, before its end
and before the next format; there they are put back, so that the same characters inside a part number stay.
"""

import re
from collections.abc import Iterator

from scanstation.identity.aitable import GS
from scanstation.identity.errors import IdentityError, IdentityReason
from scanstation.identity.iso15434 import EOT, RS, parse_envelope

_START = re.compile(r">?\[\)>")
_MAPPED = re.compile(
    r">?\[\)>(?P<rs>[^0-9]{0,6}?)0[56](?P<gs>\{GS\}|<GS>|\[GS\]|\\x1d|[^0-9A-Za-z]{1,4})(?=[0-9]{0,3}[A-Z])"
)
_LONGEST_MAPPED = 6


def put_back(text: str, gs: str, rs: str, eot: str) -> Iterator[tuple[str, str]]:
    """Yield ``text`` after each step, and the step in words; an empty mapping is no step."""
    start = _START.match(text)
    head = start[0] if start else ""
    body, tail = text.removeprefix(head), ""
    if head and eot:
        tail = EOT if body.endswith(eot) else ""
        body = body.removesuffix(eot)
        yield head + body + tail, f"put the end of transmission (EOT) back for {eot!r}"
    if head and rs:
        end = EOT if body.endswith(EOT) else ""
        body = _with_rs(body.removesuffix(end), rs, gs or GS) + end
        yield head + body + tail, f"put the separator (RS) back for {rs!r}"
    if gs:
        yield head + body.replace(gs, GS) + tail, f"put the separator (GS) back for {gs!r}"


def _with_rs(body: str, rs: str, gs: str) -> str:
    """RS behind the start, before the end, and before another format."""
    body = re.sub(f"{re.escape(rs)}(?=[0-9]{{2}}{re.escape(gs)})", RS, body)
    if body.startswith(rs):
        body = RS + body.removeprefix(rs)
    return body.removesuffix(rs) + RS if body.endswith(rs) else body


def envelope_damage(text: str) -> IdentityError | None:
    """Return the error for an envelope whose separators were mapped: it is right once they are put back."""
    found = _MAPPED.match(text)
    if found is None:
        return None
    rs, gs = found["rs"], found["gs"]
    sizes = (size for size in range(_LONGEST_MAPPED, 0, -1) if text[:-size].endswith(rs))
    size = next(sizes, 0) if rs and not text.endswith(EOT) else 0
    eot = text[len(text) - size :]
    steps = put_back(text, gs if gs != GS else "", rs if rs != RS else "", eot)
    try:
        parse_envelope([text, *(now for now, _ in steps)][-1])
    except IdentityError:
        return None
    mapped = [f"{name} as {came!r}" for name, came, sign in (("GS", gs, GS), ("RS", rs, RS), ("EOT", eot, EOT))
              if came not in ("", sign)]  # fmt: skip
    if not mapped:
        return None
    got = f"{', '.join(mapped)} (does the scanner map them? The repair of its device can put them back)"
    return IdentityError(IdentityReason.DAMAGED, "ISO 15434 envelope", found.start("rs"), "its separators", got)
