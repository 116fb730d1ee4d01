"""Make a program that leads to a disagreement as short as it can be."""

from dataclasses import replace

from tests.conformance.running import ProgramOutcome, ProgramRun, Sides


def shrunk(sides: Sides, outcome: ProgramOutcome) -> ProgramOutcome:
    """Leave out ever smaller stretches of steps for as long as the last step still disagrees."""
    size = outcome.position // 2 or outcome.position
    while size:
        for start in range(outcome.position - size, -1, -size):
            outcome = _without(sides, outcome, slice(start, start + size)) or outcome
        size //= 2
    return outcome


def _without(sides: Sides, outcome: ProgramOutcome, left_out: slice) -> ProgramOutcome | None:
    """The last step's, if it still disagrees."""
    steps = list(outcome.program.steps[: outcome.position + 1])
    del steps[left_out]
    program = replace(outcome.program, steps=tuple(steps))
    last = len(steps) - 1
    outcomes = list(ProgramRun(sides, program).outcomes())
    return next((o for o in outcomes if o.disagreed and o.position == last), None)
