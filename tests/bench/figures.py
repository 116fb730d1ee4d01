"""A figure of the bench against its aim."""

import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

HEAD = f"{'':<58}{'measured':>10}{'aim':>8}{'limit':>8}"


class Figure(NamedTuple):
    """A measured figure, its aim, and the limit that fails the bench.

    The limit is a maximum, or a minimum where more is better.
    """

    name: str
    value: float
    aim: float
    limit: float
    more_is_better: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the aim is met."""
        return self._reaches(self.aim)

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        return self._reaches(self.limit)

    def _reaches(self, value: float) -> bool:
        return self.value >= value if self.more_is_better else self.value <= value


class BenchResult(NamedTuple):
    """The figures of a part of the bench, and its plots (SVG) by their names."""

    figures: Sequence[Figure]
    plots: Mapping[str, str] = {}


def show(figures: Sequence[Figure]) -> bool:
    """Print the figures; return whether every limit is kept."""
    print_lines(HEAD, *(_line(figure) for figure in figures))
    return all(figure.holds for figure in figures)


def _line(figure: Figure) -> str:
    verdict = "OK " if figure.is_met else "aim missed" if figure.holds else "NOT"
    numbers = f"{figure.value:>10.2f}{figure.aim:>8g}{figure.limit:>8g}"
    return f"{figure.name:<58}{numbers}  {verdict}"


def print_lines(*lines: str) -> None:
    """Print lines now, even into a pipe."""
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()
