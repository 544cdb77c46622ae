"""Symbols drawn by generators of their own: zint as a library, BWIPP (bwip-js) in one node process."""

import base64
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import cv2
import numpy as np
import pytest

Pixels = Any
Draw = Callable[..., Pixels]

QUIET = 24
"""Pixels of white around a symbol."""

TALL = 50
"""Modules that the bars of a linear symbol are high."""


def zint_picture(symbology: str, data: str | bytes, scale: float = 2.0, **settings: Any) -> Pixels:
    """Draw with zint; ``settings`` are attributes of its symbol.  ``scale`` 1 is two pixels a module."""
    import zint

    symbol = zint.Symbol()
    symbol.symbology = getattr(zint.Symbology, symbology)
    if isinstance(data, str):
        symbol.input_mode = zint.InputMode.UNICODE
    for name, value in settings.items():
        setattr(symbol, name, value)
    symbol.scale, symbol.show_text = scale, False
    symbol.encode(data)
    symbol.buffer()
    pixels = np.ascontiguousarray(np.asarray(symbol.bitmap)[..., 0])
    return np.pad(pixels, QUIET, constant_values=255)


class Bwipp:
    """BWIPP in a node process that draws until it is closed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", "bwipp.js"], cwd=Path(__file__).parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __call__(self, symbology: str, text: str, scale: float = 2.0, **options: Any) -> Pixels:
        """Draw ``text``; ``scale`` 1 is two pixels a module, as zint has it.  Raises ValueError with its reason."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        size = round(2 * scale)
        request = json.dumps({"symbology": symbology, "text": text, "size": size, "options": options})
        self._process.stdin.write(request.encode() + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        if "png" in answer:
            png = np.frombuffer(base64.b64decode(answer["png"]), np.uint8)
            return np.pad(cv2.imdecode(png, cv2.IMREAD_GRAYSCALE), QUIET, constant_values=255)
        return _enlarged(_modules(answer), size)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)


def _modules(answer: dict[str, Any]) -> Pixels:
    """One element a module, dark where true."""
    if "widths" in answer:
        dark = np.arange(len(answer["widths"])) % 2 == 0
        return np.repeat(np.repeat(dark, answer["widths"])[None, :], TALL, axis=0)
    return (np.frombuffer(answer["modules"].encode(), np.uint8) == ord("1")).reshape(-1, answer["columns"])


def _enlarged(modules: Pixels, size: int) -> Pixels:
    large = np.repeat(np.repeat(modules, size, axis=0), size, axis=1)
    return np.pad(np.where(large, 0, 255).astype(np.uint8), max(QUIET, 10 * size), constant_values=255)


@pytest.fixture(scope="session")
def zint(lacking: Callable[[str], NoReturn]) -> Draw:
    """`zint_picture`."""
    try:
        import zint  # noqa: F401
    except ImportError:
        lacking("zint-bindings is not installed: sh setup.sh test")
    return zint_picture


@pytest.fixture(scope="session")
def bwipp(lacking: Callable[[str], NoReturn]) -> Iterator[Draw]:
    """`Bwipp`."""
    if shutil.which("node") is None or not (Path(__file__).parent / "node_modules" / "bwip-js").is_dir():
        lacking("bwip-js is not installed: sh setup.sh test")
    drawer = Bwipp()
    yield drawer
    drawer.close()
