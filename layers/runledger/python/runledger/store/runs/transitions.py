"""Commits a decision in one transaction: the run, its state and the effects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from runledger.domain.concurrency.concurrency_limits import HeldSlots
from runledger.domain.errors import WriteConflict
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
from runledger.domain.runs.waiting_runs import waiting_run
from runledger.store import items
from runledger.store.concurrency import slots
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, has_version
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Put, Write
from runledger.store.runs import task_run_items, task_run_queue
from runledger.store.runs.state_items import history
from runledger.store.runs.task_run_items import Stored
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.runs.transition_context import ContextLoader, SeenResults, TransitionContext
from runledger.store.schema import keys
from runledger.store.store import Shards, Store

NOTHING = TransitionContext()


class Proposal(NamedTuple):
    """A task run for which a state is proposed, and the other inputs of the decision."""

    seen: Stored
    context: TransitionContext


@dataclass(frozen=True)
class TransitionStore:
    """Proposed states of task runs: their inputs and their commits."""

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        """Return the store of this noun."""
        return cls(store.table, store.index_shards)

    def proposal(
        self, run_id: UUID, proposed: State, *, alone: bool, now: datetime
    ) -> Proposal | None:
        """Read a run and, unless `alone`, the context of the proposal.

        This takes one call if the proposed state names the flow run or needs none, otherwise two.
        """
        loader = ContextLoader(self.table, proposed, now)
        own = keys.task_run(run_id)
        found = self.table.read_many([own, *([] if alone else loader.named_keys)])
        if own not in found:
            return None
        seen = task_run_items.read_task_run(found[own])
        return Proposal(seen, NOTHING if alone else loader.load(seen.run, found))

    def context_of_new(
        self, run: TaskRun, proposed: State, *, alone: bool, now: datetime
    ) -> TransitionContext:
        """Read the context of the first state of a run, in one call; its flow run in any case."""
        return ContextLoader(self.table, proposed, now).load_new(run, alone=alone)

    def create(
        self, decision: Decision[TaskRun], context: TransitionContext, *, now: datetime
    ) -> TaskRun:
        """Write a decision about a new run; return it, or the run that has its key already.

        Raises:
            Conflict: the id belongs to a run with another key.
            WriteConflict: an input of the decision changed meanwhile; decide again.
        """
        outcome = effect_writes(self.table, decision, context, now=now)
        return TaskRunStore(self.table, self.shards).create(decision.run, outcome.writes)

    def commit(self, proposal: Proposal, decision: Decision[TaskRun], *, now: datetime) -> None:
        """Write a decision about a run that was read.

        Raises:
            WriteConflict: an input of the decision changed meanwhile; decide again.
        """
        run = decision.run
        outcome = effect_writes(
            self.table, decision, proposal.context, held=proposal.seen.held, now=now
        )
        task_runs = TaskRunStore(self.table, self.shards)
        try:
            self.table.write(
                *task_runs.update_writes(proposal.seen, run, held=outcome.held),
                *history(keys.task_run(run.id), run.state, shards=self.shards.written),
                *outcome.writes,
            )
        except ConditionFailed as failed:
            raise WriteConflict(str(run.id)) from failed


class EffectWrites(NamedTuple):
    """The writes of effects, and the slots that the run holds after them."""

    writes: tuple[Write, ...]
    held: tuple[HeldSlots, ...]


@dataclass(frozen=True)
class Case:
    """The inputs of an effect's writes."""

    table: Table
    run: TaskRun
    context: TransitionContext
    now: datetime


def effect_writes(
    table: Table,
    decision: Decision[TaskRun],
    context: TransitionContext,
    *,
    held: tuple[HeldSlots, ...] = (),
    now: datetime,
) -> EffectWrites:
    """Return the writes of a decision's effects, for a run that holds `held`."""
    case = Case(table, decision.run, context, now)
    outcome = EffectWrites((), held)
    for effect in decision.effects:
        more = EFFECT_WRITES[type(effect)](case, outcome.held)
        outcome = EffectWrites(outcome.writes + more.writes, more.held)
    return outcome


def remember(case: Case, held: tuple[HeldSlots, ...]) -> EffectWrites:
    """Store the run's state as a result of its cache key."""
    state = case.run.state
    if state is None or state.state_details.cache_key is None:
        return EffectWrites((), held)
    key, seen = keys.cache(state.state_details.cache_key), case.context.results
    results, version = seen or SeenResults(Results(), 0)
    item = items.new_item(
        key,
        body=items.dump_document(results.adding(state, case.run.id)),
        version=version + 1,
    )
    return EffectWrites((Put(item, has_version(version) if seen else ABSENT),), held)


def take(case: Case, held: tuple[HeldSlots, ...]) -> EffectWrites:
    """Take a slot of each limit, in addition to those held; the state's id is the lease's."""
    limits, run = case.context.limits, case.run
    lease = slots.task_run_lease(run.state_id or run.id, run.id, limits, case.now)
    return EffectWrites(
        tuple(slots.take_writes(limits, lease, case.now)),
        (*held, HeldSlots(lease_id=lease.id, limits=lease.limits)),
    )


def release(case: Case, held: tuple[HeldSlots, ...]) -> EffectWrites:
    """Give back all slots."""
    return EffectWrites(tuple(slots.release_writes(case.table, held, case.now)), ())


def enqueue(case: Case, held: tuple[HeldSlots, ...]) -> EffectWrites:
    """Put the run into its queue; the table's stream hands it to a task worker."""
    state = case.run.state
    return EffectWrites(
        (task_run_queue.enqueue_write(waiting_run(case.run, state)),) if state else (), held
    )


EFFECT_WRITES: Mapping[type[Any], Callable[[Case, tuple[HeldSlots, ...]], EffectWrites]] = {
    RememberResult: remember,
    TakeSlots: take,
    ReleaseSlots: release,
    Enqueue: enqueue,
}
