"""Requests at growing sizes of the same data, beside the reference: `make bench ARGS=sizes`."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.bench import metering, report
from tests.bench.figures import BenchResult
from tests.bench.plots import growth as growth_plot
from tests.bench.questions import QUERIES, QUESTIONS, Loaded
from tests.bench.report import FROM, Measured, Table
from tests.bench.servers import ours
from tests.bench.servers.loading import Filling
from tests.bench.servers.ours import Ours
from tests.bench.servers.postgres import on_postgres
from tests.bench.servers.reference import on_sqlite
from tests.bench.timing import Growth, growth, measure

Others = Sequence[tuple[Filling, Loaded]]


def result(sizes: Sequence[int], seconds: float, *, alone: bool) -> BenchResult:
    """Measure, and print all."""
    measured = tables(sizes, seconds, alone=alone)
    return BenchResult(report.check(measured), {"growth": growth_plot.drawn(measured)})


def tables(sizes: Sequence[int], seconds: float, *, alone: bool) -> dict[int, Table]:
    """Load each size into all sides, and measure; alone: without the reference.

    seconds: for each question to each side.
    """
    with ExitStack() as stack:
        references = () if alone else (on_sqlite, on_postgres)
        fillings = [stack.enter_context(side()) for side in references]
        bench = GrowingBench(stack, fillings, seconds)
        for size in sorted(sizes):
            bench.measure(size)
    return bench.tables


@dataclass
class GrowingBench:
    """The tables so far; that of 10,000 runs stays, to be asked in turns with larger ones."""

    stack: ExitStack
    fillings: Sequence[Filling | None]
    seconds: float
    tables: dict[int, Table] = field(default_factory=dict)
    small: Ours | None = None

    def measure(self, size: int) -> None:
        """Load so many runs into all sides, and show what is measured."""
        with ExitStack() as passing:
            own = (self.stack if size == FROM else passing).enter_context(ours.holding(size))
            others = list(_loaded(self.fillings, size))
            self.tables[size] = dict(_measured(own, self.small, others, self.seconds))
        if size == FROM:
            self.small = own
        report.show(size, self.tables[size])


def _loaded(fillings: Sequence[Filling | None], size: int) -> Iterator[tuple[Filling, Loaded]]:
    for filling in fillings:
        loaded = filling.up_to(size) if filling else None
        if filling and loaded:
            yield filling, loaded


def _measured(
    own: Ours, small: Ours | None, others: Others, seconds: float
) -> Iterator[tuple[str, Measured]]:
    here = own.loaded
    for name, question in QUESTIONS.items():
        yield (
            name,
            Measured(
                handler=measure(own.handlers, question, here, seconds),
                http=measure(own.server, question, here, seconds),
                others={
                    other.name: measure(other.server, question, there, seconds)
                    for other, there in others
                },
                usage=metering.usage(own.client, own.handlers, question, here),
                growth=_growth(name, small, own, seconds),
            ),
        )


def _growth(name: str, small: Ours | None, large: Ours, seconds: float) -> Growth | None:
    if small is None or name not in QUERIES:
        return None
    before, after = ((one.server, one.loaded) for one in (small, large))
    return growth(before, after, QUERIES[name], seconds)
