"""Checks of documents that runs use: results and secrets in blocks, artifacts, variables."""

import json
from collections.abc import Mapping
from hashlib import sha256

from tests.conformance.clients.scene import (
    DONE,
    Check,
    ClientScene,
    Json,
    Shown,
    comes_to_be,
    succeeds,
)

DAY = "2026-11-22"
SUM = len(DAY) + 32
# Seconds: a runner asks every ten for runs that are due, and starts an interpreter for each.
PATIENCE = 90
HIDDEN = "********"
TOKEN, PASSWORD = "a token that nobody sees", "a password that nobody sees"
STEP = {"__prefect_kind": "workspace_variable", "variable_name": "step"}


def keeps_results_in_a_block(scene: ClientScene) -> None:
    """Each process finds them by the block that the API has, not by settings of its own."""
    folder = scene.stock.home / "orders"
    block = scene.result("etl", "save", str(folder))
    assert [scene.result("etl", "run", DAY) for _ in range(2)] == [SUM, SUM]
    made, again = scene.flow_runs("orders-etl")
    tasks = {Shown("transform", DONE): 1, Shown("load", DONE): 1}
    scene.shows(made, {Shown("extract", DONE): 1, **tasks})
    scene.shows(again, {Shown("extract", "Pending Running Cached"): 1, **tasks})
    assert scene.result("etl", "read", made["id"]) == SUM
    data = scene.task_run(made, "transform")["state"]["data"]
    assert data["storage_block_id"] == block, data
    assert (folder / data["storage_key"]).is_file(), data
    scene.delete(f"/block_documents/{block}")
    assert scene.stock.run("etl", "read", made["id"]).code != 0


def loads_secrets(scene: ClientScene) -> None:
    succeeds(scene.stock.run("secrets_in_tasks", TOKEN, PASSWORD))
    ran = scene.stock.run("secrets_in_tasks")
    assert ran.result() == [_digest(TOKEN), "db", _digest(PASSWORD), _digest(TOKEN)]
    run = scene.flow_run("use-secrets")
    scene.shows(run, {Shown("sign_in", DONE): 1, Shown("connect", DONE): 1})
    names = {"block_documents": {"name": {"any_": ["token", "warehouse"]}}}
    token, orders = sorted(scene.post("/block_documents/filter", names), key=lambda it: it["name"])
    assert token["data"] == {"value": HIDDEN}
    assert (orders["data"]["password"], orders["data"]["token"]) == (HIDDEN, {"value": HIDDEN})
    lines = scene.text(f"/flow_runs/{run['id']}/logs/download")
    shown = (ran.out, ran.err, lines, str(orders), str(scene.task_runs(run)))
    assert not [text for text in shown for secret in (TOKEN, PASSWORD) if secret in text]


def leaves_artifacts(scene: ClientScene) -> None:
    for orders in (2, 3):
        found = scene.result("reporting", str(orders))
        table = json.dumps([{"n": n} for n in range(orders)])
        assert found == [
            ["markdown", f"# {orders} orders", None],
            ["table", table, "all"],
            ["markdown", "[the shop](https://example.com/orders)", None],
            ["progress", 75.0, "nearly"],
            None,
        ]
    run = scene.flow_runs("leave-artifacts")[-1]
    of_run = {"flow_runs": {"id": {"any_": [run["id"]]}}, "sort": "KEY_ASC"}
    latest = scene.post("/artifacts/latest/filter", of_run)
    of_tasks = {"filling": "fill", "orders": "tabulate", "shop": "tabulate", "summary": None}
    assert {one["key"]: _task_of(scene, run, one) for one in latest} == of_tasks
    keyed = {"artifacts": {"key": {"any_": list(of_tasks)}}}
    assert scene.post("/artifacts/count", keyed) == 2 * len(of_tasks)


def remembers(scene: ClientScene) -> None:
    """A served flow that is given a variable, reads another one and sets it."""
    scene.post("/variables/", {"name": "step", "value": 20})
    process = scene.stock.start("remembering")
    try:
        comes_to_be(lambda: len(_deployments(scene)), 1, PATIENCE)
        (deployment,) = _deployments(scene)
        path = f"/deployments/{deployment['id']}/create_flow_run"
        for number in (1, 2):
            run = scene.post(path, {"parameters": {"more": STEP}})
            assert run["parameters"] == {"more": 20}
            comes_to_be(lambda: _ended(scene), ["COMPLETED"] * number, PATIENCE)
    finally:
        scene.stock.kill(process, PATIENCE)
    total = scene.get("/variables/name/total")
    assert (total["value"], total["tags"]) == ({"sum": 40}, ["kept"])


CHECKS: Mapping[str, Check] = {
    "results of an ETL flow are kept in a block, and read through it": keeps_results_in_a_block,
    "tasks load secrets that neither the API nor a log shows": loads_secrets,
    "flows and tasks leave artifacts, and read the latest of a key": leaves_artifacts,
    "a served flow is given a variable, and sets another": remembers,
}


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _task_of(scene: ClientScene, run: Json, artifact: Json) -> str | None:
    tasks = {one["id"]: one["name"] for one in scene.task_runs(run)}
    name: str | None = tasks.get(artifact["task_run_id"])
    return name and name.rpartition("-")[0]


def _deployments(scene: ClientScene) -> list[Json]:
    named = {"deployments": {"name": {"any_": ["remembered"]}}}
    found: list[Json] = scene.post("/deployments/filter", named)
    return found


def _ended(scene: ClientScene) -> list[str]:
    return [run["state_type"] for run in scene.flow_runs("remember")]
