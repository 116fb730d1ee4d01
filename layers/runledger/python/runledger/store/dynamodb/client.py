"""DynamoDB's operations over kept connections, called as boto3's low-level client is.

Parameters, answers and errors are boto3's, so that `Table` takes either client. This one imports
little and does little: it speaks one protocol, without models of its parameters and answers.
"""

import gzip
import json
import re
import time
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http.client import responses
from itertools import islice
from typing import Any

from botocore.retries.quota import RetryQuota
from pydantic_core import PydanticSerializationError, from_json, to_json

from runledger.store.dynamodb import botocore_errors, signature
from runledger.store.dynamodb.connections import ConnectionPool
from runledger.store.dynamodb.http_messages import RawResponse
from runledger.store.dynamodb.retries import TRANSIENT, Attempts, RetryableFailure, failure_of

Parsed = dict[str, Any]

CONTENT_TYPE = {"Content-Type": "application/x-amz-json-1.0"}
# It is not signed: a proxy may write its own.
USER_AGENT = {"User-Agent": "runledger"}
# Requests that are sent before the first answer is read, each over a connection of its own.
MAX_TOGETHER = 32
API = "DynamoDB_20120810"
# The tags of binary values, which need another form in JSON. An expression searches a long answer
# in half the time of `in`, and for both at once.
BINARY_TAG = re.compile(rb'"BS?"')
# The least statuses of an error, and of one that may not come from DynamoDB itself.
ERROR, SERVER_ERROR = 300, 500

DOMAIN = "amazonaws.com"
# AWS's other partitions: the begin of their regions' names, and the end of their hosts'.
DOMAINS = {
    "cn-": "amazonaws.com.cn",
    "eu-isoe-": "cloud.adc-e.uk",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "us-isof-": "csp.hci.ic.gov",
}


class JsonClient:
    """A client of DynamoDB's JSON protocol, for all threads.

    An operation takes the members of its request by AWS's names, with typed attribute values, and
    returns those of its answer.

    Raises:
        botocore.exceptions.ClientError: DynamoDB's refusal; its `response` is parsed.
        botocore.exceptions.BotoCoreError: there is no answer, or there are no credentials.
    """

    def __init__(
        self, endpoint: str, *, attempts: int, connections: int, timeouts: tuple[float, float]
    ) -> None:
        """Take the endpoint, "" for AWS's own, and how often a call is tried.

        connections: how many are kept while they are idle.
        timeouts: of connecting and of the answer, in seconds.
        """
        self._region = signature.region()
        self.endpoint = endpoint or f"https://dynamodb.{self._region}.{_domain(self._region)}"
        connect_timeout, read_timeout = timeouts
        self._connections = ConnectionPool(
            self.endpoint,
            size=connections,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
        )
        self._credentials = signature.credentials()
        self._attempts, self._quota = attempts, RetryQuota()

    def get_item(self, **request: Any) -> Parsed:
        return self.call("GetItem", request)

    def batch_get_item(self, **request: Any) -> Parsed:
        return self.call("BatchGetItem", request)

    def query(self, **request: Any) -> Parsed:
        return self.call("Query", request)

    def put_item(self, **request: Any) -> Parsed:
        return self.call("PutItem", request)

    def update_item(self, **request: Any) -> Parsed:
        return self.call("UpdateItem", request)

    def delete_item(self, **request: Any) -> Parsed:
        return self.call("DeleteItem", request)

    def transact_write_items(self, **request: Any) -> Parsed:
        return self.call("TransactWriteItems", request)

    def batch_write_item(self, **request: Any) -> Parsed:
        return self.call("BatchWriteItem", request)

    def call(self, operation: str, request: Mapping[str, Any]) -> Parsed:
        """Call an operation by AWS's name of it."""
        return self._call(operation, spelled(request))

    def _call(self, operation: str, body: bytes) -> Parsed:
        answer = self.exchange(operation, body)
        if answer["ResponseMetadata"]["HTTPStatusCode"] >= ERROR:
            raise botocore_errors.ClientError(answer, operation)  # type: ignore[arg-type]
        return answer

    def call_each(self, operation: str, requests: Iterable[Mapping[str, Any]]) -> Iterator[Parsed]:
        """Call an operation that only reads for each request; yield the answers in their order.

        Many requests are sent before the first answer is read. So the calls wait together, and no
        threads are needed, which cost more processor time than a small call. What fails is called
        again by itself.
        """
        rest = iter(requests)
        while bodies := [spelled(request) for request in islice(rest, MAX_TOGETHER)]:
            came = self._responses(operation, bodies) if len(bodies) > 1 else [None]
            for body, response in zip(bodies, came, strict=True):
                answer = _answer(response) if response else None
                yield self._call(operation, body) if answer is None else answer

    def _responses(self, operation: str, bodies: Sequence[bytes]) -> list[RawResponse | None]:
        begun = self._connections.begin_each(self._signed(operation, bodies))
        came: list[RawResponse | None] = []
        try:
            # From the last one on: when that has come, most others have, and need not be waited
            # for one by one, which would take more processor time than to read them.
            while begun:
                connection = begun.pop()
                came.append(self._connections.end(connection) if connection else None)
            return came[::-1]
        finally:
            # Whatever ended this early: a late response must not meet the next request.
            for connection in filter(None, begun):
                connection.close()

    def exchange(self, operation: str, body: bytes) -> Parsed:
        """Return the parsed answer, or refusal, that the last attempt got."""
        attempts = Attempts(self._attempts, self._quota)
        outcome, failure = self._attempt(operation, body)
        while failure and (pause := attempts.pause_after(failure)) is not None:
            time.sleep(pause)
            outcome, failure = self._attempt(operation, body)
        if isinstance(outcome, Exception):
            raise outcome
        metadata = outcome["ResponseMetadata"]
        metadata["RetryAttempts"] = attempts.number - 1
        if metadata["HTTPStatusCode"] < ERROR:
            attempts.succeed()
        return outcome

    def _attempt(
        self, operation: str, body: bytes
    ) -> tuple[Parsed | Exception, RetryableFailure | None]:
        try:
            response = self.send(operation, body)
            answer = _parsed(response)
        except (botocore_errors.ConnectionError, botocore_errors.HTTPClientError) as error:
            return error, TRANSIENT
        return answer, failure_of(response.status, answer.get("Error", {}).get("Code", ""))

    def send(self, operation: str, body: bytes) -> RawResponse:
        """Make one attempt, with a signature of its own."""
        ((_, headers),) = self._signed(operation, [body])
        return self._connections.post(body, headers)

    def _signed(
        self, operation: str, bodies: Sequence[bytes]
    ) -> list[tuple[bytes, dict[str, str]]]:
        """Return the bodies with the headers of their requests."""
        headers = signature.sign_each(
            self._connections.url,
            CONTENT_TYPE | {"X-Amz-Target": f"{API}.{operation}"},
            bodies,
            region=self._region,
            by=self._credentials(),
        )
        return [(body, signed | USER_AGENT) for body, signed in zip(bodies, headers, strict=True)]


