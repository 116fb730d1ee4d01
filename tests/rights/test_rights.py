"""Each function's policy grants what the function does, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import httpx
import pytest

from local.rest_api.routing import Resources
from runledger import wiring
from tests.conftest import api_client, store_in_pieces
from tests.rights.changes_in_use import follow_changes
from tests.rights.everything_in_use import use_everything
from tests.rights.keys_in_use import use_keys
from tests.support.client_events import events
from tests.support.databases import TEMPLATE, Engine, fresh_table
from tests.support.management import Management
from tests.test_template import FUNCTIONS, listed, statements

pytestmark = pytest.mark.costly_fixture

ROUTES = Resources(TEMPLATE.routes)


class Right(NamedTuple):
    operation: str
    action: str
    on_index: bool


GRANTED = {
    Right(operation, action.partition(":")[2], on_index="index" in str(resource))
    for operation in FUNCTIONS
    for statement in statements(operation)
    for action in listed(statement["Action"])
    for resource in listed(statement["Resource"])
}

# What follows changes posts to listeners, of whom there are none here.
POSTING = Right("react_to_changes", "ManageConnections", on_index=False)

# The key of blocks is in a file here.
READING_KEY = {Right(operation, "GetSecretValue", on_index=False) for operation in FUNCTIONS}

# What no request sets to work: `test_rights_of_sockets` does.
UNASKED = {
    *("websocket_connect", "websocket_default", "websocket_disconnect"),
    *("sweep_task_workers", "read_task_workers"),
}


@pytest.fixture(scope="module")
def used(dynoxide: Engine, management: Management) -> set[Right]:
    """Return the rights that all requests use, with large documents, which need the most."""
    with fresh_table(dynoxide) as database, pytest.MonkeyPatch.context() as patch:
        store_in_pieces(patch)
        with (
            api_client(database, management, patch) as api,
            _recorded(api) as (rights, actor),
        ):
            use_everything(api)
            follow_changes(api, actor.become)
            use_keys(api, actor.become)
    return {right for right in rights if right.operation}


def test_a_function_may_do_what_it_does(used: set[Right]) -> None:
    assert used - GRANTED == set()


def test_a_function_may_do_nothing_else(used: set[Right]) -> None:
    of_others = {right for right in GRANTED if right.operation not in UNASKED}
    assert of_others - used - {POSTING} - READING_KEY == set()


@dataclass
class Actor:
    """The function that is at work."""

    operation: str = ""

    def become(self, operation: str) -> None:
        self.operation = operation


@contextmanager
def _recorded(api: httpx.Client) -> Iterator[tuple[set[Right], Actor]]:
    """The functions' requests to DynamoDB, each in its own name."""
    rights: set[Right] = set()
    actor = Actor()

    def begin(request: httpx.Request) -> None:
        path = request.url.path.removeprefix(f"/{TEMPLATE.stage}")
        match = ROUTES.match(request.method, path)
        actor.operation = match.route.operation if match else ""

    def note(params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 botocore's
        rights.update(
            Right(actor.operation, action, on_index="IndexName" in params)
            for action in actions(model.name, params)
        )

    emitter = events(wiring.store().table.client)
    api.event_hooks = {"request": [begin], "response": []}
    emitter.register("provide-client-params.dynamodb", note)
    yield rights, actor
    emitter.unregister("provide-client-params.dynamodb", note)


def actions(call: str, params: dict[str, Any]) -> Iterator[str]:
    """Name what the right to a call is called."""
    if call.endswith("Connection"):
        yield "ManageConnections"
    elif call != "TransactWriteItems":
        yield call
    for write in params.get("TransactItems", ()):
        (kind,) = write
        yield "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
