"""Values in the JSON of readers: each is read as what it must be, or a ValueError says what is wrong with it."""

import base64
import re
from datetime import datetime
from typing import Any

LONGEST_EPC = 62
"""Bytes of EPC memory that the PC word can tell of (31 words)."""

_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_BASE64 = re.compile(r"[A-Za-z0-9_+/-]+={0,2}")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,15})?")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)")


def epc_of(value: Any) -> str:
    """An EPC in lower case hex; ValueError for anything else."""
    if not isinstance(value, str) or not _HEX.fullmatch(value) or len(value) > 2 * LONGEST_EPC:
        raise ValueError(f"{str(value)[:80]!r} is no EPC of 1 to {LONGEST_EPC} bytes in hex")
    return value.lower()


def epc_of_base64(value: Any) -> str:
    """An EPC in lower case hex from base64, URL-safe or not, padded or not; ValueError for anything else."""
    data = bytes_of_base64(value)
    if not data or len(data) > LONGEST_EPC:
        raise ValueError(f"{str(value)[:80]!r} is no EPC of 1 to {LONGEST_EPC} bytes in URL-safe base64")
    return data.hex()


def bytes_of_base64(value: Any) -> bytes:
    """What base64 stands for, URL-safe or not, padded or not; empty for anything else."""
    if not isinstance(value, str) or not _BASE64.fullmatch(value):
        return b""
    bare = value.rstrip("=").replace("+", "-").replace("/", "_")
    if len(bare) % 4 == 1 or ("=" in value and len(value) % 4):
        return b""
    return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))


def hex_of(value: Any, size: int = 0) -> str | None:
    """Bytes in lower case hex, ``size`` of them unless 0; None for anything else."""
    if not isinstance(value, str) or not _HEX.fullmatch(value) or (size and len(value) != 2 * size):
        return None
    return value.lower()


def plain(value: Any) -> Any:
    """The number that a text writes plainly ("-56", "-56.5"), as some readers and middleware do; else the value."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return value
    return float(value) if "." in value else int(value)


def whole(values: dict[str, Any], name: str, low: int, high: int) -> int | None:
    """A whole number, also as text, None where it is absent; ValueError where it is none."""
    value = plain(values.get(name))
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} {str(value)[:40]} is not a whole number from {low} to {high}")
    return value


def number(values: dict[str, Any], name: str, scale: float) -> float | None:
    """A number times ``scale`` (1 or 0.01), also as text, None where it is absent; ValueError where it is none."""
    value = plain(values.get(name))
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not -30_000 <= value <= 30_000:
        raise ValueError(f"{name} {str(value)[:40]} is not a number")
    return value if scale == 1.0 else value / 100


def timestamp_of(value: Any) -> str | None:
    """An ISO time whose zone has its colon; None for anything else."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    zone = match[3] if match[3] == "Z" or ":" in match[3] else match[3][:3] + ":" + match[3][3:]
    return match[1] + (match[2] or "") + zone


def microseconds(timestamp: str | None) -> int | None:
    """Microseconds since 1970-01-01 UTC of what `timestamp_of` gave."""
    match = _TIME.fullmatch(timestamp) if timestamp else None
    if match is None:
        return None
    try:
        whole = datetime.fromisoformat(match[1] + match[3])
        fraction = int(((match[2] or ".0")[1:] + "000000")[:6])
        return int(whole.timestamp()) * 1_000_000 + fraction
    except ValueError:
        return None
