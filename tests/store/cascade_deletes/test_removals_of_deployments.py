"""Runs that a deployment got while it was deleted, on dynoxide, which has a stream."""

import httpx
import pytest

from tests.functions.deployments.deploying import deployed, new_flow
from tests.store.support.asking import Asked, Site, ask, removal
from tests.store.support.calls import heard, preceded
from tests.support.removals import Removals


@pytest.mark.parametrize(("state", "status"), [("SCHEDULED", 404), ("RUNNING", 200)])
def test_those_that_wait_go_and_those_that_began_stay(
    site_on_dynoxide: Site, state: str, status: int
) -> None:
    api, database, client = site_on_dynoxide
    removals = Removals(database)
    deployment = deployed(api, new_flow(api))
    path = f"/deployments/{deployment['id']}/create_flow_run"
    asked = Asked("POST", path, {"state": {"type": state}})
    with heard(client) as calls:
        ask(api, asked)
    with preceded(client, len(calls) - 1, lambda: ask(api, removal("deployments", deployment))):
        late = ask(api, asked)
    assert late.status_code == httpx.codes.CREATED
    removals.follow()
    assert api.get(f"/flow_runs/{late.json()['id']}").status_code == status
