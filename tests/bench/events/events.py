"""Delay from events to task runs, beside the reference: `make bench ARGS=events`.

It fails if a run of the mapped flow is not stored in its last state, if the local server failed or
cut a client off, or if it is too slow beside the reference.
"""

import tempfile
from typing import IO

from tests.bench.events import mapped_flow
from tests.bench.events.event_rates import CONNECTIONS, rate
from tests.bench.events.mapped_flow import MappedFlow
from tests.bench.figures import BenchResult, Figure, print_lines
from tests.bench.plots import bars
from tests.conformance import servers

SIDES = "Runledger", "the reference"
MAX_PROGRAM, MAX_STORED = 1.5, 0.6


def result(tasks: int = mapped_flow.TASKS) -> BenchResult:
    """Measure, and print all."""
    _show_rates()
    ours, reference = _flows(tasks)
    print_lines(
        "", f"{f'seconds of a flow of {tasks:,} mapped tasks':<40}{'program':>10}{'stored':>10}"
    )
    for side, flow in zip(SIDES, (ours, reference), strict=True):
        print_lines(f"{side:<40}{flow.program:>10.1f}{flow.stored:>10.1f}")
    print_lines("every run is stored with its last state, and nobody was cut off")
    program, stored = ours.program / reference.program, ours.stored / reference.stored
    figures = [
        Figure("mapped flow: the program, over the reference's", program, MAX_PROGRAM, MAX_PROGRAM),
        Figure("mapped flow: all stored, over the reference's", stored, MAX_STORED, MAX_STORED),
    ]
    seconds = {
        "until the program ends": _sides(ours.program, reference.program),
        "until all is stored": _sides(ours.stored, reference.stored),
    }
    title = f"Seconds of an unmodified flow of {tasks:,} mapped tasks"
    return BenchResult(figures, {"flow": bars.drawn(title, seconds)})


def _sides(ours: float, reference: float) -> dict[str, float]:
    return dict(zip(SIDES, (ours, reference), strict=True))


def _show_rates() -> None:
    print_lines("", f"{'events a second':<40}" + "".join(f"{side:>15}" for side in SIDES))
    with servers.runledger() as ours, servers.reference(records=True) as reference:
        for number in CONNECTIONS:
            rates = "".join(f"{rate(url, number):>15.0f}" for url in (ours, reference))
            print_lines(f"{f'through {number} connections':<40}{rates}")


def _flows(tasks: int) -> tuple[MappedFlow, MappedFlow]:
    """Run the flow beside each server, which is there alone."""
    with servers.reference(records=True) as url:
        reference = mapped_flow.run(url, tasks)
    with tempfile.TemporaryFile() as log, servers.runledger(log=log, ACCESS_LOG="on") as url:
        ours = mapped_flow.run(url, tasks)
        mapped_flow.assert_undisturbed(_text(log))
    return ours, reference


def _text(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode()
