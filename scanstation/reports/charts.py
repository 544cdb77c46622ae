"""Small pictures as inline SVG."""

from collections.abc import Sequence
from html import escape

from scanstation.reports.words import money

_WIDTH, _ROW, _LABEL = 720, 26, 260


def bars(values: Sequence[tuple[str, int]]) -> str:
    """Horizontal bars of money around zero, the label at the left, the amount at the end of its bar."""
    if not values:
        return ""
    most = max(1, *(abs(value) for _, value in values))
    left, right = _LABEL, _WIDTH - 10
    low = any(value < 0 for _, value in values)
    high = any(value > 0 for _, value in values)
    zero = (left + right) / 2 if low and high else right - 90 if low else left + 10
    reach = min(right - zero, zero - left) - 80 if low and high else right - left - 110
    rows = [_bar(index, label, value, zero, reach * value / most) for index, (label, value) in enumerate(values)]
    height = _ROW * len(values) + 8
    axis = f'<line class="axis" x1="{zero:.0f}" y1="2" x2="{zero:.0f}" y2="{height - 4}"/>'
    return (
        f'<svg class="bars" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="Largest variances in money">'
        + axis + "".join(rows) + "</svg>"
    )  # fmt: skip


def _bar(index: int, label: str, value: int, zero: float, length: float) -> str:
    y = index * _ROW + 6
    x = min(zero, zero + length)
    kind = "less" if value < 0 else "more"
    anchor, text_x = ("end", zero + length - 6) if value < 0 else ("start", zero + length + 6)
    short = label if len(label) <= 38 else label[:37] + "…"
    return (
        f'<text class="label" x="{_LABEL - 12}" y="{y + 13}" text-anchor="end">{escape(short)}</text>'
        f'<rect class="{kind}" x="{x:.1f}" y="{y}" width="{max(1.0, abs(length)):.1f}" height="{_ROW - 8}" rx="2"/>'
        f'<text class="amount" x="{text_x:.1f}" y="{y + 13}" text-anchor="{anchor}">{escape(money(value))}</text>'
    )
