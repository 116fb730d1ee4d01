"""States proposed through the functions, and what became of them."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import httpx

from runledger.domain.runs.states import TERMINAL, State, StateType
from runledger.store.dynamodb.table import Table
from runledger.store.runs.states import StateStore
from runledger.store.schema import keys
from runledger.store.store import Shards
from tests.store.support.asking import Asked
from tests.support.databases import DynamoDB

JSON = dict[str, Any]


def proposal(of: str, run: JSON, state_type: str, *, force: bool = False, **state: Any) -> Asked:
    asked = {"state": {"type": state_type, **state}, "force": force}
    return Asked("POST", f"/{of}/{run['id']}/set_state", asked)


def read(api: httpx.Client, of: str, run: JSON) -> JSON:
    found: JSON = api.get(f"/{of}/{run['id']}").raise_for_status().json()
    return found


def task_run_states(api: httpx.Client, run: JSON) -> list[JSON]:
    answer = api.get("/task_run_states/", params={"task_run_id": run["id"]})
    found: list[JSON] = answer.raise_for_status().json()
    return found


def flow_run_states(database: DynamoDB, run: JSON) -> list[JSON]:
    states = StateStore(Table(database.client, database.table), Shards(written=2, read=2))
    found: list[State] = states.history(keys.flow_run(UUID(run["id"])))
    return [state.model_dump(mode="json") for state in found]


def written(answers: Sequence[httpx.Response]) -> list[JSON]:
    """The states that clients were told are written, in the order of their times."""
    actual = [answer.json()["state"] for answer in answers if answer.status_code == 201]
    # Not as text: a time without a fraction would come after those of its second.
    return sorted(actual, key=lambda state: datetime.fromisoformat(state["timestamp"]))


def ids(states: Sequence[JSON]) -> list[str]:
    return [state["id"] for state in states]


def attempts(states: Sequence[JSON], *, force: bool = False) -> int:
    """The run count that follows from a task run's history; only force keeps it after an end."""
    count = 0
    for before, entered in pairwise([{"type": None}, *states]):
        if before["type"] in TERMINAL and entered["type"] not in TERMINAL and not force:
            count = 0
        count += entered["type"] == StateType.RUNNING
    return count
