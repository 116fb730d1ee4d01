"""Each DynamoDB call of each function meets faults; the work that it was part of ends right.

The functions are those that `tests/rights/*_in_use.py` sets to work, so that new ones are here by
themselves. `make test` lets each call have one kind of fault, the kinds by turns; `make faults`
lets each call have each of them.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import pytest

from runledger import wiring
from tests.conftest import api_client
from tests.faults.clients import LEASE_SECONDS, use_sockets_until_done
from tests.faults.faulty_functions import Plan, faulty
from tests.faults.invariants import assert_all_hold
from tests.rights import limits_in_use
from tests.rights.blocks_in_use import KEPT
from tests.rights.changes_in_use import follow_changes
from tests.rights.everything_in_use import use_everything
from tests.rights.keys_in_use import use_keys
from tests.rights.test_rights import GRANTED
from tests.support import hosting
from tests.support.databases import TEMPLATE, DynamoDB, Engine, fresh_table
from tests.support.faults import KINDS
from tests.support.management import Management
from tests.support.streaming import Streaming

pytestmark = pytest.mark.usefixtures("_no_pauses")

IN_TURN = "in turn"
WANTED = [IN_TURN, *KINDS] if os.environ.get("FAULTS") == "all" else [IN_TURN]
# More than all repeated requests take.
MANY_SLOTS = 20


class Ground(NamedTuple):
    """The functions on a table, their clients, and the stream."""

    api: httpx.Client
    database: DynamoDB
    management: Management
    stream: Streaming


@contextmanager
def ground(dynoxide: Engine, management: Management) -> Iterator[Ground]:
    with fresh_table(dynoxide) as database, pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits_in_use, "EXPIRED_SLOTS", MANY_SLOTS)
        api = api_client(database, management, patch)
        patch.setenv("WORKER_LEASE_SECONDS", str(LEASE_SECONDS))
        patch.setenv("RUN_METRICS", "on")
        wiring.reset()
        with api:
            yield Ground(api, database, management, Streaming(TEMPLATE, database))


def use_requests(on: Ground) -> None:
    use_everything(on.api)
    on.stream.pump()
    follow_changes(on.api, lambda _: None)
    use_keys(on.api, lambda _: None)


def use_sockets(on: Ground) -> None:
    sockets = hosting.socket_clients(on.management)
    use_sockets_until_done(on.api, sockets, on.stream, on.database)


PROGRAMS: list[Callable[[Ground], None]] = [use_requests, use_sockets]


def run(program: Callable[[Ground], None], on: Ground, plan: Plan) -> None:
    with faulty(plan, on.database):
        program(on)
        on.stream.pump()


def blocks(api: httpx.Client) -> Any:  # noqa: ANN401 JSON
    asked = {"include_secrets": True}
    return api.post("/block_documents/filter", json=asked).raise_for_status().json()


@pytest.mark.parametrize("kind", WANTED)
def test_whichever_calls_fail_the_work_ends_right(
    dynoxide: Engine, management: Management, kind: str
) -> None:
    plan = Plan(*(KINDS if kind == IN_TURN else [kind]))
    for program in PROGRAMS:
        with ground(dynoxide, management) as on:
            run(program, on, plan)
            assert_all_hold(on.database)
            assert {str(block["data"]) for block in blocks(on.api)} <= {str(KEPT)}
    if kind == IN_TURN:
        assert {place.function for place in plan.covered} == {one.operation for one in GRANTED}
