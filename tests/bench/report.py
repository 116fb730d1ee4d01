"""The table of a size, and whether the targets are met."""

import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tests.bench.metering import Usage
from tests.bench.questions import PAGE, QUERIES
from tests.bench.timing import Milliseconds

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

# How much more a query may take of a table that is at least so large, than of one of that size.
FLAT, FROM = 1.3, 10_000


class Measured(NamedTuple):
    handler: Milliseconds
    http: Milliseconds
    others: Mapping[str, Milliseconds]
    usage: Usage


Table = Mapping[str, Measured]


def show(size: int, table: Table) -> None:
    _print(f"\n{size:,} task runs", TITLES, HEADS)
    for name, measured in table.items():
        handler, http, others, usage = measured
        times = (handler, http, *map(others.get, OTHERS))
        pairs = "".join(map(_pair, times))
        units = f"{usage.read_units:>8.1f}{usage.write_units:>6.1f}{usage.index_entries:>9.0f}"
        _print(f"{name:<32}{handler.cpu:>6.1f}{pairs}{units}  {calls(usage)}")


def calls(usage: Usage) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(usage.calls.items()))


def _pair(taken: Milliseconds | None) -> str:
    return f"{taken.median:>8.1f}{taken.p95:>7.1f}" if taken else f"{'-':>8}{'-':>7}"


def check(tables: Mapping[int, Table]) -> bool:
    """Print whether each target is met at each size, and what grows."""
    _print("")
    met = [
        _line(met=met, claim=f"{claim}, at {size:,} runs")
        for size, table in tables.items()
        for claim, met in _targets(table).items()
    ]
    met += [_line(met=met, claim=claim) for claim, met in _flatness(tables)]
    return all(met)


def _targets(table: Table) -> Mapping[str, bool]:
    creating = [dict(table[name].usage.calls) for name in ("create", "create in a flow run")]
    write = {"TransactWriteItems": 1}
    entries = max(table[name].usage.index_entries for name in QUERIES if name.startswith("by "))
    return {
        "create is one transaction, after at most one read": creating
        == [write, {"GetItem": 1} | write],
        "read is one GetItem": table["read"].usage.calls == {"GetItem": 1},
        "set_state is one read and one transaction": table["set state"].usage.calls
        == {"GetItem": 1} | write,
        f"a page of {PAGE} reads at most {2 * PAGE} index entries": entries <= 2 * PAGE,
    }


def _flatness(tables: Mapping[int, Table]) -> Iterator[tuple[str, bool]]:
    sizes = [size for size in sorted(tables) if size >= FROM]
    if len(sizes) <= 1:
        return
    small, large = tables[sizes[0]], tables[sizes[-1]]
    for name in QUERIES:
        units = _ratio(small[name].usage.read_units, large[name].usage.read_units)
        times = _ratio(small[name].handler.median, large[name].handler.median)
        claim = f"{name}: {units:.2f} times the units, {times:.2f} times the p50"
        yield f"{claim}, from {sizes[0]:,} to {sizes[-1]:,} runs", max(units, times) <= FLAT


def _ratio(before: float, after: float) -> float:
    return after / before if before else 1.0


def _line(*, met: bool, claim: str) -> bool:
    _print(f"{'OK ' if met else 'NOT'}  {claim}")
    return met


def _print(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()
