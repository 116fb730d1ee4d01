"""botocore's event hooks on either client of DynamoDB.

Tests watch, break, repeat and precede calls by hooks. boto3's client emits their events by itself;
here `JsonClient` learns to: its methods `call`, `exchange` and `send` have the same parts. It does
so while it has hooks: to emit an event that nobody awaits takes as long as much of a call.
"""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any, NamedTuple, Self

from botocore.awsrequest import AWSRequest
from mypy_boto3_dynamodb import DynamoDBClient

from runledger.store.dynamodb.client import JsonClient
from runledger.store.dynamodb.http_messages import RawResponse

AnyClient = DynamoDBClient | JsonClient


def events(client: AnyClient) -> Any:  # noqa: ANN401 as of boto3's emitter
    """Return the emitter of a client's events."""
    if not isinstance(client, JsonClient):
        return client.meta.events
    return vars(client).setdefault("emitter", _Emitter(client))


def in_threads(client: AnyClient) -> AbstractContextManager[None]:
    """Let calls that are made together meet the hooks of this context together, in threads."""
    return events(client).in_threads() if isinstance(client, JsonClient) else nullcontext()


class _OfThread(threading.local):
    """The call that a thread makes; it may have begun before there was a hook."""

    def __init__(self) -> None:
        self.context: dict[str, Any] = {}
        self.repetitions = 0


class _Emitter:
    """Emits the events of a client for its hooks."""

    def __init__(self, client: JsonClient) -> None:
        self._client = client
        self._hooks: list[_Hook] = []
        self._known: dict[tuple[str, str], list[Callable[..., object]]] = {}
        self._call, self._exchange, self._send = client.call, client.exchange, client.send
        self._endpoint = client.endpoint
        self._of_thread = _OfThread()
        # Many calls at a time are calls by themselves, each with its events.
        own = (self.call, self.exchange, self.send, self.call_each)
        self._methods: dict[str, object] = {method.__name__: method for method in own}

    def register(self, event: str, handler: Callable[..., object]) -> None:
        self._change([*self._hooks, _Hook.of(event, handler)])

    def register_first(self, event: str, handler: Callable[..., object]) -> None:
        self._change([_Hook.of(event, handler), *self._hooks])

    def unregister(self, event: str, handler: Callable[..., object]) -> None:
        left = list(self._hooks)
        left.remove(_Hook.of(event, handler))
        self._change(left)

    def _change(self, hooks: list["_Hook"]) -> None:
        """Let the client call the methods of this class while there are hooks."""
        had_hooks = bool(self._hooks)
        self._hooks, self._known = hooks, {}
        if self._hooks and not had_hooks:
            vars(self._client).update(self._methods)
        elif had_hooks and not self._hooks:
            for name in self._methods:
                delattr(self._client, name)

    @contextmanager
    def in_threads(self) -> Iterator[None]:
        """Let threads make calls that are made together, which they otherwise make in turn."""
        self._methods["call_each"] = None
        try:
            yield
        finally:
            self._methods["call_each"] = self.call_each

    def call_each(
        self, operation: str, requests: Iterable[Mapping[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        return (self.call(operation, request) for request in requests)

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
        if not self._awaiting("before-send", operation):
            return None
        request = AWSRequest("POST", self._endpoint, data=body).prepare()
        answer = self._emit("before-send", operation, request=request)
        if answer is None:
            return None
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return RawResponse(answer.status_code, headers, answer.content)

    def _emit(self, event: str, operation: str, **given: object) -> Any:  # noqa: ANN401
        """Let all handlers know; return the first answer of one."""
        handlers = self._awaiting(event, operation)
        if not handlers:
            return None
        model, context = SimpleNamespace(name=operation), self._of_thread.context
        answers = [handler(model=model, context=context, **given) for handler in handlers]
        return next((answer for answer in answers if answer is not None), None)

    def _awaiting(self, event: str, operation: str) -> list[Callable[..., object]]:
        known = self._known.get((event, operation))
        if known is None:
            parts = (event, "dynamodb", operation)
            known = [hook.handler for hook in self._hooks if hook.awaits(parts)]
            self._known = {**self._known, (event, operation): known}
        return known


class _Hook(NamedTuple):
    """A handler, and the first parts of the events that it awaits; "*" is any."""

    parts: tuple[str, ...]
    handler: Callable[..., object]

    @classmethod
    def of(cls, event: str, handler: Callable[..., object]) -> Self:
        return cls(tuple(event.split(".")), handler)

    def awaits(self, event: tuple[str, ...]) -> bool:
        return all(mine in {"*", part} for mine, part in zip(self.parts, event, strict=False))
