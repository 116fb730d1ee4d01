"""Exports, and exports that end early."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from botocore.exceptions import EndpointConnectionError

from runledger.domain.concurrency_limits import Lease
from runledger.store.concurrency.slots import SeenLease, lease_item
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Item, Put
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from tests.store.support.populations import put_numbered
from tests.support.databases import DynamoDB
from tests.transfer.moving import Breaking, chosen
from transfer import lines
from transfer.contents import key_of
from transfer.exporting import export
from transfer.lines import FormatError

NOW = datetime.now(UTC)
SOON, LONG_AGO = int(NOW.timestamp()) + 3600, int(NOW.timestamp()) - 3600


def exported(file: Path) -> list[Key]:
    return [key_of(line.content) for line in lines.read(file) if line.kind == "Item"]


def lease(number: int, ends: datetime) -> Item:
    of = Lease(id=UUID(int=number), created=NOW, limits=(), expiration=ends)
    return lease_item(SeenLease(of))


def test_what_belongs_to_the_running_system_stays(on_dynoxide: DynamoDB, tmp_path: Path) -> None:
    later, over = (lease(1, NOW + timedelta(hours=1)), lease(2, NOW - timedelta(hours=1)))
    run = UUID(int=3)
    kept = [
        later,
        keys.tombstone(run)._asdict() | {"expires_at": SOON},
        # DynamoDB has not removed it yet, and a cascade delete goes on when it does.
        keys.remainder(keys.flow_run(run))._asdict() | {"expires_at": LONG_AGO},
        keys.task_worker("c")._asdict(),
        keys.flow(run)._asdict() | {"imported": 1},
    ]
    left = [
        over,
        keys.tombstone(UUID(int=4))._asdict() | {"expires_at": LONG_AGO},
        keys.connection("c")._asdict(),
        keys.api_key(UUID(int=5))._asdict(),
        keys.subscriber(keys.LISTENERS, "c")._asdict(),
        keys.subscriber(keys.LOG_LISTENERS, "c")._asdict(),
        keys.count(keys.TASK_RUN, 1)._asdict() | {"PENDING": 3},
        keys.counted(keys.count(keys.TASK_RUN, 1), 60, 1, "id")._asdict() | {"ids": {b"1"}},
    ]
    Table(on_dynoxide.client, on_dynoxide.table).write(*map(Put, [*kept, *left]))
    file = tmp_path / "runs.jsonl"
    assert export(chosen(on_dynoxide), file) == len(kept)
    assert sorted(exported(file)) == sorted(keys.of(item) for item in kept)
    assert "imported" not in file.read_text("utf-8")


@pytest.mark.parametrize("calls", [1, 9, 20])
def test_an_export_goes_on_where_it_ended(
    on_dynoxide: DynamoDB, tmp_path: Path, calls: int
) -> None:
    put_numbered(on_dynoxide, 150, shards=2)
    file, source = tmp_path / "runs.jsonl", Breaking(on_dynoxide)
    source.left["Scan"] = calls
    with pytest.raises(EndpointConnectionError):
        export(source.chosen, file)
    part = tmp_path / "runs.jsonl.part"
    with part.open("ab") as broken:
        broken.write(b'{"Item":{"pk":{"S":"cut o')
    source.left["Scan"] = 10**9
    export(source.chosen, file)
    whole = Breaking(on_dynoxide)
    export(whole.chosen, tmp_path / "whole.jsonl")
    assert not part.exists()
    assert sorted(exported(file)) == sorted(exported(tmp_path / "whole.jsonl"))
    assert len(set(exported(file))) == len(exported(file)) >= 150
    # What was there was not read again.
    assert 10**9 - source.left["Scan"] <= 10**9 - whole.left["Scan"] - (calls - 8)


def test_a_part_of_another_table_is_not_continued(on_dynoxide: DynamoDB, tmp_path: Path) -> None:
    part = tmp_path / "runs.jsonl.part"
    part.write_bytes(lines.dump("Export", lines.header("another", "now", 8)))
    with pytest.raises(FormatError, match="is of another table"):
        export(chosen(on_dynoxide), tmp_path / "runs.jsonl")


def test_a_file_is_not_overwritten(on_dynoxide: DynamoDB, tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    file.write_text("precious")
    with pytest.raises(FormatError, match="is there: remove it"):
        export(chosen(on_dynoxide), file)
    assert file.read_text() == "precious"