def _domain(region: str) -> str:
    return next((name for start, name in DOMAINS.items() if region.startswith(start)), DOMAIN)


def spelled(request: Mapping[str, Any]) -> bytes:
    """Spell a request.

    pydantic takes a fourth of the time of Python's own JSON, which spells what pydantic has another
    form for, or none: binary values, and halves of surrogate pairs.
    """
    try:
        body = to_json(request, bytes_mode="base64")
    except PydanticSerializationError:
        body = None
    if body is not None and not BINARY_TAG.search(body):
        return body
    return json.dumps(request, default=_in_base64, separators=(",", ":")).encode()


def _in_base64(value: object) -> str:
    """Encode what JSON has no form for: binary values."""
    if not isinstance(value, bytes | bytearray):
        raise TypeError(f"{type(value)} is no attribute value")
    return b64encode(value).decode()


def _answer(response: RawResponse) -> Parsed | None:
    """Parse an answer; None of a refusal, and of one that did not arrive as it was sent."""
    if response.status >= ERROR:
        return None
    try:
        return _parsed(response)
    except botocore_errors.HTTPClientError:
        return None


def _parsed(response: RawResponse) -> Parsed:
    """Return the members of an answer; those of a refusal stand beside `Error`.

    Raises:
        HTTPClientError: the answer did not arrive as it was sent.
    """
    checksum = response.headers.get("x-amz-crc32")
    if checksum is not None and int(checksum) != zlib.crc32(response.body):
        raise botocore_errors.HTTPClientError(error="the checksum of the answer is wrong")
    is_packed = response.headers.get("content-encoding") == "gzip"
    body = gzip.decompress(response.body) if is_packed else response.body
    answer = _error(response.status, body) if response.status >= ERROR else members(body)
    answer["ResponseMetadata"] = {
        "RequestId": response.headers.get("x-amzn-requestid", ""),
        "HTTPStatusCode": response.status,
        "HTTPHeaders": response.headers,
        "RetryAttempts": 0,
    }
    return answer


def members(body: bytes) -> Parsed:
    """Parse an answer.

    Raises:
        HTTPClientError: it is no JSON object.
    """
    try:
        parsed = _json(body)
    except ValueError as error:
        raise botocore_errors.HTTPClientError(error=f"the answer is no JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise botocore_errors.HTTPClientError(error="the answer is no JSON object")
    if BINARY_TAG.search(body):
        _decode_binary(parsed)
    return parsed


def _json(body: bytes) -> object:
    try:
        # Names repeat, values hardly.
        return from_json(body, cache_strings="keys")
    except ValueError:
        # Python's own parser also takes halves of surrogate pairs.
        return json.loads(body)


def _error(status: int, body: bytes) -> Parsed:
    """Parse a refusal by DynamoDB, or by a proxy before it, whose body may be any text."""
    try:
        answer = members(body)
    except botocore_errors.HTTPClientError:
        answer = {"message": body.decode(errors="replace")}
    # Such as "com.amazonaws.dynamodb.v20120810#ValidationException", or the name alone.
    name = re.search(r"\w+$", str(answer.pop("__type", "")).partition(":")[0])
    texts = [answer.pop(key, None) for key in ("message", "Message")]
    message = next(filter(None, texts), "")
    if status >= SERVER_ERROR and (not body.strip() or body.strip().startswith(b"<html>")):
        message = responses.get(status, "")
    return {**answer, "Error": {"Message": message, "Code": name[0] if name else str(status)}}


def _decode_binary(node: Any) -> None:  # noqa: ANN401 JSON
    """Decode the typed values `B` and `BS`, in place; an attribute of such a name has no text."""
    for name, value in node.items() if isinstance(node, dict) else enumerate(node):
        if name == "B" and isinstance(value, str):
            node[name] = b64decode(value)
        elif (
            name == "BS" and isinstance(value, list) and all(isinstance(one, str) for one in value)
        ):
            node[name] = [b64decode(one) for one in value]
        elif isinstance(value, dict | list):
            _decode_binary(value)
