"""Labels as an HTML page: every sheet a page of exact millimetres, self-contained, every text escaped."""

from collections.abc import Iterator, Sequence
from html import escape

from scanstation.reports.labels.layout import Placed
from scanstation.reports.labels.paper import Paper
from scanstation.reports.labels.texts import LEADING, Line

_STYLE = """
*{box-sizing:border-box}
body{margin:0;background:#ccc;color:#000;font-family:"DejaVu Sans",Verdana,system-ui,sans-serif}
.page{position:relative;overflow:hidden;background:#fff;margin:4mm auto;break-after:page;break-inside:avoid}
.page:last-child{break-after:auto}
figure{position:absolute;margin:0;overflow:hidden;outline:.2mm dashed #bbb}
figure>*{position:absolute;white-space:pre;overflow:hidden;text-overflow:ellipsis;line-height:1.2}
figure svg{overflow:visible}
figure strong,figure code,figure span{display:block;font-family:inherit}
figure code{overflow:visible}
.c{text-align:center}
@media print{body{background:#fff}.page{margin:0}figure{outline:none}}
"""


def to_html(labels: Sequence[Placed], paper: Paper, *, first: int = 0, title: str = "Labels") -> str:
    """Write pages of labels; ``first`` is the place on the first page where they begin, from 0."""
    width, height = paper.page
    style = f"@page{{size:{width:g}mm {height:g}mm;margin:0}}.page{{width:{width:g}mm;height:{height:g}mm}}"
    pages = "\n".join(_pages(labels, paper, first))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f"<style>{_STYLE}{style}</style></head>\n<body>\n{pages}\n</body></html>\n"
    )


def svg(placed: Placed) -> str:
    """The symbol of a label as an ``<svg>`` element whose unit is one module."""
    symbol, module = placed.symbol, placed.module
    height = placed.height / module
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(symbol.text)}" '
        f'style="left:{_mm(placed.x)};top:{_mm(placed.y)};width:{_mm(symbol.width * module)};'
        f'height:{_mm(placed.height)}" viewBox="0 0 {symbol.width} {_number(height)}" shape-rendering="crispEdges">'
        f'<path d="{"".join(_path(symbol.rects(height)))}"/></svg>'
    )


def _pages(labels: Sequence[Placed], paper: Paper, first: int) -> Iterator[str]:
    """A page of labels each, the first one beginning at its place."""
    at = 0
    while at < len(labels):
        room = paper.count - first
        figures = "\n".join(
            _figure(placed, paper, first + place) for place, placed in enumerate(labels[at : at + room])
        )
        yield f'<div class="page">\n{figures}\n</div>'
        at, first = at + room, 0


def _figure(placed: Placed, paper: Paper, place: int) -> str:
    x, y = paper.corner(place)
    width, height = paper.label
    style = f"left:{_mm(x)};top:{_mm(y)};width:{_mm(width)};height:{_mm(height)}"
    return f'<figure style="{style}">{svg(placed)}{"".join(map(_line, placed.lines))}</figure>'


def _line(line: Line) -> str:
    tag = "strong" if line.bold else "code" if line.code else "span"
    style = (
        f"left:{_mm(line.x)};top:{_mm(line.y)};width:{_mm(line.width)};"
        f"height:{_mm(line.size * LEADING)};font-size:{_mm(line.size)}"
    )
    return f'<{tag}{" class=c" if line.centred else ""} style="{style}">{escape(line.text)}</{tag}>'


def _path(rects: Sequence[tuple[float, float, float, float]]) -> Iterator[str]:
    for x, y, w, h in rects:
        yield f"M{_number(x)} {_number(y)}h{_number(w)}v{_number(h)}h{_number(-w)}z"


def _mm(length: float) -> str:
    return f"{_number(length)}mm"


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
