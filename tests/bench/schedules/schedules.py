"""Costs of schedules and workers: ticks, polls, a scheduled run, a month.

`make bench ARGS=schedules`.
"""

from collections.abc import Sequence

from tests.bench import report
from tests.bench.costs.costs import show_units
from tests.bench.figures import BenchResult, Figure, print_lines
from tests.bench.schedules import months, polls, scheduled_runs, ticks
from tests.bench.schedules.months import INTERVALS, SCHEDULES, WORKERS, Month
from tests.bench.schedules.ticks import TickCost

FULL, QUICK = (0, 10, 1_000), (0, 10, 100)
AIM_OF_A_RUN, MAX_OF_A_RUN = 80.0, 90.0
AIM_OF_DOLLARS, MAX_DOLLARS = 40.0, 50.0
COLUMNS = "".join(f"{f'each {seconds} s':>14}" for seconds in INTERVALS)


def result(schedules: Sequence[int]) -> BenchResult:
    """Measure, and print all."""
    each = [cost for number in schedules for cost in ticks.measured(number)]
    life, stored = scheduled_runs.measured()
    month = Month(life, stored, polls.measured())
    _show_ticks(each)
    show_units("requests of workers", month.requests)
    show_units("a run of a schedule", life)
    _show_month(month)
    return BenchResult(_figures(each, month))


def _figures(each: Sequence[TickCost], month: Month) -> list[Figure]:
    idle = max(one.usage.calls.total() for one in each if not one.due)
    nothing = month.requests[polls.NOTHING].own.calls.total()
    units = sum(cost.write_units for cost in month.life.values())
    bill = sum(month.bill(INTERVALS[0]).values())
    return [
        Figure("a tick, nothing due: calls of DynamoDB", idle, 1, 1),
        Figure("a poll that finds nothing: calls of DynamoDB", nothing, 1, 1),
        Figure("write units: a run of a schedule", units, AIM_OF_A_RUN, MAX_OF_A_RUN),
        Figure("dollars a month: 100 schedules, 10 workers", bill, AIM_OF_DOLLARS, MAX_DOLLARS),
    ]


def _show_ticks(each: Sequence[TickCost]) -> None:
    print_lines("", f"{'a tick: schedules':<20}{'due':>8}{'read':>10}{'write':>10}{'s CPU':>8}")
    for one in each:
        used = one.usage
        units = f"{used.read_units:>10,.1f}{used.write_units:>10,.1f}{one.seconds:>8.2f}"
        print_lines(f"{one.schedules:<20,}{one.due:>8,}{units}  {report.calls(used)}")


def _show_month(month: Month) -> None:
    title = f"dollars a month: {SCHEDULES} hourly schedules, {WORKERS} workers that poll"
    print_lines("", title, f"{'':<34}{COLUMNS}")
    bills = [month.bill(seconds) for seconds in INTERVALS]
    for name in bills[0]:
        print_lines(_row(name, [bill[name] for bill in bills]))
    print_lines(_row("all of it", [sum(bill.values()) for bill in bills]))
    for workers in (1, WORKERS):
        late = [months.lateness(seconds, workers) for seconds in INTERVALS]
        name = f"seconds late, {workers} worker{'s' * (workers > 1)}"
        print_lines(_row(f"{name}: mean", [one.mean for one in late]))
        print_lines(_row("    at most", [one.most for one in late]))


def _row(name: str, numbers: Sequence[float]) -> str:
    return f"{name:<34}" + "".join(f"{number:>14,.2f}" for number in numbers)
