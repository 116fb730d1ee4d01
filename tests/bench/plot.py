"""What a query takes as the table grows, drawn: a panel for each, both axes logarithmic."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import chain
from math import ceil, floor, log10
from typing import NamedTuple

from tests.bench.questions import QUERIES
from tests.bench.report import OTHERS, Measured, Table

WIDTH, HEIGHT, COLUMNS = 280, 170, 3
LEFT, TOP, RIGHT, BOTTOM = 44, 30, 26, 28  # around the field of a panel
HEAD = 56

OURS = "Runledger"
COLORS = {OURS: "#1f6feb", OTHERS[0]: "#d1242f", OTHERS[1]: "#8250df"}
NAMES = {OURS: "Runledger, over HTTP"} | {name: f"reference on {name}" for name in OTHERS}

Points = Sequence[tuple[int, float]]


class Scale(NamedTuple):
    """A logarithmic axis, from one power of ten to another."""

    low: int
    high: int
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[int | float]:
        return [10**power for power in range(self.low, self.high + 1)]


def drawn(tables: Mapping[int, Table]) -> str:
    """Return the plot as SVG."""
    series = {name: _series(name, tables) for name in QUERIES}
    values = [value for lines in series.values() for line in lines.values() for _, value in line]
    sizes, times = _powers(tables), _powers(values)
    width, height = COLUMNS * WIDTH, HEAD + -(-len(series) // COLUMNS) * HEIGHT
    panels = (
        _panel(_axes(number, sizes, times), name, lines)
        for number, (name, lines) in enumerate(series.items())
    )
    shape = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {shape} font-family="sans-serif">'
    paper = f'<rect width="{width}" height="{height}" fill="white"/>'
    return "\n".join([opening, paper, *_head(), *chain.from_iterable(panels), "</svg>\n"])


def _axes(number: int, sizes: tuple[int, int], times: tuple[int, int]) -> tuple[Scale, Scale]:
    left, top = number % COLUMNS * WIDTH, HEAD + number // COLUMNS * HEIGHT
    across = Scale(*sizes, left + LEFT, left + WIDTH - RIGHT)
    return across, Scale(*times, top + HEIGHT - BOTTOM, top + TOP)


def _series(name: str, tables: Mapping[int, Table]) -> dict[str, Points]:
    measured = {size: table[name] for size, table in sorted(tables.items())}
    lines = {OURS: [(size, one.http.median) for size, one in measured.items()]}
    lines |= {other: list(_of_other(other, measured)) for other in OTHERS}
    return {name: line for name, line in lines.items() if line}


def _of_other(name: str, measured: Mapping[int, Measured]) -> Iterator[tuple[int, float]]:
    for size, one in measured.items():
        if name in one.others:
            yield size, one.others[name].median


def _head() -> Iterator[str]:
    yield _text(LEFT, 18, "Milliseconds (p50) of a request, by the number of task runs", size=14)
    for number, (name, color) in enumerate(COLORS.items()):
        left = LEFT + number * 200
        yield f'<line x1="{left}" x2="{left + 18}" y1="36" y2="36" stroke="{color}"' + _THICK
        yield _text(left + 24, 40, NAMES[name])


def _panel(axes: tuple[Scale, Scale], name: str, lines: Mapping[str, Points]) -> Iterator[str]:
    across, up = axes
    yield _text(across.start, up.end - 8, name)
    yield from _grid(across, up)
    for one, line in lines.items():
        places = [(across.at(size), up.at(value)) for size, value in line]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        color = COLORS[one]
        yield f'<polyline points="{points}" fill="none" stroke="{color}"' + _THICK
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in places)


_THICK = ' stroke-width="2"/>'
_THIN = ' stroke="#d8dee4"/>'


def _powers(values: Iterable[float]) -> tuple[int, int]:
    powers = [log10(value) for value in values]
    low, high = floor(min(powers)), ceil(max(powers))
    return low, max(high, low + 1)


def _grid(across: Scale, up: Scale) -> Iterator[str]:
    for size in across.ticks():
        x = across.at(size)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{up.start}" y2="{up.end}"' + _THIN
        yield _text(x, up.start + 14, _short(size), anchor="middle")
    for value in up.ticks():
        y = up.at(value)
        yield f'<line x1="{across.start}" x2="{across.end}" y1="{y:.1f}" y2="{y:.1f}"' + _THIN
        yield _text(across.start - 5, y + 4, f"{value:g}", anchor="end")


def _short(size: float) -> str:
    return f"{size / 1e6:g}M" if size >= 1e6 else f"{size / 1e3:g}k"


def _text(x: float, y: float, text: str, *, size: int = 11, anchor: str = "start") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
    return f"<text {place}>{escape(text)}</text>"
