"""What Prefect's site sums up on its pages.

Each raises `OutOfTime` when the store's deadline comes first.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.fields import IdOrNot, TypeOrNot
from runledger.domain.filters.flow_runs import FlowRunFilter, FlowRunState
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.filters.task_runs import FlowRunId, SubflowRuns, TaskRunFilter
from runledger.domain.runs.dashboard import Ended, Window
from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import StateType
from runledger.store.search.executor import SearchResult
from runledger.store.store import Store


def count_by_state(store: Store, criteria: Criteria) -> SearchResult[Mapping[StateType, int]]:
    """Return how many of the task runs that are wanted are in each type of state."""

    def counted(runs: Iterator[TaskRunFacts]) -> Mapping[StateType, int]:
        return Counter(run.state_type for run in runs)

    return store.task_runs.searcher(criteria).aggregate(counted)


def count_ended(store: Store, criteria: Criteria, window: Window) -> SearchResult[list[Ended]]:
    """Return how the task runs that are wanted have ended, by when they started."""
    return store.task_runs.searcher(criteria).aggregate(window.aggregate)


def count_by_flow_run(store: Store, flow_run_ids: Sequence[UUID]) -> SearchResult[dict[UUID, int]]:
    """Return how many task runs each flow run has, without those that subflow runs stand for."""

    def counted(runs: Iterator[TaskRunFacts]) -> dict[UUID, int]:
        return _totals((run.flow_run_id for run in runs), flow_run_ids)

    within = FlowRunId(any_=list(flow_run_ids))
    wanted = TaskRunFilter(flow_run_id=within, subflow_runs=SubflowRuns(exists_=False))
    return store.task_runs.searcher(Criteria(task_runs=wanted)).aggregate(counted)


def count_deployments(store: Store, flow_ids: Sequence[UUID]) -> SearchResult[dict[UUID, int]]:
    """Return how many deployments each flow has."""

    def counted(deployments: Iterator[Deployment]) -> dict[UUID, int]:
        return _totals((deployment.flow_id for deployment in deployments), flow_ids)

    of_flows = FlowFilter(id=IdOrNot(any_=list(flow_ids)))
    return store.deployments.searcher(Criteria(flows=of_flows)).aggregate(counted)


def next_runs(store: Store, flow_ids: Sequence[UUID]) -> SearchResult[dict[UUID, FlowRun | None]]:
    """Return the run of each flow that is to start first."""

    def earliest(runs: Iterator[FlowRun]) -> dict[UUID, FlowRun | None]:
        due = [run for run in runs if run.next_scheduled_start_time]
        due.sort(key=attrgetter("next_scheduled_start_time"), reverse=True)
        return dict.fromkeys(flow_ids) | {run.flow_id: run for run in due}

    wanted = Criteria(
        flows=FlowFilter(id=IdOrNot(any_=list(flow_ids))),
        flow_runs=FlowRunFilter(state=FlowRunState(type=TypeOrNot(any_=[StateType.SCHEDULED]))),
    )
    return store.flow_runs.searcher(wanted).aggregate(earliest)


def _totals(owners: Iterable[UUID | None], wanted: Sequence[UUID]) -> dict[UUID, int]:
    counts = Counter(owners)
    return {owner: counts[owner] for owner in wanted}
