"""API Gateway's right to call the functions, which ministack does not ask for when it calls them.

Ministack keeps the role of an authorizer, but not those of integrations: `tests/test_stack.py`
knows that all are the same. What that role may do here is for ministack's IAM to say.
"""

import re
from collections.abc import Iterator
from typing import Any

from tests.rehearsal.deployment import Stack

FUNCTION = re.compile(r"/functions/(arn:[^/]+)/invocations")
ACTION = "lambda:InvokeFunction"


def may_call_functions(stack: Stack) -> None:
    authorizers = _authorizers(stack)
    (role,) = {authorizer["authorizerCredentials"] for authorizer in authorizers}
    uris = {*_integrations(stack), *(authorizer["authorizerUri"] for authorizer in authorizers)}
    functions = {match[1] for uri in uris if (match := FUNCTION.search(uri))}
    assert len(functions) == len(uris), f"not all of these are functions: {sorted(uris)}"
    iam = stack.emulator.client("iam")
    denied = sorted(function for function in functions if not _is_allowed(iam, role, function))
    assert not denied, f"{role} may not call {denied}"


def _integrations(stack: Stack) -> Iterator[str]:
    """Yield the URIs that the deployed API's methods are integrated with."""
    pages = stack.emulator.client("apigateway").get_paginator("get_resources")
    for page in pages.paginate(restApiId=stack.resources["Api"], embed=["methods"]):
        methods = [
            one for found in page["items"] for one in found.get("resourceMethods", {}).values()
        ]
        yield from (method["methodIntegration"]["uri"] for method in methods)


def _authorizers(stack: Stack) -> list[dict[str, str]]:
    api = stack.resources["Api"]
    found: list[dict[str, str]] = stack.emulator.client("apigateway").get_authorizers(
        restApiId=api
    )["items"]
    return found


def _is_allowed(iam: Any, role: str, function: str) -> bool:  # noqa: ANN401 one of boto3's classes
    (result,) = iam.simulate_principal_policy(
        PolicySourceArn=role, ActionNames=[ACTION], ResourceArns=[function]
    )["EvaluationResults"]
    return bool(result["EvalDecision"] == "allowed")
