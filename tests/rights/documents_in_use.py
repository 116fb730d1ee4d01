"""Named documents in each way that differs in rights."""

import httpx


def use_documents(api: httpx.Client) -> None:
    use_variables(api)
    use_saved_searches(api)
    use_results(api)


def use_variables(api: httpx.Client) -> None:
    for way in ("{id}", "name/{name}"):
        body = {"name": "variable", "value": 1}
        path = "/variables/" + way.format(**_do(api.post("/variables/", json=body)).json())
        _do(api.get(path))
        for question in ("filter", "count"):
            _do(api.post(f"/variables/{question}", json={}))
        _do(api.patch(path, json={"value": 2}))
        _do(api.patch(path, json={"name": "renamed"}))
        _do(api.delete(path.replace("name/variable", "name/renamed")))


def use_saved_searches(api: httpx.Client) -> None:
    condition = dict.fromkeys(("object", "property", "type", "operation", "value"), "x" * 99)
    for filters in ([condition], [condition] * 9):
        saved = _do(api.put("/saved_searches/", json={"name": "s", "filters": filters})).json()
    _do(api.get(f"/saved_searches/{saved['id']}"))
    _do(api.post("/saved_searches/filter", json={}))
    _do(api.delete(f"/saved_searches/{saved['id']}"))


def use_artifacts(api: httpx.Client, flow_run: str, task_run: str) -> None:
    """Large ones, two of a key; found by each path, and through runs."""
    body = {"data": "x" * 999, "flow_run_id": flow_run, "task_run_id": task_run}
    made = [_do(api.post("/artifacts/", json=body | {"key": "k"})).json() for _ in range(2)]
    flow = _do(api.get(f"/flow_runs/{flow_run}")).json()["flow_id"]
    other = _do(api.post("/flow_runs/", json={"flow_id": flow})).json()["id"]
    _do(api.post("/artifacts/", json={"key": "l", "flow_run_id": other}))
    through: dict[str, object] = {"flow_runs": {}}
    ids = [artifact["id"] for artifact in made]
    searches: list[dict[str, object]] = [{}, {"artifacts": {"key": {"any_": ["k"]}}}]
    searches += ({"artifacts": {"id": {"any_": some}}} for some in (ids, ids[:1]))
    searches += ({"flow_runs": {}}, {"task_runs": {}})
    for criteria in searches:
        for question in ("filter", "count"):
            _do(api.post(f"/artifacts/{question}", json=criteria))
    for question in ("filter", "count"):
        for wanted in (searches[0], {"artifacts": {"key": {"any_": ["k", "l"]}}}, through):
            _do(api.post(f"/artifacts/latest/{question}", json=wanted))
    _do(api.get("/artifacts/k/latest"))
    for artifact_id in reversed(ids):
        _do(api.get(f"/artifacts/{artifact_id}"))
        _do(api.patch(f"/artifacts/{artifact_id}", json={"data": "y" * 999}))
        _do(api.delete(f"/artifacts/{artifact_id}"))


def use_results(api: httpx.Client) -> None:
    """Of states in their run's item and beside it; with a key that has an artifact already."""
    body = {"task_key": "t", "dynamic_key": "results"}
    run = _do(api.post("/task_runs/", json=body)).json()["id"]
    for number in range(4):
        state = {"type": "RUNNING", "message": "x" * 3_000, "data": {"artifact_key": "r"}}
        proposal = {"state": state | {"name": f"{number}"}, "force": True}
        _do(api.post(f"/task_runs/{run}/set_state", json=proposal))
    criteria = {"artifacts": {"task_run_id": {"any_": [run]}}, "sort": "CREATED_DESC"}
    for artifact in _do(api.post("/artifacts/filter", json=criteria)).json():
        _do(api.patch(f"/artifacts/{artifact['id']}", json={"data": "new"}))
        _do(api.delete(f"/artifacts/{artifact['id']}"))


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
