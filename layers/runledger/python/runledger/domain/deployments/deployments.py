"""The deployment: a flow with the parameters and schedules of its runs.

See docs/contract/neighbours.md 5.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from runledger.domain.concurrency_limits import GlobalConcurrencyLimitResponse
from runledger.domain.deployments.hydration import hydrated
from runledger.domain.deployments.parameters import check_parameters
from runledger.domain.deployments.schedules import Schedule
from runledger.domain.errors import Conflict, Mismatch
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import StateType
from runledger.domain.runs.timers import AWAITING_SLOT
from runledger.domain.values import Labels, Value, merge_labels

FLOW_LABEL = "prefect.flow.id"
DEPLOYMENT_LABEL = "prefect.deployment.id"

MIN_GRACE, MAX_GRACE = 60, 86_400

NO_SCHEMA = (
    "Error updating deployment: Cannot update parameters because parameter schema enforcement is"
    " enabled and the deployment does not have a valid parameter schema."
)


class CollisionStrategy(StrEnum):
    """The handling of a run without a free slot."""

    ENQUEUE = "ENQUEUE"
    CANCEL_NEW = "CANCEL_NEW"


class ConcurrencyOptions(Value):
    """The options of a limit of the deployment's runs."""

    collision_strategy: CollisionStrategy
    grace_period_seconds: int | None = Field(default=None, ge=MIN_GRACE, le=MAX_GRACE)


class Deployment(Value):
    """A deployment; its fields are in the order of the wire. Those of type None are always null."""

    id: UUID
    created: datetime
    updated: datetime
    name: str
    version: str | None = None
    description: str | None = None
    flow_id: UUID
    paused: bool = False
    schedules: tuple[Schedule, ...] = ()
    concurrency_limit: None = None
    global_concurrency_limit: GlobalConcurrencyLimitResponse | None = None
    concurrency_options: ConcurrencyOptions | None = None
    job_variables: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    tags: tuple[str, ...] = ()
    labels: Labels | None = None
    work_queue_name: str | None = None
    work_queue_id: UUID | None = None
    last_polled: datetime | None = None
    parameter_openapi_schema: dict[str, Any] | None = {}
    path: str | None = None
    pull_steps: list[dict[str, Any]] | None = []
    entrypoint: str | None = None
    storage_document_id: UUID | None = None
    infrastructure_document_id: UUID | None = None
    created_by: None = None
    updated_by: None = None
    work_pool_name: str | None = None
    status: Literal["READY", "NOT_READY"] = "NOT_READY"
    enforce_parameter_schema: bool = True
    # Stored, and not on the wire; the limit itself is read for an answer.
    concurrency_limit_id: Annotated[UUID | None, Field(exclude=True)] = None

    def active_schedules(self) -> tuple[Schedule, ...]:
        """Return the schedules that start runs: none while the deployment is paused."""
        return () if self.paused else tuple(one for one in self.schedules if one.active)

    def fields_of_runs(self) -> dict[str, Any]:
        """Return the fields that every run of the deployment has from it."""
        return {
            "flow_id": self.flow_id,
            "deployment_id": self.id,
            "deployment_version": self.version,
            "work_queue_name": self.work_queue_name,
        }

    def labels_of_runs(self, own: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the labels of a run: the deployment's, replaced by the run's own."""
        ids = {FLOW_LABEL: str(self.flow_id), DEPLOYMENT_LABEL: str(self.id)}
        return merge_labels(self.labels, ids, own)

    def placeholders_of_run(self, own: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters of a run: the deployment's, replaced by the run's own."""
        return {**self.parameters, **own}

    def parameters_of_run(
        self, own: Mapping[str, Any], variables: Mapping[str, Any], *, enforced: bool | None
    ) -> dict[str, Any]:
        """Return the hydrated parameters of a run.

        Raises:
            Rejected: a placeholder can't be hydrated.
            Mismatch: they break the deployment's schema, or it is not one, and that is enforced.
            Invalid: the schema has circular references.
        """
        parameters = hydrated(self.placeholders_of_run(own), "flow run parameters", variables)
        if self.enforce_parameter_schema if enforced is None else enforced:
            self._check(parameters, "creating flow run", complete=True)
        return parameters

    def check_parameters(self) -> None:
        """Check the default parameters of runs; required ones may still be missing.

        Raises:
            Mismatch: they break the schema, and that is enforced.
            Invalid: the schema has circular references.
        """
        if self.enforce_parameter_schema:
            self._check(self.parameters, "updating deployment", complete=False)

    def _check(self, parameters: Mapping[str, Any], doing: str, *, complete: bool) -> None:
        if self.parameter_openapi_schema is None:
            raise Mismatch(NO_SCHEMA)
        try:
            check_parameters(parameters, self.parameter_openapi_schema, complete=complete)
        except Mismatch as mismatch:
            raise Mismatch(f"Error {doing}: {mismatch}") from mismatch

    def check_schedules(self) -> None:
        """Refuse schedules that share a slug.

        Raises:
            Conflict: some do.
        """
        slugs = [schedule.slug for schedule in self.schedules if schedule.slug is not None]
        if len(slugs) > len(set(slugs)):
            raise Conflict("the schedules of a deployment have slugs of their own")


def is_waiting(run: FlowRun) -> bool:
    """Return whether a run never began, so that it is deleted with its deployment."""
    queued = run.state_name == AWAITING_SLOT
    return run.state_type == StateType.SCHEDULED and run.run_count == 0 and not queued
