"""`python -m tests.upgrade.record NAME`: records the items that this version writes."""

import base64
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import httpx
import pytest

from local import environment, settings
from local.cloudformation.template import REPOSITORY
from local.database import dynamodb
from tests.conftest import api_client
from tests.support import databases, management
from tests.support.databases import TEMPLATE, DynamoDB, Engine, fresh_table, own_client
from tests.upgrade import program
from tests.upgrade.program import Written

RECORDED = REPOSITORY / "tests/upgrade/recorded"


class RecordedVersion(NamedTuple):
    """The items of a version, its answers, and the indexes of its table."""

    written: Written
    items: list[dict[str, Any]]
    answers: dict[str, Any]
    indexes: list[Any]


def load(file: Path) -> RecordedVersion:
    found = json.loads(file.read_text("utf-8"), object_hook=_with_bytes)
    return RecordedVersion(Written(**found.pop("written")), **found)


def save(recording: RecordedVersion, file: Path) -> None:
    members = recording._asdict() | {"written": recording.written._asdict()}
    file.write_text(json.dumps(members, indent=1, default=_without_bytes) + "\n", "utf-8")


def _without_bytes(value: bytes) -> dict[str, str]:
    return {"bytes": base64.b64encode(value).decode()}


def _with_bytes(found: dict[str, Any]) -> Any:  # noqa: ANN401 JSON
    return base64.b64decode(found["bytes"]) if found.keys() == {"bytes"} else found


def indexes() -> list[Any]:
    found: list[Any] = TEMPLATE.table["GlobalSecondaryIndexes"]
    return found


def record(api: httpx.Client, database: DynamoDB) -> RecordedVersion:
    """Let this version write, and answer."""
    written = program.write(api)
    items = sorted(databases.scan(database), key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
    return RecordedVersion(written, items, program.answers(api, written), indexes())


@contextmanager
def _site() -> Iterator[tuple[httpx.Client, DynamoDB]]:
    with (
        dynamodb.running(settings.read({"DATA": settings.MEMORY})) as running,
        management.served() as served,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in environment.DUMMY_CREDENTIALS.items():
            patch.setenv(name, value)
        client = boto3.client("dynamodb", endpoint_url=running.endpoint)
        engine = Engine(own_client(running.endpoint), running.endpoint, client)
        with fresh_table(engine) as database, api_client(database, served, patch) as api:
            yield api, database


if __name__ == "__main__":
    with _site() as (site, table):
        save(record(site, table), RECORDED / f"{sys.argv[1]}.json")
