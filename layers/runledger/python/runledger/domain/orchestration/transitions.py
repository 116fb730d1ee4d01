"""Transitions: a run, its proposed state, the rules that decide, and the effects."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias
from uuid import UUID

from runledger.domain.concurrency_limits import ConcurrencyLimit
from runledger.domain.runs.bookkeeping import Run, record
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_runs import TaskRun

if TYPE_CHECKING:
    from runledger.domain.orchestration import deployment_slots

Source = StateType | None
ANY: AbstractSet[Source] = frozenset({*StateType, None})
ANY_STATE: AbstractSet[StateType] = frozenset(StateType)


class PlainEffect:
    """An effect without data: equal to all of its class."""

    def __eq__(self, other: object) -> bool:
        """Compare the classes."""
        return type(self) is type(other)

    def __hash__(self) -> int:
        """Hash the class."""
        return hash(type(self))


class RememberResult(PlainEffect):
    """An effect: cache the written state under its cache key."""


class TakeSlots(PlainEffect):
    """An effect: take a slot of each limit of the run's tags."""


class ReleaseSlots(PlainEffect):
    """An effect: release every slot of the run."""


class Enqueue(PlainEffect):
    """An effect: queue the run for a task worker."""


class ForgetInputs(NamedTuple):
    """An effect: delete the flow run's inputs under these keys."""

    keys: tuple[str, ...]


# Task runs do without those of `deployment_slots`.
Effect: TypeAlias = (
    "RememberResult | TakeSlots | ReleaseSlots | Enqueue | ForgetInputs"
    " | deployment_slots.TakeDeploymentSlot | deployment_slots.RenewDeploymentLease"
)


class Facts(NamedTuple):
    """The inputs of the rules: stored objects and random values.

    `limits` are the active ones of the run's tags, in the order of the tags. `api_version` is that
    of the client, if it sends one.

    `state_id` is for a state that replaces the proposed one, or for a pause without a key of its
    own; `random_fraction` is in [0, 1). `deployed` is true if the deployment of a flow run exists.
    `holds_slot`: the flow run holds a slot by the lease in its state. `lease_id` is for a new one.
    """

    now: datetime
    state_id: UUID
    random_fraction: float = 0.0
    flow_run: FlowRun | None = None
    cached: State | None = None
    limits: tuple[ConcurrencyLimit, ...] = ()
    deployed: bool = True
    api_version: tuple[int, int, int] | None = None
    prefect_version: tuple[int, int, int] | None = None
    deployment_limit: "deployment_slots.DeploymentLimit | None" = None
    holds_slot: bool = False
    lease_id: UUID | None = None


@dataclass(frozen=True)
class Transition(Generic[Run]):
    """A run, its proposed state, and the effects of its acceptance.

    `afterwards` has changes of the run that apply after its new state is recorded.
    """

    run: Run
    proposed: State
    facts: Facts
    effects: tuple[Effect, ...] = ()
    afterwards: Mapping[str, object] = field(default_factory=dict)

    @property
    def current(self) -> State:
        """The current state; only for rules that do not apply to runs without a state."""
        if self.run.state is None:
            raise ValueError(f"run {self.run.id} has no state yet")
        return self.run.state

    @property
    def source(self) -> Source:
        """The type of the current state."""
        return self.run.state.type if self.run.state else None

    def with_run(self, **changes: object) -> "Transition[Run]":
        """Return the transition with changes of its run."""
        return replace(self, run=self.run.replace(**changes))

    def with_state(self, **changes: object) -> "Transition[Run]":
        """Return the transition with changes of its proposed state."""
        return replace(self, proposed=self.proposed.replace(**changes))

    def with_details(self, **changes: object) -> "Transition[Run]":
        """Return the transition with changes of its proposed state's details."""
        return self.with_state(state_details=self.proposed.state_details.replace(**changes))

    def with_effect(self, effect: Effect) -> "Transition[Run]":
        """Return the transition with one more effect."""
        return replace(self, effects=(*self.effects, effect))

    def replacement(self, state_type: StateType, name: str, **others: Any) -> State:
        """Return a state that replaces the proposed one."""
        return State.model_construct(
            id=self.facts.state_id,
            type=state_type,
            name=name,
            timestamp=self.proposed.timestamp,
            **others,
        )


class Reject(NamedTuple):
    """The proposed state is rejected; the replacement, if there is one, is written instead.

    Effects and changes of the run are written with it.
    """

    reason: str
    replacement: State | None = None
    effects: tuple[Effect, ...] = ()
    changes: Mapping[str, object] = {}


class Wait(NamedTuple):
    """The client should propose the state again after the delay."""

    reason: str
    delay_seconds: int


class Abort(NamedTuple):
    """The proposed state is refused for good."""

    reason: str


Refusal = Reject | Wait | Abort
TaskTransition = Transition[TaskRun]
FlowTransition = Transition[FlowRun]
TaskAnswer = TaskTransition | Refusal
FlowAnswer = FlowTransition | Refusal


class Rule(NamedTuple, Generic[Run]):
    """A rule, and the types of current and proposed states to which it applies."""

    sources: AbstractSet[Source]
    targets: AbstractSet[StateType]
    apply: Callable[[Transition[Run]], Transition[Run] | Refusal]

    def governs(self, transition: Transition[Run]) -> bool:
        """Return whether the rule applies to a transition."""
        target = transition.proposed.type
        return transition.source in self.sources and target in self.targets


Policy = tuple[Rule[Run], ...]


# States in which a run keeps its slots.
HOLDING: AbstractSet[StateType] = frozenset({StateType.RUNNING, StateType.CANCELLING})


class Status(StrEnum):
    """The outcomes of a proposed state."""

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    WAIT = "WAIT"
    ABORT = "ABORT"


class Decision(NamedTuple, Generic[Run]):
    """The outcome: the new run, its written state, and the reason of a refusal."""

    run: Run
    status: Status
    refusal: Refusal | None = None
    written: State | None = None
    effects: tuple[Effect, ...] = ()


def decide(policy: Policy[Run], proposed: Transition[Run]) -> Decision[Run]:
    """Apply the policy's rules one after the other, until the first refusal.

    A refusal discards the changes of earlier rules (docs/contract/orchestration.md 1).
    """
    accepted = proposed
    for rule in (rule for rule in policy if rule.governs(proposed)):
        answer = rule.apply(accepted)
        if not isinstance(answer, Transition):
            return _refused(proposed, answer)
        accepted = answer
    return _written(accepted, accepted.proposed, Status.ACCEPT)


def _refused(proposed: Transition[Run], refusal: Refusal) -> Decision[Run]:
    status = Status(type(refusal).__name__.upper())
    if not isinstance(refusal, Reject):
        return Decision(proposed.run, status, refusal)
    run = proposed.run.replace(**refusal.changes)
    if refusal.replacement is None:
        return Decision(run, status, refusal)
    replaced = replace(proposed, run=run, effects=refusal.effects)
    return _written(replaced, refusal.replacement, status, refusal)


def _written(
    transition: Transition[Run], state: State, status: Status, refusal: Refusal | None = None
) -> Decision[Run]:
    run = record(transition.run, state, now=transition.facts.now).replace(**transition.afterwards)
    # The written state alone decides whether slots are released, whichever rule chose it.
    released: tuple[Effect, ...] = () if state.type in HOLDING else (ReleaseSlots(),)
    return Decision(run, status, refusal, run.state, (*transition.effects, *released))
