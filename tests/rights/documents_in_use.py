"""Named documents in each way that differs in rights."""

import httpx


def use_documents(api: httpx.Client) -> None:
    use_variables(api)


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


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
