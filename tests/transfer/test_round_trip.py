"""A table with all that there is, moved into another one, which then answers the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from runledger.store.schema import keys
from tests.conftest import store_in_pieces
from tests.rights.everything_in_use import use_everything
from tests.store.support.contents import scan
from tests.store.support.counting import assert_counted
from tests.support.databases import TEMPLATE, DynamoDB, Engine, fresh_table
from tests.support.management import Management
from tests.support.streaming import Streaming
from tests.transfer.moving import answers, chosen, functions, moved, populate
from transfer.exporting import export
from transfer.importing import import_file

pytestmark = pytest.mark.costly_fixture

SHARDS = 3


class ExportedTable(NamedTuple):
    database: DynamoDB
    file: Path
    answers: dict[str, object]


@pytest.fixture(scope="module")
def source(
    dynoxide: Engine, management: Management, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ExportedTable]:
    """A table with an export of it."""
    file = tmp_path_factory.mktemp("export") / "runs.jsonl"
    with fresh_table(dynoxide) as database, pytest.MonkeyPatch.context() as patch:
        store_in_pieces(patch)
        with functions(database, management, SHARDS) as api:
            stream = Streaming(TEMPLATE, database)
            use_everything(api)
            populate(api)
            stream.pump()
            assert export(chosen(database), file) == len(moved(database))
            yield ExportedTable(database, file, answers(api))


def test_a_copy_has_the_same_items(source: ExportedTable, on_dynoxide: DynamoDB) -> None:
    outcome = import_file(chosen(on_dynoxide, SHARDS), source.file, overwrite=False)
    assert (outcome.same, outcome.different, outcome.left_out) == (0, 0, 0)
    assert moved(on_dynoxide) == moved(source.database)
    assert outcome.written == len(moved(on_dynoxide))


@pytest.mark.parametrize("shards", [1, 2, SHARDS, 7])
def test_a_copy_answers_the_same(
    source: ExportedTable, on_dynoxide: DynamoDB, management: Management, shards: int
) -> None:
    with functions(on_dynoxide, management, shards) as api:
        stream = Streaming(TEMPLATE, on_dynoxide)
        import_file(chosen(on_dynoxide, shards), source.file, overwrite=False)
        events = {key for key in scan(on_dynoxide) if keys.is_of(key, keys.EVENTS)}
        stream.pump()
        found = answers(api)
        assert found.keys() == source.answers.keys()
        for question, answer in found.items():
            assert answer == source.answers[question], question
        assert_counted(on_dynoxide)
        assert events == {key for key in scan(on_dynoxide) if keys.is_of(key, keys.EVENTS)}
        assert stream.dead_letters == []


def test_a_copy_of_a_copy_is_the_same(
    source: ExportedTable, on_dynoxide: DynamoDB, dynoxide: Engine, tmp_path: Path
) -> None:
    import_file(chosen(on_dynoxide, SHARDS), source.file, overwrite=False)
    again = tmp_path / "again.jsonl"
    export(chosen(on_dynoxide), again)
    with fresh_table(dynoxide) as third:
        import_file(chosen(third, SHARDS), again, overwrite=False)
        assert moved(third) == moved(source.database)
