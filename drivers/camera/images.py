"""Load a picture file as grey pixels, in bounded memory, or say what is wrong with it.

The size is read from the header before any pixel is decoded: a file of a few kilobytes can claim 30,000 x 30,000.
Layouts: PNG (ISO/IEC 15948), JPEG (ITU-T T.81 annex B), WebP (RFC 9649), GIF89a, BMP, TIFF 6.0.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.errors import DriverError, Reason

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ndarray[Any, np.dtype[np.uint8]]

MAX_PIXELS = 64_000_000
MAX_BYTES = 128_000_000
JPEG_SIDE = 65_500
"""Pixels of the longest side that libjpeg writes."""

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
_TAKE_ANOTHER = "Take the picture again, or save it as PNG or JPEG."


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture says of itself: pixels across and down, transparency, whether its end is there."""

    width: int
    height: int
    alpha: bool = False
    complete: bool = True


def load_gray(path: str | Path) -> "Pixels":
    """Return the (first) picture of ``path`` as grey pixels, shape (rows, columns), transparent parts as white.

    Raises `DriverError`: NOT_FOUND, PERMISSION, or PROTOCOL for a file that is no picture, is truncated or is
    larger than `MAX_PIXELS`.
    """
    data = _bytes_of(Path(path))
    try:
        return decode_gray(data)
    except DriverError as error:
        raise DriverError(error.reason, f"{path}: {error}", error.remedy) from None


def decode_gray(data: bytes) -> "Pixels":
    """Return the picture held by ``data`` as `load_gray` does; raises `DriverError` with reason PROTOCOL."""
    header = read_header(data)
    if header is None:
        raise DriverError(Reason.PROTOCOL, "not a picture (PNG, JPEG, WebP, GIF, BMP or TIFF)", _TAKE_ANOTHER)
    if min(header.width, header.height) < 1 or header.width * header.height > MAX_PIXELS:
        message = f"{header.width} x {header.height} pixels, at most {MAX_PIXELS // 1_000_000} million are read"
        raise DriverError(Reason.PROTOCOL, message, "Take it at a lower resolution.")
    if not header.complete:
        raise DriverError(Reason.PROTOCOL, "the picture is cut off before its end", "Copy or take it again.")
    pixels = _decode(data, header.alpha)
    if pixels is None:
        raise DriverError(Reason.PROTOCOL, "the picture is damaged", _TAKE_ANOTHER)
    return pixels


def read_header(data: bytes) -> Header | None:
    """Return what the header of ``data`` says, or None when it is none of the known formats."""
    for magic, reader in _READERS:
        if data.startswith(magic):
            try:
                return reader(data)
            except (struct.error, IndexError, ValueError):
                return Header(1, 1, complete=False)
    return None


def to_gray(pixels: Any) -> "Pixels":
    """Return a frame (grey, BGR or BGRA; 8 or 16 bits) as grey bytes, transparent parts as white."""
    import cv2
    import numpy as np

    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    elif pixels.dtype != np.uint8:
        message = f"pixels of type {pixels.dtype}, expected uint8 or uint16"
        raise DriverError(Reason.PROTOCOL, message, "Hand in a grey, BGR or BGRA array of bytes.")
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels)
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        raise DriverError(Reason.PROTOCOL, f"pixels of shape {pixels.shape}", "Hand in a grey, BGR or BGRA array.")
    if pixels.shape[2] == 3:
        plain: Pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
        return plain
    gray = cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY).astype(np.uint16)
    alpha = pixels[:, :, 3].astype(np.uint16)
    flattened: Pixels = ((gray * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)
    return flattened


def encode_jpeg(pixels: "Pixels", quality: int = 85) -> bytes:
    """Return ``pixels`` as a JPEG file; empty where JPEG cannot hold so long a side."""
    import cv2

    if max(pixels.shape) > JPEG_SIDE:
        return b""
    _good, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(data)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            message = f"{path}: {path.stat().st_size:,} bytes, at most {MAX_BYTES:,} are read"
            raise DriverError(Reason.PROTOCOL, message, "Take it at a lower resolution.")
        return path.read_bytes()
    except FileNotFoundError:
        raise DriverError(Reason.NOT_FOUND, f"{path}: no such file", "Check the name.") from None
    except PermissionError:
        raise DriverError(Reason.PERMISSION, f"{path}: may not be read", f"chmod a+r {path}") from None
    except OSError as error:
        raise DriverError(Reason.NOT_FOUND, f"{path}: {error.strerror}", "Name a picture file.") from None


def _decode(data: bytes, alpha: bool) -> "Pixels | None":
    import cv2
    import numpy as np

    try:
        flag = cv2.IMREAD_UNCHANGED if alpha else cv2.IMREAD_GRAYSCALE
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
    except cv2.error:
        return None
    return None if pixels is None or not pixels.size else to_gray(pixels)


def _png(data: bytes) -> Header:
    width, height, _depth, colour = struct.unpack_from(">IIBB", data, 16)
    alpha, at, complete = colour in (4, 6), 8, False
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        alpha = alpha or kind == b"tRNS"
        at += 12 + length
        if kind == b"IEND":
            complete = at <= len(data)
            break
    return Header(width, height, alpha, complete)


def _jpeg(data: bytes) -> Header:
    at, width, height = 2, 0, 0
    while True:
        while data[at] != 0xFF or data[at + 1] in (0x00, 0xFF):
            at += 1
        marker = data[at + 1]
        if marker == 0xDA:
            # Within coded data 0xFF is followed by 0x00, so the first end marker behind the scan is the picture's own.
            return Header(width, height, complete=data.find(b"\xff\xd9", at) >= 0)
        if marker == 0x01 or 0xD0 <= marker <= 0xD9:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
        at += 2 + length


def _webp(data: bytes) -> Header:
    if data[8:12] != b"WEBP":
        return Header(1, 1, complete=False)
    complete = len(data) >= struct.unpack_from("<I", data, 4)[0] + 8
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return Header(width & 0x3FFF, height & 0x3FFF, False, complete)
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return Header((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1), complete)
    width = int.from_bytes(data[24:27], "little") + 1
    return Header(width, int.from_bytes(data[27:30], "little") + 1, bool(data[20] & 0x10), complete)


def _gif(data: bytes) -> Header:
    width, height = struct.unpack_from("<HH", data, 6)
    return Header(width, height, alpha=True, complete=data.rstrip(b"\0")[-1:] == b"\x3b")


def _bmp(data: bytes) -> Header:
    (size,) = struct.unpack_from("<I", data, 2)
    width, height = struct.unpack_from("<ii", data, 18)
    return Header(abs(width), abs(height), complete=len(data) >= size)


def _tiff(data: bytes) -> Header:
    order = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, at)
    sides = {}
    for n in range(count):
        tag, kind, _n, value = struct.unpack_from(order + "HHII", data, at + 2 + 12 * n)
        if tag in (256, 257):
            sides[tag] = value if kind == 4 or order == "<" else value >> 16
    return Header(sides[256], sides[257])


_READERS = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8", _jpeg),
    (b"RIFF", _webp),
    (b"GIF8", _gif),
    (b"BM", _bmp),
    (b"II*\0", _tiff),
    (b"MM\0*", _tiff),
)
