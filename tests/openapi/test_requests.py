"""Requests that schemathesis makes from the document. The client checks that answers fit it, too.

tests/functions/conventions/test_malformed.py sends requests that break it.
"""

from functools import cache
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from runledger import wiring
from tests.store.support.asking import made, new_flow, new_flow_run, new_task_run
from tests.support.declared import DOCUMENT

Operation = APIOperation[Any, Any, Any, Any]

ID = "id"  # the variable of paths
TAGS = [tag["name"] for tag in DOCUMENT["tags"]]

# Each of many operations gets some of the profile's examples.
FEW = max(1, settings().max_examples // 10)
# Rules that schemas don't have: those of our own, and that a flow run's `retry_delay_seconds` sets
# `retry_delay`, which is a whole number of 64 bits.
BEYOND_SCHEMA = {"value_error", "int_from_float", "int_parsing_size"}


@cache
def operations() -> list[Operation]:
    loaded = schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()
    return [operation.ok() for operation in loaded if isinstance(operation, Ok)]


def cases(operation: Operation) -> st.SearchStrategy[Case[Any]]:
    """Make a strategy, once, that does not draw what the test replaces: headers and ids."""
    names = {parameter.name for parameter in operation.path_parameters}
    return operation.as_strategy(
        headers=dict.fromkeys((header.name for header in operation.headers), ""),
        path_parameters=dict.fromkeys(names & {ID}, ""),
    )


def ids(api: httpx.Client) -> list[str]:
    """Return the ids of a flow, a flow run and a task run that are there."""
    flow = made(api, new_flow())
    flow_run = made(api, new_flow_run(flow["id"]))
    return [flow["id"], flow_run["id"], made(api, new_task_run())["id"]]


def sent(api: httpx.Client, case: Case[Any]) -> httpx.Response:
    request = case.as_transport_kwargs(base_url=str(api.base_url))
    content, _ = request.pop("data", None), request.pop("cookies")
    return api.request(**request, content=content)


@pytest.fixture
def impatient_api(api_on_dynoxide: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    """Functions whose searches end early: there are requests for the events of millions of days."""
    monkeypatch.setenv("SEARCH_SECONDS", "1")
    wiring.reset()
    return api_on_dynoxide


@pytest.mark.parametrize("tag", TAGS)
def test_what_the_document_allows_is_understood(impatient_api: httpx.Client, tag: str) -> None:
    api = impatient_api
    there = st.sampled_from(ids(api))

    @given(data=st.data())
    @settings(
        max_examples=FEW,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def understood(drawn: st.SearchStrategy[Case[Any]], data: st.DataObject) -> None:
        case = data.draw(drawn)
        case.headers = type(case.headers)()
        if ID in case.path_parameters:
            case.path_parameters[ID] = data.draw(there)
        answer = sent(api, case)
        problems = answer.json().get("exception_detail", ()) if answer.status_code == 422 else ()
        kinds = {problem["type"] for problem in problems}
        # A union has the problems of each of its types.
        assert not kinds or kinds & BEYOND_SCHEMA, answer.text

    of_tag = [operation for operation in operations() if tag in (operation.tags or ())]
    assert of_tag
    for operation in of_tag:
        understood(cases(operation))
