"""Rights of the functions of WebSockets, of the stream and of the schedule: needed and given."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from runledger import websocket_wiring, wiring
from runledger.adapters.observability import logger
from tests.conftest import api_client
from tests.rights.sockets_in_use import use_sockets
from tests.rights.test_rights import GRANTED, UNASKED, Right, actions
from tests.support import hosting
from tests.support.client_events import events
from tests.support.databases import TEMPLATE, Engine, fresh_table
from tests.support.management import Management
from tests.support.streaming import Streaming

pytestmark = pytest.mark.costly_fixture

STREAM = "react_to_changes"


@pytest.fixture(scope="module")
def used(dynoxide: Engine, management: Management) -> set[Right]:
    with fresh_table(dynoxide) as database, pytest.MonkeyPatch.context() as patch:
        api = api_client(database, management, patch)
        patch.setenv("WORKER_LEASE_SECONDS", "1")
        patch.setenv("RUN_METRICS", "on")
        wiring.reset()
        with api, _recorded() as rights:
            sockets, stream = hosting.socket_clients(management), Streaming(TEMPLATE, database)
            use_sockets(api, sockets, stream)
    return {right for right in rights if right.operation in {*UNASKED, STREAM}}


def test_a_function_may_do_what_it_does(used: set[Right]) -> None:
    assert used - GRANTED == set()


def test_a_function_may_do_nothing_else(used: set[Right]) -> None:
    assert {right for right in GRANTED if right.operation in UNASKED} - used == set()


@contextmanager
def _recorded() -> Iterator[set[Right]]:
    """The requests to DynamoDB and to `@connections`, in the name of the function that logs."""
    rights: set[Right] = set()

    def note(params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 botocore's
        operation = logger.get_current_keys().get("function_name", "")
        rights.update(
            Right(operation, action, on_index="IndexName" in params)
            for action in actions(model.name, params)
        )

    table, sockets = wiring.store().table.client, websocket_wiring.connections().client
    emitters = events(table), sockets.meta.events
    for emitter in emitters:
        emitter.register("provide-client-params.*", note)
    yield rights
    for emitter in emitters:
        emitter.unregister("provide-client-params.*", note)
