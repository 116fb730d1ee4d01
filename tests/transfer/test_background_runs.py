"""Background runs of an export: workers of the other system get those that wait or are held."""

from pathlib import Path

import pytest

from runledger import wiring
from runledger.store.schema import keys
from runledger.store.websocket.task_workers import TaskWorkerStore
from tests.store.support.contents import scan
from tests.support import hosting
from tests.support.background import delay, subscribe
from tests.support.databases import TEMPLATE, DynamoDB, Engine, fresh_table
from tests.support.management import Management
from tests.support.streaming import Streaming
from tests.support.waiting import wait_until
from tests.transfer.moving import chosen, functions
from transfer import contents, lines
from transfer.exporting import export
from transfer.importing import import_file


@pytest.fixture
def left(dynoxide: Engine, management: Management, tmp_path: Path) -> tuple[Path, set[str]]:
    """An export while a worker holds one run and others wait; the ids of all these runs."""
    file = tmp_path / "runs.jsonl"
    with fresh_table(dynoxide) as source, functions(source, management) as api:
        stream = Streaming(TEMPLATE, source)
        worker = subscribe(hosting.socket_clients(management))
        runs = {delay(api) for _ in range(3)}
        stream.pump()
        assert len(worker.ids()) == 1
        assert any("holder" in item for item in scan(source).values())
        export(chosen(source), file)
        worker.socket.close()
    return file, runs


def test_each_run_gets_to_a_worker_once(
    left: tuple[Path, set[str]],
    on_dynoxide: DynamoDB,
    management: Management,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, runs = left
    with functions(on_dynoxide, management) as api:
        sockets, stream = hosting.socket_clients(management), Streaming(TEMPLATE, on_dynoxide)
        monkeypatch.setenv("WORKER_LEASE_SECONDS", "1")
        wiring.reset()
        there = subscribe(sockets, client_id="of the other system")
        import_file(chosen(on_dynoxide), file, overwrite=False)
        stream.pump()
        taken = there.drain()
        assert len(taken) == len(runs) - 1
        wait_until(lambda: _swept(stream))
        taken += there.drain()
        assert sorted(taken) == sorted(runs)
        assert api.post("/task_runs/count", json={}).json() == len(runs)


def _swept(stream: Streaming) -> bool:
    """Sweep; return whether the other system's worker alone is there."""
    stream.run_schedule("sweep_task_workers")
    stream.pump()
    return len(TaskWorkerStore.of(wiring.store()).all()) == 1


def test_a_queue_is_written_after_its_runs(left: tuple[Path, set[str]]) -> None:
    items = [line.content for line in lines.read(left[0]) if line.kind == "Item"]
    order = [contents.key_of(item) for item in sorted(items, key=contents.rank)]
    first_queued = next(n for n, key in enumerate(order) if keys.is_of(key, keys.QUEUE))
    runs = [n for n, key in enumerate(order) if key.sk == keys.TASK_RUN]
    workers = [n for n, key in enumerate(order) if key.pk == keys.TASK_WORKERS]
    assert max(runs) < first_queued < min(workers)
