"""What printed labels look like: pixels of every label of an HTML, PDF or ZPL file, each by a way of its own."""

import base64
import io
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from scanstation.reports.labels.paper import Paper

Pixels = np.ndarray[Any, np.dtype[np.uint8]]

HERE = Path(__file__).parent

DOTS = 10
"""Pixels in a millimetre of a page of PDF: 254 dpi, a poor print."""

FIGURE_DOTS = 12
"""The same of a label of HTML."""

_FIGURE = re.compile(
    r'<figure style="left:([\d.]+)mm;top:([\d.]+)mm;width:([\d.]+)mm;height:([\d.]+)mm">'
    r'<svg [^>]*style="left:([\d.]+)mm;top:([\d.]+)mm;width:([\d.]+)mm;height:([\d.]+)mm" '
    r'viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*><path d="([^"]*)"/></svg>'
)
_RECT = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-[\d.]+z")


def of_html(page: str) -> list[Pixels]:
    """The symbol of every figure of a page, drawn by its numbers alone."""
    return [_figure(*match.groups()) for match in _FIGURE.finditer(page)]


def of_pdf(content: bytes, paper: Paper, count: int) -> list[Pixels]:
    """Every label cut out of the rendered pages at the place that the paper says."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    pages = [page.render(scale=DOTS * 25.4 / 72, grayscale=True).to_numpy() for page in document]
    assert len(pages) == -(-count // paper.count)
    assert all(abs(side - long * DOTS) < 2 for side, long in zip(pages[0].shape, reversed(paper.page), strict=True))
    return [cut(pages[place // paper.count], paper, place % paper.count) for place in range(count)]


def of_zpl(zpl: str, paper: Paper, dots: int, node: str) -> list[Pixels]:
    """Every label as an independent renderer draws it."""
    command = [node, str(HERE / "render_zpl.js"), *map(str, paper.label), str(dots)]
    rendered = subprocess.run(command, input=zpl.encode(), capture_output=True, check=True, timeout=280).stdout
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(line))).convert("L")) for line in rendered.split(b"\n")]


def cut(page: Pixels, paper: Paper, place: int) -> Pixels:
    """The label at a place of a page that was drawn with `DOTS`."""
    x, y = (round(side * DOTS) for side in paper.corner(place))
    width, height = (round(side * DOTS) for side in paper.label)
    return np.ascontiguousarray(page[y : y + height, x : x + width])


def _figure(*numbers: str) -> Pixels:
    _, _, width, height, left, top, symbol_width, symbol_height, columns, rows = map(float, numbers[:10])
    picture = np.full((round(height * FIGURE_DOTS), round(width * FIGURE_DOTS)), 255, np.uint8)
    across, down = symbol_width / columns * FIGURE_DOTS, symbol_height / rows * FIGURE_DOTS
    for x, y, w, h in (map(float, rect) for rect in _RECT.findall(numbers[10])):
        x0, y0 = left * FIGURE_DOTS + x * across, top * FIGURE_DOTS + y * down
        picture[round(y0) : round(y0 + h * down), round(x0) : round(x0 + w * across)] = 0
    return picture
