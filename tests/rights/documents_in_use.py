"""Named documents in each way that differs in rights."""

import httpx


def use_documents(api: httpx.Client) -> None:
    use_variables(api)
    use_saved_searches(api)


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


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
