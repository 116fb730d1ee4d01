"""The REST API's authorizer: checks the caller's credentials, and says whose they are."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from runledger import wiring
from runledger.adapters import auth, parsing
from runledger.domain.access import Caller
from runledger.service import api_keys


def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Return the policy of a caller.

    Raises:
        Unauthorized: the credentials are wrong. API Gateway answers 401 to an error of this text,
            and does not cache it as it would cache a denial.
        Unavailable: the table does not answer.
    """
    shown = parsing.header_values(event).get("authorization", ())
    return policy(auth.authenticate(shown, find_caller), event["methodArn"])


def find_caller(secret: str) -> Caller | None:
    return api_keys.admit_caller(wiring.store(), secret, datetime.now(UTC))


def policy(caller: Caller, method_arn: str) -> dict[str, Any]:
    """Return a policy for the whole API: API Gateway caches it per caller, not per method.

    The functions check the scope, each that of its own route.
    """
    api_and_stage = "/".join(method_arn.split("/")[:2])
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Allow",
        "Resource": f"{api_and_stage}/*",
    }
    return {
        "principalId": caller.name,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": auth.authorizer_context(caller),
    }
