"""Delay from background runs to workers, beside the reference, and the DynamoDB calls for it.

`make bench ARGS=workers` runs it: a minute or two. Runs are created one after the other, each when
a worker has the one before.
"""

import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import product

from tests.bench import report
from tests.bench.metering import Usage
from tests.bench.workers import delivery_costs
from tests.bench.workers.latency import latencies
from tests.conformance import servers
from tests.support.background import Worker

WORKERS = (1, 20)


def main() -> int:
    _time()
    return 0 if _count() else 1


def _time() -> None:
    _print(f"{'milliseconds from create to receipt':<38}{'p50':>8}{'p95':>8}{'longest':>10}")
    with servers.runledger() as ours, servers.reference() as reference:
        sides = {"Runledger": ours, "the reference": reference}
        for number, (side, url) in product(WORKERS, sides.items()):
            spread = _spread(latencies(url, number))
            _print(f"{f'{side}, {_workers(number)}':<38}{spread}")


def _spread(taken: Sequence[float]) -> str:
    *_, p95 = statistics.quantiles(taken, n=20)
    return f"{statistics.median(taken):>8.1f}{p95:>8.1f}{max(taken):>10.1f}"


def _count() -> bool:
    """Print what DynamoDB is asked; return whether an idle minute reads no more than it may."""
    _print("", f"{'DynamoDB':<38}{'read':>5}{'write':>7}  calls")
    with delivery_costs.on_dynoxide() as site:
        connected: list[Worker] = []
        for number in WORKERS:
            connected += delivery_costs.connected(site, number - len(connected))
            _show(number, delivery_costs.of_a_run(site, connected))
        idle = delivery_costs.of_an_idle_minute(site)
    _print(_line(f"an idle minute, {_workers(WORKERS[-1])}", idle), "")
    met = delivery_costs.reads(idle) <= 2
    _print(f"{'OK ' if met else 'NOT'}  an idle minute lists the workers and reads them, once each")
    return met


def _show(number: int, steps: Mapping[str, Usage]) -> None:
    lines = [_line(f"  {step}", used) for step, used in steps.items()]
    _print(_line(f"a delivered run, {_workers(number)}", _sum(steps.values())), *lines)


def _sum(steps: Iterable[Usage]) -> Usage:
    used = list(steps)
    return Usage(
        calls=reduce(Counter.__add__, (one.calls for one in used)),
        read_units=sum(one.read_units for one in used),
        write_units=sum(one.write_units for one in used),
    )


def _line(name: str, used: Usage) -> str:
    return f"{name:<38}{used.read_units:>5.1f}{used.write_units:>7.1f}  {report.calls(used)}"


def _workers(number: int) -> str:
    return f"{number} worker{'s' if number > 1 else ''}"


def _print(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
