"""The tags of runs in the table: whoever asks the index for one finds each run that has it."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.table import Query, Table
from runledger.store.runs.derived_items import MAX_TAGS
from runledger.store.schema import indexes, keys
from tests.store.support.asking import Asked, Site, flow_run_id, made, new_task_run
from tests.store.support.calls import heard
from tests.store.support.contents import whole
from tests.support.databases import DynamoDB

LONG = "long" * 500
ODD = ["", "#", "*", LONG, LONG + "er", "\U0001f600", 'qu"ote', "\\"]
MANY = [f"tag {number}" for number in range(MAX_TAGS + 1)]


def found(database: DynamoDB, kind: str, tag: str) -> set[UUID]:
    """The runs to which the index leads from a tag."""
    table = Table(database.client, database.table)
    owners = keys.tag_shards(kind, [tag], 2)
    asked = (Query(in_index(indexes.BY_OWNER, owner, None), "by_owner") for owner in owners)
    return {UUID(entry["id"]) for one in asked for entry in table.query(one)}


def tagged(site: Site, tags: Sequence[str]) -> UUID:
    return UUID(made(site.api, new_task_run(tags=tags, dynamic_key=str(uuid4())))["id"])


@pytest.mark.parametrize("tag", ODD, ids=range(len(ODD)))
def test_a_run_is_found_by_any_tag_whatever_it_is_made_of(site_on_dynoxide: Site, tag: str) -> None:
    others = [one for one in ODD if one != tag]
    run, _ = tagged(site_on_dynoxide, ["a", tag, tag]), tagged(site_on_dynoxide, others)
    assert found(site_on_dynoxide.database, keys.TASK_RUN, tag) == {run}
    whole(site_on_dynoxide.database)


@pytest.mark.parametrize("amount", [MAX_TAGS, MAX_TAGS + 1, 300])
def test_a_run_is_found_by_each_of_its_tags_however_many(site: Site, amount: int) -> None:
    tags = [f"tag {number}" for number in range(amount)]
    run = tagged(site, tags)
    asked = (tags[0], tags[-1])
    assert [found(site.database, keys.TASK_RUN, tag) for tag in asked] == [{run}, {run}]
    whole(site.database)


def test_task_runs_and_flow_runs_do_not_share_tags(site: Site) -> None:
    flow_run = flow_run_id(site.api)
    made_so(site, flow_run, ["a"])
    task_run = tagged(site, ["a"])
    assert found(site.database, keys.TASK_RUN, "a") == {task_run}
    assert found(site.database, keys.FLOW_RUN, "a") == {UUID(flow_run)}


@pytest.mark.parametrize("after", [[], ["b", "c"], ["a", "b"], MANY, [*MANY, "more"]], ids=len)
@pytest.mark.parametrize("before", [[], ["a", "b"], MANY], ids=len)
def test_a_flow_run_is_found_by_its_tags_as_they_change(
    site_on_dynoxide: Site, before: list[str], after: list[str]
) -> None:
    run = flow_run_id(site_on_dynoxide.api)
    for tags in (before, after):
        made_so(site_on_dynoxide, run, tags)
    (stored,) = whole(site_on_dynoxide.database).flow_runs
    assert list(stored.tags) == after


def test_a_tag_costs_an_item_and_its_entry(site_on_dynoxide: Site) -> None:
    one, two, three = (
        units(site_on_dynoxide, new_task_run(tags=tags, dynamic_key=str(len(tags))))
        for tags in (["a"], ["a", "b"], ["a", "b", "c"])
    )
    assert (two - one, three - two) == (3, 3)


def units(site: Site, asked: Asked) -> float:
    """The write units of one request."""
    with heard(site.client) as calls:
        made(site.api, asked)
    ((_, answer),) = calls
    (actual,) = answer["ConsumedCapacity"]
    return float(actual["CapacityUnits"])


def test_a_run_has_room_for_a_limit_of_each_tag(site_on_dynoxide: Site) -> None:
    api = site_on_dynoxide.api
    tags = [f"tag {number}" for number in range(40)]
    for tag in tags:
        limit = {"tag": tag, "concurrency_limit": 1}
        made(api, Asked("POST", "/concurrency_limits/", limit))
    asked = new_task_run(tags=tags, state={"type": "RUNNING"}, flow_run_id=flow_run_id(api))
    assert made(api, asked)["state"]["type"] == "RUNNING"


def made_so(site: Site, run: str, tags: Sequence[str]) -> None:
    changed = site.api.patch(f"/flow_runs/{run}", json={"tags": tags})
    assert changed.is_success
