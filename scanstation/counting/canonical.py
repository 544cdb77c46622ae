r"""The canonical form of a count event: the very bytes that the journal hashes and stores.

One event is one JSON object (RFC 8259) in UTF-8:

- members in ascending order of their names, no white space between tokens;
- strings escape only ``"``, ``\`` and the control characters U+0000 to U+001F (as ``\b \f \n \r \t``, else
  ``\u`` with four lower case hex digits); everything else stands for itself;
- numbers are whole numbers in decimal without leading zeros; there are no fractions and no exponents;
- a member at its default is left out: ``aim audit data device location operator`` when empty,
  ``item lot payload read_id ref serial status`` when null, ``qty`` at 0, ``round`` at 1, ``source`` at
  ``"system"``; ``kind prev seq station ts`` are always there;
- ``prev`` is the hash of the event before (64 lower case hex digits; 64 zeros before the first event); ``hash`` is
  not a member: it is the SHA-256 of these bytes, in lower case hex.

So the whole check of a journal is, in any language: for each row in the order of ``seq``, the SHA-256 of ``body`` is
``hash``, and inside ``body`` ``seq`` is the row's number and ``prev`` the hash of the row before::

    prev = "0" * 64
    for number, (seq, body, hash) in enumerate(connection.execute("SELECT seq, body, hash FROM event ORDER BY seq"), 1):
        event = json.loads(body)
        assert hashlib.sha256(body.encode()).hexdigest() == hash
        assert (seq, event["seq"], event["prev"]) == (number, number, prev)
        prev = hash

The bytes are also what ``json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`` writes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring as quote
from typing import Any

from scanstation.counting.events import CountEvent, EventKind, Source

GENESIS = "0" * 64
"""``prev`` of the first event."""

_KINDS: dict[str, EventKind] = {str(kind): kind for kind in EventKind}
_SOURCES: dict[str, Source] = {str(source): source for source in Source}

Pieces = tuple[str, str, str]
"""Canonical text of an event with two gaps: before ``prev``'s value, between it and ``seq``'s value, after that."""


def pieces(event: CountEvent) -> Pieces:
    """Encode an event whose place in the chain is not known yet; `fill` completes it.

    The members are written by hand in their order because this is the path of every scan.  Raises ValueError for
    what the form cannot hold: a fraction in ``data``, a lone surrogate in a text, a number that is none.
    """
    head = "{"
    if event.aim:
        head += f'"aim":{quote(event.aim)},'
    if event.audit:
        head += f'"audit":{quote(event.audit)},'
    if event.data:
        head += f'"data":{_data(event.data)},'
    if event.device:
        head += f'"device":{quote(event.device)},'
    if event.item is not None:
        head += f'"item":{quote(event.item)},'
    head += f'"kind":"{event.kind!s}",'
    if event.location:
        head += f'"location":{quote(event.location)},'
    if event.lot is not None:
        head += f'"lot":{quote(event.lot)},'
    if event.operator:
        head += f'"operator":{quote(event.operator)},'
    if event.payload is not None:
        head += f'"payload":{quote(event.payload)},'
    head += '"prev":"'
    middle = '",'
    if event.qty:
        middle += f'"qty":{event.qty:d},'
    if event.read_id is not None:
        middle += f'"read_id":{quote(event.read_id)},'
    if event.ref is not None:
        middle += f'"ref":{event.ref:d},'
    if event.round != 1:
        middle += f'"round":{event.round:d},'
    middle += '"seq":'
    tail = ","
    if event.serial is not None:
        tail += f'"serial":{quote(event.serial)},'
    if event.source is not Source.SYSTEM:
        tail += f'"source":"{event.source!s}",'
    tail += f'"station":{quote(event.station)},'
    if event.status is not None:
        tail += f'"status":{quote(event.status)},'
    tail += f'"ts":{event.ts:d}}}'
    if not (head.isascii() and middle.isascii() and tail.isascii()):
        (head + middle + tail).encode()  # UnicodeEncodeError, a ValueError, for a lone surrogate
    return head, middle, tail


def fill(parts: Pieces, seq: int, prev: str) -> tuple[str, str]:
    """Return (body, hash) of the event with these pieces at ``seq`` behind the event with hash ``prev``."""
    body = f"{parts[0]}{prev}{parts[1]}{seq}{parts[2]}"
    return body, hashlib.sha256(body.encode()).hexdigest()


def stamped(event: CountEvent, seq: int, prev: str, digest: str) -> CountEvent:
    """Return the event at its place in the chain.  Written out: `dataclasses.replace` takes twice the time."""
    return CountEvent(
        kind=event.kind,
        ts=event.ts,
        station=event.station,
        audit=event.audit,
        operator=event.operator,
        device=event.device,
        location=event.location,
        round=event.round,
        item=event.item,
        lot=event.lot,
        serial=event.serial,
        qty=event.qty,
        status=event.status,
        source=event.source,
        payload=event.payload,
        aim=event.aim,
        read_id=event.read_id,
        ref=event.ref,
        data=event.data,
        seq=seq,
        prev=prev,
        hash=digest,
    )


def encode(event: CountEvent, seq: int, prev: str) -> tuple[str, str]:
    """Return (body, hash) of ``event`` at its place in the chain."""
    return fill(pieces(event), seq, prev)


def decode(body: str, digest: str) -> CountEvent:
    """Return the event that ``body`` holds, with its ``hash``.

    Raises ValueError (also KeyError and TypeError, for a body that this project never wrote) when it holds none.
    """
    return _event(json.loads(body), digest)


def decode_all(bodies: Sequence[str], digests: Sequence[str]) -> list[CountEvent]:
    """`decode` many at once: as one text they take the parser a third of the time.  Raises as `decode` does."""
    raws = json.loads(f"[{','.join(bodies)}]")
    return [_event(raw, digest) for raw, digest in zip(raws, digests, strict=True)]


def plain(event: CountEvent) -> dict[str, Any]:
    """The members of a journaled event as they stand in its body, and its ``hash``, as plain values."""
    body, _ = encode(event, event.seq, event.prev)
    members: dict[str, Any] = json.loads(body)
    return members | {"hash": event.hash}


def _event(raw: dict[str, Any], digest: str) -> CountEvent:
    raw["kind"] = _KINDS[raw["kind"]]
    if "source" in raw:
        raw["source"] = _SOURCES[raw["source"]]
    return CountEvent(**raw, hash=digest)


def _data(data: Mapping[str, Any]) -> str:
    _refuse_fractions(data)
    return json.dumps(dict(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _refuse_fractions(value: Any) -> None:
    """Whole numbers only: two languages do not write one fraction alike."""
    if isinstance(value, float):
        raise ValueError(f"data holds the fraction {value}: write it as a whole number of a smaller unit")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise ValueError(f"data holds the name {name!r}: names are text")
            _refuse_fractions(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_fractions(inner)
