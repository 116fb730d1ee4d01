"""All states of a run are read back, by run and by id, however many and however large they are."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.random_values import uuid7
from runledger.domain.runs.states import State, StateType, carried_by, leads_to, state_id_of
from runledger.domain.runs.task_runs import TaskRun
from runledger.store.dynamodb.table import Table
from runledger.store.runs import past_states
from runledger.store.runs.past_states import NO_STATES, with_past
from runledger.store.schema import keys, sort_keys
from tests.store.support.asking import Site, ask, made, new_flow, new_flow_run, new_task_run
from tests.store.support.contents import scan
from tests.store.support.proposing import JSON, flow_run_states, proposal, task_run_states
from tests.support.databases import DynamoDB

NOW = datetime(2026, 11, 29, tzinfo=UTC)
IDS = st.uuids()
SIZES = st.sampled_from([0, 10, 3_000, past_states.MAX_TEXT, 50_000, 500_000])


def entered(number: int, size: int = 0) -> State:
    return State(
        id=uuid4(),
        type=StateType.RUNNING,
        name="Läuft\u2028",
        timestamp=NOW + timedelta(seconds=number),
        data={"number": number, "filling": "x" * size},
    )


@pytest.mark.parametrize("sizes", [[0] * 90, [3_000] * 8, [0, 1_000_000, 0], [50_000, 0, 50_000]])
def test_past_states_are_read_back_in_their_order(on_dynoxide: DynamoDB, sizes: list[int]) -> None:
    table = Table(on_dynoxide.client, on_dynoxide.table)
    states = [entered(number, size) for number, size in enumerate(sizes)]
    run = TaskRun(id=uuid4(), created=NOW, updated=NOW, name="r", task_key="t", dynamic_key="d")
    past = NO_STATES
    for state in states:
        seen = run.replace(state=state, state_id=state.id)
        past, beside = with_past(past, seen, run.replace(state=entered(0), state_id=uuid4()))
        for write in beside:
            table.write(write)
        assert len(past.text) <= past_states.MAX_TEXT
    assert past.read(table, keys.task_run(run.id)) == states


@pytest.mark.parametrize("of", ["task_runs", "flow_runs"])
def test_a_state_is_found_by_its_id_wherever_it_is(
    site_on_dynoxide: Site, monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    api, database, _ = site_on_dynoxide
    monkeypatch.setattr(past_states, "MAX_TEXT", 500)
    asked = new_task_run() if of == "task_runs" else new_flow_run(made(api, new_flow())["id"])
    run, other = made(api, asked), made(api, new_task_run(dynamic_key="other"))
    for number in range(6):
        ask(api, proposal(of, run, "RUNNING", force=True, name=f"Try {number}"))
    states = task_run_states(api, run) if of == "task_runs" else flow_run_states(database, run)
    assert [state["name"] for state in states] == ["Pending", *(f"Try {n}" for n in range(6))]
    kind = of.removesuffix("s")
    for state in states:
        assert read_state(api, kind, state["id"])["name"] == state["name"]
        other_kind = "flow_run" if kind == "task_run" else "task_run"
        assert api.get(f"/{other_kind}_states/{state['id']}").status_code == 404
    assert read_state(api, "task_run", other["state"]["id"])["name"] == "Pending"
    assert len([key for key in scan(database) if key.sk.startswith(keys.STATES)]) > 1


def read_state(api: httpx.Client, kind: str, state_id: str) -> JSON:
    found: JSON = api.get(f"/{kind}_states/{state_id}").raise_for_status().json()
    return found


def test_800_transitions_stay_readable_and_each_costs_about_the_same(
    site_on_dynoxide: Site,
) -> None:
    api, database, _ = site_on_dynoxide
    run = made(api, new_task_run())
    for number in range(800):
        ask(api, proposal("task_runs", run, "RUNNING", force=True, name=f"Try {number}"))
    assert [one["name"] for one in task_run_states(api, run)] == [
        "Pending",
        *(f"Try {number}" for number in range(800)),
    ]
    table = scan(database)
    (item,) = (item for key, item in table.items() if key.sk == keys.TASK_RUN)
    assert len(item["states"]) <= past_states.MAX_TEXT
    assert len([key for key in table if key.sk.startswith(keys.STATES)]) < 800 / 20


@given(IDS, IDS, st.integers(min_value=0))
def test_a_states_id_carries_the_beginning_of_its_runs(
    run_id: UUID, other: UUID, random_bits: int
) -> None:
    made_id = state_id_of(run_id, uuid7(NOW, random_bits))
    assert leads_to(made_id, run_id)
    assert made_id.version == 7
    assert made_id.int >> 80 == uuid7(NOW, 0).int >> 80
    low, high = sort_keys.ids_beginning(carried_by(made_id))
    assert low < str(run_id) < high
    assert leads_to(made_id, other) == (other.int >> 80 == run_id.int >> 80)
    assert (low < str(other) < high) == (other.int >> 80 == run_id.int >> 80)


def test_a_state_in_pieces_is_past_with_all_of_its_data(api: httpx.Client) -> None:
    run = made(api, new_task_run(state={"type": "COMPLETED", "data": {"x": "y" * 1_000_000}}))
    ask(api, proposal("task_runs", run, "RUNNING", force=True))
    first, second = task_run_states(api, run)
    assert first["data"] == {"x": "y" * 1_000_000}
    assert second["type"] == "RUNNING"
