"""Saved searches through the functions."""

from collections import Counter

import httpx

from tests.store.support.asking import Asked, ask_at_once

CONDITION: dict[str, object] = {
    "object": "flow",
    "property": "p",
    "type": "t",
    "operation": "=",
    "value": {"a": 1},
}


def saved(name: str, *filters: dict[str, object]) -> Asked:
    return Asked("PUT", "/saved_searches/", {"name": name, "filters": list(filters)})


def test_of_64_who_save_a_name_one_creates_it_and_the_others_replace_its_filters(
    api_on_dynoxide: httpx.Client,
) -> None:
    answers = ask_at_once(api_on_dynoxide, [saved("s", CONDITION)] * 64)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 63}
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_searches_are_listed_by_name_until_they_are_deleted(api: httpx.Client) -> None:
    for name in ("b", "a", "C"):
        api.put("/saved_searches/", json={"name": name}).raise_for_status()
    known = api.put("/saved_searches/", json={"name": "b", "filters": [CONDITION | {"x": 1}]})
    assert (known.status_code, known.json()["filters"]) == (200, [CONDITION])
    assert api.get(f"/saved_searches/{known.json()['id']}").json() == known.json()
    listed = api.post("/saved_searches/filter", json={"limit": 2, "offset": 1}).json()
    assert [search["name"] for search in listed] == ["a", "b"]
    assert api.delete(f"/saved_searches/{known.json()['id']}").status_code == 204
    gone = api.get(f"/saved_searches/{known.json()['id']}")
    assert (gone.status_code, gone.json()) == (404, {"detail": "Saved search not found"})
