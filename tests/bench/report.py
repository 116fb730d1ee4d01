"""The table of a size, and whether the targets are met."""

import sys
from collections.abc import Mapping
from typing import NamedTuple

from tests.bench.metering import Usage
from tests.bench.questions import PAGE
from tests.bench.timing import Milliseconds

TITLES = (
    f"{'':<24}{'handler':>20}{'over HTTP':>15}{'reference':>15}{'ratio':>8}"
    f"{'units':>12}{'index':>9}"
)
HEADS = (
    f"{'milliseconds':<24}{'CPU':>6}{'p50':>7}{'p95':>7}{'p50':>8}{'p95':>7}{'p50':>8}{'p95':>7}"
    f"{'p50':>8}{'read':>6}{'write':>6}{'entries':>9}  DynamoDB calls"
)


class Measured(NamedTuple):
    handler: Milliseconds
    http: Milliseconds
    reference: Milliseconds
    usage: Usage


Table = Mapping[str, Measured]


def show(size: int, table: Table) -> None:
    _print(f"\n{size:,} task runs", TITLES, HEADS)
    for name, measured in table.items():
        handler, http, reference, usage = measured
        times = f"{handler.cpu:>6.1f}{_pair(handler)}{_pair(http, 8)}{_pair(reference, 8)}"
        ratio = f"{reference.median / http.median:>8.1f}"
        units = f"{usage.read_units:>6.1f}{usage.write_units:>6.1f}{usage.index_entries:>9.0f}"
        _print(f"{name:<24}{times}{ratio}{units}  {calls(usage)}")


def calls(usage: Usage) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(usage.calls.items()))


def _pair(taken: Milliseconds, width: int = 7) -> str:
    return f"{taken.median:>{width}.1f}{taken.p95:>7.1f}"


def check(tables: Mapping[int, Table]) -> bool:
    """Print whether each target is met at each size."""
    _print("")
    met = [
        _line(met=met, claim=f"{claim}, at {size:,} runs")
        for size, table in tables.items()
        for claim, met in _targets(table).items()
    ]
    return all(met)


def _targets(table: Table) -> Mapping[str, bool]:
    creating = [dict(table[name].usage.calls) for name in ("create", "create in a flow run")]
    write = {"TransactWriteItems": 1}
    page = table[f"default filter, {PAGE}"].usage
    return {
        "create is one transaction, after at most one read": creating
        == [write, {"GetItem": 1} | write],
        "read is one GetItem": table["read"].usage.calls == {"GetItem": 1},
        "set_state is one read and one transaction": table["set state"].usage.calls
        == {"GetItem": 1} | write,
        f"a page of {PAGE} reads at most {2 * PAGE} index entries": page.index_entries <= 2 * PAGE,
    }


def _line(*, met: bool, claim: str) -> bool:
    _print(f"{'OK ' if met else 'NOT'}  {claim}")
    return met


def _print(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()
