"""`make export` and `make import`, as they are called."""

from functools import partial
from pathlib import Path

import pytest

from tests.store.support.contents import scan
from tests.store.support.populations import put_numbered
from tests.support import commands
from tests.support.databases import DynamoDB
from tests.transfer.moving import moved

RUNS = 20


transfer = partial(commands.run_here, "transfer")


def of(database: DynamoDB) -> dict[str, str]:
    return {"TABLE_NAME": database.table, "DYNAMODB_ENDPOINT": database.endpoint}


def test_runs_get_to_a_laptop_and_back(on_dynoxide: DynamoDB, tmp_path: Path) -> None:
    put_numbered(on_dynoxide, RUNS, shards=2)
    before, number = moved(on_dynoxide), len(moved(on_dynoxide))
    file, laptop = str(tmp_path / "runs.jsonl"), {"DATA": str(tmp_path / "laptop")}
    said = f"exported {number} items of {on_dynoxide.table} into {file}\n"
    assert commands.run("transfer", "export", file, **of(on_dynoxide)) == (0, said, "")
    stream = "The table's stream counts the runs by state, when its functions run.\n"
    said = f"imported {number} items into runledger-local; 0 were there\n{stream}"
    assert commands.run("transfer", "import", file, **laptop) == (0, said, "")
    said = f"imported 0 items into runledger-local; {number} were there\n{stream}"
    assert transfer("import", file, **laptop) == (0, said, "")
    again = str(tmp_path / "again.jsonl")
    assert transfer("export", again, **laptop)[0] == 0
    code, said, _ = transfer("import", again, **of(on_dynoxide))
    assert (code, said.partition("\n")[0]) == (
        0,
        f"imported 0 items into {on_dynoxide.table}; {number} were there",
    )
    assert moved(on_dynoxide) == before


def test_items_that_are_different_are_shown(on_dynoxide: DynamoDB, tmp_path: Path) -> None:
    put_numbered(on_dynoxide, RUNS, shards=2)
    file = tmp_path / "runs.jsonl"
    assert transfer("export", str(file), **of(on_dynoxide))[0] == 0
    file.write_text(file.read_text("utf-8").replace('"PENDING"', '"RUNNING"'), "utf-8")
    changed = file.read_text("utf-8").replace('"version":{"N":"1"}', '"version":{"N":"7"}')
    file.write_text(changed, "utf-8")
    code, said, _ = transfer("import", str(file), **of(on_dynoxide))
    assert code == 1
    assert f"{RUNS} items are different in the table, and stay as they are there:\n  TASK" in said
    assert transfer("import", str(file), "--overwrite", **of(on_dynoxide))[0] == 0
    assert {int(item["version"]) for item in scan(on_dynoxide).values() if "version" in item} == {7}


MISTAKES = {
    "export: There is no table nowhere-at-all: ": ("export", {"TABLE_NAME": "nowhere-at-all"}),
    "import: SHARDS=none is not valid: give IndexShards": ("import", {"SHARDS": "none"}),
    "import: [Errno 2] No such file or directory": ("import", {}),
}


@pytest.mark.parametrize("message", MISTAKES)
def test_a_mistake_is_a_line(on_dynoxide: DynamoDB, tmp_path: Path, message: str) -> None:
    command, settings = MISTAKES[message]
    file = str(tmp_path / "runs.jsonl")
    code, said, complained = transfer(command, file, **(of(on_dynoxide) | settings))
    assert (code, said, complained.count("\n")) == (1, "", 1)
    assert complained.startswith(message)
