"""The contract's recorded examples, replayed in order against every function."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from runledger import wiring
from tests.conformance.comparison.answers import COMPARED_HEADERS, Answer
from tests.conformance.comparison.comparing import AnswerComparison
from tests.conformance.comparison.differences import Exchange, explanation
from tests.conformance.programs import RequestStep
from tests.conformance.report import explain_mismatches
from tests.support.streaming import Streaming

RECORDED: Mapping[str, Any] = json.loads(
    Path(__file__).with_name("examples.json").read_text(encoding="utf-8")
)
LEFT_OUT = frozenset(name for names in RECORDED["not_replayed"].values() for name in names)
LOCKED = "auth string admin:pass"
SETUP = "setup"

# The ends of paths whose answers follow the table's stream.
FOLLOWING = ("/count", "/paginate", "/observed-states")

Example = Mapping[str, Any]


def test_what_the_reference_answered_is_answered_here(
    api_on_dynoxide: httpx.Client, stream_on_dynoxide: Streaming
) -> None:
    replay = Replay(api_on_dynoxide, stream_on_dynoxide)
    status_and_body = [replay.disagreement(example) for example in _examples(server=None)]
    assert "\n".join(filter(None, status_and_body)) == ""


def test_what_the_reference_answered_with_a_password_is_answered_here(
    api_on_dynoxide: httpx.Client,
    stream_on_dynoxide: Streaming,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AUTHENTICATION", "required")
    monkeypatch.setenv("AUTH_SHA256", hashlib.sha256(b"admin:pass").hexdigest())
    wiring.reset()
    replay = Replay(api_on_dynoxide, stream_on_dynoxide)
    status_and_body = [replay.disagreement(example) for example in _examples(server=LOCKED)]
    assert "\n".join(filter(None, status_and_body)) == ""


def test_every_example_left_out_is_one() -> None:
    assert {example.get("name") for example in RECORDED["examples"]} >= LEFT_OUT


def _examples(*, server: str | None) -> list[Example]:
    return [
        example
        for example in RECORDED["examples"]
        if example.get("server") == server and example.get("name") not in LEFT_OUT
    ]


class Replay:
    """The recording as one side of a comparison, the functions as the other."""

    def __init__(self, client: httpx.Client, stream: Streaming) -> None:
        self._client = client
        self._stream = stream
        self._comparison = AnswerComparison(_when_recorded(), datetime.now(UTC))

    def disagreement(self, example: Example) -> str:
        """Return the differences, if any. Requests name ids as the recording does."""
        step = _step(example)
        if step.path.partition("?")[0].endswith(FOLLOWING):
            self._stream.pump()
        response = self._client.request(
            step.method,
            self._comparison.ours(step.path),
            content=step.content and self._comparison.ours(step.content.decode()),
            headers=step.header_lines,
        )
        if SETUP in example:
            return self._prepared(example, response)
        exchange = Exchange(step, _recorded(example), Answer.of(response))
        mismatches = self._comparison.mismatches(exchange.reference, exchange.ours)
        if not mismatches or explanation(exchange, mismatches):
            return ""
        return "\n".join([example["name"], *explain_mismatches(mismatches)])

    def _prepared(self, example: Example, response: httpx.Response) -> str:
        if "gives" in example:
            self._comparison.pair(example["gives"], response.json()["id"])
        return "" if response.is_success else f"not set up: {example} {response.text}"


def _step(example: Example) -> RequestStep:
    content = example.get("raw_body")
    headers = {name: value for name, value in example.get("headers", {}).items() if value}
    if "body" in example:
        content = json.dumps(example["body"])
        headers["content-type"] = "application/json"
    path = example["path"].removeprefix("/api")
    return RequestStep(example["method"], path, content.encode() if content else None, headers)


def _recorded(example: Example) -> Answer:
    headers = example["response_headers"]
    has_body = bool(headers.get("content-type"))
    return Answer(
        example["status"],
        {name: headers[name] for name in COMPARED_HEADERS if name in headers},
        json.dumps(example["response"]).encode() if has_body else b"",
    )


def _when_recorded() -> datetime:
    flow = next(one for one in RECORDED["examples"] if one.get("name") == "create flow")
    return datetime.fromisoformat(flow["response"]["created"])
