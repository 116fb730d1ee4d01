"""Measure Runledger beside the reference, at growing sizes of the same data."""

import argparse
import sys
from collections.abc import Iterator

from tests.bench import metering, ours, reference, report
from tests.bench.loading import Filling
from tests.bench.ours import Ours
from tests.bench.questions import QUESTIONS, RUNS_PER_FLOW_RUN, Loaded
from tests.bench.reference import Reference
from tests.bench.report import Measured
from tests.bench.timing import measure

SIZES, QUICK_SIZES = [1_000, 50_000], [1_000]
SECONDS, QUICK_SECONDS = 2.5, 0.5


def main() -> int:
    options = _options()
    tables = {}
    with ours.running() as own, reference.running() as theirs:
        here = Filling("Runledger", own.handlers, ours.add)
        there = Filling("reference", theirs.server, theirs.add)
        for size in sorted(options.sizes):
            loaded = here.up_to(size), there.up_to(size)
            tables[size] = dict(_measured(own, theirs, loaded, options.seconds))
            report.show(size, tables[size])
    return 0 if report.check(tables) else 1


def _measured(
    own: Ours, theirs: Reference, loaded: tuple[Loaded, Loaded], seconds: float
) -> Iterator[tuple[str, Measured]]:
    here, there = loaded
    for name, question in QUESTIONS.items():
        yield (
            name,
            Measured(
                handler=measure(own.handlers, question, here, seconds),
                http=measure(own.server, question, here, seconds),
                reference=measure(theirs.server, question, there, seconds),
                usage=metering.usage(own.client, own.handlers, question, here),
            ),
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only 1,000 runs, and half a second")
    parser.add_argument("--sizes", type=_sizes, metavar="N,N", help="numbers of runs to load")
    parser.add_argument("--seconds", type=float, help="for each question to each side")
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
