"""A transition under way: the run, what is proposed for it, and what rules answer."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, NamedTuple
from uuid import UUID

from runledger.domain.concurrency_limits import ConcurrencyLimit
from runledger.domain.runs.bookkeeping import Run, record
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_runs import TaskRun

Source = StateType | None
ANY: AbstractSet[Source] = frozenset({*StateType, None})
ANY_STATE: AbstractSet[StateType] = frozenset(StateType)


@dataclass(frozen=True)
class RememberResult:
    """An effect: the written state serves later proposals that name its cache key."""


@dataclass(frozen=True)
class TakeSlots:
    """An effect: the run takes a slot of each limit of its tags."""


@dataclass(frozen=True)
class ReleaseSlots:
    """An effect: the run gives back every slot that it holds."""


@dataclass(frozen=True)
class Enqueue:
    """An effect: a task worker is to run this."""


@dataclass(frozen=True)
class ForgetInputs:
    """An effect: what the flow run was given under these keys is no longer there."""

    keys: tuple[str, ...]


Effect = RememberResult | TakeSlots | ReleaseSlots | Enqueue | ForgetInputs


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What was read beforehand, as far as the proposal can call for it.

    `limits` are the active ones of the run's tags, in the order of the tags. `api_version` is that
    of the client, if it says one.

    `state_id` is for a state that replaces the proposed one, or for a pause that names no key of
    its own; `random_fraction` is in [0, 1). `deployed` tells whether the deployment of a flow run
    exists.
    """

    now: datetime
    state_id: UUID
    random_fraction: float = 0.0
    flow_run: FlowRun | None = None
    cached: State | None = None
    limits: tuple[ConcurrencyLimit, ...] = ()
    deployed: bool = True
    api_version: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Transition(Generic[Run]):
    """A run, the state proposed for it, and the effects that its acceptance would have.

    What `afterwards` says of the run holds once its state is written.
    """

    run: Run
    proposed: State
    facts: Facts
    effects: tuple[Effect, ...] = ()
    afterwards: Mapping[str, object] = field(default_factory=dict)

    @property
    def current(self) -> State:
        """The state that is to be left; only for rules that no run without a state meets."""
        if self.run.state is None:
            raise ValueError(f"run {self.run.id} has no state yet")
        return self.run.state

    @property
    def source(self) -> Source:
        """The type of the state that is to be left."""
        return self.run.state.type if self.run.state else None

    def with_run(self, **changes: object) -> "Transition[Run]":
        """Return the transition of a run that differs in `changes`."""
        return replace(self, run=self.run.replace(**changes))

    def with_state(self, **changes: object) -> "Transition[Run]":
        """Return the transition to a state that differs in `changes`."""
        return replace(self, proposed=self.proposed.replace(**changes))

    def with_details(self, **changes: object) -> "Transition[Run]":
        """Return the transition to a state whose details differ in `changes`."""
        return self.with_state(state_details=self.proposed.state_details.replace(**changes))

    def with_effect(self, effect: Effect) -> "Transition[Run]":
        """Return the transition with one effect more."""
        return replace(self, effects=(*self.effects, effect))

    def replacement(self, state_type: StateType, name: str, **others: Any) -> State:
        """Return a state to be written in place of the proposed one."""
        return State.model_construct(
            id=self.facts.state_id,
            type=state_type,
            name=name,
            timestamp=self.proposed.timestamp,
            **others,
        )


@dataclass(frozen=True)
class Reject:
    """The proposal is refused; the replacement, if there is one, is written in its place.

    With it come effects and changes of the run.
    """

    reason: str
    replacement: State | None = None
    effects: tuple[Effect, ...] = ()
    changes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Wait:
    """The proposal may be repeated after so many seconds."""

    reason: str
    delay_seconds: int


@dataclass(frozen=True)
class Abort:
    """The proposal is refused for good."""

    reason: str


Refusal = Reject | Wait | Abort
TaskTransition = Transition[TaskRun]
FlowTransition = Transition[FlowRun]
TaskAnswer = TaskTransition | Refusal
FlowAnswer = FlowTransition | Refusal


class Rule(NamedTuple, Generic[Run]):
    """A rule and the transitions that it governs, by the types left and proposed."""

    sources: AbstractSet[Source]
    targets: AbstractSet[StateType]
    apply: Callable[[Transition[Run]], Transition[Run] | Refusal]

    def governs(self, asked: Transition[Run]) -> bool:
        """Tell whether the rule has a say."""
        return asked.source in self.sources and asked.proposed.type in self.targets


Policy = tuple[Rule[Run], ...]


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
    (docs/contract/orchestration.md 1).
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
