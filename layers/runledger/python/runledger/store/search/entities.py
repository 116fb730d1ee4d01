"""The kinds of things that are searched for: how each is read from the table and ranked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from runledger.domain import sorting
from runledger.domain.deployments.deployments import Deployment
from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.sorting import Page
from runledger.store import items
from runledger.store.deployments import deployment_items
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys
from runledger.store.search.paths import flow_runs, flows, task_runs
from runledger.store.search.planner import Paths

F = TypeVar("F")
R = TypeVar("R")


@dataclass(frozen=True)
class EntityType(Generic[F, R]):
    """A kind: its name in keys, and how to read what indexes know of a thing, and all of it.

    `paths` lead to some things of the kind without reading all; `is_counted` says that counters
    tell how many there are in each type of state.
    """

    name: str
    facts: Callable[[Item], F]
    document: Callable[[Item], R]
    rank: Callable[[F, Page], tuple[Any, ...]]
    attributes: Sequence[str]
    paths: Paths
    is_counted: bool = False


def _by_column(rank: Callable[[F, str], tuple[Any, ...]]) -> Callable[[F, Page], tuple[Any, ...]]:
    return lambda facts, page: rank(facts, page.order.column)


TASK_RUNS: EntityType[TaskRunFacts, TaskRun] = EntityType(
    keys.TASK_RUN,
    facts=items.read_facts,
    document=lambda item: items.read_task_run(item).run,
    rank=sorting.rank_task_run,
    attributes=items.OF_TASK_RUNS,
    paths=task_runs.PATHS,
    is_counted=True,
)
FLOW_RUNS: EntityType[FlowRun, FlowRun] = EntityType(
    keys.FLOW_RUN,
    facts=items.read_flow_run_facts,
    document=lambda item: items.read_document(FlowRun, item),
    rank=_by_column(sorting.rank_flow_run),
    attributes=items.OF_FLOWS,
    paths=flow_runs.PATHS,
    is_counted=True,
)
FLOWS: EntityType[Flow, Flow] = EntityType(
    keys.FLOW,
    facts=items.read_flow_facts,
    document=lambda item: items.read_document(Flow, item),
    rank=_by_column(sorting.rank_flow),
    attributes=items.OF_FLOWS,
    paths=flows.TO_FLOWS,
)
DEPLOYMENTS: EntityType[Deployment, Deployment] = EntityType(
    keys.DEPLOYMENT,
    facts=deployment_items.read_deployment_facts,
    document=lambda item: items.read_document(Deployment, item),
    rank=_by_column(sorting.rank_deployment),
    attributes=items.OF_FLOWS,
    paths=flows.TO_DEPLOYMENTS,
)
