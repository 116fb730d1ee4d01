"""Costs of batches of log lines: processor time of the handler, and write units.

`make bench ARGS=logs` runs it: a minute. It fails if the largest batch takes more processor time
than it may, or more than a tenth of the write units of its lines sent one by one, each of which has
an item and its index entries to itself.
"""

import json
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from tests.bench import report
from tests.bench.metering import Usage, metered
from tests.bench.questions import Call
from tests.bench.servers.sides import Asking, Handlers
from tests.bench.workers import delivery_costs
from tests.support.databases import TEMPLATE

SIZES = (1, 100, 1_100, 11_000, 15_000)
# Processor seconds that the largest batch may take, and its part of the units of single lines.
MAX_SECONDS, MAX_PART = 2.0, 0.1
SINGLE, REPETITIONS = 10, 3
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
EVERY = timedelta(microseconds=130)

Line = Mapping[str, Any]


class LogCost(NamedTuple):
    """Of a request: bytes of its body, processor seconds, and what DynamoDB was asked."""

    size: int
    seconds: float
    used: Usage


class Shape(NamedTuple):
    """Whose lines a batch has: of a flow run, or of so many lines of each of its task runs."""

    name: str
    lines_of_a_task_run: int | None
    sizes: Sequence[int] = SIZES


SHAPES = (
    Shape("a flow run", None),
    Shape("task runs of 500 lines", 500),
    Shape("task runs of 5 lines", 5, SIZES[:3]),
    Shape("task runs of 1 line", 1, SIZES[:2]),
)


def main() -> int:
    with delivery_costs.on_dynoxide() as site:
        handlers = Handlers(TEMPLATE)
        # The first call pays for the imports.
        _cost(site, handlers, SHAPES[0], 1)
        met = [_show(site, handlers, shape) for shape in SHAPES]
        _show_reads(site, handlers)
    _print("")
    return 0 if all([_verdict(met[0][0], "CPU"), _verdict(met[0][1], "units")]) else 1


def _show(site: delivery_costs.DeliverySite, handlers: Handlers, shape: Shape) -> tuple[bool, bool]:
    """Print what batches of a shape cost; return whether the largest meets both targets."""
    _print("", f"{shape.name:<26}{'MB':>6}{'CPU s':>8}{'write units':>13}{'a line':>8}  calls")
    single = _mean_units(site, handlers, shape)
    for size in shape.sizes:
        cost = _cost(site, handlers, shape, size)
        units = cost.used.write_units
        _print(
            f"{f'{size:,} lines':<26}{cost.size / 1e6:>6.2f}{cost.seconds:>8.2f}{units:>13,.0f}"
            f"{units / size:>8.3f}  {report.calls(cost.used)}"
        )
    part = units / size / single
    _print(f"a line by itself: {single:.1f} units; in the largest batch {part:.3f} of that")
    return cost.seconds < MAX_SECONDS, part <= MAX_PART


def _mean_units(site: delivery_costs.DeliverySite, handlers: Handlers, shape: Shape) -> float:
    costs = [_cost(site, handlers, shape, 1) for _ in range(SINGLE)]
    return sum(cost.used.write_units for cost in costs) / SINGLE


def _cost(
    site: delivery_costs.DeliverySite, handlers: Handlers, shape: Shape, size: int
) -> LogCost:
    """The least of some, since others use the processor too."""
    costs = [_once(site, handlers, shape, size) for _ in range(REPETITIONS)]
    return min(costs, key=lambda cost: cost.seconds)


def _once(
    site: delivery_costs.DeliverySite, handlers: Handlers, shape: Shape, size: int
) -> LogCost:
    body = list(_lines(shape, size))
    ask = handlers.prepare(Call("POST", "/logs/", body))
    return LogCost(len(json.dumps(body)), *_timed(site, ask))


def _lines(shape: Shape, size: int, flow_run: str = "") -> Iterator[Line]:
    """Lines as stock clients send them; their messages differ as real ones do."""
    flow_run, some = flow_run or str(uuid4()), random.Random(size)  # noqa: S311
    task_run: UUID | None = None
    for number in range(size):
        if shape.lines_of_a_task_run and number % shape.lines_of_a_task_run == 0:
            task_run = uuid4()
        yield {
            "name": "prefect.flow_runs" if task_run is None else "prefect.task_runs",
            "level": 20,
            "message": f"row {number} of customers.csv took {some.random():.6f} s",
            "timestamp": (FIRST + number * EVERY).isoformat(),
            "flow_run_id": flow_run,
            "task_run_id": task_run and str(task_run),
        }


def _show_reads(site: delivery_costs.DeliverySite, handlers: Handlers) -> None:
    """Print what pages of a flow run cost that logged most in one batch."""
    flow_run, size = str(uuid4()), SIZES[-1]
    lines = list(_lines(SHAPES[0], size, flow_run))
    handlers.prepare(Call("POST", "/logs/", lines))()
    _print("", f"{f'200 of {size:,} lines':<26}{'':>6}{'CPU s':>8}{'read units':>13}{'':>8}  calls")
    wanted = {"logs": {"flow_run_id": {"any_": [flow_run]}}}
    for offset, sort in product((0, size // 2, size - 200), ("TIMESTAMP_ASC", "TIMESTAMP_DESC")):
        page = wanted | {"offset": offset, "sort": sort}
        seconds, used = _timed(site, handlers.prepare(Call("POST", "/logs/filter", page)))
        _print(
            f"{f'{sort}, from {offset:,}':<32}{seconds:>8.2f}{used.read_units:>13,.0f}{'':>8}"
            f"  {report.calls(used)}"
        )


def _timed(site: delivery_costs.DeliverySite, ask: Asking) -> tuple[float, Usage]:
    """Return the processor seconds of a request, and what DynamoDB was asked."""
    with metered(site.client) as used:
        began = time.process_time()
        ask()
        return time.process_time() - began, used


def _verdict(met: bool, what: str) -> bool:  # noqa: FBT001
    claims = {
        "CPU": f"{SIZES[-1]:,} lines take less than {MAX_SECONDS:.0f} s of processor time",
        "units": f"they take at most {MAX_PART} of the write units of single lines",
    }
    _print(f"{'OK ' if met else 'NOT'}  {claims[what]}")
    return met


def _print(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
