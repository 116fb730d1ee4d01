"""Proof that the rehearsal notices a missing right: functions lose theirs, and must be reported."""

from tests.rehearsal import logs
from tests.rehearsal.calling import DeployedApi
from tests.rehearsal.deployment import Stack
from tests.rehearsal.report import RehearsalFailure
from tests.rehearsal.steps import changes
from tests.support.waiting import wait_until

LONGEST = 60.0  # seconds
ENDPOINT, CONSUMER = "read_task_run", "delete_task_run_logs"


def revoke(stack: Stack, operation: str) -> None:
    """Delete the policies that the template gives a function."""
    iam, role = stack.emulator.client("iam"), stack.role(operation)
    policies = iam.list_role_policies(RoleName=role)["PolicyNames"]
    assert policies, f"{operation} has no policy"
    for policy in policies:
        iam.delete_role_policy(RoleName=role, PolicyName=policy)


def endpoint_is_reported(stack: Stack) -> None:
    """An endpoint without its policy is a failure, of its answers and of its log."""
    run = _task_run(stack)
    revoke(stack, ENDPOINT)
    with DeployedApi(stack) as api:
        api.get(f"/task_runs/{run}")
        answered = [failure for failure in api.failures() if failure.function == ENDPOINT]
    assert answered, f"without its policy {ENDPOINT} answered as if it had one"
    assert _denials(stack, ENDPOINT), f"no log says that {ENDPOINT} was denied"


def consumer_is_reported(stack: Stack) -> None:
    """A function that reads the table's stream is a failure, of its log."""
    run = _task_run(stack)
    revoke(stack, CONSUMER)
    with DeployedApi(stack) as api:
        api.delete(f"/task_runs/{run}").raise_for_status()
    wait_until(lambda: _denials(stack, CONSUMER), LONGEST)


def _task_run(stack: Stack) -> str:
    with DeployedApi(stack) as api:
        return changes.make(api, "/task_runs/", task_key="t", dynamic_key="revoked")


def _denials(stack: Stack, operation: str) -> list[RehearsalFailure]:
    found = logs.failures(logs.read(stack), stack.emulator.output(), stack.functions)
    return [one for one in found if one.function == operation and "AccessDenied" in one.line]
