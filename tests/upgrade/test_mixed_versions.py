"""Functions of two versions share a table: each reads what the other writes (docs/upgrade.md)."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from runledger.domain.errors import Unavailable
from runledger.store.dynamodb.expressions import plain
from runledger.store.dynamodb.item_schema import READABLE, SCHEMA, WRITTEN
from runledger.store.dynamodb.packing import BODY, PACKED
from runledger.store.schema.sort_keys import SEPARATOR
from tests.store.support.asking import Asked, ask
from tests.store.support.contents import left
from tests.support import databases
from tests.support.databases import DynamoDB
from tests.support.streaming import Streaming
from tests.upgrade import program
from tests.upgrade.record import RECORDED, RecordedVersion, indexes, load, record

FILES = sorted(RECORDED.glob("*.json"))
LATEST = FILES[-1]

Shapes = dict[str, set[str]]


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def earlier(request: pytest.FixtureRequest, on_dynoxide: DynamoDB) -> RecordedVersion:
    """A table of an earlier version."""
    file: Path = request.param
    recording = load(file)
    for item in recording.items:
        on_dynoxide.boto3.put_item(TableName=on_dynoxide.table, Item=item)
    return recording


def test_what_an_earlier_version_wrote_is_answered_as_it_answered(
    api_on_dynoxide: httpx.Client, earlier: RecordedVersion
) -> None:
    assert program.answers(api_on_dynoxide, earlier.written) == earlier.answers


def test_what_an_earlier_version_began_goes_on_and_can_be_deleted(
    api_on_dynoxide: httpx.Client,
    on_dynoxide: DynamoDB,
    stream_on_dynoxide: Streaming,
    earlier: RecordedVersion,
) -> None:
    api, written = api_on_dynoxide, earlier.written
    for name in ("holding", "waiting", "alone"):
        proposal = {"state": {"type": "COMPLETED"}, "force": True}
        asked = Asked("POST", f"/task_runs/{written.task_runs[name]}/set_state", proposal)
        assert ask(api, asked).json()["status"] == "ACCEPT"
    slots = ask(api, Asked("GET", "/concurrency_limits/tag/few")).json()["active_slots"]
    assert slots == []
    gone = [f"/flows/{written.flow}", "/v2/concurrency_limits/v2", "/concurrency_limits/tag/few"]
    gone += [f"/task_runs/{written.task_runs[name]}" for name in ("waiting", "alone")]
    gone += [f"/task_runs/{program.REPORTED}"]
    assert {ask(api, Asked("DELETE", path)).status_code for path in gone} <= {200, 204}
    stream_on_dynoxide.pump()
    stays = ("CACHE#", "EVENTS#")
    kept = (key for key in left(on_dynoxide) if not key.pk.startswith(stays))
    assert {key.sk for key in kept} <= {"REMAINDER"}


def test_an_earlier_version_finds_in_items_what_it_reads(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    """New items may have more than those of the last version: not less, nor of another type."""
    before, now = load(LATEST), record(api_on_dynoxide, on_dynoxide)
    missing = {
        kind: sorted(attributes - shapes_of(now.items)[kind])
        for kind, attributes in shapes_of(before.items).items()
    }
    assert {kind: attributes for kind, attributes in missing.items() if attributes} == {}


def shapes_of(stored: Sequence[dict[str, Any]]) -> Shapes:
    """Return the shape of each kind of item: attributes, and members of documents, by type."""
    found: dict[str, list[set[str]]] = defaultdict(list)
    for item in stored:
        found[_kind(item)].append(set(_shape(item)))
    return {kind: set.intersection(*shapes) for kind, shapes in found.items()}


def _kind(item: dict[str, Any]) -> str:
    """The first words of an item's keys, which say what it is."""
    pk, sk = (item[name]["S"].partition(SEPARATOR)[0] for name in ("pk", "sk"))
    return pk if sk[:1].isdigit() else f"{pk} {sk}"


def _shape(item: dict[str, Any]) -> Iterator[str]:
    for name, value in item.items():
        if name != PACKED:
            yield f"{name}: {next(iter(value))}"
    found = plain(dict(item))
    for name in (BODY, "facts"):
        if isinstance(found.get(name), str):
            yield from _members(name, json.loads(found[name]))


def _members(name: str, value: Any) -> Iterator[str]:  # noqa: ANN401 JSON
    yield f"{name}: {type(value).__name__}"
    if isinstance(value, dict):
        for member, one in value.items():
            yield from _members(f"{name}.{member}", one)


def test_a_version_changes_at_most_one_index() -> None:
    """CloudFormation adds or removes one index of a table in a deployment."""
    before, now = ({str(sorted(one.items())) for one in found} for found in _indexes())
    assert len({*map(_name, before ^ now)}) <= 1


def _indexes() -> tuple[list[Any], list[Any]]:
    return load(LATEST).indexes, indexes()


def _name(spelled: str) -> str:
    return spelled.partition("'IndexName', '")[2].partition("'")[0]


def test_items_with_a_document_have_the_version_of_their_form(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    program.write(api_on_dynoxide)
    for item in databases.scan(on_dynoxide):
        has_document = {BODY, PACKED} & item.keys()
        assert item.get(SCHEMA) == ({"N": str(WRITTEN)} if has_document else None)


@pytest.mark.parametrize("version", range(READABLE + 1))
def test_the_next_version_is_read_too(version: int) -> None:
    assert plain({"pk": {"S": "a"}, SCHEMA: {"N": str(version)}}) == {"pk": "a"}


def test_what_a_much_later_version_wrote_is_refused() -> None:
    with pytest.raises(Unavailable, match=f"a is of schema {READABLE + 1}, .* deploy the later"):
        plain({"pk": {"S": "a"}, SCHEMA: {"N": str(READABLE + 1)}})
