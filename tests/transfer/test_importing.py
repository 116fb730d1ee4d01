"""Imports that end early, meet other items, or get a damaged file."""

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Put
from runledger.store.schema.keys import Key
from tests.store.support.contents import scan
from tests.store.support.populations import put_numbered
from tests.support.databases import DynamoDB, Engine, fresh_table
from tests.transfer.moving import Breaking, chosen, moved
from transfer.exporting import export
from transfer.importing import import_file
from transfer.lines import FormatError

pytestmark = pytest.mark.costly_fixture

RUNS = 150
ALL_TYPES = {
    "pk": "X",
    "sk": "all types",
    "text": '\u2028 \U0001f600 "',
    "number": Decimal("0.1234567890123456789012345678901234567"),
    "binary": b"\x00\xff",
    "truth": True,
    "nothing": None,
    "map": {"B": b"1", "list": [Decimal(1), {"deep": {b"2", b"3"}}], "empty": ""},
    "texts": {"a", "b"},
    "numbers": {Decimal(1), Decimal("2.5")},
}


@pytest.fixture(scope="module")
def exported(dynoxide: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of some runs, and of an item with values of each type."""
    path = tmp_path_factory.mktemp("export") / "runs.jsonl"
    with fresh_table(dynoxide) as source:
        put_numbered(source, RUNS, shards=2)
        Table(source.client, source.table).write(Put(ALL_TYPES))
        export(chosen(source), path)
    return path


@pytest.fixture
def file(exported: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copy(exported, tmp_path / "runs.jsonl"))


@pytest.fixture(scope="module")
def imported(exported: Path, dynoxide: Engine) -> dict[Key, dict[str, Any]]:
    """The items of a table after an import that nothing ended early."""
    with fresh_table(dynoxide) as whole:
        total = import_file(chosen(whole), exported, overwrite=False).written
        found = moved(whole)
    assert len(found) == total
    return found


def test_values_of_each_type_come_whole(file: Path, on_dynoxide: DynamoDB) -> None:
    import_file(chosen(on_dynoxide), file, overwrite=False)
    found = [item for key, item in scan(on_dynoxide).items() if key.pk == "X"]
    assert found == [ALL_TYPES]


@pytest.mark.parametrize("calls", [1, 40, RUNS])
def test_an_import_goes_on_where_it_ended(
    file: Path, on_dynoxide: DynamoDB, imported: dict[Key, dict[str, Any]], calls: int
) -> None:
    target = Breaking(on_dynoxide)
    target.left["PutItem"] = calls
    with pytest.raises(EndpointConnectionError):
        import_file(target.chosen, file, overwrite=False)
    written = len(scan(on_dynoxide))
    assert 0 < written <= calls
    target.left["PutItem"] = 10**9
    outcome = import_file(target.chosen, file, overwrite=False)
    assert outcome.same == written
    assert outcome.written + outcome.same == len(imported)
    assert moved(on_dynoxide) == imported


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_item_that_is_different_stays_unless_it_is_to_be_overwritten(
    file: Path, on_dynoxide: DynamoDB, *, overwrite: bool
) -> None:
    other = ALL_TYPES | {"text": "another"}
    Table(on_dynoxide.client, on_dynoxide.table).write(Put(other))
    outcome = import_file(chosen(on_dynoxide), file, overwrite=overwrite)
    found = scan(on_dynoxide)["X", "all types"]  # type: ignore[index]
    assert found == (ALL_TYPES if overwrite else other)
    assert (outcome.different, outcome.conflicts) == (
        (0, []) if overwrite else (1, [("X", "all types")])
    )


def test_the_same_set_in_another_order_is_no_conflict(file: Path, on_dynoxide: DynamoDB) -> None:
    import_file(chosen(on_dynoxide), file, overwrite=False)
    text = file.read_text("utf-8")
    swapped = text.replace('{"SS":["a","b"]}', '{"SS":["b","a"]}')
    if swapped == text:
        swapped = text.replace('{"SS":["b","a"]}', '{"SS":["a","b"]}')
    assert swapped != text
    file.write_text(swapped, "utf-8")
    outcome = import_file(chosen(on_dynoxide), file, overwrite=False)
    assert (outcome.written, outcome.different) == (0, 0)


def cut(text: str) -> str:
    return text[:-20]


def without_an_item(text: str) -> str:
    first, second, *others = text.splitlines(keepends=True)
    assert second.startswith('{"Item"')
    return "".join([first, *others])


def of_a_later_format(text: str) -> str:
    return text.replace('"format":1', '"format":2', 1)


def with_line(number: int, line: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        found = text.splitlines()
        found[number - 1] = line
        return "\n".join(found) + "\n"

    change.__name__ = line[:10]
    return change


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (cut, "it is cut off"),
        (without_an_item, "the last line counts"),
        (of_a_later_format, "line 1: the file has format 2, and this version .* format 1"),
        (with_line(1, '{"Item":{}}'), "line 1: it is not the first line of an export|has no key"),
        (with_line(50, "not JSON"), "line 50: it is no JSON object"),
        (with_line(50, '{"Item":{"pk":{"S":"a"}}}'), "line 50: the item has no key"),
        (with_line(50, '{"Item":{"pk":"a"}}'), "line 50: pk has no value of DynamoDB's"),
        (
            with_line(50, '{"Item":{"pk":{"S":"a"},"sk":{"S":"a"},"b":{"B":"%"}}}'),
            "line 50: b has no value of DynamoDB's",
        ),
        (with_line(50, '{"Unknown":{}}'), "line 50: Unknown is unknown"),
        (lambda _: "", "has no last line"),
    ],
)
def test_nothing_is_written_of_a_damaged_file(
    file: Path, on_dynoxide: DynamoDB, damage: Callable[[str], str], reason: str
) -> None:
    file.write_text(damage(file.read_text("utf-8")), "utf-8")
    with pytest.raises(FormatError, match=reason):
        import_file(chosen(on_dynoxide), file, overwrite=False)
    assert scan(on_dynoxide) == {}


def test_what_expired_since_the_export_is_left_out(file: Path, on_dynoxide: DynamoDB) -> None:
    first, *others, last = file.read_text("utf-8").splitlines()
    old = {"pk": {"S": "X"}, "sk": {"S": "old"}, "expires_at": {"N": "1"}}
    count = json.loads(last)["End"]["items"] + 1
    end = json.dumps({"End": {"items": count}})
    file.write_text("\n".join([first, *others, json.dumps({"Item": old}), end, ""]), "utf-8")
    outcome = import_file(chosen(on_dynoxide), file, overwrite=False)
    assert (outcome.left_out, outcome.written) == (1, count - 1)
