"""One run per key and per id, whoever races whom."""

from collections import Counter
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from tests.store.support.asking import (
    Asked,
    ask_at_once,
    flow_run_id,
    made,
    new_flow,
    new_flow_run,
    new_task_run,
    removal,
)
from tests.store.support.contents import left, scan, whole
from tests.support.databases import DynamoDB

Placing = Callable[[httpx.Client], dict[str, str]]
Identifying = Callable[[], dict[str, str]]

CREATORS = 64
ONE_CREATED = {201: 1, 200: CREATORS - 1}


def statuses(answers: list[httpx.Response]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


def ids(answers: list[httpx.Response]) -> set[str]:
    return {answer.json()["id"] for answer in answers}


def alone(_: httpx.Client) -> dict[str, str]:
    return {}


def in_a_flow_run(api: httpx.Client) -> dict[str, str]:
    return {"flow_run_id": flow_run_id(api)}


def without_ids() -> dict[str, str]:
    return {}


def with_an_id_each() -> dict[str, str]:
    return {"id": str(uuid4())}


ONE_ID = str(uuid4())


def with_one_id() -> dict[str, str]:
    return {"id": ONE_ID}


@pytest.mark.parametrize("identified", [without_ids, with_one_id, with_an_id_each])
@pytest.mark.parametrize("placed", [alone, in_a_flow_run])
def test_of_64_creators_of_a_key_one_creates_the_run_and_all_get_it(
    api: httpx.Client, dynamodb: DynamoDB, placed: Placing, identified: Identifying
) -> None:
    place = placed(api)
    before = len(scan(dynamodb))
    asked = [new_task_run(**place, **identified()) for _ in range(CREATORS)]
    answers = ask_at_once(api, asked)
    assert statuses(answers) == ONE_CREATED
    assert ids(answers) == {str(run.id) for run in whole(dynamodb).task_runs}
    assert len(scan(dynamodb)) - before == 2  # the run, its key


def test_of_64_keys_that_claim_one_id_one_has_it(api: httpx.Client, dynamodb: DynamoDB) -> None:
    asked = [new_task_run(id=ONE_ID, dynamic_key=str(key)) for key in range(CREATORS)]
    answers = ask_at_once(api, asked)
    assert statuses(answers) == {201: 1, 409: CREATORS - 1}
    assert [str(run.id) for run in whole(dynamodb).task_runs] == [ONE_ID]


def test_keys_of_their_own_make_runs_of_their_own(api: httpx.Client, dynamodb: DynamoDB) -> None:
    place = in_a_flow_run(api)
    asked = [new_task_run(dynamic_key=str(key), **place) for key in range(16)]
    assert statuses(ask_at_once(api, asked)) == {201: 16}
    assert len(whole(dynamodb).task_runs) == 16


def test_of_64_creators_of_a_flow_one_creates_it_and_all_get_it(
    api: httpx.Client, dynamodb: DynamoDB
) -> None:
    answers = ask_at_once(api, [new_flow()] * CREATORS)
    assert statuses(answers) == ONE_CREATED
    assert ids(answers) == {str(flow.id) for flow in whole(dynamodb).flows}


def test_of_64_creators_with_an_idempotency_key_one_creates_the_flow_run_and_all_get_it(
    api: httpx.Client, dynamodb: DynamoDB
) -> None:
    flow = made(api, new_flow())
    answers = ask_at_once(api, [new_flow_run(flow["id"], idempotency_key="1")] * CREATORS)
    assert statuses(answers) == ONE_CREATED
    assert ids(answers) == {str(run.id) for run in whole(dynamodb).flow_runs}


def test_subflow_runs_of_one_parent_all_show_on_it(api: httpx.Client, dynamodb: DynamoDB) -> None:
    flow, parent = made(api, new_flow()), made(api, new_task_run())
    asked = new_flow_run(flow["id"], parent_task_run_id=parent["id"], state={"type": "RUNNING"})
    answers = ask_at_once(api, [asked] * 8)
    assert statuses(answers) == {201: 8}
    assert [run.run_count for run in whole(dynamodb).task_runs] == [8]


def test_creators_and_deleters_of_a_key_leave_one_whole_run_or_none(
    api: httpx.Client, dynamodb: DynamoDB
) -> None:
    run = made(api, new_task_run(id=ONE_ID))
    asked = [new_task_run(id=ONE_ID), removal("task_runs", run)] * 8
    answers = ask_at_once(api, asked)
    assert statuses(answers).keys() <= {200, 201, 204, 404}
    assert len(whole(dynamodb).task_runs) <= 1


def test_creators_and_deleters_of_a_flow_leave_one_whole_flow_or_none(
    api: httpx.Client, dynamodb: DynamoDB
) -> None:
    flow = made(api, new_flow())
    answers = ask_at_once(api, [new_flow(), removal("flows", flow)] * 8)
    assert statuses(answers).keys() <= {200, 201, 204, 404}
    assert len(whole(dynamodb).flows) <= 1


def test_of_64_deleters_one_deletes(api: httpx.Client, dynamodb: DynamoDB) -> None:
    run = made(api, new_task_run())
    answers = ask_at_once(api, [removal("task_runs", run)] * CREATORS)
    assert statuses(answers) == {204: 1, 404: CREATORS - 1}
    assert left(dynamodb) == {}


def version_of_the_run(database: DynamoDB) -> int:
    (item,) = (item for item in scan(database).values() if "version" in item)
    return int(item["version"])


def test_of_racing_names_none_is_lost(api: httpx.Client, dynamodb: DynamoDB) -> None:
    run = made(api, new_task_run())
    before = version_of_the_run(dynamodb)
    names = [f"name {number}" for number in range(8)]
    path = f"/task_runs/{run['id']}"
    answers = ask_at_once(api, [Asked("PATCH", path, {"name": name}) for name in names])
    assert statuses(answers) == {204: 8}
    assert version_of_the_run(dynamodb) == before + len(names)
    assert api.get(path).json()["name"] in names


def test_a_name_does_not_bring_a_deleted_run_back(api: httpx.Client, dynamodb: DynamoDB) -> None:
    run = made(api, new_task_run())
    renaming = Asked("PATCH", f"/task_runs/{run['id']}", {"name": "late"})
    answers = ask_at_once(api, [renaming, removal("task_runs", run)] * 8)
    assert statuses(answers).keys() <= {204, 404}
    assert left(dynamodb) == {}


def test_a_write_is_seen_by_the_next_read(api: httpx.Client) -> None:
    asked = [new_task_run(dynamic_key=str(key)) for key in range(16)]
    runs = [answer.json() for answer in ask_at_once(api, asked)]
    reads = ask_at_once(api, [Asked("GET", f"/task_runs/{run['id']}") for run in runs])
    assert [read.json()["id"] for read in reads] == [run["id"] for run in runs]
