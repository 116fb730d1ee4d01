"""The search for flow runs, and their aggregates."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.fields import IdOrNot, TypeOrNot
from runledger.domain.filters.flow_runs import FlowRunFilter, FlowRunState
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.runs.facts import FlowRunFacts
from runledger.domain.runs.history import average_lateness
from runledger.domain.runs.states import StateType
from runledger.service.search.search import Search, samples
from runledger.store.search.flow_runs import flow_run_searcher
from runledger.store.search_result import SearchResult
from runledger.store.store import Store

FLOW_RUNS = Search(flow_run_searcher)


def next_runs(
    store: Store, flow_ids: Sequence[UUID]
) -> SearchResult[dict[UUID, FlowRunFacts | None]]:
    """Return the next scheduled run of each flow, or None."""

    def earliest(runs: Iterator[FlowRunFacts]) -> dict[UUID, FlowRunFacts | None]:
        due = [run for run in runs if run.next_scheduled_start_time]
        due.sort(key=attrgetter("next_scheduled_start_time"), reverse=True)
        return dict.fromkeys(flow_ids) | {run.flow_id: run for run in due}

    wanted = Criteria(
        flows=FlowFilter(id=IdOrNot(any_=list(flow_ids))),
        flow_runs=FlowRunFilter(state=FlowRunState(type=TypeOrNot(any_=[StateType.SCHEDULED]))),
    )
    return FLOW_RUNS.aggregate(store, wanted, earliest)


def lateness(store: Store, criteria: Criteria, *, now: datetime) -> SearchResult[float | None]:
    """Return the average lateness of the matching flow runs, in seconds."""
    return FLOW_RUNS.aggregate(store, criteria, lambda facts: average_lateness(samples(facts), now))
