"""Labels as PDF with reportlab: the same places in points, the font embedded."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from scanstation.reports.labels.fonts import Font
from scanstation.reports.labels.layout import Placed
from scanstation.reports.labels.paper import Paper
from scanstation.reports.labels.texts import BASELINE, Line

POINT = 72 / 25.4
"""Points in a millimetre."""


def to_pdf(labels: Sequence[Placed], paper: Paper, font: Font, *, first: int = 0, title: str = "Labels") -> bytes:
    """Write pages of labels; ``first`` is the place on the first page where they begin, from 0."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(TTFont("label", str(font.regular)))
    pdfmetrics.registerFont(TTFont("label-bold", str(font.bold)))
    out = BytesIO()
    size = (paper.page[0] * POINT, paper.page[1] * POINT)
    canvas = Canvas(out, pagesize=size, pageCompression=1, invariant=1)
    canvas.setTitle(title)
    canvas.setViewerPreference("PrintScaling", "None")  # "fit to page" would make the bars narrower
    for number, placed in enumerate(labels, start=first):
        if number % paper.count == 0 and number > first:
            canvas.showPage()
        _label(canvas, placed, paper.corner(number % paper.count), paper.page[1], font)
    canvas.save()
    return out.getvalue()


def _label(canvas: Any, placed: Placed, corner: tuple[float, float], page: float, font: Font) -> None:
    left, top = corner
    path = canvas.beginPath()
    for x, y, w, h in placed.rects():
        path.rect((left + x) * POINT, (page - top - y - h) * POINT, w * POINT, h * POINT)
    canvas.drawPath(path, stroke=0, fill=1)
    for line in placed.lines:
        _line(canvas, line, left, page - top, font)


def _line(canvas: Any, line: Line, left: float, top: float, font: Font) -> None:
    canvas.setFont("label-bold" if line.bold else "label", line.size * POINT)
    x, y = (left + line.x) * POINT, (top - line.y - line.size * BASELINE) * POINT
    text = font.shown(line.text)
    if line.centred:
        canvas.drawCentredString(x + line.width * POINT / 2, y, text)
    else:
        canvas.drawString(x, y, text)
