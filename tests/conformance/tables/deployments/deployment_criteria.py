"""Criteria about deployments, on task runs, flow runs and flows that have some or none."""

from collections.abc import Iterator, Mapping

from tests.conformance.programs import NOBODY, Program, RequestStep, post, program
from tests.conformance.tables.values.criteria import Criteria

DEPLOYMENTS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("da", "fa", {"name": "Nightly", "tags": ["x", "y"], "paused": True, "version": "1"}),
    ("db", "fa", {"name": "flow b_", "tags": []}),
    ("dc", "fb", {"name": "ÄÖ 3", "tags": ["X"], "work_queue_name": ""}),
)
ASKED: dict[str, Criteria] = {
    "id": (
        *({}, {"any_": []}, {"not_any_": []}, {"any_": [NOBODY]}, {"any_": None}),
        *({"any_": ["<da.id>", "<dc.id>"]}, {"not_any_": ["<da.id>"]}),
        {"any_": ["<da.id>"], "not_any_": ["<da.id>"]},
    ),
    "name": (
        *({}, {"any_": []}, {"any_": ["Nightly"]}, {"any_": ["nightly", "flow b_"]}),
        *({"like_": text} for text in ("NIGHT", "b_", "", "_", "äö", "x")),
    ),
    "flow_or_deployment_name": tuple(
        {"like_": text} for text in ("flow", "FLOW_A", "nightly", "3", "x", "", None)
    ),
    "paused": ({}, {"eq_": True}, {"eq_": False}, {"eq_": None}),
    "tags": (
        *(
            {},
            {"all_": []},
            {"all_": ["x"]},
            {"all_": ["y", "x"]},
            {"any_": []},
            {"any_": ["X", "y"]},
        ),
        *({"is_null_": True}, {"is_null_": False}, {"operator": "or_"}),
        {"is_null_": True, "all_": ["X"], "operator": "or_"},
    ),
    "work_queue_name": ({}, {"any_": []}, {"any_": [""]}, {"any_": ["q"]}),
    "concurrency_limit": ({}, {"ge_": 1}, {"le_": 1}, {"is_null_": True}),
}
FLOWS: Criteria = tuple({"is_null_": value} for value in (True, False, None))


def programs() -> Iterator[Program]:
    for path in ("/task_runs/filter", "/flow_runs/filter", "/flows/filter", "/task_runs/count"):
        asked = (post(path, {**criterion, **_order(path)}) for criterion in _criteria())
        yield program(f"deployment criteria: {path}", *data(), *asked)


def _order(path: str) -> dict[str, str]:
    return {} if path.endswith("count") else {"sort": "NAME_ASC"}


def data() -> list[RequestStep]:
    flows = [post("/flows/", {"name": name}).named(label) for label, name in FLOW_NAMES.items()]
    deployments = [
        post("/deployments/", {"flow_id": f"<{flow}.id>", **fields}).named(label)
        for label, flow, fields in DEPLOYMENTS
    ]
    runs = [
        post("/flow_runs/", {"flow_id": f"<{flow}.id>", "name": f"run {label}", **fields}).named(
            label
        )
        for label, flow, fields in RUNS
    ]
    started = post("/deployments/<dc.id>/create_flow_run", {"name": "run s"}).named("s")
    labels = [*(label for label, _, _ in RUNS), "s"]
    task_runs = [
        post(
            "/task_runs/",
            {
                "flow_run_id": f"<{label}.id>",
                "task_key": "t",
                "dynamic_key": "0",
                "name": f"in {label}",
            },
        )
        for label in labels
    ]
    alone = post("/task_runs/", {"task_key": "t", "dynamic_key": "0", "name": "alone"})
    return [*flows, *deployments, *runs, started, *task_runs, alone]


FLOW_NAMES = {"fa": "Flow_A", "fb": "flow b_", "fc": "without"}
RUNS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("ra", "fa", {"deployment_id": "<da.id>"}),
    ("rb", "fa", {"deployment_id": "<db.id>"}),
    ("rc", "fb", {"deployment_id": "<dc.id>"}),
    ("rd", "fa", {}),
    ("re", "fc", {}),
    # A run of one flow with a deployment of another one, and with one that there is not.
    ("rf", "fc", {"deployment_id": "<da.id>"}),
    ("rg", "fc", {"deployment_id": NOBODY}),
)


def _criteria() -> Iterator[Mapping[str, object]]:
    for wanted in ({}, None, {"operator": "or_"}):
        yield {"deployments": wanted}
    for key, criteria in ASKED.items():
        for criterion in criteria:
            yield {"deployments": {key: criterion}}
    for operator in ("and_", "or_"):
        both = {"name": {"like_": "night"}, "paused": {"eq_": False}, "operator": operator}
        yield {"deployments": both}
    for criterion in FLOWS:
        yield {"flows": {"deployment": criterion}}
        yield {"flows": {"deployment": criterion}, "deployments": {"paused": {"eq_": False}}}
    yield {"flow_runs": {"deployment_id": {"any_": ["<da.id>"]}}, "deployments": {}}
    yield {"flow_runs": {"deployment_id": {"is_null_": True}}}
    yield {"flows": {"name": {"any_": ["without"]}}, "deployments": {}}
