"""The search for task runs, and their counts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.task_runs import FlowRunId, SubflowRuns, TaskRunFilter
from runledger.domain.runs.dashboard import EndedRunCounts, Window
from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.states import StateType
from runledger.service.search.search import Search
from runledger.service.search.totals import totals
from runledger.store.search.task_runs import MEMBERS, task_run_searcher
from runledger.store.search_result import SearchResult
from runledger.store.store import Store

TASK_RUNS = Search(task_run_searcher)


def count_by_state(store: Store, criteria: Criteria) -> SearchResult[Mapping[StateType, int]]:
    """Return the number of matching task runs by state type."""

    def counted(runs: Iterator[TaskRunFacts]) -> Mapping[StateType, int]:
        return Counter(run.state_type for run in runs if run.state_type)

    return TASK_RUNS.aggregate(store, criteria, counted)


def count_ended(
    store: Store, criteria: Criteria, window: Window
) -> SearchResult[list[EndedRunCounts]]:
    """Return the numbers of matching task runs that ended, by their start and final state."""
    return TASK_RUNS.aggregate(store, criteria, window.aggregate)


def count_by_flow_run(store: Store, flow_run_ids: Sequence[UUID]) -> SearchResult[dict[UUID, int]]:
    """Return the number of task runs of each flow run, without the parents of subflow runs."""

    def counted(runs: Iterator[TaskRunFacts]) -> dict[UUID, int]:
        return totals((run.flow_run_id for run in runs), flow_run_ids)

    within = FlowRunId(any_=list(flow_run_ids))
    wanted = TaskRunFilter(flow_run_id=within, subflow_runs=SubflowRuns(exists_=False))
    searcher = task_run_searcher(store, Criteria(task_runs=wanted), entity_type=MEMBERS)
    return searcher.aggregate(counted)
