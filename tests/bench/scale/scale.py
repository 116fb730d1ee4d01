"""Which limit a growing load meets first: `make bench ARGS=scale`, some minutes.

`ARGS="scale --shards 8"` shows what `IndexShards` moves.

Programs run in this process on dynoxide. Their keys and units are replayed against DynamoDB's
limits for each partition key of the table and of each index, with adaptive capacity off: 1,000
write units and 3,000 read units a second. A key is hot at the rate at which it takes as many.
Keys of which each run or each worker has its own never are. Of a key's shards each takes its share,
since a hash of random ids chooses among them.

The check: twice as many runs take twice the units, at each key that is hot first.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from statistics import mean
from typing import NamedTuple

import boto3

from local.event_sources.records import Stream
from runledger import wiring
from tests.bench.costs.dollars import MILLISECONDS_OF_A_CALL
from tests.bench.costs.lives import timed_functions
from tests.bench.figures import BenchResult, Figure, print_lines
from tests.bench.scale import traffic
from tests.bench.scale.programs import PROGRAMS, ReplayedProgram
from tests.bench.scale.traffic import Traffic
from tests.bench.workers import delivery_costs
from tests.bench.workers.delivery_costs import DeliverySite
from tests.support.databases import TEMPLATE

MAX_UNITS = {"write": 1_000.0, "read": 3_000.0}
RATES = (10, 100, 1_000, 10_000)
SHOWN = 6
STREAM = {mapping.operation for mapping in TEMPLATE.streams}
# Written at most once a second for each type and name of a state, at any load.
BOUNDED = {"OBSERVED"}
# A key without ids and numbers names its class.
ID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[\w-]{10,}=|(?<=#)[\w-]*\d[\w-]*")
# By what factor the units of twice the load may differ from twice the units.
MAX_DEVIATION = 1.25


class HotKey(NamedTuple):
    """A class of keys: units of one of them for each time that a program's act is done."""

    kind: str
    where: str
    class_: str
    units: float

    @property
    def rate(self) -> float:
        """Return how often a second the act is done when the key takes all that it may."""
        return MAX_UNITS[self.kind] / self.units


class Load(NamedTuple):
    """The load of a program each time: its hottest keys first, and all that it takes."""

    keys: Sequence[HotKey]
    write_units: float
    records: float
    requests: float  # and WebSocket messages
    milliseconds: float  # in functions, for these and behind the stream


def result(shards: int | None) -> BenchResult:
    """Measure, and print all. shards: IndexShards, if not the default."""
    deviation = 1.0
    parameters = {"IndexShards": str(shards)} if shards else {}
    with delivery_costs.on_dynoxide(**parameters) as site:
        for name, program in PROGRAMS.items():
            act = program.prepare(site)
            half, load = (
                _measured(site, act, times, program.at_once)
                for times in (program.times, 2 * program.times)
            )
            _show(name, program, load)
            deviation = max(deviation, _deviation(half, load))
    name = "scale: units of twice the load, over twice the units"
    return BenchResult([Figure(name, deviation, MAX_DEVIATION, MAX_DEVIATION)])


def _measured(site: DeliverySite, act: Callable[[], object], times: int, at_once: int) -> Load:
    site.stream.pump()
    database = boto3.client("dynamodb")
    stream = Stream(database, wiring.store().table.name, database.meta.endpoint_url)
    position = traffic.end(stream, "")
    with timed_functions() as taken, traffic.recorded(site.client, stream, position) as seen:
        for _ in range(times // at_once):
            act()
        site.stream.pump()
    seconds = sum(seconds for _, seconds in taken)
    milliseconds = 1000 * seconds + MILLISECONDS_OF_A_CALL * seen.calls
    requests = sum(operation not in STREAM for operation, _ in taken)
    keys = sorted(_hot_keys(seen, times), key=lambda key: key.rate)
    totals = (sum(seen.writes.values()), seen.records, requests, milliseconds)
    return Load(keys, *(total / times for total in totals))


def _hot_keys(seen: Traffic, times: int) -> Iterator[HotKey]:
    """Yield the mean key of each class whose keys are fewer than the times."""
    units = {"write": seen.writes, "read": seen.reads}
    classes: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    kinds = [(kind, place, units[kind][place]) for kind in units for place in units[kind]]
    for kind, place, amount in kinds:
        classes[kind, place.where, ID.sub("*", place.key)].append(amount)
    for class_, amounts in classes.items():
        if len(amounts) < times / 2 and class_[-1] not in BOUNDED:
            yield HotKey(*class_, mean(amounts) / times)


def _deviation(half: Load, load: Load) -> float:
    """Compare the units at the keys that are hot first."""
    before = {key[:3]: key.units for key in half.keys}
    ratios = [key.units / before[key[:3]] for key in load.keys[:SHOWN] if key[:3] in before]
    return max(max(ratio, 1 / ratio) for ratio in ratios)


def _show(name: str, program: ReplayedProgram, load: Load) -> None:
    totals = f"{load.write_units:.1f} write units, {load.records:.1f} changes in the stream"
    calls = f"{load.requests:.1f} requests or messages, {load.milliseconds:.0f} ms of functions"
    print_lines("", f"{name}: {totals}, {calls}")
    rates = "".join(f"{f'at {rate:,}':>11}" for rate in RATES)
    print_lines(f"{'share of a limit':<52}{f'{program.unit} a second':>22}{rates}")
    rows = [(f"{key.kind}s of {key.where} {key.class_}", key.rate) for key in load.keys[:SHOWN]]
    for what, rate in [*rows, *_other_limits(load)]:
        shares = "".join(f"{_share(at / rate):>11}" for at in RATES)
        print_lines(f"{what:<52}{rate:>22,.0f}{shares}")


def _other_limits(load: Load) -> Iterator[tuple[str, float]]:
    yield "1,000 calls of functions at a time", 1_000 / (load.milliseconds / 1000)
    yield "10,000 requests or messages a second", 10_000 / load.requests


def _share(share: float) -> str:
    return f"{share:.1%}" if share < 10 else f"{share:,.0f} times"
