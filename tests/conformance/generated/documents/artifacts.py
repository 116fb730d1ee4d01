"""Artifacts, as random programs send them: of runs or of none, several of a key."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from tests.conformance.generated.documents.nouns import Body, RandomNoun, Values
from tests.conformance.programs import RequestStep, get, post, some_id
from tests.conformance.tables.documents import artifacts
from tests.conformance.tables.values.criteria import Criteria

KEYS = ("k-1", "k-2", "k-3")
LABELS = ("a1", "a2", "a3", "a4")
TYPES = ("drawn", "drawn table", "Drawn", "")
DATA = artifacts.FIELDS["data"]
METADATA: Values = ({}, {"a": "b"}, {"a": artifacts.LONG}, None)
FLOWS = ("<fa.id>", "<fb.id>")
RUNS, TASKS = ("<r1.id>", "<r2.id>", some_id(700)), ("<t1.id>", "<t2.id>", some_id(701))
FIELDS = {"data": DATA, "description": ("d", "", None), "metadata_": METADATA}

# Results of states are artifacts, too: other programs leave some, of other types.
ONLY: Mapping[str, Body] = {"artifacts": {"type": {"any_": TYPES}}}
CRITERIA: Mapping[str, Mapping[str, Criteria]] = {
    "artifacts": {
        "key": (
            *({"any_": ["k-1"]}, {"any_": ["k-1", "k-3", "zz"]}, {"like_": "K-"}, {"like_": "_2"}),
            *({"exists_": True}, {"any_": []}, {"like_": ""}, {}),
        ),
        "flow_run_id": ({"any_": ["<r1.id>"]}, {"any_": RUNS}, {"any_": []}),
        "task_run_id": ({"any_": ["<t2.id>"]}, {"any_": TASKS}),
    },
    "flows": {"id": ({"any_": ["<fa.id>"]}, {"not_any_": ["<fa.id>"]}), "name": ({"like_": "b"},)},
    "flow_runs": {"id": ({"any_": ["<r2.id>"]},), "name": ({"any_": ["one"]}, {"like_": "o"})},
    "task_runs": {"id": ({"any_": ["<t1.id>"]},), "name": ({"like_": "t"},)},
    "deployments": {"name": ({"any_": ["D"]}, {"any_": ["zz"]})},
}
ALL = RandomNoun(
    path="/artifacts/",
    labels=LABELS,
    bases=(*({"type": one} for one in TYPES), {"type": "drawn table", "key": "k-1"}),
    optional={"key": KEYS, "flow_run_id": RUNS, "task_run_id": TASKS, **FIELDS},
    invalid={**artifacts.FIELDS, "x": (1,)},
    changes=FIELDS,
    places=tuple(f"/artifacts/<{label}.id>" for label in LABELS),
    criteria=CRITERIA,
    sorts=("CREATED_DESC", "UPDATED_DESC"),
    only=ONLY,
)
LATEST = replace(
    ALL,
    path="/artifacts/latest",
    sorts=("CREATED_DESC", "UPDATED_DESC", "KEY_ASC", "KEY_DESC"),
    criteria={
        **CRITERIA,
        "artifacts": {**CRITERIA["artifacts"], "latest_id": ({"any_": ["<a1.id>", "<a3.id>"]},)},
    },
)


def setup() -> tuple[RequestStep, ...]:
    """Return two flows with a run, of which the runs have a task run and a deployment."""
    flow = {"flow_id": "<fa.id>"}
    task = {"task_key": "t", "dynamic_key": "0", "name": "task"}
    return (
        post("/flows/", {"name": "Flow a"}).named("fa"),
        post("/flows/", {"name": "flow_b"}).named("fb"),
        post("/deployments/", {"name": "D", **flow}).named("d0"),
        post("/flow_runs/", {"name": "one", "deployment_id": "<d0.id>", **flow}).named("r1"),
        post("/flow_runs/", {"name": "two", "flow_id": "<fb.id>"}).named("r2"),
        post("/task_runs/", {**task, "flow_run_id": "<r1.id>"}).named("t1"),
        post("/task_runs/", {**task, "name": "Other", "dynamic_key": "1"}).named("t2"),
    )


def _result(draw: Random) -> RequestStep:
    """A state with data, which are an artifact, and which stays when its run is deleted."""
    run = draw.choice(("task_runs/<t1.id>", "task_runs/<t2.id>", "flow_runs/<r1.id>"))
    data = {
        "artifact_type": draw.choice(("result", "", "of a state")),
        "n": draw.choice((1, None, [2])),
    }
    state = {"type": draw.choice(("RUNNING", "COMPLETED", "FAILED")), "data": data}
    return post(f"/{run}/set_state", {"state": state, "force": True})


def _of_runs(draw: Random) -> RequestStep:
    """All artifacts of a run, results included."""
    kind, runs = draw.choice((("flow_run_id", RUNS), ("task_run_id", TASKS)))
    sent = {"artifacts": {kind: {"any_": draw.choices(runs, k=2)}}, "sort": "CREATED_DESC"}
    return post(f"/artifacts/{draw.choice(('filter', 'count'))}", sent)


KINDS = {
    **ALL.kinds(),
    LATEST.listed: 4,
    _result: 2,
    _of_runs: 3,
    lambda draw: get(f"/artifacts/{draw.choice(KEYS)}/latest"): 3,
}
