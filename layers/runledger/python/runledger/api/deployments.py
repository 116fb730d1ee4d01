"""Request bodies of deployments (docs/contract/neighbours.md 5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from runledger import ids
from runledger.api.bodies import Body, Name, Parameters, StateCreate
from runledger.api.concurrency_limits import MAX_NUMBER
from runledger.api.schedules import Positive, ScheduleCreate, ScheduleUpdate
from runledger.domain.deployments.deployments import ConcurrencyOptions, Deployment
from runledger.domain.deployments.parameters import check_sent_together
from runledger.domain.deployments.schedules import ScheduleRequest
from runledger.domain.errors import Invalid, Mismatch
from runledger.domain.runs.empirical_policies import FlowRunPolicy
from runledger.domain.runs.states import State, StateType
from runledger.domain.values import Labels, Value
from runledger.execution_limits import limited

# Keys of clients older than work pools.
OLD_KEYS = frozenset(
    {
        "worker_pool_queue_id",
        "worker_pool_name",
        "worker_pool_queue_name",
        "work_pool_queue_name",
    }
)

NO_PARAMETERS = {"type": "object", "properties": {}}
Slots = Annotated[Positive, Field(le=MAX_NUMBER)]
ParameterSchema = Annotated[
    dict[str, Any], BeforeValidator(lambda given: NO_PARAMETERS if given == {} else given)
]

# Fields of a body that a deployment stores under another name, or not at all.
LIMITS = frozenset({"concurrency_limit", "global_concurrency_limit_id"})
NOT_COLUMNS = LIMITS | {"schedules", "version_info"}


class VersionInfo(Value):
    """The build of a version; validated, and not stored."""

    model_config = ConfigDict(extra="allow")

    type: str
    version: str


class DeploymentUpdate(Body):
    """PATCH /deployments/{id}; only the keys that are sent change."""

    version: str | None = None
    description: str | None = None
    paused: bool = False
    schedules: list[ScheduleUpdate] = []
    concurrency_limit: Slots | None = None
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
    def check_keys_together(cls, given: object) -> object:
        """Check keys against each other."""
        if isinstance(given, dict):
            refuse_two_limits(given)
            return without_old_keys(given)
        return given

    def changes(self) -> dict[str, Any]:
        """Return the changed fields, except for schedules."""
        sent = {name: getattr(self, name) for name in self.model_fields_set - NOT_COLUMNS}
        if sent.get("job_variables", {}) is None:
            del sent["job_variables"]
        return sent | ({"tags": tuple(self.tags)} if "tags" in sent else {})

    def limits(self) -> dict[str, Any]:
        """Return what was sent about the limit of the deployment's runs."""
        return limits_of(self)

    def schedule_requests(self) -> list[ScheduleRequest] | None:
        """Return the requested schedules; None: they stay as they are."""
        sent = "schedules" in self.model_fields_set
        return [schedule.to_request() for schedule in self.schedules] if sent else None


class DeploymentCreate(Body):
    """POST /deployments/."""

    name: str = Field(pattern=r"^[^/%&><]*$")
    flow_id: UUID
    paused: bool = False
    schedules: list[ScheduleCreate] = []
    concurrency_limit: Slots | None = None
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
    def check_keys_together(cls, given: object) -> object:
        """Check keys against each other.

        Missing parameters are set in the client's own object, as the reference does: a 422 has
        them in `request_body`.
        """
        if isinstance(given, dict):
            refuse_two_limits(given)
            refuse_broken_schema(given)
            given.setdefault("parameters", {})
            return without_old_keys(given)
        return given

    def to_deployment(self, now: datetime) -> Deployment:
        """Return the deployment, without labels of its flow and without schedules."""
        fields = {
            name: getattr(self, name) for name in type(self).model_fields if name not in NOT_COLUMNS
        }
        return Deployment.model_construct(
            **fields
            | {
                "id": ids.run_id(),
                "tags": tuple(self.tags),
                "work_pool_name": self.work_pool_name or None,
                "created": now,
                "updated": now,
            }
        )

    def sent(self) -> frozenset[str]:
        """Return the names of the fields that an existing deployment takes over."""
        return frozenset(self.model_fields_set) - NOT_COLUMNS | {"parameters", "labels", "updated"}

    def limits(self) -> dict[str, Any]:
        """Return what was sent about the limit of the deployment's runs."""
        return limits_of(self)

    def schedule_requests(self) -> list[ScheduleRequest]:
        return [schedule.to_request() for schedule in self.schedules]


class DeploymentFlowRunCreate(Body):
    """POST /deployments/{id}/create_flow_run."""

    state: StateCreate | None = None
    name: Name = None
    parameters: Parameters = {}
    enforce_parameter_schema: bool | None = None
    context: dict[str, Any] = {}
    infrastructure_document_id: UUID | None = None
    empirical_policy: FlowRunPolicy = FlowRunPolicy.model_construct()
    tags: list[str] = []
    idempotency_key: str | None = None
    labels: Labels | None = None
    parent_task_run_id: UUID | None = None
    work_queue_name: str | None = None
    job_variables: dict[str, Any] | None = {}

    def fields(self, now: datetime) -> dict[str, Any]:
        """Return the flow run's own fields, apart from those of its deployment."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        del fields["enforce_parameter_schema"]
        return fields | {
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
        """Return the first state, by default SCHEDULED for now."""
        return (self.state or SCHEDULED).proposed(now)


SCHEDULED = StateCreate(type=StateType.SCHEDULED)


def limits_of(body: "DeploymentCreate | DeploymentUpdate") -> dict[str, Any]:
    """Return what was sent about limits: a number, or the id of a shared limit, or null."""
    return {name: getattr(body, name) for name in LIMITS & body.model_fields_set}


def refuse_two_limits(given: Mapping[str, Any]) -> None:
    """Refuse a limit of the deployment's own together with a shared one."""
    if given.get("concurrency_limit") and given.get("global_concurrency_limit_id"):
        raise ValueError(
            "A deployment cannot have both a concurrency limit and a global concurrency limit."
        )


def refuse_broken_schema(given: Mapping[str, Any]) -> None:
    """Refuse parameters that break their schema, if the body itself says to enforce it."""
    schema = given.get("parameter_openapi_schema")
    if not given.get("enforce_parameter_schema") or schema is None:
        return
    try:
        with limited():
            check_sent_together(given.get("parameters", {}), schema)
    except (Invalid, Mismatch) as error:
        raise ValueError(str(error)) from error


def without_old_keys(given: Mapping[str, Any]) -> dict[str, Any]:
    """Drop the keys that only old clients send."""
    return {name: value for name, value in given.items() if name not in OLD_KEYS}
