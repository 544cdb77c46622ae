"""Symbols drawn by generators of their own: zint as a library, BWIPP (bwip-js) in one node process."""

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
import pytest

Pixels = Any
Draw = Callable[..., Pixels]

QUIET = 24
"""Pixels of white around a symbol."""


def zint_picture(symbology: str, data: str | bytes, scale: float = 2.0, **settings: Any) -> Pixels:
    """Draw with zint; ``settings`` are attributes of its symbol.  ``scale`` 2 is about four pixels a module."""
    import zint

    symbol = zint.Symbol()
    symbol.symbology = getattr(zint.Symbology, symbology)
    if isinstance(data, str):
        symbol.input_mode = zint.InputMode.UNICODE
    for name, value in settings.items():
        setattr(symbol, name, value)
    symbol.scale, symbol.show_text = scale, False
    symbol.warn_level = zint.WarningLevel.DEFAULT
    symbol.encode(data)
    symbol.buffer()
    pixels = np.ascontiguousarray(np.asarray(symbol.bitmap)[..., 0])
    return np.pad(pixels, QUIET, constant_values=255)


@pytest.fixture(scope="session")
def zint(lacking: Callable[[str], NoReturn]) -> Iterator[Draw]:
    """`zint_picture`."""
    try:
        import zint  # noqa: F401
    except ImportError:
        lacking("zint-bindings is not installed: sh setup.sh test")
    yield zint_picture
