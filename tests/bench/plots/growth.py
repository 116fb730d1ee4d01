"""Plot of a query's cost as the table grows: a panel for each, both axes logarithmic."""

from collections.abc import Iterator, Mapping

from tests.bench.plots import svg
from tests.bench.plots.svg import Elements, Points, Scale
from tests.bench.questions import QUERIES
from tests.bench.report import OTHERS, Measured, Table

WIDTH, HEIGHT, COLUMNS = 280, 170, 3
LEFT, TOP, RIGHT, BOTTOM = 44, 30, 26, 28  # around the field of a panel

OURS = "Runledger, over HTTP"
NAMES = {name: f"reference on {name}" for name in OTHERS}
LEGEND = dict(zip([OURS, *NAMES.values()], svg.COLORS, strict=False))


def drawn(tables: Mapping[int, Table]) -> str:
    """Return the plot as SVG."""
    series = {name: _series(name, tables) for name in QUERIES}
    values = [value for lines in series.values() for line in lines.values() for _, value in line]
    sizes, times = svg.powers(tables), svg.powers(values)
    width, height = COLUMNS * WIDTH, svg.HEAD + -(-len(series) // COLUMNS) * HEIGHT
    panels = (
        _panel(_axes(number, sizes, times), name, lines)
        for number, (name, lines) in enumerate(series.items())
    )
    title = "Milliseconds (p50) of a request, by the number of task runs"
    return svg.document(width, height, svg.head(LEFT, title, LEGEND), *panels)


def _axes(number: int, sizes: tuple[int, int], times: tuple[int, int]) -> tuple[Scale, Scale]:
    left, top = number % COLUMNS * WIDTH, svg.HEAD + number // COLUMNS * HEIGHT
    across = Scale(*sizes, left + LEFT, left + WIDTH - RIGHT)
    return across, Scale(*times, top + HEIGHT - BOTTOM, top + TOP)


def _series(name: str, tables: Mapping[int, Table]) -> dict[str, Points]:
    measured = {size: table[name] for size, table in sorted(tables.items())}
    lines: dict[str, Points] = {OURS: [(size, one.http.median) for size, one in measured.items()]}
    lines |= {shown: list(_of_other(other, measured)) for other, shown in NAMES.items()}
    return {name: line for name, line in lines.items() if line}


def _of_other(name: str, measured: Mapping[int, Measured]) -> Iterator[tuple[int, float]]:
    for size, one in measured.items():
        if name in one.others:
            yield size, one.others[name].median


def _panel(axes: tuple[Scale, Scale], name: str, lines: Mapping[str, Points]) -> Elements:
    across, up = axes
    yield svg.text(across.start, up.end - 8, name)
    yield from svg.panel(across, up, lines, LEGEND)
