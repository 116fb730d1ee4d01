"""An operation that others overtake, right before any of its calls: what stays is whole."""

from uuid import uuid4

import httpx
import pytest

from tests.store.support.asking import (
    Asked,
    Asking,
    Site,
    ask,
    flow_run_id,
    made,
    new_flow,
    new_flow_run,
    new_task_run,
    removal,
)
from tests.store.support.calls import preceded
from tests.store.support.contents import amounts, whole

RUN = new_task_run(id=str(uuid4()))
IN_TURN = 4  # more calls than any of these operations makes without starting over

each_call = pytest.mark.parametrize("call", range(IN_TURN))


@pytest.fixture
def site(site_on_dynoxide: Site) -> Site:
    """A site on one engine: where calls overtake each other by plan, one tells as much as two."""
    return site_on_dynoxide


def overtaken(site: Site, call: int, asked: Asked, *others: Asked) -> httpx.Response:
    def overtake() -> None:
        for other in others:
            ask(site.api, other)

    with preceded(site.client, call, overtake):
        return ask(site.api, asked)


def delete_run(api: httpx.Client) -> Asked:
    return removal("task_runs", made(api, RUN))


def rename_run(api: httpx.Client) -> Asked:
    return Asked("PATCH", f"/task_runs/{made(api, RUN)['id']}", {"name": "other"})


def adopt(api: httpx.Client) -> Asked:
    return new_flow_run(made(api, new_flow())["id"], parent_task_run_id=made(api, RUN)["id"])


@each_call
@pytest.mark.parametrize("overtaker", [delete_run, rename_run, adopt])
@pytest.mark.parametrize("operation", [delete_run, rename_run, adopt])
def test_two_writers_of_a_run_leave_it_whole(
    site: Site, operation: Asking, overtaker: Asking, call: int
) -> None:
    asked, other = operation(site.api), overtaker(site.api)
    assert overtaken(site, call, asked, other).status_code in {201, 204, 404, 409}
    whole(site.database)


@each_call
@pytest.mark.parametrize("operation", [delete_run, rename_run, adopt])
def test_a_run_deleted_and_created_anew_under_one_id_is_whole(
    site: Site, operation: Asking, call: int
) -> None:
    asked, deletion = operation(site.api), delete_run(site.api)
    assert overtaken(site, call, asked, deletion, RUN).status_code in {201, 204}
    whole(site.database)


@each_call
def test_a_creator_that_a_deleter_overtakes_creates(site: Site, call: int) -> None:
    assert overtaken(site, call, RUN, delete_run(site.api)).status_code in {200, 201}
    assert amounts(site.database)[0] == 1


def delete_flow(api: httpx.Client) -> Asked:
    return removal("flows", made(api, new_flow()))


def delete_flow_run(api: httpx.Client) -> Asked:
    return Asked("DELETE", f"/flow_runs/{flow_run_id(api)}")


@each_call
@pytest.mark.parametrize("deletion", [delete_flow, delete_flow_run])
def test_of_two_deleters_the_slower_finds_nothing(site: Site, deletion: Asking, call: int) -> None:
    asked = deletion(site.api)
    assert overtaken(site, call, asked, asked).status_code in {204, 404}
    whole(site.database)


@each_call
def test_a_name_that_another_flow_has_by_now_stays(site: Site, call: int) -> None:
    asked = delete_flow(site.api)
    assert overtaken(site, call, asked, asked, new_flow()).status_code in {204, 404}
    assert amounts(site.database)[2] <= 1
