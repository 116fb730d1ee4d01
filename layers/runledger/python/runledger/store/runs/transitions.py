"""Committing a decision: the run, its state and the effects, all in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.concurrency.concurrency_limits import Held
from runledger.domain.errors import Moved
from runledger.domain.orchestration.cached_results import Results
from runledger.domain.orchestration.decisions import Decision
from runledger.domain.orchestration.transitions import (
    Enqueue,
    ReleaseSlots,
    RememberResult,
    TakeSlots,
)
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.websocket.task_workers import waiting
from runledger.store import items
from runledger.store.concurrency import slots
from runledger.store.dynamodb.errors import Refused
from runledger.store.dynamodb.expressions import ABSENT, unmoved
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Put, Write
from runledger.store.items import Stored, history
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.runs.transition_context import Surroundings, Surveyor
from runledger.store.schema import keys
from runledger.store.schema.shards import Shards
from runledger.store.websocket import task_workers

NOTHING = Surroundings()


class Scene(NamedTuple):
    """A task run for which a state is proposed, and what the proposal can call for."""

    seen: Stored
    around: Surroundings


@dataclass(frozen=True)
class TransitionStore:
    """What is asked of the table about proposed states of task runs."""

    table: Table
    shards: Shards

    def scene(self, run_id: UUID, proposed: State, *, alone: bool, now: datetime) -> Scene | None:
        """Read a run and, unless it is `alone` that counts, what surrounds the proposal.

        This is one call where the proposal names its flow run, or needs none; else two.
        """
        surveyor = Surveyor(self.table, proposed, now)
        own = keys.task_run(run_id)
        found = self.table.read_many([own, *([] if alone else surveyor.foreseen)])
        if own not in found:
            return None
        seen = items.read_task_run(found[own])
        return Scene(seen, NOTHING if alone else surveyor.survey(seen.run, found))

    def scene_of_new(
        self, run: TaskRun, proposed: State, *, alone: bool, now: datetime
    ) -> Surroundings:
        """Read what surrounds the first state of a run, in one call; its flow run in any case."""
        return Surveyor(self.table, proposed, now).survey_new(run, alone=alone)

    def commit(self, scene: Scene, decision: Decision[TaskRun], *, now: datetime) -> None:
        """Write a decision, unless anything that it rests on moved.

        Raises:
            Moved: something did; decide again.
        """
        run = decision.run
        outcome = carry_out(self.table, decision, scene.around, held=scene.seen.held, now=now)
        task_runs = TaskRunStore(self.table, self.shards)
        try:
            self.table.write(
                *task_runs.amended(scene.seen, run, held=outcome.held),
                *history(keys.task_run(run.id), run.state, shards=self.shards.written),
                *outcome.writes,
            )
        except Refused as refused:
            raise Moved(str(run.id)) from refused


class Outcome(NamedTuple):
    """What effects come to: writes, and the slots that the run holds after them."""

    writes: tuple[Write, ...]
    held: tuple[Held, ...]


@dataclass(frozen=True)
class Case:
    """All that an effect may need to be carried out."""

    table: Table
    run: TaskRun
    around: Surroundings
    now: datetime


def carry_out(
    table: Table,
    decision: Decision[TaskRun],
    around: Surroundings,
    *,
    held: tuple[Held, ...] = (),
    now: datetime,
) -> Outcome:
    """Return what a decision's effects come to, for a run that holds some slots."""
    case = Case(table, decision.run, around, now)
    outcome = Outcome((), held)
    for effect in decision.effects:
        more = CARRIED_OUT[type(effect)](case, outcome.held)
        outcome = Outcome(outcome.writes + more.writes, more.held)
    return outcome


def remember(case: Case, held: tuple[Held, ...]) -> Outcome:
    """Let the run's state serve its cache key from now on."""
    state = case.run.state
    if state is None or state.state_details.cache_key is None:
        return Outcome((), held)
    key, seen = keys.cache(state.state_details.cache_key), case.around.results
    results = items.read_document(Results, seen) if seen else Results()
    version = int(seen["version"]) if seen else 0
    item = items.results_item(key, results.adding(state, case.run.id), version=version + 1)
    return Outcome((Put(item, unmoved(version) if seen else ABSENT),), held)


def take(case: Case, held: tuple[Held, ...]) -> Outcome:
    """Take a slot of each limit, beside those that the run has; the state's id names the lease."""
    limits, run = case.around.limits, case.run
    lease = slots.task_run_lease(run.state_id or run.id, run.id, limits, case.now)
    return Outcome(
        tuple(slots.taking(limits, lease, case.now)),
        (*held, Held(lease_id=lease.id, limits=lease.limits)),
    )


def release(case: Case, held: tuple[Held, ...]) -> Outcome:
    """Give back all slots."""
    return Outcome(tuple(slots.giving_back(case.table, held, case.now)), ())


def enqueue(case: Case, held: tuple[Held, ...]) -> Outcome:
    """Let the run wait for a worker; the table's stream announces it."""
    state = case.run.state
    return Outcome((task_workers.entry(waiting(case.run, state)),) if state else (), held)


CARRIED_OUT: Mapping[type[Any], Callable[[Case, tuple[Held, ...]], Outcome]] = {
    RememberResult: remember,
    TakeSlots: take,
    ReleaseSlots: release,
    Enqueue: enqueue,
}
