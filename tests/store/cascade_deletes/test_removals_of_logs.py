"""Which lines go with what was deleted, of those that were sent together."""

import pytest

from tests.store.cascade_deletes.test_removals import delete, delete_flow_run, remaining, tree
from tests.store.support.asking import Site
from tests.store.support.lines import line, logged, messages
from tests.support.removals import Removals

pytestmark = pytest.mark.usefixtures("_no_pauses")


@pytest.fixture
def site(site_on_dynoxide: Site) -> Site:
    return site_on_dynoxide


@pytest.fixture
def removals(site: Site) -> Removals:
    return Removals(site.database)


def test_what_a_deleted_task_run_logged_goes_from_among_what_others_did(
    site: Site, removals: Removals
) -> None:
    """All of it was sent at once, and logged in one moment."""
    own = tree(site.api, task_runs=3, lines=0)
    runs = [{"flow_run_id": own.flow_run, "task_run_id": one} for one in (None, *own.task_runs)]
    gone = own.task_runs[1]
    logged(site.api, *(line(f"{n:03} of {n % 4}", **runs[n % 4]) for n in range(200)))
    delete(site.api, "task_runs", gone)
    removals.follow()
    left_over = [f"{n:03} of {n % 4}" for n in range(200) if runs[n % 4]["task_run_id"] != gone]
    assert messages(site.api) == left_over
    assert messages(site.api, flow_run_id={"any_": [own.flow_run]}) == left_over
    assert messages(site.api, task_run_id={"any_": [gone]}) == []


def test_what_a_deleted_flow_run_logged_goes_from_among_what_others_did(
    site: Site, removals: Removals
) -> None:
    own, other = tree(site.api, task_runs=2, lines=0), tree(site.api, task_runs=1, lines=0)
    runs = [
        {"flow_run_id": tree.flow_run, "task_run_id": one}
        for tree in (own, other)
        for one in (None, *tree.task_runs)
    ]
    logged(site.api, *(line(f"{n:03} of {n % 5}", **runs[n % 5]) for n in range(200)))
    delete_flow_run(site.api, own)
    removals.follow()
    of_other = [f"{n:03} of {n % 5}" for n in range(200) if n % 5 >= 3]
    assert messages(site.api) == of_other
    assert messages(site.api, flow_run_id={"any_": [own.flow_run]}) == []
    assert {key.pk for key in remaining(site.database) if key.pk.startswith("LOGS")} == {
        f"LOGS#FLOW_RUN#{other.flow_run}"
    }
