import json

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from local.event_sources.stream_requests import MAX_ATTEMPTS, requester
from tests.store.dynamodb.client.scripted import Act, Script, answer, close, refusal

PAGE = {
    "Records": [{"dynamodb": {"NewImage": {"packed": {"B": "AAE="}}}}],
    "NextShardIterator": "2",
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "local")


def test_it_asks_as_boto3_does_and_leaves_the_json_as_it_is() -> None:
    with Script(answer(PAGE)).running() as script:
        assert requester(script.endpoint)("GetRecords", ShardIterator="1", Limit=5) == PAGE
    assert json.loads(script.requests[0]) == {"ShardIterator": "1", "Limit": 5}
    sent = {name.lower(): value for name, value in script.headers[0].items()}
    assert sent["x-amz-target"] == "DynamoDBStreams_20120810.GetRecords"
    assert "local/dynamodb/aws4_request" in sent["authorization"]


def test_a_refusal_is_an_error() -> None:
    with Script(refusal("ExpiredIteratorException")).running() as script:
        with pytest.raises(ClientError, match="ExpiredIteratorException"):
            requester(script.endpoint)("GetRecords", ShardIterator="1")
        assert len(script.requests) == 1


@pytest.mark.parametrize("act", [answer(b"no JSON"), close])
def test_what_is_no_answer_is_an_error(act: Act) -> None:
    with Script(act).running() as script, pytest.raises(BotoCoreError):
        requester(script.endpoint)("GetRecords", ShardIterator="1")


def test_a_busy_database_is_asked_again() -> None:
    busy = answer(b"busy", 500)
    with Script(busy, answer(PAGE)).running() as script:
        assert requester(script.endpoint)("GetRecords", ShardIterator="1") == PAGE
    with Script(busy).running() as script:
        with pytest.raises(ClientError, match="busy"):
            requester(script.endpoint)("GetRecords", ShardIterator="1")
        assert len(script.requests) == MAX_ATTEMPTS
