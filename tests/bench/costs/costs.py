"""Costs of task runs on AWS: write units and dollars of their lives: `make bench ARGS=costs`."""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import NamedTuple

from tests.bench import report
from tests.bench.costs import dollars, lives, prices
from tests.bench.costs.lives import Costs
from tests.bench.costs.storage import stored_bytes
from tests.bench.figures import BenchResult, Figure, print_lines
from tests.bench.plots import bars
from tests.bench.plots import lines as plotted
from tests.bench.plots.svg import Points
from tests.bench.workers import delivery_costs

RUNS_A_MONTH = (0, 1_000, 100_000, 1_000_000, 10_000_000)
# Write units of a create, of the states RUNNING and COMPLETED, of three events, of a delivered run.
AIMS = {"create": 9.0, "RUNNING": 5.0, "COMPLETED": 5.0}
AIM_OF_EVENTS, MAX_OF_EVENTS, AIM_OF_DELIVERY = 16.0, 25.0, 23.0
AIM_OF_DOLLARS, AIM_OF_WRITES = 20.0, 15.0
STEP = (
    f"{'':<34}{'write':>6}{'read':>6}{'stream: write':>15}{'read':>6}{'functions':>11}{'ms CPU':>8}"
    "  calls of DynamoDB"
)
UNITS = "Write units of a run's steps, and dollars of a million runs"
# Background runs would need as many workers.
TOGETHER = ("REST", "events")
TITLES = {
    "REST": "three states proposed over HTTP",
    "events": "told by three events",
    "background": "by a task worker, told by events",
}


class MeasuredLives(NamedTuple):
    """The lives by name, the bytes that each leaves, and the units of a delivered run.

    `together` has the write units of steps that some runs take at once.
    """

    costs: Mapping[str, Costs]
    together: Mapping[str, Mapping[str, float]]
    stored: Mapping[str, float]
    delivered: float


def measured() -> MeasuredLives:
    """Live some runs, on a table of their own."""
    with delivery_costs.on_dynoxide() as site:
        workers = delivery_costs.connected(site, 1)
        # The first run also makes the items of the names of its states.
        delivery_costs.of_a_run(site, workers)
        delivered = delivery_costs.of_a_run(site, workers)
        workers[0].socket.close()
        site.stream.pump()
        costs, stored = {}, {}
        all_lives = lives.lives(site)
        for name, life in all_lives.items():
            before = stored_bytes()
            costs[name] = lives.costs(site, life)
            stored[name] = (stored_bytes() - before) / (lives.WARM_UP + lives.RUNS)
        together = {name: lives.units_together(site, all_lives[name]) for name in TOGETHER}
    return MeasuredLives(
        costs, together, stored, sum(used.write_units for used in delivered.values())
    )


def result() -> BenchResult:
    """Measure, and print all."""
    found = measured()
    for name, costs in found.costs.items():
        show_units(f"a run, {TITLES[name]}", costs)
    _show_together(found)
    _show_bills(found.costs)
    _show_months(found)
    figures = _figures(found)
    units = {one.name: {"measured": one.value, "aim": one.aim} for one in figures}
    return BenchResult(figures, {"units": bars.drawn(UNITS, units), "dollars": _drawn(found)})


def _figures(found: MeasuredLives) -> list[Figure]:
    units = {name: cost.write_units for name, cost in found.costs["REST"].items()}
    bill = dollars.of_a_run(found.costs["events"])
    told = sum(cost.write_units for cost in found.costs["events"].values())
    million = prices.MILLION * sum(bill[name] for name in bill if name != "logs")
    writes = prices.MILLION * bill["write units"]
    return [
        *(_exact(f"write units: {name}", units[name], aim) for name, aim in AIMS.items()),
        Figure("write units: three events", told, AIM_OF_EVENTS, MAX_OF_EVENTS),
        _exact("write units: a delivered background run", found.delivered, AIM_OF_DELIVERY),
        _exact("dollars: a million runs of three events", million, AIM_OF_DOLLARS),
        _exact("dollars: their write units", writes, AIM_OF_WRITES),
    ]


def _drawn(found: MeasuredLives) -> str:
    """Draw the dollars of a month, for runs told of in each way and for servers always on."""
    runs = [1_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 10_000_000]
    lines: dict[str, Points] = {
        f"runs: {name}": [(count, months(found, count)[name]) for count in runs]
        for name in found.costs
    }
    for name, price in prices.ALWAYS_ON.items():
        lines[name] = [(count, price) for count in (runs[0], runs[-1])]
    return plotted.drawn("Dollars a month, by task runs a month", lines)


def _exact(name: str, value: float, aim: float) -> Figure:
    return Figure(name, value, aim, aim)


def show_units(title: str, costs: Costs) -> None:
    """Print what steps take."""
    print_lines("", title, STEP)
    for name, cost in costs.items():
        own, stream = cost.own, cost.stream
        units = f"{own.write_units:>6.1f}{own.read_units:>6.1f}"
        later = f"{stream.write_units:>15.1f}{stream.read_units:>6.1f}"
        calls = "; ".join(filter(None, map(report.calls, (own, stream))))
        print_lines(
            f"{name:<34}{units}{later}{cost.functions:>11.1f}{cost.milliseconds:>8.1f}  {calls}"
        )


def _show_together(found: MeasuredLives) -> None:
    print_lines("", f"write units, of {lives.TOGETHER} runs together")
    for name, units in found.together.items():
        each = ", ".join(f"{step} {number:.1f}" for step, number in units.items())
        print_lines(f"{TITLES[name]}: {each}; all of it {sum(units.values()):.1f}")


def _show_bills(costs: Mapping[str, Costs]) -> None:
    bills = [dollars.of_a_run(of_life) for of_life in costs.values()]
    names = reduce(lambda seen, bill: seen | dict.fromkeys(bill), bills, dict[str, None]())
    print_lines("", _row("dollars for a million runs", costs))
    for name in names:
        print_lines(_numbers(name, [prices.MILLION * bill.get(name, 0) for bill in bills]))
    print_lines(_numbers("all of it", [prices.MILLION * sum(bill.values()) for bill in bills]))


def _show_months(found: MeasuredLives) -> None:
    print_lines("", _row("dollars a month, by runs", found.costs))
    for runs in RUNS_A_MONTH:
        print_lines(_numbers(f"{runs:,}", months(found, runs).values()))
    print_lines(_numbers("KB that a run leaves", [size / 1000 for size in found.stored.values()]))
    for name, price in prices.ALWAYS_ON.items():
        crossings = [dollars.crossing(*of, price) for of in _lives(found)]
        print_lines(f"the reference on {name}: {price:.2f} a month, cheaper from so many runs:")
        print_lines(_row("", [f"{runs:,}" for runs in crossings]))


def months(found: MeasuredLives, runs: int) -> Mapping[str, float]:
    """Return the dollars of a month with so many runs, by life."""
    of_lives = zip(found.costs, _lives(found), strict=True)
    return {name: dollars.a_month(costs, runs, stored) for name, (costs, stored) in of_lives}


def _lives(found: MeasuredLives) -> list[tuple[Costs, float]]:
    return [(costs, found.stored[name]) for name, costs in found.costs.items()]


def _row(name: str, cells: Iterable[str]) -> str:
    return f"{name:<34}" + "".join(f"{cell:>14}" for cell in cells)


def _numbers(name: str, numbers: Iterable[float]) -> str:
    return _row(name, [f"{number:,.2f}" for number in numbers])
