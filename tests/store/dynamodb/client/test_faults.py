"""Whatever the network or DynamoDB does, a call ends as through boto3's client, or better."""

import gzip
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse
from itertools import product
from typing import Any
from zlib import crc32

import pytest
from botocore.exceptions import ClientError

from runledger.domain.errors import Unavailable
from runledger.store.dynamodb.table import Table
from runledger.store.schema.keys import Key
from tests.store.dynamodb.client.clients import CLIENTS, Client, json_client
from tests.store.dynamodb.client.scripted import (
    Act,
    Script,
    answer,
    close,
    closing_after,
    echo,
    item_of,
    raw,
    refusal,
    silence,
)

pytestmark = pytest.mark.usefixtures("_no_pauses")

ATTEMPTS = 3
FOUND = {"Item": {"pk": {"S": "1"}, "data": {"B": "/wA="}}}
BODY = json.dumps(FOUND).encode()
GOOD = answer(FOUND)
SHORT = 1, 0.4  # seconds to connect and to answer

each_client = pytest.mark.parametrize("name", CLIENTS)


def get(client: Client, number: int = 1) -> Any:  # noqa: ANN401
    return client.get_item(**item_of(number)).get("Item")


# What happens once and is over at the next attempt.
PASSING: dict[str, Act] = {
    "closed after the request": close,
    "no HTTP": closing_after(raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")),
    "no answer": silence,
    "500": refusal("InternalServerError", 500),
    "503": refusal("ServiceUnavailable", 503),
    "500 without a body": answer(b"", 500),
    "502 of a gateway": answer(b"<html><body>Bad Gateway</body></html>", 502),
    "504 of a gateway": answer(b"upstream timed out", 504),
    "429": answer(b"slow down", 429),
    "throttled": refusal("ThrottlingException", message="Rate exceeded"),
    "out of capacity": refusal("ProvisionedThroughputExceededException"),
    "over the limit": refusal("RequestLimitExceeded"),
    "a transaction under way": refusal("TransactionInProgressException", Message="twice"),
    "a wrong checksum": answer(BODY, headers="X-Amz-Crc32: 1\r\n"),
}


@each_client
@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("times", [1, 2])
def test_a_passing_fault_is_met_by_another_attempt(name: str, fault: str, times: int) -> None:
    script = Script(*[PASSING[fault]] * times, GOOD)
    with script.running():
        response = CLIENTS[name](script.endpoint, SHORT).get_item(**item_of(1))
    assert response["Item"]["data"] == {"B": b"\xff\x00"}
    assert response["ResponseMetadata"]["RetryAttempts"] == times
    assert len(script.requests) == 1 + times
    assert len(set(script.requests)) == 1


# botocore hands out what it has found to be broken, in the end.
LASTING = [pair for pair in product(CLIENTS, PASSING) if pair != ("boto3", "a wrong checksum")]


@pytest.mark.parametrize(("name", "fault"), LASTING)
def test_a_lasting_fault_is_told_as_unavailable(name: str, fault: str) -> None:
    script = Script(PASSING[fault])
    with script.running():
        table = Table(CLIENTS[name](script.endpoint, SHORT), "table")
        with pytest.raises((Unavailable, ClientError)) as raised:
            table.read(Key("pk", "sk"))
    assert isinstance(raised.value, Unavailable) or fault == "429"
    assert len(script.requests) == ATTEMPTS


# Answers that are cut off: botocore takes them for whole, and for empty if they are no JSON.
CUT_OFF: dict[str, Act] = {
    "closed in the middle of the head": closing_after(raw(b"HTTP/1.1 200 OK\r\nContent-Le")),
    "closed in the middle of the body": closing_after(
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", b'{"Item": {"pk"')
    ),
    "closed in the middle of a chunk": closing_after(
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b'ff\r\n{"Item"')
    ),
    "closed before the last chunk": closing_after(
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"2\r\n{}\r\n")
    ),
    "a page of a proxy": answer(b"<html>please log in</html>"),
    "JSON that is no object": answer(["no", "answer"]),
    "not a byte": answer(b""),
}


