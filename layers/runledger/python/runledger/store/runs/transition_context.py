"""Loads a transition's other inputs: flow run, cached result, tag limits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from runledger.domain.concurrency.concurrency_limits import TAG_PREFIX
from runledger.domain.orchestration.cached_results import Results
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items
from runledger.store.concurrency.limit_items import SeenLimit, read_limit
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys
from runledger.store.schema.keys import Key

Items = Mapping[Key, Item]


class SeenResults(NamedTuple):
    """The cached results of a key as they were read: the version guards the next write."""

    results: Results
    version: int


@dataclass(frozen=True)
class TransitionContext:
    """The flow run, the results of the cache key, and the active limits of the tags."""

    flow_run: FlowRun | None = None
    results: SeenResults | None = None
    cached: State | None = None
    limits: tuple[SeenLimit, ...] = ()


@dataclass(frozen=True)
class ContextLoader:
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

    def load(self, run: TaskRun, found: Items) -> TransitionContext:
        """Read what is missing in the items found so far."""
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
        # Deferred runs neither check nor take slots (orchestration R5).
        if not self._starts or self.proposed.state_details.deferred:
            return []
        return [keys.limit(f"{TAG_PREFIX}{tag}") for tag in dict.fromkeys(run.tags)]

    def _results(self, known: Items) -> SeenResults | None:
        cache_key = self.proposed.state_details.cache_key
        item = known.get(keys.cache(cache_key)) if cache_key else None
        if item is None:
            return None
        return SeenResults(items.read_document(Results, item), int(item["version"]))

    def _cached(self, seen: SeenResults | None) -> State | None:
        """Return the cached state that replaces the proposed one, if it is still stored."""
        serving = seen.results.serving(self.now) if seen and self._starts else None
        if serving is None:
            return None
        run = keys.task_run(serving.task_run_id)
        state = self.table.read(keys.state(run, serving.timestamp, serving.state_id))
        return items.read_document(State, state) if state else None


def _active_limits(known: Items, limits: list[Key]) -> Iterator[SeenLimit]:
    seen = (read_limit(known[key]) for key in limits if key in known)
    return (one for one in seen if one.limit.active)


def _flow_run(known: Items, key: Key | None) -> FlowRun | None:
    item = known.get(key) if key else None
    return items.read_document(FlowRun, item) if item else None
