"""Deployments as items: the document, and what indexes carry of it."""

from typing import NamedTuple

from runledger.domain.deployments.deployments import Deployment
from runledger.store import items
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys, sort_keys

# What a search reads a deployment's facts from.
DEPLOYMENT_ATTRIBUTES = ("pk", "sk", "facts")

# What no criterion asks about.
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

    `pieces` tells which fields of its document are elsewhere.
    """

    deployment: Deployment
    version: int = 1
    pieces: str | None = None


def deployment_item(seen: SeenDeployment, *, shards: int) -> Item:
    """Spell a deployment."""
    one = seen.deployment
    return {
        **keys.deployment(one.id)._asdict(),
        "body": one.model_dump_json(exclude_defaults=True),
        "facts": one.model_dump_json(exclude_defaults=True, exclude=BEYOND_FACTS),
        "version": seen.version,
        "owner": keys.flow(one.flow_id).pk,
        "id": str(one.id),
        "shard": keys.shard(keys.DEPLOYMENT, keys.shard_of(one.id, shards)),
        "name_key": sort_keys.name_sort_key(one.name, one.created, one.id),
        "expected_start": sort_keys.time_sort_key(one.created, one.created, one.id),
        "end": sort_keys.time_sort_key(one.updated, one.created, one.id),
    }


def read_deployment(item: Item) -> SeenDeployment:
    """Read back what `deployment_item` spelled."""
    deployment = items.read_document(Deployment, item)
    return SeenDeployment(deployment, int(item["version"]), item.get("document_pieces"))


def read_deployment_facts(entry: Item) -> Deployment:
    """Read a deployment as far as indexes carry it: without what no criterion asks about."""
    return Deployment.model_validate_json(entry["facts"])
