"""Concurrency limits through the functions, in both spellings."""

from uuid import uuid4

import httpx
import pytest

TAG, NAME = "database", "tag:database"
RUN, OTHER_RUN = str(uuid4()), str(uuid4())
HOLDER = {"type": "task_run", "id": RUN}


def limited(api: httpx.Client, name: str = NAME, **fields: object) -> str:
    made = api.post("/v2/concurrency_limits/", json={"name": name, "limit": 2, **fields})
    return str(made.raise_for_status().json()["id"])


def of_tag(api: httpx.Client) -> dict[str, object]:
    shown = api.get(f"/concurrency_limits/tag/{TAG}").raise_for_status()
    return dict(shown.json())


def slots(api: httpx.Client, name: str = NAME) -> int:
    return int(api.get(f"/v2/concurrency_limits/{name}").raise_for_status().json()["active_slots"])


def lease(api: httpx.Client, *names: str, number: int = 1) -> httpx.Response:
    asked = {"names": names or [NAME], "slots": number, "lease_duration": 60, "holder": HOLDER}
    return api.post("/v2/concurrency_limits/increment-with-lease", json=asked)


def taken(api: httpx.Client, *names: str, number: int = 1) -> str:
    return str(lease(api, *names, number=number).raise_for_status().json()["lease_id"])


def renewal(api: httpx.Client, lease_id: object) -> int:
    path = f"/v2/concurrency_limits/leases/{lease_id}/renew"
    return api.post(path, json={"lease_duration": 60}).status_code


def give_back(api: httpx.Client, lease_id: str) -> int:
    path = "/v2/concurrency_limits/decrement-with-lease"
    return api.post(path, json={"lease_id": lease_id}).status_code


def of_run(api: httpx.Client, verb: str, *tags: str, run: str = RUN) -> httpx.Response:
    asked = {"names": tags or [TAG], "task_run_id": run}
    return api.post(f"/concurrency_limits/{verb}", json=asked)


def reset(api: httpx.Client, *holders: str) -> int:
    asked = {"slot_override": holders or None}
    return api.post(f"/concurrency_limits/tag/{TAG}/reset", json=asked).status_code


def test_both_spellings_are_of_one_limit(api: httpx.Client) -> None:
    made = api.post("/concurrency_limits/", json={"tag": TAG, "concurrency_limit": 3}).json()
    shown = api.get(f"/v2/concurrency_limits/{NAME}").json()
    assert (shown["id"], shown["limit"]) == (made["id"], 3)


def test_a_tag_is_limited_anew(api: httpx.Client) -> None:
    limited(api)
    asked = {"tag": TAG, "concurrency_limit": 9}
    assert api.post("/concurrency_limits/", json=asked).status_code == httpx.codes.OK
    assert of_tag(api)["concurrency_limit"] == 9


def test_a_name_is_given_once(api: httpx.Client) -> None:
    limited(api)
    again = api.post("/v2/concurrency_limits/", json={"name": NAME, "limit": 5})
    assert again.status_code == httpx.codes.CONFLICT


def test_a_limit_is_listed_at_once(api: httpx.Client) -> None:
    ids = [limited(api, name) for name in ("b", "a", NAME)]
    listed = api.post("/v2/concurrency_limits/filter", json={"limit": 2, "offset": 1}).json()
    assert [one["id"] for one in listed] == [ids[0], ids[2]]


def test_the_task_runs_of_a_tag_are_told(api: httpx.Client) -> None:
    limited(api)
    taken(api)
    of_run(api, "increment", run=OTHER_RUN)
    assert of_tag(api)["active_slots"] == [RUN, OTHER_RUN]
    assert api.post("/concurrency_limits/filter").json() == [of_tag(api)]


def test_slots_of_several_limits_are_taken_all_or_none(api: httpx.Client) -> None:
    limited(api)
    limited(api, "full", active_slots=2)
    refused = lease(api, NAME, "full")
    assert refused.status_code == httpx.codes.LOCKED
    assert float(refused.headers["retry-after"]) > 0
    assert slots(api) == 0


def test_who_asks_for_more_than_there_is_need_not_wait(api: httpx.Client) -> None:
    limited(api)
    assert lease(api, number=3).status_code == httpx.codes.UNPROCESSABLE_ENTITY


def test_a_lease_gives_back_what_it_took_once(api: httpx.Client) -> None:
    limited(api)
    limited(api, "other")
    own, _ = taken(api, NAME, "other"), taken(api)
    assert [give_back(api, own), give_back(api, own)] == [httpx.codes.NO_CONTENT] * 2
    assert [slots(api), slots(api, "other")] == [1, 0]


def test_a_lease_is_renewed_until_it_is_given_back(api: httpx.Client) -> None:
    limited(api)
    own = taken(api)
    assert renewal(api, own) == httpx.codes.NO_CONTENT
    give_back(api, own)
    assert renewal(api, own) == httpx.codes.GONE


