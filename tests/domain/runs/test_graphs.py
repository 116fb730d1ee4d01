"""The graph of a flow run."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from runledger.domain.runs.graphs import Edge, Graph, GraphTaskRun, Subflow, graph_of
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun, TaskRunResult
from tests.transitions.building import NOW, flow_run, state, task_run

SECOND = timedelta(seconds=1)


def ran(
    number: int, kind: str = "RUNNING", *, after: tuple[int, ...] = (), **fields: Any
) -> TaskRun:
    inputs = {"x": [result(one) for one in after]} | fields.pop("inputs", {})
    times = {"start_time": NOW + number * SECOND} | fields
    made = task_run(state(kind), task_inputs=inputs, **times)
    return made.replace(id=UUID(int=number), name=f"run {number}")


def result(number: int) -> TaskRunResult:
    return TaskRunResult(id=UUID(int=number))


def graph(*runs: TaskRun | GraphTaskRun, since: int | None = None, **fields: Any) -> Graph:
    shown = [one if isinstance(one, GraphTaskRun) else GraphTaskRun(one) for one in runs]
    states = fields.pop("states", [])
    then = None if since is None else NOW + since * SECOND
    return graph_of(flow_run(state("RUNNING"), **fields), states, shown, then, artifacts={})


def numbers(edges: Iterable[Edge]) -> list[int]:
    return [one.id.int for one in edges]


def test_edges_lead_from_the_results_that_a_run_was_given_once() -> None:
    nodes = dict(graph(ran(1), ran(2, after=(1, 1, 9)), ran(3, after=(2, 1))).nodes)
    found = {one.id.int: (numbers(one.parents), numbers(one.children)) for one in nodes.values()}
    assert found == {1: ([], [2, 3]), 2: ([1], [3]), 3: ([2, 1], [])}


def test_a_run_names_those_within_which_it_was_started() -> None:
    (_, (_, inner)) = graph(ran(1), ran(2, inputs={"__parents__": [result(1), result(9)]})).nodes
    assert (numbers(inner.encapsulating), numbers(inner.parents)) == ([1], [])


def test_nodes_come_by_when_they_begin_and_the_roots_are_those_without_parents() -> None:
    drawn = graph(ran(3), ran(1, start_time=None, expected_start_time=NOW), ran(2, after=(3,)))
    assert [run_id.int for run_id, _ in drawn.nodes] == [1, 2, 3]
    assert [run_id.int for run_id in drawn.root_node_ids] == [1, 3]


def test_a_run_that_is_not_to_begin_is_not_drawn() -> None:
    assert graph(ran(1, start_time=None, expected_start_time=None)).nodes == ()


def test_what_ended_before_is_left_out() -> None:
    runs = [ran(1, end_time=NOW), ran(2, end_time=NOW + 9 * SECOND), ran(3)]
    assert [run_id.int for run_id, _ in graph(*runs, since=5).nodes] == [2, 3]


def test_what_is_complete_without_an_end_took_no_time() -> None:
    ((_, node),) = graph(ran(1, "COMPLETED", expected_start_time=NOW - SECOND)).nodes
    assert (node.start_time, node.end_time) == (NOW + SECOND, NOW - SECOND)


def test_a_subflow_run_is_shown_in_the_place_of_its_task_run() -> None:
    inner = flow_run(state("FAILED"), start_time=NOW - SECOND, end_time=NOW)
    subflow = Subflow(inner.replace(id=UUID(int=7), name="inner"), "flow")
    ((run_id, node),) = graph(GraphTaskRun(ran(1), subflow)).nodes
    assert (run_id.int, node.kind, node.label) == (7, "flow-run", "flow / inner")
    assert (node.state_type, node.start_time, node.end_time) == ("FAILED", NOW - SECOND, NOW)


def test_a_subflow_run_that_has_nothing_yet_shows_what_its_task_run_has() -> None:
    subflow = Subflow(flow_run(None).replace(id=UUID(int=7)), "flow")
    ((_, node),) = graph(GraphTaskRun(ran(1), subflow)).nodes
    assert (node.state_type, node.start_time, node.end_time) == ("RUNNING", NOW + SECOND, None)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"start_time": NOW, "expected_start_time": NOW - SECOND}, NOW),
        ({"expected_start_time": NOW - SECOND, "end_time": None}, NOW - SECOND),
    ],
)
def test_the_flow_run_begins_when_it_started_or_is_expected_to(
    times: dict[str, Any], expected: object
) -> None:
    assert graph(**times).start_time == expected


def test_the_states_of_the_flow_run_are_told() -> None:
    entered: list[State] = [state("PENDING"), state("RUNNING", "Mine")]
    actual = [(one.type, one.name, one.timestamp) for one in graph(states=entered).states]
    assert actual == [("PENDING", "Pending", NOW), ("RUNNING", "Mine", NOW)]
