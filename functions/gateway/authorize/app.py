"""The REST API's authorizer: checks the caller's auth string."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from runledger.adapters import auth, parsing


def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    admitted = auth.admits(parsing.header_values(event).get("authorization", ()))
    return policy("Allow" if admitted else "Deny", event["methodArn"])


def policy(effect: str, method_arn: str) -> dict[str, Any]:
    """Return a policy for the whole API: API Gateway caches it per caller, not per method."""
    api_and_stage = "/".join(method_arn.split("/")[:2])
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": effect,
        "Resource": f"{api_and_stage}/*",
    }
    return {
        "principalId": "auth-string",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