@pytest.mark.parametrize("fault", CUT_OFF)
def test_half_an_answer_is_none(fault: str) -> None:
    passing, lasting = Script(CUT_OFF[fault], GOOD), Script(CUT_OFF[fault])
    with passing.running(), lasting.running():
        assert get(CLIENTS["ours"](passing.endpoint, SHORT))["pk"] == {"S": "1"}
        with pytest.raises(Unavailable):
            Table(CLIENTS["ours"](lasting.endpoint, SHORT), "table").read(Key("pk", "sk"))
    assert (len(passing.requests), len(lasting.requests)) == (2, ATTEMPTS)


@each_client
def test_a_port_where_nobody_listens_is_told_as_unavailable(name: str) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{bound.getsockname()[1]}"
        table = Table(CLIENTS[name](endpoint, SHORT), "table")
        with pytest.raises(Unavailable, match="Could not connect"):
            table.read(Key("pk", "sk"))


# Whole answers, each in another form.
FORMS: dict[str, Act] = {
    "chunks": raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        f"{len(BODY) - 5:x}\r\n".encode() + BODY[:-5],
        b"\r\n5\r\n" + BODY[-5:] + b"\r\n0\r\n\r\n",
    ),
    "pieces": raw(
        b"HTTP/1.1 200 OK\r\n",
        f"content-length: {len(BODY)}\r\n\r\n".encode(),
        BODY[:7],
        BODY[7:],
    ),
    "the end of the connection as its end": closing_after(raw(b"HTTP/1.0 200 OK\r\n\r\n" + BODY)),
    "one that closes": answer(FOUND, headers="Connection: close\r\n", keep=False),
    "one that says that it stays": answer(FOUND, headers="Connection: keep-alive\r\n"),
    "a right checksum": answer(BODY, headers=f"X-Amz-Crc32: {crc32(BODY)}\r\n"),
}


@each_client
@pytest.mark.parametrize("form", FORMS)
def test_an_answer_of_any_form_is_read(name: str, form: str) -> None:
    script = Script(FORMS[form])
    with script.running():
        client = CLIENTS[name](script.endpoint, SHORT)
        assert [get(client)["data"] for _ in range(3)] == [{"B": b"\xff\x00"}] * 3
    assert script.connections == (3 if "close" in form or "end" in form else 1)


