"""Creates several runs of a deployment with one request."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.deployments.deployments import NO_SCHEMA
from runledger.domain.deployments.hydration import Unreadable
from runledger.domain.deployments.parameters import CIRCULAR
from runledger.domain.errors import Mismatch, Rejected, RunledgerError
from runledger.domain.runs.states import State
from runledger.service import bulk
from runledger.service.deployments import deployments
from runledger.service.work_pools.job_variables import JobVariableChecks
from runledger.store.dynamodb.calls import Deadline
from runledger.store.store import Store

# Reasons that have other texts here than where one run is created.
TEXTS = {
    CIRCULAR: "Invalid schema: circular references detected.",
    NO_SCHEMA: "Parameter schema enforcement is enabled but deployment has no valid schema.",
}


class WantedRun(NamedTuple):
    """A request for a flow run: its own fields, its state, the enforcement of the schema."""

    fields: Mapping[str, Any]
    state: State
    enforced: bool | None


def create_flow_runs(
    store: Store,
    deployment_id: UUID,
    wanted: Iterable[WantedRun],
    deadline: Deadline,
    *,
    checks: JobVariableChecks,
    now: datetime,
) -> list[UUID | str]:
    """Create runs of the deployment, one after the other; return the id of each, or a reason.

    Raises:
        NotFound: there is no such deployment.
    """
    deployment = deployments.read(store, deployment_id)

    def create(one: WantedRun) -> UUID:
        fields, state, enforced = one
        created = deployments.start(
            store, deployment, fields, state, enforced=enforced, checks=checks, now=now
        )
        return created.run.id

    return list(bulk.attempt_each(wanted, deadline, create, _reason))


def _reason(error: RunledgerError) -> str:
    cause = error.__cause__
    if isinstance(cause, Mismatch):
        return f"Parameter validation failed: {cause}"
    if isinstance(cause, Unreadable | Rejected):
        return str(cause)
    return TEXTS.get(str(error), str(error))
