"""Measure Runledger beside the reference, at growing sizes of the same data."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import clients, cold_starts, lists, logs, metering, plot, report
from tests.bench.events import events
from tests.bench.questions import QUERIES, QUESTIONS, RUNS_PER_FLOW_RUN, Loaded
from tests.bench.report import FROM, Measured, Table
from tests.bench.servers import ours
from tests.bench.servers.loading import Filling
from tests.bench.servers.ours import Ours
from tests.bench.servers.postgres import on_postgres
from tests.bench.servers.reference import on_sqlite
from tests.bench.timing import Growth, growth, measure
from tests.bench.workers import workers

SIZES, QUICK_SIZES = [1_000, 10_000, 100_000], [1_000]
SECONDS, QUICK_SECONDS = 2.5, 0.5
WHAT = (
    "requests at some sizes, how runs reach workers, what events or logs cost, lists of many ids, "
    "the two clients of DynamoDB, cold starts"
)
APART = {
    "workers": workers.main,
    "events": events.main,
    "lists": lists.main,
    "logs": logs.main,
    "clients": clients.main,
    "cold": cold_starts.main,
}

Others = Sequence[tuple[Filling, Loaded]]


def main() -> int:
    options = _options()
    if options.what in APART:
        return APART[options.what]()
    with ExitStack() as stack:
        references = () if options.alone else (on_sqlite, on_postgres)
        fillings = [stack.enter_context(side()) for side in references]
        bench = Bench(stack, fillings, options.seconds)
        for size in sorted(options.sizes):
            bench.measure(size)
    if options.plot:
        options.plot.write_text(plot.drawn(bench.tables))
    return 0 if report.check(bench.tables) else 1


@dataclass
class Bench:
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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "what", nargs="?", choices=["requests", *APART], default="requests", help=WHAT
    )
    parser.add_argument("--quick", action="store_true", help="only 1,000 runs, and half a second")
    parser.add_argument("--sizes", type=_sizes, metavar="N,N", help="numbers of runs to load")
    parser.add_argument("--alone", action="store_true", help="without the reference")
    parser.add_argument("--seconds", type=float, help="for each question to each side")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="where to draw what grows (SVG)")
    options = parser.parse_args()
    options.sizes = options.sizes or (QUICK_SIZES if options.quick else SIZES)
    options.seconds = options.seconds or (QUICK_SECONDS if options.quick else SECONDS)
    return options


def _sizes(text: str) -> list[int]:
    sizes = [int(size) for size in text.split(",")]
    if min(sizes) < RUNS_PER_FLOW_RUN:
        raise argparse.ArgumentTypeError(f"a flow run has {RUNS_PER_FLOW_RUN}: load as many")
    return sizes


if __name__ == "__main__":
    sys.exit(main())
