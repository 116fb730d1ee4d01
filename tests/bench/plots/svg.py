"""Pictures as SVG: what all plots are made of."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import chain
from math import ceil, floor, log10
from typing import NamedTuple

# Of the series of a plot, in their order.
COLORS = ("#1f6feb", "#d1242f", "#8250df", "#bf8700", "#57606a")
HEAD = 56  # above a plot: its title and its legend

Points = Sequence[tuple[float, float]]
Elements = Iterable[str]


class Scale(NamedTuple):
    """A logarithmic axis, from one power of ten to another."""

    low: int
    high: int
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value is; one below the axis is at its start."""
        share = (log10(max(value, 10**self.low)) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[int | float]:
        """Return the powers of ten."""
        return [10**power for power in range(self.low, self.high + 1)]


def powers(values: Iterable[float]) -> tuple[int, int]:
    """Return the powers of ten around some values."""
    logarithms = [log10(value) for value in values]
    low, high = floor(min(logarithms)), ceil(max(logarithms))
    return low, max(high, low + 1)


def document(width: float, height: float, *parts: Elements) -> str:
    """Return a whole picture."""
    shape = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {shape} font-family="sans-serif">'
    paper = f'<rect width="{width}" height="{height}" fill="white"/>'
    return "\n".join([opening, paper, *chain.from_iterable(parts), "</svg>\n"])


def head(left: float, title: str, legend: Mapping[str, str], step: float = 200) -> Elements:
    """Yield a title and, by the names of the series, their colors."""
    yield text(left, 18, title, size=14)
    for number, (name, color) in enumerate(legend.items()):
        x = left + number * step
        yield line((x, 36), (x + 18, 36), color, width=4)
        yield text(x + 24, 40, name)


def panel(
    across: Scale, up: Scale, lines: Mapping[str, Points], legend: Mapping[str, str]
) -> Elements:
    """Yield lines of series between two logarithmic axes."""
    yield from _grid(across, up)
    for name, series in lines.items():
        places = [(across.at(x), up.at(y)) for x, y in series]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        color = legend[name]
        yield f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in places)


def _grid(across: Scale, up: Scale) -> Elements:
    for value in across.ticks():
        x = across.at(value)
        yield line((x, up.start), (x, up.end))
        yield text(x, up.start + 14, _short(value), anchor="middle")
    for value in up.ticks():
        y = up.at(value)
        yield line((across.start, y), (across.end, y))
        yield text(across.start - 5, y + 4, f"{value:g}", anchor="end")


def _short(value: float) -> str:
    if value >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if value >= 1e3 else f"{value:g}"


def text(x: float, y: float, words: str, *, size: int = 11, anchor: str = "start") -> str:
    """Return words."""
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
    return f"<text {place}>{escape(words)}</text>"


def line(
    start: tuple[float, float], end: tuple[float, float], color: str = "#d8dee4", width: int = 1
) -> str:
    """Return a straight line."""
    (x1, y1), (x2, y2) = start, end
    place = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {place} stroke="{color}" stroke-width="{width}"/>'


def rectangle(corner: tuple[float, float], width: float, height: float, color: str) -> str:
    """Return a filled rectangle; the corner is its upper left."""
    x, y = corner
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} fill="{color}"/>'
