"""Growth as SVG: one small chart a measure, both axes logarithmic, product beside floor."""

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 340, 240
LEFT, RIGHT, TOP, BOTTOM = 58, 30, 34, 34
FONT = 'font-family="sans-serif" font-size="12"'
COLOURS = {"product": "#0b5cad", "floor": "#8a8a8a"}

Curves = Mapping[str, Sequence[float]]
"""One value a size, by program."""


Charts = Mapping[str, Curves]
"""By measure."""


def chart(sizes: Sequence[float], charts: Charts) -> str:
    """Return the drawing: the measures in rows of two, on white, so that it reads in the dark."""
    rows = math.ceil(len(charts) / 2)
    size = f'viewBox="0 0 {2 * WIDTH} {rows * HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {FONT}>',
        "<title>Growth of a daily run from 500 to 20,000 applications</title>",
        f'<rect width="{2 * WIDTH}" height="{rows * HEIGHT}" fill="#fff"/>',
    ]
    for place, (measure, curves) in enumerate(charts.items()):
        x, y = place % 2 * WIDTH, place // 2 * HEIGHT
        parts += [f'<g transform="translate({x} {y})">', *_panel(measure, sizes, curves), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(measure: str, sizes: Sequence[float], curves: Curves) -> list[str]:
    values = [value for curve in curves.values() for value in curve]
    bottom, top = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    top = max(top, bottom + 1)

    def across(size: float) -> float:
        share = math.log(size / sizes[0]) / math.log(sizes[-1] / sizes[0])
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def up(value: float) -> float:
        share = (math.log10(value) - bottom) / (top - bottom)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    parts = [f'<text x="{LEFT}" y="20" font-weight="bold">{escape(measure)}</text>']
    for power in range(bottom, top + 1):
        y = up(10.0**power)
        parts += [
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>',
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>',
        ]
    for size in sizes:
        x = across(size)
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 12}" text-anchor="middle">{size:,.0f}</text>')
    for name, curve in curves.items():
        points = [(across(size), up(value)) for size, value in zip(sizes, curve, strict=True)]
        parts += _curve(name, points)
    return parts


def _curve(name: str, points: Sequence[tuple[float, float]]) -> list[str]:
    colour = COLOURS[name]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    below = 16 if name == "floor" else -8
    return [
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *(f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="3" fill="{colour}"/>' for cx, cy in points),
        f'<text x="{x:.1f}" y="{y + below:.1f}" text-anchor="end" fill="{colour}">{name}</text>',
    ]
