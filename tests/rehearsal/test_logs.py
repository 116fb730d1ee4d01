import json

import pytest

from tests.rehearsal import logs
from tests.rehearsal.logs import Line
from tests.rehearsal.report import RehearsalFailure

NAME, OTHER = (
    "rehearsal-ReadTaskRunFunction-D78DE4781CD59",
    "rehearsal-CreateFlowFunction-0D25F8C49",
)
FUNCTIONS = {NAME: "read_task_run", OTHER: "create_flow"}


def entry(level: str = "INFO", message: str = "answered", **fields: object) -> str:
    """Return a line as the functions' logger writes it."""
    all_fields = {"level": level, "message": message, "function_name": NAME, **fields}
    return json.dumps(all_fields, separators=(",", ":"))


def invocation(*texts: str, stream: str = "2026/11/29/[$LATEST]0f37") -> list[Line]:
    around = (
        "START RequestId: 8e1c Version: $LATEST",
        *texts,
        "REPORT RequestId: 8e1c\tDuration: 3 ms",
    )
    return [Line(stream, text) for text in around]


def test_an_invocation_that_went_well_is_no_failure() -> None:
    assert logs.failures(invocation(entry(status=200)), [], FUNCTIONS) == []


def test_a_denied_call_is_its_functions_failure() -> None:
    denied = "botocore.exceptions.ClientError: An error occurred (AccessDeniedException)"
    text = entry("ERROR", "unexpected error", exception=f"Traceback ...\n  File\n{denied}")
    assert logs.failures(invocation(text), [], FUNCTIONS) == [
        RehearsalFailure(f"unexpected error: {denied}", "read_task_run")
    ]


def test_a_line_without_a_function_belongs_to_that_of_its_invocation() -> None:
    lines = [
        *invocation(entry(), "Traceback (most recent call last):"),
        *invocation(entry(function_name=OTHER), stream="another"),
    ]
    (failure,) = logs.failures(lines, [], FUNCTIONS)
    assert failure.function == "read_task_run"


def test_refused_credentials_are_no_failure() -> None:
    traceback = "Traceback (most recent call last):"
    refusal = "runledger.adapters.auth.Unauthorized: Unauthorized"
    assert logs.failures(invocation(traceback, "  File", refusal), [], FUNCTIONS) == []
    assert logs.failures(invocation(traceback, "  File", "KeyError: 'Unauthorized'"), [], FUNCTIONS)
    elsewhere = [*invocation(traceback), *invocation(refusal, stream="another")]
    assert logs.failures(elsewhere, [], FUNCTIONS)


@pytest.mark.parametrize(
    "text",
    [
        "[ERROR] Runtime.ImportModuleError: Unable to import module 'app'",
        "ModuleNotFoundError: No module named 'jsonschema'",
        "Task timed out after 29.00 seconds",
        "User: arn:aws:sts::1:role is not authorized to perform: dynamodb:GetItem",
        entry("ERROR", "the connection was not stored"),
    ],
)
def test_what_no_function_may_log_is_a_failure(text: str) -> None:
    assert len(logs.failures(invocation(text), [], FUNCTIONS)) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"ERROR [lambda] Warm worker execution error for {NAME}: No module named 'pydantic'",
        f"WARNING [lambda] ESM: Lambda {NAME} failed processing DynamoDB stream batch",
        f"WARNING [events] EventBridge → Lambda {NAME}: dispatch error",
    ],
)
def test_what_ministack_says_of_a_function_that_failed_is_one(text: str) -> None:
    (failure,) = logs.failures([], ["2026-11-29 INFO [ministack] Ready", text], FUNCTIONS)
    assert failure == RehearsalFailure(text, "read_task_run")


def test_functions_that_were_started_are_known_by_ministacks_output() -> None:
    output = [
        f"2026-11-29 04:28:39 INFO [lambda_runtime] Lambda worker spawned for {NAME} (cold start)",
        "2026-11-29 04:28:39 INFO [lambda_runtime] Lambda worker spawned for another (cold start)",
    ]
    assert logs.started(output, FUNCTIONS) == {"read_task_run"}