def test_what_dynamodb_sends_is_read_without_http_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answers say that the connection stays open."""
    headers = f"Connection: keep-alive\r\nX-Amz-Crc32: {crc32(BODY)}\r\n"
    script = Script(answer(BODY, headers=headers))
    with script.running():
        monkeypatch.delattr(HTTPResponse, "begin")
        assert get(CLIENTS["ours"](script.endpoint))["pk"] == {"S": "1"}


def test_what_follows_an_answer_is_no_part_of_the_next_one() -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
    script = Script(raw(head + BODY + b"HTTP/1.1 "), GOOD)
    with script.running():
        client = CLIENTS["ours"](script.endpoint, SHORT)
        assert [get(client)["pk"] for _ in range(2)] == [{"S": "1"}] * 2
    assert (script.connections, len(script.requests)) == (2, 2)


def test_a_packed_answer_is_read() -> None:
    """boto3 does not ask for one and could not read it: neither do we ask."""
    script = Script(answer(gzip.compress(BODY), headers="Content-Encoding: gzip\r\n"))
    with script.running():
        assert get(CLIENTS["ours"](script.endpoint))["pk"] == {"S": "1"}
    assert script.headers[0].get("Accept-Encoding") == "identity"


# Answers with what is odd in JSON, or rare in DynamoDB.
ODD: dict[str, bytes] = {
    "half a surrogate pair": rb'{"Item": {"pk": {"S": "\ud83d"}, "sk": {"S": "\ude00\ud83d"}}}',
    "a surrogate pair": rb'{"Item": {"pk": {"S": "\ud83d\ude00"}}}',
    "escapes": rb'{"Item": {"pk": {"S": "\u0000\u001f\/\"\\\u2028"}}}',
    "numbers": b'{"Item": {}, "ConsumedCapacity": {"CapacityUnits": 1e3, "TableName": "t"}}',
    "a large number": b'{"ConsumedCapacity": {"CapacityUnits": 123456789012345678901234567890}}',
    "bytes in depth": b'{"Item": {"B": {"L": [{"M": {"BS": {"BS": ["/w==", ""]}}}]}}}',
    "white space": b'\n {"Item" :\t{ "pk" : {"S":"1"} } }\r\n',
    "a name twice": b'{"Item": {"pk": {"S": "1"}, "pk": {"S": "2"}}}',
}
ODD_BATCH: dict[str, bytes] = {
    "keys left over": (
        b'{"Responses": {"B": [{"pk": {"B": "/w=="}}]}, "UnprocessedKeys": {"B": {"Keys": '
        b'[{"pk": {"B": "AA=="}}], "ConsistentRead": true}, "BS": {"Keys": [{"pk": {"S": ""}}]}}}'
    ),
    "tables called as types": b'{"Responses": {"BS": [{"B": {"BS": ["/w=="]}}], "B": []}}',
    "nothing": b"{}",
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_answer_is_read_alike(odd: str) -> None:
    boto3s, ours = (answered(client, ODD[odd], "get_item") for client in CLIENTS)
    assert ours == boto3s


@pytest.mark.parametrize("odd", ODD_BATCH)
def test_an_odd_answer_to_a_batch_is_read_alike(odd: str) -> None:
    boto3s, ours = (answered(client, ODD_BATCH[odd], "batch_get_item") for client in CLIENTS)
    assert ours == boto3s


def answered(name: str, body: bytes, operation: str) -> dict[str, Any]:
    script = Script(answer(body))
    with script.running():
        client = CLIENTS[name](script.endpoint)
        request = {"RequestItems": {}} if "batch" in operation else item_of(1)
        response: dict[str, Any] = getattr(client, operation)(**request)
    assert response.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    return response


def test_a_kept_connection_that_was_closed_costs_no_attempt() -> None:
    """It is seen to be closed, or closes when it is written to: a new one is used at once."""
    seen = Script(closing_after(GOOD))
    unseen = Script(GOOD, close, GOOD)
    with seen.running(), unseen.running():
        client = json_client(seen.endpoint)
        get(client)
        assert seen.closed.acquire(timeout=10)
        second = client.get_item(**item_of(1))
        other = json_client(unseen.endpoint)
        get(other)
        third = other.get_item(**item_of(1))
    attempts = [one["ResponseMetadata"]["RetryAttempts"] for one in (second, third)]
    assert attempts == [0, 0]
    assert (len(seen.requests), len(unseen.requests)) == (2, 3)


@each_client
def test_a_late_answer_is_not_taken_for_the_next_one(name: str) -> None:
    """The connection on which a call waited in vain is not used again."""

    def late(script: Script, connection: socket.socket, body: bytes) -> bool:
        script.ended.wait(2 * SHORT[1])
        return echo(script, connection, body)

    script = Script(late, echo)
    with script.running():
        client = CLIENTS[name](script.endpoint, SHORT)
        assert [get(client, number) for number in range(3)] == keys_of(range(3))


@each_client
def test_of_32_threads_each_gets_its_own_answers(name: str) -> None:
    """Every 13th request is met by the end of its connection, when it is sent first."""
    ended: set[bytes] = set()

    def echo_or_end(script: Script, connection: socket.socket, body: bytes) -> bool:
        number = int(json.loads(body)["Key"]["pk"]["N"])
        if number % 13 == 0 and body not in ended:
            ended.add(body)
            return False
        return echo(script, connection, body)

    script = Script(echo_or_end)
    with script.running(), ThreadPoolExecutor(32) as pool:
        client = CLIENTS[name](script.endpoint, (5, 30))
        calls = [pool.submit(get, client, number) for number in range(640)]
        assert [call.result() for call in calls] == keys_of(range(640))
    assert len(script.requests) == 640 + len(ended)
    assert script.connections <= 32 + len(ended)


def keys_of(numbers: range) -> list[Any]:
    return [{"pk": {"N": str(number)}} for number in numbers]