def test_what_nothing_limits_is_granted(api: httpx.Client) -> None:
    assert lease(api, "nothing").json()["limits"] == []


def test_an_inactive_limit_limits_nothing(api: httpx.Client) -> None:
    limited(api, active=False, active_slots=2)
    own = lease(api).json()
    assert [one["name"] for one in own["limits"]] == [NAME]
    assert renewal(api, own["lease_id"]) == httpx.codes.NO_CONTENT
    assert slots(api) == 2


def test_slots_without_a_lease_come_back_by_name(api: httpx.Client) -> None:
    limited(api)
    asked = {"names": [NAME], "slots": 2}
    for verb, left in (("increment", 2), ("decrement", 0), ("decrement", 0)):
        api.post(f"/v2/concurrency_limits/{verb}", json=asked).raise_for_status()
        assert slots(api) == left


def test_a_rate_is_only_that_of_limits_that_decay(api: httpx.Client) -> None:
    limited(api)
    limited(api, "rate", slot_decay_per_second=0.001)
    path = "/v2/concurrency_limits/increment"
    asked = {"slots": 2, "mode": "rate_limit"}
    rate = [api.post(path, json=asked | {"names": ["rate"]}).status_code for _ in range(2)]
    assert rate == [httpx.codes.OK, httpx.codes.LOCKED]
    assert api.post(path, json=asked | {"names": [NAME]}).status_code == 422


@pytest.mark.parametrize("field", ["active", "name", "limit", "active_slots"])
def test_no_value_of_a_limit_is_taken_away(api: httpx.Client, field: str) -> None:
    limited(api)
    answer = api.patch(f"/v2/concurrency_limits/{NAME}", json={field: None})
    assert answer.status_code == httpx.codes.CONFLICT


def test_a_renamed_limit_keeps_its_holders(api: httpx.Client) -> None:
    limit_id, own = limited(api), taken(api)
    limited(api, "taken")
    path = f"/v2/concurrency_limits/{limit_id}"
    names = [api.patch(path, json={"name": name}).status_code for name in ("taken", "tag:new")]
    assert names == [httpx.codes.CONFLICT, httpx.codes.NO_CONTENT]
    assert api.get("/concurrency_limits/tag/new").json()["active_slots"] == [RUN]
    give_back(api, own)
    assert slots(api, "tag:new") == 0


def test_a_task_run_gives_back_all_its_leases(api: httpx.Client) -> None:
    limited(api)
    assert of_run(api, "increment").json()[0]["name"] == TAG
    taken(api)
    assert of_run(api, "decrement", run=OTHER_RUN).json()[0]["name"] == NAME
    assert slots(api) == 2
    of_run(api, "decrement")
    assert slots(api) == 0


def test_a_full_tag_is_to_be_waited_for(api: httpx.Client) -> None:
    limited(api, active_slots=2)
    refused = of_run(api, "increment")
    assert (refused.status_code, refused.headers["retry-after"]) == (httpx.codes.LOCKED, "10.0")


def test_a_closed_tag_is_not_to_be_waited_for(api: httpx.Client) -> None:
    limited(api, limit=0)
    refused = of_run(api, "increment")
    assert refused.status_code == httpx.codes.LOCKED
    assert "retry-after" not in refused.headers


def test_a_reset_takes_slots_from_all_that_hold_them(api: httpx.Client) -> None:
    limited(api)
    own = taken(api)
    assert reset(api) == httpx.codes.OK
    assert (of_tag(api)["active_slots"], slots(api)) == ([], 0)
    assert renewal(api, own) == httpx.codes.GONE
    give_back(api, own)
    assert slots(api) == 0


def test_a_reset_names_the_holders(api: httpx.Client) -> None:
    limited(api)
    reset(api, OTHER_RUN)
    assert (of_tag(api)["active_slots"], slots(api)) == ([OTHER_RUN], 1)
    of_run(api, "decrement", run=OTHER_RUN)
    assert slots(api) == 0


@pytest.mark.parametrize(
    "path", [f"/v2/concurrency_limits/{NAME}", f"/concurrency_limits/tag/{TAG}"]
)
def test_a_limit_goes_with_its_slots(api: httpx.Client, path: str) -> None:
    limited(api)
    limited(api, "other")
    own = taken(api, NAME, "other")
    assert api.delete(path).is_success
    assert api.delete(path).status_code == httpx.codes.NOT_FOUND
    limited(api)
    taken(api)
    give_back(api, own)
    assert [slots(api), slots(api, "other")] == [1, 0]


@pytest.mark.parametrize("lease_id", ["nope", "123"])
def test_what_is_no_lease_is_told(api: httpx.Client, lease_id: str) -> None:
    answer = api.post(f"/v2/concurrency_limits/leases/{lease_id}/renew", json={})
    assert answer.json()["exception_detail"][0]["loc"] == ["path", "lease_id"]
