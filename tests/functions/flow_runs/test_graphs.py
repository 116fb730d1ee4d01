"""GET /flow_runs/{id}/graph-v2: what ran in a flow run, and what followed from what."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from runledger import wiring
from runledger.domain.errors import Rejected
from runledger.service.runs import graphs
from tests.store.support.asking import ask, flow_run_id, made, new_flow, new_flow_run, new_task_run
from tests.store.support.proposing import JSON, proposal


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def within(api: httpx.Client) -> str:
    return flow_run_id(api)


def ran(api: httpx.Client, within: str, key: str, **inputs: Any) -> str:
    given = {"flow_run_id": within, "task_key": key, "name": key, "task_inputs": inputs}
    return str(made(api, new_task_run(**given, state={"type": "COMPLETED"}))["id"])


def result(*ids: str) -> list[JSON]:
    return [{"input_type": "task_run", "id": run_id} for run_id in ids]


def graph(api: httpx.Client, flow_run: str, **asked: str) -> JSON:
    answer = api.get(f"/flow_runs/{flow_run}/graph-v2", params=asked)
    drawn: JSON = answer.raise_for_status().json()
    return drawn


def nodes(drawn: JSON) -> dict[str, JSON]:
    assert all(run_id == node["id"] for run_id, node in drawn["nodes"])
    return {node["label"]: node for _, node in drawn["nodes"]}


def ids(edges: list[JSON]) -> list[str]:
    return [edge["id"] for edge in edges]


def test_a_node_has_those_as_parents_whose_results_it_was_given(
    api: httpx.Client, within: str
) -> None:
    first = ran(api, within, "first")
    second = ran(api, within, "second", x=result(first))
    third = ran(api, within, "third", x=result(second), y=result(first, second))
    drawn = nodes(graph(api, within))
    assert ids(drawn["third"]["parents"]) == [second, first]
    assert set(ids(drawn["first"]["children"])) == {second, third}


def test_what_enclosed_a_node_is_no_parent(api: httpx.Client, within: str) -> None:
    outer = ran(api, within, "outer")
    inner = ran(api, within, "inner", __parents__=result(outer, outer))
    drawn = graph(api, within)
    assert ids(nodes(drawn)["inner"]["encapsulating"]) == [outer]
    assert set(drawn["root_node_ids"]) == {outer, inner}


def test_inputs_from_elsewhere_are_no_edges(api: httpx.Client, within: str) -> None:
    given = [{"input_type": "parameter", "name": "x"}, {"input_type": "constant", "type": "int"}]
    run = ran(api, within, "run", x=given, y=result(str(uuid4())))
    drawn = graph(api, within)
    assert (nodes(drawn)["run"]["parents"], drawn["root_node_ids"]) == ([], [run])


def test_a_subflow_run_stands_in_the_place_of_its_parent(api: httpx.Client, within: str) -> None:
    first = ran(api, within, "first")
    parent = ran(api, within, "parent", x=result(first))
    flow = made(api, new_flow("child"))["id"]
    child = made(api, new_flow_run(flow, parent_task_run_id=parent, name="one"))["id"]
    after = ran(api, within, "after", x=[{"input_type": "flow_run", "id": child}])
    node = nodes(graph(api, within))["child / one"]
    assert (node["kind"], node["id"], node["state_type"]) == ("flow-run", child, "PENDING")
    assert (ids(node["parents"]), ids(node["children"])) == ([first], [after])


def test_nodes_that_ended_before_the_time_asked_for_are_left_out(
    api: httpx.Client, within: str
) -> None:
    ended = ran(api, within, "ended")
    made(api, new_task_run(flow_run_id=within, name="waiting", task_inputs={"x": result(ended)}))
    drawn = graph(api, within, since="2999-01-01T00:00:00Z")
    assert ids(nodes(drawn)["waiting"]["parents"]) == [ended]
    assert (len(drawn["nodes"]), drawn["root_node_ids"]) == (1, [])


def test_the_states_of_the_flow_run_are_told(api: httpx.Client, within: str) -> None:
    ask(api, proposal("flow_runs", {"id": within}, "RUNNING"))
    ask(api, proposal("flow_runs", {"id": within}, "COMPLETED", name="Done"))
    drawn = graph(api, within)
    assert [state["name"] for state in drawn["states"]] == ["Pending", "Running", "Done"]
    assert drawn["end_time"] == drawn["states"][-1]["timestamp"]


def test_the_graph_of_an_unknown_flow_run_is_not_found(api: httpx.Client) -> None:
    unknown = uuid4()
    answer = api.get(f"/flow_runs/{unknown}/graph-v2")
    actual = {"exception_message": f"Flow run {unknown} not found"}
    assert (answer.status_code, answer.json()) == (404, actual)


def test_a_graph_that_is_too_large_is_refused(api: httpx.Client, within: str) -> None:
    for key in ("one", "other"):
        ran(api, within, key)
    with pytest.raises(Rejected, match="has more than 1 nodes"):
        graphs.draw(wiring.store(), UUID(within), None, max_nodes=1)


def test_artifacts_are_on_their_nodes_and_the_latest_of_a_key_is_marked(
    api: httpx.Client, within: str
) -> None:
    task_run = ran(api, within, "a")
    artifacts: list[dict[str, Any]] = [
        {"type": "table", "key": "k", "task_run_id": task_run},
        {"type": "progress", "key": "k", "data": 5},
        {"type": "progress", "task_run_id": task_run, "data": 6},
        *({"type": "result"}, {}),
    ]
    for fields in artifacts:
        api.post("/artifacts/", json={"flow_run_id": within, **fields}).raise_for_status()
    drawn = graph(api, within)
    ((_, node),) = drawn["nodes"]
    shown = [[(it["is_latest"], it["data"]) for it in at["artifacts"]] for at in (node, drawn)]
    assert shown == [[(False, None), (True, 6)], [(True, 5)]]
