"""botocore's event hooks on either client of DynamoDB.

Tests watch, break, repeat and precede calls by hooks. boto3's client emits their events by itself;
here `JsonClient` learns to: its methods `call`, `exchange` and `send` have the same parts. It does
so while it has hooks: to emit an event that nobody awaits takes as long as much of a call.
"""

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.hooks import HierarchicalEmitter, first_non_none_response
from mypy_boto3_dynamodb import DynamoDBClient

from runledger.store.dynamodb.client import JsonClient
from runledger.store.dynamodb.http_messages import RawResponse

AnyClient = DynamoDBClient | JsonClient


def events(client: AnyClient) -> Any:  # noqa: ANN401 as of boto3's emitter
    """Return the emitter of a client's events."""
    if not isinstance(client, JsonClient):
        return client.meta.events
    return vars(client).setdefault("emitter", _Emitter(client))


class _OfThread(threading.local):
    """The call that a thread makes; it may have begun before there was a hook."""

    def __init__(self) -> None:
        self.context: dict[str, Any] = {}
        self.repetitions = 0


class _Emitter:
    """Emits the events of a client for its hooks."""

    def __init__(self, client: JsonClient) -> None:
        self._client = client
        self._emitter: Any = HierarchicalEmitter()  # its stubs know handlers of no answer only
        self._call, self._exchange, self._send = client.call, client.exchange, client.send
        self._endpoint = client.endpoint
        self._of_thread = _OfThread()
        # Many calls at a time are calls by themselves, each with its events.
        own = {method.__name__: method for method in (self.call, self.exchange, self.send)}
        self._methods = own | {"call_each": None}
        self._hooks: Counter[str] = Counter()  # by the first part of their events

    def register(self, event: str, handler: Callable[..., object]) -> None:
        self._emitter.register(event, handler)
        self._count(event, 1)

    def register_first(self, event: str, handler: Callable[..., object]) -> None:
        self._emitter.register_first(event, handler)
        self._count(event, 1)

    def unregister(self, event: str, handler: Callable[..., object]) -> None:
        self._emitter.unregister(event, handler)
        self._count(event, -1)

    def _count(self, event: str, change: int) -> None:
        """Let the client call the methods of this class while there are hooks."""
        had_hooks = self._hooks.total() > 0
        self._hooks[event.partition(".")[0]] += change
        has_hooks = self._hooks.total() > 0
        if has_hooks and not had_hooks:
            vars(self._client).update(self._methods)
        elif had_hooks and not has_hooks:
            for name in self._methods:
                delattr(self._client, name)

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        self._of_thread.context = {}
        changed = self._emit("provide-client-params", operation, params=request)
        return self._call(operation, request if changed is None else changed)

    def exchange(self, operation: str, body: bytes) -> dict[str, Any]:
        self._emit("before-call", operation, params={"body": body})
        self._of_thread.repetitions = 0
        parsed = self._exchange(operation, body)
        parsed["ResponseMetadata"]["RetryAttempts"] += self._of_thread.repetitions
        self._emit("after-call", operation, parsed=parsed)
        return parsed

    def send(self, operation: str, body: bytes) -> RawResponse:
        for attempts in itertools.count(1):
            response = self._answer_of_handlers(operation, body) or self._send(operation, body)
            if self._emit("needs-retry", operation, attempts=attempts) is None:
                break
        self._of_thread.repetitions += attempts - 1
        return response

    def _answer_of_handlers(self, operation: str, body: bytes) -> RawResponse | None:
        if not self._hooks["before-send"]:
            return None
        request = AWSRequest("POST", self._endpoint, data=body).prepare()
        answer = self._emit("before-send", operation, request=request)
        if answer is None:
            return None
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return RawResponse(answer.status_code, headers, answer.content)

    def _emit(self, event: str, operation: str, **given: object) -> Any:  # noqa: ANN401
        """Return the first answer of a handler."""
        if not self._hooks[event]:
            return None
        model, context = SimpleNamespace(name=operation), self._of_thread.context
        event = f"{event}.dynamodb.{operation}"
        return first_non_none_response(
            self._emitter.emit(event, model=model, context=context, **given)
        )
