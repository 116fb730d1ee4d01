"""Deciding what becomes of a proposed state: a policy's rules, one after the other."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic

from runledger.domain.orchestration.transitions import (
    Effect,
    Policy,
    Refusal,
    Reject,
    ReleaseSlots,
    Transition,
)
from runledger.domain.runs.bookkeeping import Run, record
from runledger.domain.runs.states import State, StateType

# States in which a run keeps its slots.
HOLDING: AbstractSet[StateType] = frozenset({StateType.RUNNING, StateType.CANCELLING})


class Status(StrEnum):
    """What a proposal is answered with."""

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    WAIT = "WAIT"
    ABORT = "ABORT"


@dataclass(frozen=True)
class Decision(Generic[Run]):
    """The run as it is to be, whether that differs from what it was, and why."""

    run: Run
    status: Status
    refusal: Refusal | None = None
    written: State | None = None
    effects: tuple[Effect, ...] = ()


def decide(policy: Policy[Run], asked: Transition[Run]) -> Decision[Run]:
    """Fold the policy over what was asked; the first refusal ends it.

    A refusal starts from the run as it was, so what earlier rules did is undone
    (contract, orchestration 1).
    """
    granted = asked
    for rule in (rule for rule in policy if rule.governs(asked)):
        answer = rule.apply(granted)
        if not isinstance(answer, Transition):
            return _refused(asked, answer)
        granted = answer
    return _written(granted, granted.proposed, Status.ACCEPT)


def _refused(asked: Transition[Run], refusal: Refusal) -> Decision[Run]:
    status = Status(type(refusal).__name__.upper())
    if not isinstance(refusal, Reject):
        return Decision(asked.run, status, refusal)
    again = replace(asked, run=asked.run.replace(**refusal.changes), effects=refusal.effects)
    if refusal.replacement is None:
        return Decision(again.run, status, refusal)
    return _written(again, refusal.replacement, status, refusal)


def _written(
    granted: Transition[Run], state: State, status: Status, refusal: Refusal | None = None
) -> Decision[Run]:
    run = record(granted.run, state, now=granted.facts.now).replace(**granted.afterwards)
    # That slots come back follows from the state stored, whichever rule chose it.
    released: tuple[Effect, ...] = () if state.type in HOLDING else (ReleaseSlots(),)
    return Decision(run, status, refusal, run.state, (*granted.effects, *released))
