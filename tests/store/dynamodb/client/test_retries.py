"""The client tries again what botocore tries again, as often, and until the same quota is spent."""

from contextlib import suppress

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.store.dynamodb.client.clients import CLIENTS, Client
from tests.store.dynamodb.client.scripted import Act, Script, answer, item_of, refusal

pytestmark = pytest.mark.usefixtures("_no_pauses")

# Those of other services are in botocore's list of throttling errors, too.
OTHERS = {
    *("BandwidthLimitExceeded", "LimitExceededException", "PriorRequestNotComplete"),
    *("RequestThrottled", "RequestThrottledException", "RequestTimeout", "RequestTimeoutException"),
    *("SlowDown", "Throttling", "ThrottledException", "TooManyRequestsException"),
    *("EC2ThrottledException", "ValidationException", "UnrecognizedClientException"),
    *("ExpiredTokenException", "AccessDeniedException", "RequestExpired", "Unknown"),
}
STATUSES = [300, 301, 302, 400, 401, 403, 404, 408, 413, 418, 429, 500, 501, 502, 503, 504, 505]


def codes() -> list[str]:
    """Return the codes of the errors that botocore's model of DynamoDB has, and others."""
    model = boto3.client("dynamodb", region_name="us-east-1").meta.service_model
    return sorted({shape.name for shape in model.error_shapes} | OTHERS)


def test_each_error_is_tried_as_often() -> None:
    acts: dict[str, Act] = {code: refusal(code) for code in codes()}
    acts |= {str(status): answer(b"no JSON", status) for status in STATUSES}
    boto3s, ours = ({name: tries(client, act) for name, act in acts.items()} for client in CLIENTS)
    assert ours == boto3s
    assert set(ours.values()) == {1, 3}


def tries(name: str, act: Act) -> int:
    script = Script(act)
    with script.running(), pytest.raises(ClientError):
        CLIENTS[name](script.endpoint).put_item(TableName="table", Item={})
    return len(script.requests)


@pytest.mark.parametrize("code", ["InternalServerError", "ThrottlingException"])
def test_a_quota_ends_the_repetitions(code: str) -> None:
    """And it grows again with what succeeds."""
    boto3s, ours = (numbers_of_tries(name, refusal(code, 500)) for name in CLIENTS)
    assert ours == boto3s
    assert {1, 3} <= set(ours)


def numbers_of_tries(name: str, failing: Act) -> list[int]:
    """Fail 70 times, succeed 30 times, and fail 70 times again."""
    tries: list[int] = []
    outage = True
    good = answer({})
    script = Script(lambda *given: failing(*given) if outage else good(*given))
    with script.running():
        client = CLIENTS[name](script.endpoint)
        for number in range(170):
            outage = not 70 <= number < 100
            before = len(script.requests)
            call_in_vain(client)
            tries.append(len(script.requests) - before)
    return tries


def call_in_vain(client: Client) -> None:
    with suppress(ClientError):
        client.get_item(**item_of(1))
