"""Finished runs that leave after their time, and others that stay, while functions fail."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import NamedTuple
from uuid import UUID

import httpx

from runledger.domain.runs.flow_runs import FlowRun
from runledger.store import items
from runledger.store.schema import keys
from runledger.store.schema.keys import REMAINDER, RETENTION, Key
from tests.faults.clocks import MovedClock
from tests.faults.invariants import STAYING
from tests.store.support.contents import Table, scan
from tests.support.databases import DynamoDB
from tests.support.streaming import Streaming

RETENTION_DAYS = "1"
DAY = timedelta(days=1)
# Of as many looks each one may have another fault.
MAX_DAYS = 100
LINE = {"name": "n", "level": 20, "message": "m"}


class RunTree(NamedTuple):
    """A flow run, its task run, the subflow run of this, and a task run in that."""

    flow_run: str
    task_run: str
    subflow_run: str
    inner: str

    @property
    def keys(self) -> set[Key]:
        flow_runs = {keys.flow_run(UUID(run)) for run in (self.flow_run, self.subflow_run)}
        return flow_runs | {keys.task_run(UUID(run)) for run in (self.task_run, self.inner)}


class LeavingRuns:
    """Runs of which some may leave, and who lets days pass until they have left."""

    def __init__(
        self, api: httpx.Client, database: DynamoDB, stream: Streaming, clock: MovedClock
    ) -> None:
        self._api, self._database, self._stream, self._clock = api, database, stream, clock
        self._flow = self._created("/flows/", name="leaving")
        self._staying: set[Key] = set()
        self._numbers = count()

    def use(self) -> None:
        """Let trees end, one but for a task run; start another one again; let the rest leave."""
        finished, begun, restarted = (self._tree() for _ in range(3))
        alone = self._created("/task_runs/", task_key="t", dynamic_key="alone")
        for tree in (finished, restarted):
            self._end(tree)
        self._enter(f"/flow_runs/{begun.flow_run}", "COMPLETED")
        self._enter(f"/task_runs/{alone}", "COMPLETED")
        self._staying = begun.keys | restarted.keys
        self._stream.pump()
        self._assert_timers(finished.flow_run, begun.flow_run, restarted.flow_run)
        self._clock.passed += DAY
        self._enter(f"/flow_runs/{restarted.flow_run}", "RUNNING")
        self._let_leave(finished.keys | {keys.task_run(UUID(alone))})
        # Now it may.
        self._staying = restarted.keys
        self._end(begun)
        self._stream.pump()
        self._clock.passed += DAY
        self._let_leave(begun.keys)

    def ended(self) -> Key:
        """Let a flow run end, and return its key."""
        run = self._flow_run()
        self._enter(f"/flow_runs/{run}", "COMPLETED")
        self._stream.pump()
        return keys.flow_run(UUID(run))

    def missing(self) -> Iterator[str]:
        """Yield the runs that have left and may not, or before those under them."""
        table = scan(self._database)
        there = {key for key in table if keys.is_run(key)}
        yield from (f"{run} has left" for run in self._staying - there)
        yield from (f"{run} has left those under it" for run in {*_parents(table)} - there)

    def _tree(self) -> RunTree:
        """Begin the runs of a tree, with what hangs on them."""
        flow_run = self._flow_run(tags=["a"])
        task_run = self._task_run(flow_run)
        subflow_run = self._flow_run(parent_task_run_id=task_run)
        of_runs = {"flow_run_id": flow_run, "task_run_id": task_run}
        line = LINE | {"timestamp": self._clock.right().isoformat()}
        self._api.post("/logs/", json=[line | of_runs]).raise_for_status()
        given = {"key": "k", "value": "1"}
        self._api.post(f"/flow_runs/{flow_run}/input", json=given).raise_for_status()
        return RunTree(flow_run, task_run, subflow_run, self._task_run(subflow_run))

    def _flow_run(self, **fields: object) -> str:
        key = f"run {next(self._numbers)}"
        return self._created("/flow_runs/", flow_id=self._flow, idempotency_key=key, **fields)

    def _task_run(self, flow_run: str) -> str:
        key = {"task_key": "t", "dynamic_key": "0"}
        return self._created("/task_runs/", flow_run_id=flow_run, tags=["b"], **key)

    def _created(self, path: str, **body: object) -> str:
        return str(self._api.post(path, json=body).raise_for_status().json()["id"])

    def _end(self, tree: RunTree) -> None:
        """End the runs of a tree; the task run mirrors its subflow run."""
        self._enter(f"/task_runs/{tree.inner}", "FAILED")
        for flow_run in (tree.subflow_run, tree.flow_run):
            self._enter(f"/flow_runs/{flow_run}", "RUNNING")
            self._enter(f"/flow_runs/{flow_run}", "COMPLETED")

    def _enter(self, path: str, state: str) -> None:
        body = {"state": {"type": state}, "force": True}
        self._api.post(f"{path}/set_state", json=body).raise_for_status()

    def _assert_timers(self, *runs: str) -> None:
        there = scan(self._database)
        assert {keys.retention(keys.flow_run(UUID(run))) for run in runs} <= there.keys()

    def _let_leave(self, leaving: set[Key]) -> None:
        """Let days pass until runs have left; a fault may take the time of a look."""
        for _ in range(MAX_DAYS):
            self.expire()
            if not leaving & scan(self._database).keys():
                break
            self._clock.passed += DAY
        self.expire()
        ids = {key.pk.partition("#")[2] for key in leaving}
        left = [key for key in scan(self._database) if ids & {*"#".join(key).split("#")}]
        assert [key for key in left if key.sk not in STAYING and key.pk[:6] != keys.EVENTS] == []

    def expire(self) -> None:
        """Remove what DynamoDB may remove by now, and let follow what follows."""
        now = self._clock.right().timestamp()
        for key, item in scan(self._database).items():
            if key.sk in {RETENTION, REMAINDER} and item["expires_at"] <= now:
                spelled = {name: {"S": part} for name, part in key._asdict().items()}
                self._database.client.delete_item(TableName=self._database.table, Key=spelled)
        self._stream.pump()


def _parents(table: Table) -> Iterator[Key]:
    """Yield the runs that others are in."""
    for key, item in table.items():
        if key.sk == keys.TASK_RUN and "owner" in item:
            yield Key(item["owner"], keys.FLOW_RUN)
        if key.sk == keys.FLOW_RUN:
            parent = items.read_document(FlowRun, item).parent_task_run_id
            yield from [keys.task_run(parent)] if parent else []
