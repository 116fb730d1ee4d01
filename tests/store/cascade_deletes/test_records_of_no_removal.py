"""Records that only a filter written wrong would let pass: nothing is removed for them."""

import pytest

from tests.store.cascade_deletes.test_removals import tree
from tests.store.support.asking import Site
from tests.store.support.contents import scan
from tests.support.removals import follow, removed


@pytest.mark.parametrize("kind", ["FLOW", "FLOW_RUN", "TASK_RUN"])
def test_a_record_of_what_is_still_there_removes_nothing(site_on_dynoxide: Site, kind: str) -> None:
    there = tree(site_on_dynoxide.api)
    ids = {"FLOW": there.flow, "FLOW_RUN": there.flow_run, "TASK_RUN": there.task_runs[0]}
    record = removed(kind, ids[kind])
    record["dynamodb"] |= dict.fromkeys(["OldImage", "NewImage"], record["dynamodb"]["Keys"])
    before = scan(site_on_dynoxide.database)
    assert follow([record]) == []
    assert scan(site_on_dynoxide.database) == before
