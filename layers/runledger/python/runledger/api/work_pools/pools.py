"""Bodies of work pools."""

import re
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field

from runledger import ids
from runledger.api.bodies import Body
from runledger.api.queries import Limited, Skipping
from runledger.domain.filters.work_pools import WorkPoolFilter
from runledger.domain.values import Value
from runledger.domain.work_pools import creation, job_templates
from runledger.domain.work_pools.pools import (
    AGENT_TYPE,
    PoolWithQueues,
    ShownPool,
    StorageSteps,
    WorkPool,
    WorkPoolStatus,
    WorkPoolStorageConfiguration,
)

# The reference fails at larger numbers.
MAX_NUMBER = 2**63 - 1

ConcurrencyLimit = Annotated[int, Field(ge=0, le=MAX_NUMBER)]

USER_AGENT = re.compile(r"prefect/(\d+)\.(\d+)\.(\d+)\S* \(API \S+\)$")

# Clients up to this version refuse an answer with the block of results.
STEPS_ALONE = (3, 3, 7)


def refuse_blank(name: object) -> object:
    """Refuse a name of blanks and quotation marks alone."""
    if isinstance(name, str) and not name.strip("' \""):
        raise ValueError("name cannot be an empty string")
    return name


def check_job_template(template: dict[str, Any] | None) -> dict[str, Any] | None:
    """Refuse a template that does not declare its variables."""
    job_templates.check_template(template or {})
    return template


PoolName = Annotated[str, Field(pattern=r"^[^/%&><]+$"), BeforeValidator(refuse_blank)]
JobTemplate = Annotated[dict[str, Any], AfterValidator(check_job_template)]


class WorkPoolCreate(Body):
    """POST /work_pools/."""

    name: PoolName
    description: str | None = None
    type: str = AGENT_TYPE
    base_job_template: JobTemplate = {}
    is_paused: bool = False
    concurrency_limit: ConcurrencyLimit | None = None
    storage_configuration: WorkPoolStorageConfiguration = (
        WorkPoolStorageConfiguration.model_construct()
    )

    def to_pool(self, now: datetime) -> PoolWithQueues:
        """Return the pool with its default queue."""
        pool = WorkPool.model_construct(
            **dict(self),
            id=ids.run_id(),
            created=now,
            updated=now,
            default_queue_id=ids.run_id(),
        )
        return creation.new_pool(pool)


class WorkPoolUpdate(Body):
    """PATCH /work_pools/{name}; a later check refuses nulls."""

    description: str | None = None
    is_paused: bool | None = None
    base_job_template: JobTemplate | None = None
    concurrency_limit: ConcurrencyLimit | None = None
    storage_configuration: WorkPoolStorageConfiguration | None = None

    def changes(self) -> dict[str, Any]:
        return {field: getattr(self, field) for field in self.model_fields_set}


class AboutWorkPools(Value):
    work_pools: WorkPoolFilter | None = None


class ReadWorkPools(Skipping, AboutWorkPools, Limited):
    """POST /work_pools/filter."""


class CountWorkPools(AboutWorkPools):
    """POST /work_pools/count."""


class WorkPoolResponse(Value):
    """A work pool in answers."""

    id: UUID
    created: datetime
    updated: datetime
    name: str
    description: str | None
    type: str
    base_job_template: dict[str, Any]
    is_paused: bool
    concurrency_limit: int | None
    status: WorkPoolStatus | None
    default_queue_id: UUID
    storage_configuration: WorkPoolStorageConfiguration | StorageSteps
    active_slots: int | None

    @classmethod
    def of(cls, shown: ShownPool, user_agent: str) -> "WorkPoolResponse":
        """Return the pool as a client of this version understands it."""
        fields = dict(shown.pool)
        if _knows_steps_alone(user_agent):
            storage = dict(shown.pool.storage_configuration)
            del storage["default_result_storage_block_id"]
            fields["storage_configuration"] = StorageSteps.model_construct(**storage)
        return cls.model_construct(**fields, status=shown.status, active_slots=shown.active_slots)


def _knows_steps_alone(user_agent: str) -> bool:
    found = USER_AGENT.match(user_agent)
    return found is not None and tuple(map(int, found.groups())) <= STEPS_ALONE
