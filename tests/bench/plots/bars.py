"""Numbers as bars, in groups, with lines where aims and limits are."""

from collections.abc import Mapping, Sequence
from itertools import chain

from tests.bench.plots import svg
from tests.bench.plots.svg import Elements

WIDTH, LEFT, RIGHT = 760, 240, 60
BAR, GAP, FOOT = 12, 10, 30
AIM_COLORS = ("#1a7f37", "#cf222e")

# Numbers by series, by group.
Groups = Mapping[str, Mapping[str, float]]


def drawn(title: str, groups: Groups, marks: Sequence[float] = ()) -> str:
    """Return the bars as SVG; the marks are an aim and a limit."""
    names = dict.fromkeys(chain.from_iterable(groups.values()))
    legend = dict(zip(names, svg.COLORS, strict=False))
    longest = max(*marks, *(value for group in groups.values() for value in group.values()), 0)
    scale = (WIDTH - LEFT - RIGHT) / longest
    heights = [len(group) * BAR + GAP for group in groups.values()]
    bottom = svg.HEAD + sum(heights)
    parts = [svg.head(20, title, legend, step=(WIDTH - 20) / max(len(legend), 3))]
    tops = (svg.HEAD + sum(heights[:number]) for number in range(len(heights)))
    parts += [
        _group(top, name, [(value, legend[series]) for series, value in group.items()], scale)
        for top, (name, group) in zip(tops, groups.items(), strict=True)
    ]
    return svg.document(WIDTH, bottom + FOOT, _marks(marks, scale, bottom), *parts)


def _group(top: float, name: str, values: Sequence[tuple[float, str]], scale: float) -> Elements:
    yield svg.text(LEFT - 8, top + len(values) * BAR / 2 + 4, name, anchor="end")
    for number, (value, color) in enumerate(values):
        y = top + number * BAR
        yield svg.rectangle((LEFT, y), value * scale, BAR - 2, color)
        yield svg.text(LEFT + value * scale + 4, y + BAR - 3, f"{value:,.3g}", size=10)


def _marks(marks: Sequence[float], scale: float, bottom: float) -> Elements:
    for value, color in zip(marks, AIM_COLORS, strict=False):
        x = LEFT + value * scale
        yield svg.line((x, svg.HEAD - 4), (x, bottom), color)
        yield svg.text(x, bottom + 14, f"{value:g}", anchor="middle")
