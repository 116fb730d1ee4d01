"""Commits a decision in one transaction: the run, its state and the effects."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from runledger.domain.concurrency_limits import TAG_PREFIX, HeldSlots
from runledger.domain.errors import WriteConflict
from runledger.domain.orchestration.cached_results import CachedResults
from runledger.domain.orchestration.transitions import (
    Decision,
    Enqueue,
    Facts,
    ReleaseSlots,
    RememberResult,
    TakeSlots,
)
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_runs import TaskRun, waiting_run
from runledger.store import items
from runledger.store.concurrency import slots
from runledger.store.concurrency.slots import SeenLimit, read_limit
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, has_version
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Item, Put, Write
from runledger.store.runs import past_states, task_run_items, task_run_queue
from runledger.store.runs.task_run_items import Stored
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Shards, Store

Held = tuple[HeldSlots, ...]


class SeenResults(NamedTuple):
    """The cached results of a key as they were read: the version guards the next write."""

    results: CachedResults
    version: int


class TransitionContext(NamedTuple):
    """The flow run, the cache key's results and the tags' active limits."""

    flow_run: FlowRun | None = None
    results: SeenResults | None = None
    cached: State | None = None
    limits: tuple[SeenLimit, ...] = ()

    def facts(self, now: datetime, state_id: UUID, random_fraction: float) -> Facts:
        """Return the facts that the rules decide by."""
        return Facts(
            now=now,
            state_id=state_id,
            random_fraction=random_fraction,
            flow_run=self.flow_run,
            cached=self.cached,
            limits=tuple(seen.limit.as_of(now) for seen in self.limits),
        )


class ContextLoader(NamedTuple):
    """Reads the context of a proposed state in as few calls as possible."""

    table: Table
    proposed: State
    now: datetime

    @property
    def named_keys(self) -> list[Key]:
        """The keys that the proposed state names, to be read together with the run."""
        details = self.proposed.state_details
        cached = [keys.cache(key) for key in [details.cache_key] if key and self._concerns_cache]
        named = [keys.flow_run(run) for run in [details.flow_run_id] if run and self._starts]
        return [*cached, *named]

    def load_new(self, run: TaskRun, *, alone: bool) -> TransitionContext:
        """Read the context of a new run: its flow run and, unless `alone`, all else."""
        flow_run = keys.flow_run(run.flow_run_id) if run.flow_run_id else None
        wanted = [*([flow_run] if flow_run else []), *([] if alone else self.named_keys)]
        found = self.table.read_many(wanted)
        results = self._results(found)
        return TransitionContext(_flow_run(found, flow_run), results, self._cached(results))

    @property
    def _starts(self) -> bool:
        return self.proposed.type == StateType.RUNNING

    @property
    def _concerns_cache(self) -> bool:
        return self.proposed.type in {StateType.RUNNING, StateType.COMPLETED}

    def load(self, run: TaskRun, found: Mapping[Key, Item]) -> TransitionContext:
        """Read the items that are missing in `found`."""
        flow_run = keys.flow_run(run.flow_run_id) if run.flow_run_id and self._starts else None
        limits = self._limits(run)
        missing = [key for key in [flow_run, *limits] if key and key not in found]
        known = {**found, **(self.table.read_many(missing) if missing else {})}
        results = self._results(known)
        return TransitionContext(
            flow_run=_flow_run(known, flow_run),
            results=results,
            cached=self._cached(results),
            limits=tuple(_active_limits(known, limits)),
        )

    def _limits(self, run: TaskRun) -> list[Key]:
        # Deferred runs neither check nor take slots (docs/contract/orchestration.md R5).
        if not self._starts or self.proposed.state_details.deferred:
            return []
        return [keys.limit(f"{TAG_PREFIX}{tag}") for tag in dict.fromkeys(run.tags)]

    def _results(self, known: Mapping[Key, Item]) -> SeenResults | None:
        cache_key = self.proposed.state_details.cache_key
        item = known.get(keys.cache(cache_key)) if cache_key else None
        if item is None:
            return None
        return SeenResults(items.read_document(CachedResults, item), int(item["version"]))

    def _cached(self, seen: SeenResults | None) -> State | None:
        """Return the cached state that replaces the proposed one, if it is still stored."""
        serving = seen.results.serving(self.now) if seen and self._starts else None
        if serving is None:
            return None
        of_run = keys.task_run(serving.task_run_id)
        return past_states.state_of(self.table, of_run, serving.state_id)


def _active_limits(known: Mapping[Key, Item], limits: list[Key]) -> Iterator[SeenLimit]:
    seen = (read_limit(known[key]) for key in limits if key in known)
    return (one for one in seen if one.limit.active)


def _flow_run(known: Mapping[Key, Item], key: Key | None) -> FlowRun | None:
    item = known.get(key) if key else None
    return items.read_document(FlowRun, item) if item else None


NOTHING = TransitionContext()


class Proposal(NamedTuple):
    """A task run for which a state is proposed, and the other inputs of the decision."""

    seen: Stored
    context: TransitionContext


class EffectWrites(NamedTuple):
    """The writes of effects, and the slots that the run holds after them."""

    writes: tuple[Write, ...]
    held: Held


class EffectContext(NamedTuple):
    """The inputs of an effect's writes."""

    table: Table
    shards: Shards
    run: TaskRun
    context: TransitionContext
    now: datetime


