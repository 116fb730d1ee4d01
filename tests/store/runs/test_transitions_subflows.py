"""A subflow run's states on its parent task run: each one, once and in order, whatever races."""

from collections.abc import Sequence

import pytest

from tests.store.support.asking import (
    Asked,
    Site,
    ask_at_once,
    made,
    new_flow,
    new_flow_run,
    new_task_run,
)
from tests.store.support.calls import Refusal, refused
from tests.store.support.proposing import (
    JSON,
    flow_run_states,
    ids,
    proposal,
    read,
    task_run_states,
    written,
)

PROPOSERS = 16
CONFLICT = Refusal(400, "TransactionCanceledException", ("TransactionConflict", "None"))
STARTS_AND_ENDS = ("RUNNING", "COMPLETED", "FAILED", "RUNNING")


def family(site: Site, *, children: int) -> tuple[JSON, list[JSON]]:
    """A task run, and flow runs that have it as parent."""
    flow, parent = made(site.api, new_flow()), made(site.api, new_task_run())
    subflow_run = new_flow_run(flow["id"], parent_task_run_id=parent["id"])
    return parent, [made(site.api, subflow_run) for _ in range(children)]


def proposals(run: JSON, types: tuple[str, ...]) -> list[Asked]:
    return [proposal("flow_runs", run, kind) for kind in types * (PROPOSERS // len(types))]


def mirrored(states: Sequence[JSON], child: JSON) -> list[tuple[str, str]]:
    """Return a parent's history of one child."""
    return kinds([one for one in states if child_of(one) == child["id"]])


def kinds(states: Sequence[JSON]) -> list[tuple[str, str]]:
    return [(state["type"], state["name"]) for state in states]


def child_of(state: JSON) -> object:
    return state["state_details"]["child_flow_run_id"]


@pytest.mark.parametrize("types", [("RUNNING",), STARTS_AND_ENDS], ids=len)
def test_what_racing_proposals_make_of_a_subflow_run_its_parent_shows(
    site_on_dynoxide: Site, types: tuple[str, ...]
) -> None:
    api, database, client = site_on_dynoxide
    parent, (child,) = family(site_on_dynoxide, children=1)
    with refused(client, CONFLICT, "TransactWriteItems", times=PROPOSERS):
        actual = written(ask_at_once(api, proposals(child, types)))
    states = flow_run_states(database, child)
    assert ids(states[1:]) == ids(actual)
    assert mirrored(task_run_states(api, parent), child) == kinds(states)


def test_children_that_race_are_all_shown(site_on_dynoxide: Site) -> None:
    api, database, _ = site_on_dynoxide
    parent, children = family(site_on_dynoxide, children=2)
    ask_at_once(api, [one for child in children for one in proposals(child, STARTS_AND_ENDS)])
    shown = task_run_states(api, parent)
    assert {child["id"]: mirrored(shown, child) for child in children} == {
        child["id"]: kinds(flow_run_states(database, child)) for child in children
    }


def test_a_parent_counts_its_own_starts_and_those_of_its_child(site_on_dynoxide: Site) -> None:
    api = site_on_dynoxide.api
    parent, (child,) = family(site_on_dynoxide, children=1)
    own = [proposal("task_runs", parent, "RUNNING", force=True)] * PROPOSERS
    ask_at_once(api, [*own, *proposals(child, ("RUNNING",))])
    found = read(api, "task_runs", parent)
    assert found["run_count"] == PROPOSERS + read(api, "flow_runs", child)["run_count"]
    assert found["state"] == task_run_states(api, parent)[-1]


def test_a_child_goes_on_when_its_parent_is_deleted_meanwhile(site_on_dynoxide: Site) -> None:
    api = site_on_dynoxide.api
    parent, (child,) = family(site_on_dynoxide, children=1)
    deletion = Asked("DELETE", f"/task_runs/{parent['id']}")
    answers = ask_at_once(api, [*proposals(child, ("RUNNING",)), deletion])
    assert {answer.status_code for answer in answers} == {201, 204}
    assert task_run_states(api, parent) == []
    assert read(api, "flow_runs", child)["parent_task_run_id"] is None
    assert read(api, "flow_runs", child)["run_count"] == PROPOSERS
