"""Lines between two logarithmic axes."""

from collections.abc import Mapping

from tests.bench.plots import svg
from tests.bench.plots.svg import Points, Scale

WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM = 760, 400, 60, 30, 30


def drawn(title: str, lines: Mapping[str, Points]) -> str:
    """Return the lines as SVG."""
    legend = dict(zip(lines, svg.COLORS, strict=False))
    points = [point for line in lines.values() for point in line]
    across = Scale(*svg.powers(x for x, _ in points), LEFT, WIDTH - RIGHT)
    up = Scale(*svg.powers(y for _, y in points), HEIGHT - BOTTOM, svg.HEAD + 10)
    head = svg.head(20, title, legend, step=(WIDTH - 20) / len(lines))
    return svg.document(WIDTH, HEIGHT, head, svg.panel(across, up, lines, legend))
