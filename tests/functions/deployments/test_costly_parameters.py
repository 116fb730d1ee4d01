"""Schemas and templates that would take all of a function's time or memory."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from runledger import execution_limits
from runledger.domain.errors import Invalid
from runledger.execution_limits import limited
from tests.functions.deployments.deploying import Json, change, deploy, deployed, new_flow, start

TOO_SLOW = "The parameters take more than 0.1 seconds to evaluate"

BACKTRACKING: Json = {"properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}
# Each level refers to the next one twice.
LEVELS = 40
DOUBLING: Json = {
    "properties": {"a": {"$ref": "#/$defs/0"}},
    "$defs": {
        **{str(n): {"allOf": [{"$ref": f"#/$defs/{n + 1}"}] * 2} for n in range(LEVELS)},
        str(LEVELS): {"type": "string"},
    },
}
SLOW_SCHEMAS = [(BACKTRACKING, "a" * 50 + "b"), (DOUBLING, "a")]
SLOW_TEMPLATES = ["{{ 9 ** (9 ** 9) }}", "{{ lipsum(n=10 ** 9) }}"]
LARGE_TEMPLATES = ["{{ 'x' * 10 ** 10 }}", "{{ '%9999999999d' % 1 }}", "{{ 'x'|center(10**10) }}"]


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@contextmanager
def little_time() -> Iterator[None]:
    """Give what never ends a tenth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execution_limits, "MAX_SECONDS", 0.1)
        yield


def template(text: str) -> Json:
    return {"a": {"__prefect_kind": "jinja", "template": text}}


def detail(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    body = answer.json()
    return str(body.get("detail") or body["exception_detail"][0]["msg"])


@pytest.mark.parametrize(("schema", "value"), SLOW_SCHEMAS, ids=["pattern", "references"])
def test_a_validation_that_takes_too_long_is_refused(
    api: httpx.Client, schema: Json, value: str
) -> None:
    flow, parameters = new_flow(api), {"a": value}
    sent = {"parameter_openapi_schema": schema, "enforce_parameter_schema": True}
    deployment = deployed(api, flow, parameter_openapi_schema=schema)
    with little_time():
        assert TOO_SLOW in detail(deploy(api, flow, **sent, parameters=parameters), 422)
        assert detail(start(api, deployment, parameters=parameters), 422).startswith(TOO_SLOW)
        assert detail(change(api, deployment, parameters=parameters), 422).startswith(TOO_SLOW)
    # What ends in time is answered as ever.
    assert start(api, deployment).status_code == 201


@pytest.mark.parametrize("text", SLOW_TEMPLATES)
def test_a_template_that_takes_too_long_is_refused(api: httpx.Client, text: str) -> None:
    deployment = deployed(api, new_flow(api))
    with little_time():
        assert detail(start(api, deployment, parameters=template(text)), 422).startswith(TOO_SLOW)
        assert detail(change(api, deployment, parameters=template(text)), 422).startswith(TOO_SLOW)


@pytest.mark.parametrize("text", LARGE_TEMPLATES)
def test_a_template_that_takes_too_much_memory_is_refused(api: httpx.Client, text: str) -> None:
    answer = start(api, deployed(api, new_flow(api)), parameters=template(text))
    assert "Error hydrating flow run parameters: Invalid jinja: " in detail(answer, 400)


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> int:
    """The bytes of something that exceeds the limit."""
    monkeypatch.setattr(execution_limits, "MAX_BYTES", 2**20)
    return 2**26


def test_memory_is_limited_and_then_no_more(little_memory: int) -> None:
    with pytest.raises(Invalid, match="too much memory"), limited():
        bytearray(little_memory)
    assert bytearray(little_memory)


def test_a_thread_that_can_not_be_interrupted_is_not_limited(little_memory: int) -> None:
    done: list[bytearray] = []

    def act() -> None:
        with limited():
            done.append(bytearray(little_memory))

    thread = threading.Thread(target=act)
    thread.start()
    thread.join()
    assert done
