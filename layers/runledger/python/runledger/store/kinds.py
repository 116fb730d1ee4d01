"""The kinds of things that are searched for: how each is read from the table and ranked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from runledger.domain import sorting
from runledger.domain.deployments import Deployment
from runledger.domain.facts import TaskRunFacts
from runledger.domain.flow_runs import FlowRun
from runledger.domain.flows import Flow
from runledger.domain.sorting import Page
from runledger.domain.task_runs import TaskRun
from runledger.store import (
    deployment_items,
    flow_paths,
    flow_run_paths,
    items,
    keys,
    task_run_paths,
)
from runledger.store.planning import Paths
from runledger.store.writes import Item

F = TypeVar("F")
R = TypeVar("R")


@dataclass(frozen=True)
class Kind(Generic[F, R]):
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


TASK_RUNS: Kind[TaskRunFacts, TaskRun] = Kind(
    keys.TASK_RUN,
    facts=items.read_facts,
    document=lambda item: items.read_task_run(item).run,
    rank=sorting.rank_task_run,
    attributes=items.OF_TASK_RUNS,
    paths=task_run_paths.PATHS,
    is_counted=True,
)
FLOW_RUNS: Kind[FlowRun, FlowRun] = Kind(
    keys.FLOW_RUN,
    facts=items.read_flow_run_facts,
    document=lambda item: items.read_document(FlowRun, item),
    rank=_by_column(sorting.rank_flow_run),
    attributes=items.OF_FLOWS,
    paths=flow_run_paths.PATHS,
    is_counted=True,
)
FLOWS: Kind[Flow, Flow] = Kind(
    keys.FLOW,
    facts=items.read_flow_facts,
    document=lambda item: items.read_document(Flow, item),
    rank=_by_column(sorting.rank_flow),
    attributes=items.OF_FLOWS,
    paths=flow_paths.TO_FLOWS,
)
DEPLOYMENTS: Kind[Deployment, Deployment] = Kind(
    keys.DEPLOYMENT,
    facts=deployment_items.read_deployment_facts,
    document=lambda item: items.read_document(Deployment, item),
    rank=_by_column(sorting.rank_deployment),
    attributes=items.OF_FLOWS,
    paths=flow_paths.TO_DEPLOYMENTS,
)
