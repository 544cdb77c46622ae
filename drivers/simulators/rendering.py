"""Draw labels and the frames in which a camera sees them: perspective, blur, noise and glare from a seed."""

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ndarray[Any, np.dtype[np.uint8]]

GS = "\x1d"
MODULE, BAR_HEIGHT, QUIET = 3, 90, 20
_MATRIX = {"]d1": "DataMatrix", "]Q1": "QRCode", "]z0": "Aztec", "]L2": "PDF417"}


@dataclass(frozen=True, slots=True)
class Sight:
    """How badly a camera sees: tilt as a share of the label's size, blur in pixels, noise in grey levels (one sd).

    ``glare`` is the greatest brightening of a lamp's reflection in grey levels.  The default is a fair camera at arm's
    length; what a reader manages beyond it is measured on photographs, not here.
    """

    tilt: float = 0.06
    blur: float = 0.8
    noise: float = 4.0
    glare: float = 60.0


def draw_label(payload: bytes, aim: str = "") -> "Pixels":
    """Return a label, black on white with quiet zone, for ``payload`` in the symbology of the AIM identifier.

    Linear symbols are drawn by python-barcode; without ``aim`` retail numbers become EAN, all else Code 128.
    Raises `ValueError` for a symbology that cannot be drawn or a payload that does not fit it.
    """
    text = payload.decode("latin-1")
    if aim in _MATRIX:
        return _draw_matrix(text, _MATRIX[aim])
    name = _linear_name(text, aim)
    return _draw_bars(_modules(name, text))


def compose(labels: "list[Pixels]", size: tuple[int, int], rng: random.Random, sight: Sight | None = None) -> "Pixels":
    """Return a frame of ``size`` (width, height) that shows ``labels`` side by side, as a camera of ``sight`` would."""
    import cv2
    import numpy as np

    sight = sight or Sight()
    noise = np.random.default_rng(rng.getrandbits(32))
    frame: Any = np.full((size[1], size[0]), 120.0, np.float32)
    for place, label in enumerate(labels):
        _paste(frame, label, place, len(labels), rng, sight)
    if sight.blur:
        frame = cv2.GaussianBlur(frame, (0, 0), sight.blur)
    if sight.glare:
        frame = frame + _glare(size, rng, sight)
    frame = frame + noise.normal(0, sight.noise, frame.shape)
    pixels: Pixels = np.clip(frame, 0, 255).astype(np.uint8)
    return pixels


def _linear_name(text: str, aim: str) -> str:
    known = {"]C1": "gs1_128", "]C0": "code128", "]A0": "code39", "]I0": "itf", "]I1": "itf", "]F0": "codabar"}
    if aim in known:
        return known[aim]
    retail = {13: "ean13", 8: "ean8"}.get(len(text)) if text.isdigit() else None
    if aim in ("]E0", "]E4") or (not aim and retail):
        if retail is None:
            raise ValueError(f"{text!r} is no EAN: 13 or 8 digits")
        return retail
    if aim:
        raise ValueError(f"labels of symbology {aim} cannot be drawn")
    return "code128"


def _modules(name: str, text: str) -> str:
    """Return the bars as a string of modules, 1 for black."""
    import barcode
    from barcode.errors import BarcodeError

    try:
        kind = barcode.get_barcode_class(name)
        content = text.replace(GS, "\xf1") if name == "gs1_128" else text
        label = kind(content, add_checksum=False) if name == "code39" else kind(content)
        modules = str(label.build()[0]).replace("G", "1")
    except (BarcodeError, KeyError, ValueError, IndexError) as error:
        raise ValueError(f"{text!r} does not fit {name}: {error}") from error
    if label.get_fullcode() != content:
        raise ValueError(f"{text!r} as {name} would read {label.get_fullcode()!r}")
    return modules


def _draw_bars(modules: str) -> "Pixels":
    import numpy as np

    row = np.where(np.frombuffer(modules.encode(), np.uint8) == ord("1"), 0, 255).astype(np.uint8)
    row = np.pad(row, QUIET, constant_values=255).repeat(MODULE)
    bars = np.tile(row, (BAR_HEIGHT, 1))
    return np.pad(bars, ((QUIET, QUIET), (0, 0)), constant_values=255)


def _draw_matrix(text: str, name: str) -> "Pixels":
    import numpy as np
    import zxingcpp

    try:
        symbol = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, name))
    except ValueError as error:
        raise ValueError(f"{text!r} does not fit {name}: {error}") from error
    modules = np.asarray(symbol.to_image(scale=2 * MODULE, add_quiet_zones=True), np.uint8)
    return np.pad(modules, 2 * QUIET, constant_values=255)


def _paste(frame: Any, label: "Pixels", place: int, places: int, rng: random.Random, sight: Sight) -> None:
    """Warp ``label`` into its column of ``frame``, seen a little from the side."""
    import cv2
    import numpy as np

    rows, columns = label.shape
    room = frame.shape[1] / places
    scale = min(1.0, 0.86 * room / columns, 0.86 * frame.shape[0] / rows)
    width, height = columns * scale, rows * scale
    left = room * place + (room - width) * rng.uniform(0.35, 0.65)
    top = (frame.shape[0] - height) * rng.uniform(0.35, 0.65)
    corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
    bend = sight.tilt * height
    target = np.array([(x + rng.uniform(-bend, bend), y + rng.uniform(-bend, bend)) for x, y in corners], np.float32)
    source = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32)
    warp = cv2.getPerspectiveTransform(source, target)
    size = (frame.shape[1], frame.shape[0])
    seen = cv2.warpPerspective(label.astype(np.float32), warp, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.ones_like(label, np.float32), warp, size)
    frame[:] = frame * (1 - mask) + (30 + seen * 0.8) * mask


def _glare(size: tuple[int, int], rng: random.Random, sight: Sight) -> Any:
    import numpy as np

    x, y = np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)[:, None]
    centre = rng.uniform(0, size[0]), rng.uniform(0, size[1])
    spread = 0.15 * max(size)
    strength = rng.uniform(0, sight.glare)
    return strength * np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (2 * spread**2))
