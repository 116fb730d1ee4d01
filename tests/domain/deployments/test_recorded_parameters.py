"""Parameters, decided as the reference answered (`tests.conformance.record_parameters`)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic_core import from_json, to_json

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.deployments.parameters import check_sent_together
from runledger.domain.errors import Invalid, Mismatch, Rejected, RunledgerError
from tests.support.parameter_cases import JSON, recorded

CASES = recorded()
STATUS: dict[type[RunledgerError], int] = {Rejected: 400, Mismatch: 409, Invalid: 422}
ACCEPTED = [200]
FAILED = [500]

# What is answered where the reference fails.
CIRCULAR = "Invalid schema: Unable to validate schema with circular references."
NO_SCHEMA = "The provided schema is not a valid json schema."
# Its amendments expect each property and definition to be an object, and a block to have a title.
TAKEN_HERE = {"property true", "definition true", "block type no title"}
BROKEN_HERE = {
    ("property false", "run"): "Validation failed. Failure reason: False schema",
    ("property false", "update"): "Validation failed. Failure reason: False schema",
    ("required null with properties", "update"): "Validation failed for field 'a'.",
}


def deployment(**fields: Any) -> Deployment:
    now = datetime.now(UTC)
    return Deployment(id=uuid4(), created=now, updated=now, name="d", flow_id=uuid4(), **fields)


def answer(ask: Callable[[], object]) -> list[Any]:
    """The status and the text of an error; or what is accepted, as JSON."""
    try:
        result = ask()
    except RunledgerError as error:
        return [STATUS[type(error)], str(error)]
    return (
        ACCEPTED if result is None else [*ACCEPTED, from_json(to_json(result, inf_nan_mode="null"))]
    )


def answers(case: JSON) -> JSON:
    known = deployment(parameter_openapi_schema=case["schema"])
    given = case["parameters"]
    return {
        "create": answer(lambda: check_sent_together(given, case["schema"])),
        "run": answer(lambda: known.parameters_of_run(given, {}, enforced=None)),
        "update": answer(known.replace(parameters=given).check_parameters),
    }


def expected(case: JSON, asked: str) -> list[Any]:
    """Return the recorded answer, in the form of our functions."""
    status, *rest = case[asked]
    if status in {201, 204}:
        return [*ACCEPTED, *rest]
    if asked == "create":
        # The body's validator says it, so it is a 422 whatever it is.
        return [409, rest[0].removeprefix("Value error, ")]
    return [status, *rest]


@pytest.mark.parametrize("case", CASES["schemas"], ids=lambda case: case["name"])
def test_parameters_are_checked_as_on_the_reference(case: JSON) -> None:
    actual = answers(case)
    recorded_here = {asked for asked in actual if case[asked] != FAILED}
    assert {asked: actual[asked] for asked in recorded_here} == {
        asked: expected(case, asked) for asked in recorded_here
    }


@pytest.mark.parametrize(
    ("case", "asked"),
    [
        (case, asked)
        for case in CASES["schemas"]
        for asked in ("create", "run", "update")
        if case[asked] == FAILED
    ],
    ids=lambda it: it if isinstance(it, str) else it["name"],
)
def test_what_fails_on_the_reference_is_refused_with_a_reason(case: JSON, asked: str) -> None:
    actual = answers(case)[asked]
    if case["name"] in TAKEN_HERE:
        assert actual[0] == 200
    else:
        circular = case["name"].startswith("circular")
        reason = CIRCULAR if circular else BROKEN_HERE.get((case["name"], asked), NO_SCHEMA)
        assert actual[0] == (422 if circular else 409)
        assert reason in actual[1]


@pytest.mark.parametrize(
    "case", [case for case in CASES["placeholders"] if case["run"] != FAILED], ids=str
)
def test_placeholders_are_replaced_as_on_the_reference(case: JSON) -> None:
    free = deployment(enforce_parameter_schema=False)
    actual = answer(lambda: free.parameters_of_run(case["parameters"], {}, enforced=None))
    assert actual == expected(case, "run")


@pytest.mark.parametrize(
    "case", [case for case in CASES["placeholders"] if case["run"] == FAILED], ids=str
)
def test_placeholders_that_the_reference_fails_on_are_rejected(case: JSON) -> None:
    free = deployment(enforce_parameter_schema=False)
    actual = answer(lambda: free.parameters_of_run(case["parameters"], {}, enforced=None))
    assert actual[0] == 400
    assert actual[1].startswith("Error hydrating flow run parameters: ")