class TransitionStore(NamedTuple):
    """Proposed states of task runs: their inputs and their commits."""

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
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
        """Read the context of a run's first state in one call, always with its flow run."""
        return ContextLoader(self.table, proposed, now).load_new(run, alone=alone)

    def create(
        self,
        decision: Decision[TaskRun],
        context: TransitionContext,
        beside: Sequence[Write] = (),
        *,
        now: datetime,
    ) -> TaskRun:
        """Write a decision about a new run; return it, or the run that has its key already.

        The writes `beside` are in the same transaction.

        Raises:
            Conflict: the id belongs to a run with another key.
            WriteConflict: an input of the decision changed meanwhile; decide again.
        """
        outcome = self._effect_writes(decision, context, now=now)
        task_runs = TaskRunStore(self.table, self.shards)
        return task_runs.create(decision.run, [*outcome.writes, *beside])

    def commit(self, proposal: Proposal, decision: Decision[TaskRun], *, now: datetime) -> None:
        """Write a decision about a run that was read.

        Raises:
            WriteConflict: an input of the decision changed meanwhile; decide again.
        """
        run = decision.run
        outcome = self._effect_writes(decision, proposal.context, held=proposal.seen.held, now=now)
        task_runs = TaskRunStore(self.table, self.shards)
        try:
            self.table.write(
                *task_runs.update_writes(proposal.seen, run, held=outcome.held),
                *outcome.writes,
            )
        except ConditionFailed as failed:
            raise WriteConflict(str(run.id)) from failed

    def _effect_writes(
        self,
        decision: Decision[TaskRun],
        context: TransitionContext,
        *,
        held: Held = (),
        now: datetime,
    ) -> EffectWrites:
        """Return the writes of a decision's effects, for a run that holds `held`."""
        inputs = EffectContext(self.table, self.shards, decision.run, context, now)
        outcome = EffectWrites((), held)
        for effect in decision.effects:
            more = EFFECT_WRITES[type(effect)](inputs, outcome.held)
            outcome = EffectWrites(outcome.writes + more.writes, more.held)
        return outcome


def remember(inputs: EffectContext, held: Held) -> EffectWrites:
    """Store the run's state as a result of its cache key."""
    state = inputs.run.state
    if state is None or state.state_details.cache_key is None:
        return EffectWrites((), held)
    key, seen = keys.cache(state.state_details.cache_key), inputs.context.results
    results, version = seen or SeenResults(CachedResults(), 0)
    body = items.dump_document(results.adding(state, inputs.run.id))
    item = items.new_item(key, body=body, version=version + 1)
    return EffectWrites((Put(item, has_version(version) if seen else ABSENT),), held)


def take(inputs: EffectContext, held: Held) -> EffectWrites:
    """Take a slot of each limit, in addition to those held; the state's id is the lease's."""
    limits, run = inputs.context.limits, inputs.run
    lease = slots.task_run_lease(run.state_id or run.id, run.id, limits, inputs.now)
    return EffectWrites(
        tuple(slots.take_writes(limits, lease, inputs.now)),
        (*held, HeldSlots(lease_id=lease.id, limits=lease.limits)),
    )


def release(inputs: EffectContext, held: Held) -> EffectWrites:
    """Give back all slots."""
    return EffectWrites(tuple(slots.release_writes(inputs.table, held, inputs.now)), ())


def enqueue(inputs: EffectContext, held: Held) -> EffectWrites:
    """Put the run into its queue; the table's stream hands it to a task worker."""
    state, shards = inputs.run.state, inputs.shards.written
    if state is None:
        return EffectWrites((), held)
    waiting = waiting_run(inputs.run, state)
    return EffectWrites((task_run_queue.enqueue_write(waiting, shards=shards),), held)


EFFECT_WRITES: Mapping[type[Any], Callable[[EffectContext, Held], EffectWrites]] = {
    RememberResult: remember,
    TakeSlots: take,
    ReleaseSlots: release,
    Enqueue: enqueue,
}
