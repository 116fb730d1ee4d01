"""The table of a size, and whether the targets are met."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tests.bench.figures import Figure
from tests.bench.metering import READS, Usage
from tests.bench.questions import PAGE, QUERIES
from tests.bench.timing import Growth, Milliseconds

OTHERS = ("SQLite", "PostgreSQL")
P50_P95 = f"{'p50':>8}{'p95':>7}"
TITLES = (
    f"{'':<32}{'handler':>21}{'over HTTP':>15}{'SQLite':>15}{'PostgreSQL':>15}"
    f"{'units':>14}{'index':>9}"
)
HEADS = (
    f"{'milliseconds':<32}{'CPU':>6}{P50_P95 * 4}{'read':>8}{'write':>6}{'entries':>9}"
    "  DynamoDB calls"
)

# How much more a query may take of a larger table than of one of this size.
FLAT, FROM = 1.3, 10_000

# By chance a shard has so much more than its share that it is asked for more, once in some hundred
# pages.
MAX_ENTRIES = 500


class Measured(NamedTuple):
    handler: Milliseconds
    http: Milliseconds
    others: Mapping[str, Milliseconds]
    usage: Usage
    growth: Growth | None


Table = Mapping[str, Measured]


def show(size: int, table: Table) -> None:
    _print(f"\n{size:,} task runs", TITLES, HEADS)
    for name, measured in table.items():
        handler, http, others, usage, _ = measured
        times = (handler, http, *map(others.get, OTHERS))
        pairs = "".join(map(_pair, times))
        units = f"{usage.read_units:>8.1f}{usage.write_units:>6.1f}{usage.index_entries:>9.0f}"
        _print(f"{name:<32}{handler.cpu:>6.1f}{pairs}{units}  {calls(usage)}")


def calls(usage: Usage) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(usage.calls.items()))


def _pair(taken: Milliseconds | None) -> str:
    return f"{taken.median:>8.1f}{taken.p95:>7.1f}" if taken else f"{'-':>8}{'-':>7}"


def check(tables: Mapping[int, Table]) -> list[Figure]:
    """Print whether each target is met at each size, and what grows; return what has a limit."""
    _print("")
    met = [
        _line(met=met, claim=f"{claim}, at {size:,} runs")
        for size, table in tables.items()
        for claim, met in _targets(table).items()
    ]
    met += [_line(met=met, claim=claim) for claim, met in _flatness(tables)]
    missed = float(met.count(False))
    return [Figure("requests that miss a target (see above)", missed, 0, 0), *_growth(tables)]


def _growth(tables: Mapping[int, Table]) -> Iterator[Figure]:
    """Compare pages in all orders at the largest size with those of 10,000 runs."""
    size = max(tables)
    sorts = [name for name in QUERIES if name.startswith("by ")]
    growths = [growth for name in sorts if (growth := tables[size][name].growth)]
    if growths:
        units = max(_units(tables, name, size) for name in sorts)
        again = max(growth.again for growth in growths)
        yield Figure(f"pages at {size:,} runs: units, over {FROM:,}", units, FLAT, FLAT)
        yield Figure(f"pages at {size:,} runs: p50, over {FROM:,}", again, FLAT, FLAT)


def _units(tables: Mapping[int, Table], name: str, size: int) -> float:
    before, after = (tables[one][name].usage.read_units for one in (FROM, size))
    return after / before if before else 1.0


def _targets(table: Table) -> Mapping[str, bool]:
    creating = [table[name].usage.calls for name in ("create", "create in a flow run")]
    entries = max(table[name].usage.index_entries for name in QUERIES if name.startswith("by "))
    return {
        "create is one write, after at most one read": all(map(_is_one_write, creating)),
        "read is one GetItem": table["read"].usage.calls == {"GetItem": 1},
        "set_state is one write, after at most one read": _is_one_write(
            table["set state"].usage.calls
        ),
        f"a page of {PAGE} reads at most {MAX_ENTRIES} index entries": entries <= MAX_ENTRIES,
    }


def _is_one_write(calls: Counter[str]) -> bool:
    reads = sum(number for operation, number in calls.items() if operation in READS)
    return reads <= 1 and calls.total() - reads == 1


def _flatness(tables: Mapping[int, Table]) -> Iterator[tuple[str, bool]]:
    for size, name, growth in _growths(tables):
        units = _units(tables, name, size)
        claim = f"{name}: {units:.2f} times the units, {growth.again:.2f} times the p50"
        cold = f"; {growth.new:.2f} times for what was not asked for before"
        yield f"{claim} of {FROM:,} runs, at {size:,}{cold}", max(units, growth.again) <= FLAT


def _growths(tables: Mapping[int, Table]) -> Iterator[tuple[int, str, Growth]]:
    for size, table in tables.items():
        grown = ((name, measured.growth) for name, measured in table.items())
        yield from ((size, name, growth) for name, growth in grown if growth)


def _line(*, met: bool, claim: str) -> bool:
    _print(f"{'OK ' if met else 'NOT'}  {claim}")
    return met


def _print(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()
