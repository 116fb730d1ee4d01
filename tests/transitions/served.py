"""Runs behind an HTTP API: this one's or the reference's."""

from datetime import UTC, datetime
from functools import cached_property
from uuid import uuid4

import httpx

from tests.transitions.playing import FLOW_RUNS, JSON, TASK_RUNS, Reply


class Served:
    """Plays through an API."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._created: dict[str, JSON] = {}

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @cached_property
    def _flow_id(self) -> str:
        return self._made("flows", {"name": f"flow {uuid4()}"})

    @cached_property
    def deployment(self) -> str:
        return self._made("deployments", {"name": "deployment", "flow_id": self._flow_id})

    def _made(self, kind: str, fields: JSON) -> str:
        made: JSON = self._client.post(f"/{kind}/", json=fields).raise_for_status().json()
        self._created = {made["id"]: made}
        return str(made["id"])

    def create(self, kind: str, fields: JSON) -> str:
        if kind == TASK_RUNS:
            return self._made(kind, {"task_key": "t", "dynamic_key": str(uuid4())} | fields)
        return self._made(kind, {"flow_id": self._flow_id} | fields)

    def propose(self, kind: str, run_id: str, state: JSON, *, force: bool) -> Reply:
        self._created.clear()
        asked = {"state": state, "force": force}
        answer = self._client.post(f"/{kind}/{run_id}/set_state", json=asked)
        return Reply(answer.status_code, answer.json())

    def change(self, run_id: str, fields: JSON) -> None:
        self._created.clear()
        self._client.patch(f"/{FLOW_RUNS}/{run_id}", json=fields).raise_for_status()

    def read(self, kind: str, run_id: str) -> JSON:
        """Return a run; one to which nothing has happened yet, once, as its creation answered."""
        if run_id in self._created:
            return self._created.pop(run_id)
        found: JSON = self._client.get(f"/{kind}/{run_id}").raise_for_status().json()
        return found
