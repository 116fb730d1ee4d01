"""Calls that are sent together are answered in their order, whatever befalls some of them."""

import json
import socket
import threading

import pytest
from botocore.exceptions import ClientError

from runledger.store.dynamodb.client import MAX_TOGETHER, JsonClient
from tests.store.dynamodb.client.clients import json_client
from tests.store.dynamodb.client.scripted import Act, Script, answer, echo, item_of, refusal
from tests.store.dynamodb.client.test_faults import CUT_OFF, PASSING, SHORT

pytestmark = pytest.mark.usefixtures("_no_pauses")

NUMBERS = range(2 * MAX_TOGETHER + 3)
SOME = {2, MAX_TOGETHER - 1, MAX_TOGETHER, NUMBERS[-1]}
FAULTS = {
    name: (PASSING | CUT_OFF)[name]
    for name in (
        "closed after the request",
        "closed in the middle of the body",
        "no answer",
        "500",
        "throttled",
        "a wrong checksum",
    )
}


def client_of(script: Script) -> JsonClient:
    client = json_client(script.endpoint, SHORT)
    assert isinstance(client, JsonClient)
    return client


def asked(client: JsonClient, numbers: range) -> list[int]:
    answers = client.call_each("GetItem", map(item_of, numbers))
    return [int(one["Item"]["pk"]["N"]) for one in answers]


def number_of(body: bytes) -> int:
    return int(json.loads(body)["Key"]["pk"]["N"])


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_befalls_some_calls_all_are_answered_in_their_order(fault: str) -> None:
    befallen: set[bytes] = set()

    def act(script: Script, connection: socket.socket, body: bytes) -> bool:
        if number_of(body) in SOME - set(map(number_of, befallen)):
            befallen.add(body)
            return FAULTS[fault](script, connection, body)
        return echo(script, connection, body)

    script = Script(act)
    with script.running():
        client = client_of(script)
        assert [asked(client, NUMBERS) for _ in range(2)] == [list(NUMBERS)] * 2
    assert len(befallen) == len(SOME)
    assert len(script.requests) == 2 * len(NUMBERS) + len(SOME)


def test_a_refusal_comes_in_its_place_and_spoils_no_later_call() -> None:
    def act(script: Script, connection: socket.socket, body: bytes) -> bool:
        is_refused = number_of(body) == 3
        chosen: Act = refusal("ValidationException") if is_refused else echo
        return chosen(script, connection, body)

    script = Script(act)
    with script.running():
        client = client_of(script)
        answers = client.call_each("GetItem", map(item_of, range(6)))
        assert [int(next(answers)["Item"]["pk"]["N"]) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(ClientError, match="ValidationException"):
            next(answers)
        assert asked(client, range(4, 40)) == list(range(4, 40))


def test_a_database_that_is_not_there_is_told() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        client = json_client(f"http://127.0.0.1:{bound.getsockname()[1]}", SHORT)
        assert isinstance(client, JsonClient)
        with pytest.raises(Exception, match="Could not connect"):
            asked(client, range(3))


def test_all_are_sent_before_the_first_answer_is_read_over_connections_that_are_kept() -> None:
    all_there = threading.Barrier(MAX_TOGETHER)

    def act(script: Script, connection: socket.socket, body: bytes) -> bool:
        all_there.wait(10)
        # More than a socket holds: who sends does not wait for the reader.
        return answer({"Item": json.loads(body)["Key"], "filler": "x" * 2**20})(
            script, connection, body
        )

    script = Script(act)
    with script.running():
        client = json_client(script.endpoint, (10, 10))
        assert isinstance(client, JsonClient)
        for _ in range(2):
            assert asked(client, range(MAX_TOGETHER)) == list(range(MAX_TOGETHER))
    assert script.connections == MAX_TOGETHER
