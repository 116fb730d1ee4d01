"""What events cost, beside the reference: of DynamoDB, in dollars, in time.

`make bench ARGS=events` runs it: some minutes. It fails if a run of the mapped flow is not stored
in its last state, if the local server failed or cut a client off, or if it is slower than the
reference.
"""

import sys
import tempfile
from collections.abc import Mapping
from typing import IO

from tests.bench import report
from tests.bench.events import event_costs, mapped_flow
from tests.bench.events.event_costs import Costs, CostStep
from tests.bench.events.event_rates import CONNECTIONS, rate
from tests.bench.events.mapped_flow import TASKS
from tests.conformance import servers

STEP = f"{'':<40}{'read':>6}{'write':>6}{'ms':>7}  calls"
SIDES = "Runledger", "the reference"


def main() -> int:
    _show(event_costs.measured())
    _show_rates()
    return 0 if _flow_is_in_time() else 1


def _show(costs: Costs) -> None:
    _print(STEP, *_lines("by the same function", costs.here))
    _print(*_lines("by another function each", costs.elsewhere))
    _print(_line("handed on, to nobody", costs.handed_on), "")
    least, most = (event_costs.dollars(one, costs.handed_on) for one in costs[:2])
    _print(f"{'dollars for a million runs of 3 events':<40}{'least':>8}{'most':>8}")
    for name in least:
        _print(f"{name:<40}{least[name]:>8.2f}{most[name]:>8.2f}")
    _print(f"{'all of it':<40}{sum(least.values()):>8.2f}{sum(most.values()):>8.2f}")
    kept = event_costs.dollars_a_month(costs.stored)
    _print(f"{f'kept for a month, {costs.stored / 1000:.1f} KB each':<40}{kept:>8.2f}{kept:>8.2f}")


def _lines(taken: str, steps: Mapping[str, CostStep]) -> list[str]:
    return [_line(f"{kind}, {taken}", step) for kind, step in steps.items()]


def _line(name: str, step: CostStep) -> str:
    used = step.used
    units = f"{used.read_units:>6.1f}{used.write_units:>6.1f}"
    return f"{name:<40}{units}{step.milliseconds:>7.1f}  {report.calls(used)}"


def _show_rates() -> None:
    _print("", f"{'events a second':<40}" + "".join(f"{side:>15}" for side in SIDES))
    with servers.runledger() as ours, servers.reference(records=True) as reference:
        for number in CONNECTIONS:
            rates = "".join(f"{rate(url, number):>15.0f}" for url in (ours, reference))
            _print(f"{f'through {number} connections':<40}{rates}")


def _flow_is_in_time() -> bool:
    """Run the flow beside each server, which is there alone; return whether ours keeps up."""
    with servers.reference(records=True) as url:
        reference = mapped_flow.run(url)
    with tempfile.TemporaryFile() as log, servers.runledger(log=log) as url:
        ours = mapped_flow.run(url)
        mapped_flow.assert_undisturbed(_text(log))
    _print("", f"{f'seconds of a flow of {TASKS:,} mapped tasks':<40}{'program':>10}{'stored':>10}")
    for side, flow in zip(SIDES, (ours, reference), strict=True):
        _print(f"{side:<40}{flow.program:>10.1f}{flow.stored:>10.1f}")
    met = ours.stored <= reference.stored
    ratio = ours.stored / reference.stored
    _print("", "OK   every run is stored with its last state, and nobody was cut off")
    _print(f"{'OK ' if met else 'NOT'}  stored in {ratio:.2f} times the time of the reference")
    return met


def _text(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode()


def _print(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
