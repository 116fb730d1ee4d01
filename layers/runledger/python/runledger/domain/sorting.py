"""The orders of searches, and sort ranks.

See docs/contract/filters.md 6, docs/contract/neighbours.md 2 and 3.2.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from runledger.domain.runs.facts import duration

if TYPE_CHECKING:
    from runledger.domain.artifacts import Artifact, ArtifactCollection
    from runledger.domain.deployments.deployments import Deployment
    from runledger.domain.runs.facts import Duration, FlowRunFacts, TaskRunFacts
    from runledger.domain.runs.flows import Flow

DURATION = "duration"
"""Not a stored column: the time that a task run was in RUNNING."""


class Order(NamedTuple):
    """A column to sort by, ascending or descending."""

    column: str
    reverse: bool = False


class Sort(StrEnum):
    """The name of an order: a column, and ASC or DESC."""

    @property
    def order(self) -> Order:
        column, _, direction = self.lower().rpartition("_")
        return Order(column, reverse=direction == "desc")


class TaskRunSort(Sort):
    """The orders of task runs, listed as in the reference's errors."""

    ID_DESC = "ID_DESC"
    EXPECTED_START_TIME_ASC = "EXPECTED_START_TIME_ASC"
    EXPECTED_START_TIME_DESC = "EXPECTED_START_TIME_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"
    NEXT_SCHEDULED_START_TIME_ASC = "NEXT_SCHEDULED_START_TIME_ASC"
    END_TIME_DESC = "END_TIME_DESC"
    DURATION_DESC = "DURATION_DESC"
    DURATION_ASC = "DURATION_ASC"


class FlowRunSort(Sort):
    """The orders of flow runs, listed as in the reference's errors."""

    ID_DESC = "ID_DESC"
    START_TIME_ASC = "START_TIME_ASC"
    START_TIME_DESC = "START_TIME_DESC"
    EXPECTED_START_TIME_ASC = "EXPECTED_START_TIME_ASC"
    EXPECTED_START_TIME_DESC = "EXPECTED_START_TIME_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"
    NEXT_SCHEDULED_START_TIME_ASC = "NEXT_SCHEDULED_START_TIME_ASC"
    END_TIME_DESC = "END_TIME_DESC"


class FlowSort(Sort):
    """The orders of flows and of deployments."""

    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"


class Page(NamedTuple):
    """A part of the matches, in an order.

    `now` is the instant for which durations are computed.
    """

    order: Order
    offset: int
    limit: int
    now: datetime | None = None

    def as_of(self, now: datetime) -> Page:
        """Return the page with durations as of an instant."""
        return self._replace(now=now)


# All matches, in an order whose index has all columns that filters need.
ALL = Page(Order("expected_start_time"), offset=0, limit=2**63)


def rank(facts: TaskRunFacts, column: str) -> tuple[Any, ...]:
    """Return the run's rank by a column, ascending: null first; of equals the older first.

    It is (id,) or (is not null, value, created, id).
    """
    return _rank(facts.id, facts.created, column, getattr(facts, column))


def has_value(rank: tuple[Any, ...]) -> bool:
    """Return whether an entity of this rank has a value in the column, other than the id."""
    return bool(rank[0])


def rank_task_run(facts: TaskRunFacts, page: Page) -> tuple[Any, ...]:
    """Return a task run's rank, by the column of a page or by its duration."""
    if page.order.column != DURATION:
        return rank(facts, page.order.column)
    return rank_by_duration(duration(facts), page)


def rank_by_duration(duration: Duration, page: Page) -> tuple[int, ...]:
    """Return a task run's rank by its duration.

    Raises:
        ValueError: the page has no `now`.
    """
    if page.now is None:
        raise ValueError("a page by duration is as of an instant")
    return duration.rank(page.now, reverse=page.order.reverse)


def rank_flow_run(run: FlowRunFacts, column: str) -> tuple[Any, ...]:
    """Return a flow run's rank; one that did not start ranks by its expected start time."""
    value = getattr(run, column)
    if column == "start_time":
        value = value or run.expected_start_time
    return _rank(run.id, run.created, column, value)


def rank_flow(flow: Flow, column: str) -> tuple[Any, ...]:
    return _rank(flow.id, flow.created, column, getattr(flow, column))


def rank_deployment(deployment: Deployment, column: str) -> tuple[Any, ...]:
    value = getattr(deployment, column)
    return _rank(deployment.id, deployment.created, column, value)


def rank_artifact(artifact: Artifact | ArtifactCollection, column: str) -> tuple[Any, ...]:
    return _rank(artifact.id, artifact.created, column, getattr(artifact, column))


def _rank(item_id: UUID, created: datetime, column: str, value: object) -> tuple[Any, ...]:
    if column == "id":
        return (str(item_id),)
    return (value is not None, value, created, str(item_id))
