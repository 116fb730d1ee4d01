"""Measure Runledger beside the reference.

Without a part: all parts that have aims, of which a table is printed in the end. Exit code 1 means
that a limit is not kept.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.bench import clients, cold_starts, figures, lists, logs, sizes, soak
from tests.bench.costs import costs
from tests.bench.cpu import requests
from tests.bench.events import events, mapped_flow
from tests.bench.figures import BenchResult, Figure
from tests.bench.questions import RUNS_PER_FLOW_RUN
from tests.bench.scale import scale
from tests.bench.schedules import schedules
from tests.bench.throughput import throughput
from tests.bench.workers import workers

SIZES, QUICK_SIZES = [10_000, 100_000], [1_000]
SECONDS, QUICK_SECONDS = 2.5, 0.5
QUICK_TASKS = 200

# Parts with aims, in the order of the table.
PARTS: Mapping[str, Callable[[argparse.Namespace], BenchResult]] = {
    "costs": lambda _: costs.result(),
    "schedules": lambda options: schedules.result(
        schedules.QUICK if options.quick else schedules.FULL
    ),
    "cold": lambda _: cold_starts.result(),
    "cpu": lambda options: requests.result(requests.QUICK if options.quick else requests.FULL),
    "throughput": lambda options: throughput.result(
        throughput.QUICK if options.quick else throughput.FULL
    ),
    "sizes": lambda options: sizes.result(options.sizes, options.seconds, alone=options.alone),
    "scale": lambda options: scale.result(options.shards),
    "events": lambda options: events.result(QUICK_TASKS if options.quick else mapped_flow.TASKS),
}
APART: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "workers": lambda _: workers.main(),
    "lists": lambda _: lists.main(),
    "logs": lambda _: logs.main(),
    "clients": lambda _: clients.main(),
    "soak": lambda options: soak.main(options.minutes),
}
WHAT = "one part; without it, all of costs, schedules, cold, cpu, throughput, sizes, scale, events"


def main() -> int:
    options = _options()
    if options.what in APART:
        return APART[options.what](options)
    measured: list[Figure] = []
    for part in [options.what] if options.what else PARTS:
        result = PARTS[part](options)
        measured += result.figures
        if options.plots:
            _write(options.plots, result.plots)
    figures.print_lines("")
    return 0 if figures.show(measured) else 1


def _write(folder: Path, plots: Mapping[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, svg in plots.items():
        (folder / f"{name}.svg").write_text(svg, "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=[*PARTS, *APART], help=WHAT)
    parser.add_argument("--quick", action="store_true", help="little data, to try the bench out")
    parser.add_argument("--sizes", type=_sizes, metavar="N,N", help="numbers of runs to load")
    parser.add_argument("--alone", action="store_true", help="sizes: without the reference")
    parser.add_argument("--seconds", type=float, help="sizes: for each question to each side")
    parser.add_argument("--minutes", type=float, default=10, help="soak: how long")
    parser.add_argument("--shards", type=int, help="scale: IndexShards, if not the default")
    parser.add_argument("--plots", type=Path, metavar="FOLDER", help="where to draw plots (SVG)")
    options = parser.parse_args()
    options.sizes = options.sizes or (QUICK_SIZES if options.quick else SIZES)
    options.seconds = options.seconds or (QUICK_SECONDS if options.quick else SECONDS)
    return options


def _sizes(text: str) -> list[int]:
    numbers = [int(size) for size in text.split(",")]
    if min(numbers) < RUNS_PER_FLOW_RUN:
        raise argparse.ArgumentTypeError(f"a flow run has {RUNS_PER_FLOW_RUN}: load as many")
    return numbers


if __name__ == "__main__":
    sys.exit(main())
