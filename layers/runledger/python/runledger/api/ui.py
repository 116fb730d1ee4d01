"""What only Prefect's site asks for, and is answered (contract, clients 6)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from runledger.api.flow_queries import Pooled
from runledger.api.queries import Limited, Skipping
from runledger.domain.filters.deployments import DeploymentFilter
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.filters.task_runs import TaskRunFilter
from runledger.domain.filters.work_pools import WorkPoolFilter
from runledger.domain.flow_runs import FlowRun
from runledger.domain.sorting import FlowRunSort
from runledger.domain.states import StateType
from runledger.domain.task_runs import TaskRun
from runledger.domain.values import Value

MOST_SIMPLE_RUNS = 1_000


class UITaskRun(TaskRun):
    """A task run, and what its flow run is called."""

    flow_run_name: str | None = None

    @classmethod
    def of(cls, run: TaskRun, flow_run_name: str | None) -> "UITaskRun":
        """Tell a task run."""
        return cls.model_construct(None, **dict(run), flow_run_name=flow_run_name)


class CountTaskRunsByFlowRun(Value):
    """POST /ui/flow_runs/count-task-runs."""

    flow_run_ids: list[UUID]


class SimplySorted(Value):
    sort: FlowRunSort = FlowRunSort.EXPECTED_START_TIME_DESC


class SimplyLimited(Value):
    limit: Annotated[int, Field(ge=0, le=MOST_SIMPLE_RUNS)] = MOST_SIMPLE_RUNS


class ReadFlowRunHistory(Pooled, Skipping, SimplyLimited, SimplySorted):
    """POST /ui/flow_runs/history."""


class SimpleFlowRun(Value):
    """A dot in the history: when a run started or is expected to, and how long it took."""

    id: UUID
    state_type: StateType | None
    timestamp: datetime | None
    duration: timedelta
    lateness: timedelta

    @classmethod
    def of(cls, run: FlowRun) -> "SimpleFlowRun":
        """Tell a flow run, its estimates being made."""
        return cls(
            id=run.id,
            state_type=run.state_type,
            timestamp=run.start_time or run.expected_start_time,
            duration=run.estimated_run_time,
            lateness=run.estimated_start_time_delta,
        )


class AboutWorkPools(Value):
    work_pools: WorkPoolFilter | None = None


class ReadWorkPools(Skipping, AboutWorkPools, Limited):
    """POST /work_pools/filter."""


class ArtifactSort(StrEnum):
    """The orders, as the reference lists them in its errors."""

    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    ID_DESC = "ID_DESC"
    KEY_DESC = "KEY_DESC"
    KEY_ASC = "KEY_ASC"


class ArtifactsSorted(Value):
    sort: ArtifactSort = ArtifactSort.ID_DESC


class ReadArtifacts(Skipping, ArtifactsSorted, Limited):
    """POST /artifacts/filter; what is asked of artifacts themselves is not looked at."""

    artifacts: dict[str, Any] | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    flows: FlowFilter | None = None
    deployments: DeploymentFilter | None = None
