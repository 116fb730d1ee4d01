"""Bodies about deployments, as the reference reads them (contract, neighbours 5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from runledger import ids
from runledger.api.bodies import Body, Name, Parameters, StateCreate
from runledger.api.schedules import Positive, ScheduleCreate, ScheduleUpdate
from runledger.domain.deployments.deployments import ConcurrencyOptions, Deployment
from runledger.domain.deployments.parameters import check_parameters, without_required
from runledger.domain.deployments.schedules import ScheduleAsked
from runledger.domain.errors import Invalid, Mismatch
from runledger.domain.runs.empirical_policies import FlowRunPolicy
from runledger.domain.runs.states import State, StateType
from runledger.domain.values import Labels, Value

# Keys of clients older than work pools.
FORGOTTEN = frozenset(
    {
        "worker_pool_queue_id",
        "worker_pool_name",
        "worker_pool_queue_name",
        "work_pool_queue_name",
    }
)

NO_PARAMETERS = {"type": "object", "properties": {}}
ParameterSchema = Annotated[
    dict[str, Any], BeforeValidator(lambda given: NO_PARAMETERS if given == {} else given)
]

# What a body says that a deployment does not keep under the same name, or not at all.
APART = frozenset({"schedules", "concurrency_limit", "global_concurrency_limit_id", "version_info"})


class VersionInfo(Value):
    """What built a version; checked, and not kept."""

    model_config = ConfigDict(extra="allow")

    type: str
    version: str


class DeploymentUpdate(Body):
    """PATCH /deployments/{id}; only the keys that are sent change."""

    version: str | None = None
    description: str | None = None
    paused: bool = False
    schedules: list[ScheduleUpdate] = []
    concurrency_limit: Positive | None = None
    concurrency_options: ConcurrencyOptions | None = None
    global_concurrency_limit_id: UUID | None = None
    parameters: Parameters | None = None
    parameter_openapi_schema: ParameterSchema | None = None
    tags: list[str] = []
    work_queue_name: str | None = None
    work_pool_name: str | None = None
    path: str | None = None
    job_variables: dict[str, Any] | None = None
    pull_steps: list[dict[str, Any]] | None = None
    entrypoint: str | None = None
    storage_document_id: UUID | None = None
    infrastructure_document_id: UUID | None = None
    enforce_parameter_schema: bool | None = None
    version_info: VersionInfo | None = None

    @model_validator(mode="before")
    @classmethod
    def heed_what_belongs_together(cls, given: object) -> object:
        """Check what no single key tells."""
        if isinstance(given, dict):
            refuse_two_limits(given)
            return forget(given)
        return given

    def changes(self) -> dict[str, Any]:
        """Return what is to change; schedules apart."""
        sent = {name: getattr(self, name) for name in self.model_fields_set - APART}
        if sent.get("job_variables", {}) is None:
            del sent["job_variables"]
        return sent | ({"tags": tuple(self.tags)} if "tags" in sent else {})

    def asked_schedules(self) -> list[ScheduleAsked] | None:
        """Return the schedules that are wanted; None: those that there are."""
        sent = "schedules" in self.model_fields_set
        return [schedule.asked() for schedule in self.schedules] if sent else None

    def may_start_schedules(self) -> bool:
        """Tell whether schedules may be active that were not."""
        return not self.model_fields_set.isdisjoint({"schedules", "paused"})


class DeploymentCreate(Body):
    """POST /deployments/."""

    name: str = Field(pattern=r"^[^/%&><]*$")
    flow_id: UUID
    paused: bool = False
    schedules: list[ScheduleCreate] = []
    concurrency_limit: Positive | None = None
    concurrency_options: ConcurrencyOptions | None = None
    global_concurrency_limit_id: UUID | None = None
    enforce_parameter_schema: bool = True
    parameter_openapi_schema: ParameterSchema | None = {}
    parameters: Parameters = {}
    tags: list[str] = []
    labels: Labels | None = {}
    pull_steps: list[dict[str, Any]] | None = []
    work_queue_name: str | None = None
    work_pool_name: str | None = None
    storage_document_id: UUID | None = None
    infrastructure_document_id: UUID | None = None
    description: str | None = None
    path: str | None = None
    version: str | None = None
    entrypoint: str | None = None
    job_variables: dict[str, Any] = {}
    version_info: VersionInfo | None = None

    @model_validator(mode="before")
    @classmethod
    def heed_what_belongs_together(cls, given: object) -> object:
        """Check what no single key tells.

        Parameters not sent are set in the client's own object, as the reference does: a 422 shows
        them in `request_body`.
        """
        if isinstance(given, dict):
            refuse_two_limits(given)
            refuse_broken_schema(given)
            given.setdefault("parameters", {})
            return forget(given)
        return given

    def to_deployment(self, now: datetime) -> Deployment:
        """Return the deployment asked for, which has neither labels of its flow nor schedules."""
        asked = {name: getattr(self, name) for name in type(self).model_fields if name not in APART}
        return Deployment.model_construct(
            **asked
            | {
                "id": ids.run_id(),
                "tags": tuple(self.tags),
                "work_pool_name": self.work_pool_name or None,
                "created": now,
                "updated": now,
            }
        )

    def sent(self) -> frozenset[str]:
        """Return the fields of an existing deployment that this replaces."""
        return frozenset(self.model_fields_set) - APART | {"parameters", "labels", "updated"}

    def asked_schedules(self) -> list[ScheduleAsked]:
        """Return the schedules that are wanted."""
        return [schedule.asked() for schedule in self.schedules]


class DeploymentFlowRunCreate(Body):
    """POST /deployments/{id}/create_flow_run."""

    state: StateCreate | None = None
    name: Name = None
    parameters: Parameters = {}
    enforce_parameter_schema: bool | None = None
    context: dict[str, Any] = {}
    infrastructure_document_id: UUID | None = None
    empirical_policy: FlowRunPolicy = FlowRunPolicy()
    tags: list[str] = []
    idempotency_key: str | None = None
    labels: Labels | None = None
    parent_task_run_id: UUID | None = None
    work_queue_name: str | None = None
    job_variables: dict[str, Any] | None = {}

    def fields(self, now: datetime) -> dict[str, Any]:
        """Return the fields of the flow run as far as they are its own."""
        asked = {name: getattr(self, name) for name in type(self).model_fields}
        del asked["enforce_parameter_schema"]
        return asked | {
            "id": ids.run_id(),
            "name": self.name or ids.name(),
            "tags": tuple(self.tags),
            "labels": self.labels or {},
            "job_variables": self.job_variables or {},
            "state": None,
            "created": now,
            "updated": now,
        }

    def proposed(self, now: datetime) -> State:
        """Return the first state asked for, SCHEDULED for now by default."""
        return (self.state or SCHEDULED).proposed(now)


SCHEDULED = StateCreate(type=StateType.SCHEDULED)


def refuse_two_limits(given: Mapping[str, Any]) -> None:
    """Refuse a limit of its own beside a shared one."""
    if given.get("concurrency_limit") and given.get("global_concurrency_limit_id"):
        raise ValueError(
            "A deployment cannot have both a concurrency limit and a global concurrency limit."
        )


def refuse_broken_schema(given: Mapping[str, Any]) -> None:
    """Refuse parameters that break their schema, where that is to be enforced in so many words."""
    parameters, schema = given.get("parameters", {}), given.get("parameter_openapi_schema")
    if not given.get("enforce_parameter_schema") or parameters is None:
        return
    if isinstance(schema, dict):
        try:
            check_parameters(parameters, without_required(schema))
        except (Invalid, Mismatch) as error:
            raise ValueError(str(error)) from error


def forget(given: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the keys that only old clients send."""
    return {name: value for name, value in given.items() if name not in FORGOTTEN}
