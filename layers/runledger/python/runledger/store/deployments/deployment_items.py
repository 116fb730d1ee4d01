"""Deployments as items: the document, and the facts that indexes carry."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.store import items
from runledger.store.dynamodb.large_documents import PIECES
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys, sort_keys

# The attributes from which a deployment's facts are read.
DEPLOYMENT_ATTRIBUTES = ("pk", "sk", "facts")

# The attribute with the id of the limit of a deployment's runs.
LIMIT_ID = "limit_id"

# The attribute with the time at which a process that serves the deployment last asked for its runs.
POLLED = "polled"

# The fields that no filter uses.
BEYOND_FACTS = {
    "concurrency_options",
    "description",
    "entrypoint",
    "job_variables",
    "labels",
    "parameter_openapi_schema",
    "parameters",
    "path",
    "pull_steps",
    "schedules",
}


class SeenDeployment(NamedTuple):
    """A deployment as it was read: the version guards the next write.

    `pieces` names the fields of its document that are stored in pieces.
    """

    deployment: Deployment
    version: int = 1
    pieces: str | None = None


def deployment_item(seen: SeenDeployment, *, shards: int) -> Item:
    """Spell a deployment."""
    deployment = seen.deployment.replace(global_concurrency_limit=None, last_polled=None)
    limit_id = deployment.concurrency_limit_id
    return {
        **keys.deployment(deployment.id)._asdict(),
        "body": deployment.model_dump_json(exclude_defaults=True),
        "facts": deployment.model_dump_json(exclude_defaults=True, exclude=BEYOND_FACTS),
        "version": seen.version,
        "owner": keys.flow(deployment.flow_id).pk,
        "id": str(deployment.id),
        "shard": keys.shard(keys.DEPLOYMENT, keys.shard_of(deployment.id, shards)),
        "name_key": sort_keys.name_sort_key(deployment.name, deployment.created, deployment.id),
        "expected_start": sort_keys.time_sort_key(
            deployment.created, deployment.created, deployment.id
        ),
        "end": sort_keys.time_sort_key(deployment.updated, deployment.created, deployment.id),
        **({LIMIT_ID: str(limit_id)} if limit_id else {}),
        **({POLLED: polled.isoformat()} if (polled := seen.deployment.last_polled) else {}),
    }


def read_deployment(item: Item) -> SeenDeployment:
    """Read a deployment from its item."""
    return SeenDeployment(read_document(item), int(item["version"]), item.get(PIECES))


def read_document(item: Item) -> Deployment:
    """Read a deployment with the id of its limit, and with its last poll."""
    deployment = items.read_document(Deployment, item)
    beside: dict[str, Any] = {}
    if limit_id := item.get(LIMIT_ID):
        beside["concurrency_limit_id"] = UUID(limit_id)
    if polled := item.get(POLLED):
        beside["last_polled"] = datetime.fromisoformat(polled)
    return deployment.replace(**beside) if beside else deployment


def read_deployment_facts(entry: Item) -> Deployment:
    """Read the part of a deployment that indexes carry: the fields that filters use."""
    return Deployment.model_validate_json(entry["facts"])
