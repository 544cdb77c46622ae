"""What a person is told of bytes that show no line end: what came, what was expected, what to set."""

from drivers.protocols.base import NO_END, Notice

_SHOWN = 32
_NAMES = {b"\r": "CR", b"\n": "LF", b"\t": "TAB", b"\x03": "ETX", b"\x04": "EOT", b"\x00": "NUL", b"\x0c": "FF"}
"""Bytes that scanners end their data with."""


def no_end(data: bytes, terminators: tuple[bytes, ...]) -> Notice:
    """The notice of ``data`` without one of ``terminators``; its fields hold the ``remedy``."""
    expected = " or ".join(map(_named, terminators))
    last = data[-1:]
    seen = f" and end in {_named(last)}" if last in _NAMES else ""
    text = f"{len(data)} bytes arrived without a line end ({expected}){seen}: {data[:_SHOWN].decode('latin-1')!r}"
    sends = f"suffix=%{last.hex().upper()}" if seen else "what it sends, such as framing=stx-etx or suffix=%09"
    remedy = f"set the scanner's suffix to {expected}, or write in the URL of the device {sends}"
    return Notice(kind=NO_END, text=text, fields={"hex": data[:_SHOWN].hex(), "remedy": remedy})


def _named(octets: bytes) -> str:
    signs = (octets[at : at + 1] for at in range(len(octets)))
    return " ".join(_NAMES.get(sign) or repr(sign)[1:] for sign in signs)
