"""The orders in which things are listed (contract, filters 6, neighbours 2 and 3.2)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.deployments import Deployment
from runledger.domain.facts import TaskRunFacts
from runledger.domain.flow_runs import FlowRun
from runledger.domain.flows import Flow


class TaskRunSort(StrEnum):
    """The orders, as the reference lists them in its errors."""

    ID_DESC = "ID_DESC"
    EXPECTED_START_TIME_ASC = "EXPECTED_START_TIME_ASC"
    EXPECTED_START_TIME_DESC = "EXPECTED_START_TIME_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"
    NEXT_SCHEDULED_START_TIME_ASC = "NEXT_SCHEDULED_START_TIME_ASC"
    END_TIME_DESC = "END_TIME_DESC"


class FlowRunSort(StrEnum):
    """The orders of flow runs, as the reference lists them."""

    ID_DESC = "ID_DESC"
    START_TIME_ASC = "START_TIME_ASC"
    START_TIME_DESC = "START_TIME_DESC"
    EXPECTED_START_TIME_ASC = "EXPECTED_START_TIME_ASC"
    EXPECTED_START_TIME_DESC = "EXPECTED_START_TIME_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"
    NEXT_SCHEDULED_START_TIME_ASC = "NEXT_SCHEDULED_START_TIME_ASC"
    END_TIME_DESC = "END_TIME_DESC"


class FlowSort(StrEnum):
    """The orders of flows, as the reference lists them."""

    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"


class DeploymentSort(StrEnum):
    """The orders of deployments, as the reference lists them."""

    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"


class Order(NamedTuple):
    """A column's rank, upwards or downwards."""

    column: str
    reverse: bool = False


class Page(NamedTuple):
    """Which part of what is wanted, in which order."""

    order: Order
    offset: int
    limit: int


# Everything, in an order whose index tells enough to decide what is wanted.
ALL = Page(Order("expected_start_time"), offset=0, limit=2**63)

# fmt: off
ORDERS: Mapping[TaskRunSort, Order] = {
    TaskRunSort.ID_DESC:                       Order("id", reverse=True),
    TaskRunSort.EXPECTED_START_TIME_ASC:       Order("expected_start_time"),
    TaskRunSort.EXPECTED_START_TIME_DESC:      Order("expected_start_time", reverse=True),
    TaskRunSort.NAME_ASC:                      Order("name"),
    TaskRunSort.NAME_DESC:                     Order("name", reverse=True),
    TaskRunSort.NEXT_SCHEDULED_START_TIME_ASC: Order("next_scheduled_start_time"),
    TaskRunSort.END_TIME_DESC:                 Order("end_time", reverse=True),
}
FLOW_RUN_ORDERS: Mapping[FlowRunSort, Order] = {
    FlowRunSort.START_TIME_ASC:  Order("start_time"),
    FlowRunSort.START_TIME_DESC: Order("start_time", reverse=True),
    **{FlowRunSort[sort.name]: order for sort, order in ORDERS.items()},
}
FLOW_ORDERS: Mapping[FlowSort, Order] = {
    FlowSort.CREATED_DESC: Order("created", reverse=True),
    FlowSort.UPDATED_DESC: Order("updated", reverse=True),
    FlowSort.NAME_ASC:     Order("name"),
    FlowSort.NAME_DESC:    Order("name", reverse=True),
}
DEPLOYMENT_ORDERS: Mapping[DeploymentSort, Order] = {
    DeploymentSort[sort.name]: order for sort, order in FLOW_ORDERS.items()
}
# fmt: on


def rank(facts: TaskRunFacts, column: str) -> tuple[Any, ...]:
    """Return where the run stands by a column, upwards: null first, the older first of equals.

    It is (id,) or (is not null, value, created, id); of two ranks by one column the lesser
    comes first.
    """
    return _rank(facts.id, facts.created, column, getattr(facts, column))


def rank_flow_run(run: FlowRun, column: str) -> tuple[Any, ...]:
    """Return where a flow run stands; one that did not start, by when it is expected to."""
    value = getattr(run, column)
    if column == "start_time":
        value = value or run.expected_start_time
    return _rank(run.id, run.created, column, value)


def rank_flow(flow: Flow, column: str) -> tuple[Any, ...]:
    """Return where a flow stands."""
    return _rank(flow.id, flow.created, column, getattr(flow, column))


def rank_deployment(deployment: Deployment, column: str) -> tuple[Any, ...]:
    """Return where a deployment stands."""
    value = getattr(deployment, column)
    return _rank(deployment.id, deployment.created, column, value)


def _rank(item_id: UUID, created: datetime, column: str, value: object) -> tuple[Any, ...]:
    if column == "id":
        return (str(item_id),)
    return (value is not None, value, created, str(item_id))
