"""Requests are signed as botocore signs them, with the credentials that it would find."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import botocore.auth
import pytest
from botocore.exceptions import NoCredentialsError, NoRegionError

from runledger import wiring
from runledger.store.dynamodb.client import JsonClient
from tests.store.dynamodb.client.clients import CLIENTS, json_client
from tests.store.dynamodb.client.scripted import Script, answer, item_of

EMULATOR, DATABASE = "http://127.0.0.1:4566", "http://127.0.0.1:8001"
VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")


@pytest.fixture
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """There are neither variables nor files with credentials or a region."""
    for name in (*VARIABLES, "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


def sent(client: Any, script: Script) -> dict[str, str]:  # noqa: ANN401 either client
    """Return the headers of a call, in lower case."""
    with script.running():
        client.put_item(TableName="table", Item={"pk": {"S": "é"}, "n": {"B": b"\xff"}})
    return {name.lower(): value for name, value in script.headers[0].items()}


@pytest.mark.parametrize("token", [None, "a+token/=="])
@pytest.mark.parametrize("path", ["", "/", "/emulator"])
def test_a_signature_is_botocores(
    monkeypatch: pytest.MonkeyPatch, token: str | None, path: str
) -> None:
    """Another signer's, of the request as it arrived."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret/+ key")
    if token:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    script = Script(answer({}))
    headers = sent(json_client(f"{script.endpoint}{path}"), script)
    assert headers.get("x-amz-security-token") == token
    assert script.paths == [path or "/"]
    assert headers["authorization"] == resigned(script, headers, monkeypatch, token)


def resigned(
    script: Script, headers: dict[str, str], patch: pytest.MonkeyPatch, token: str | None
) -> str:
    signed = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    assert {"host", "x-amz-date", "x-amz-target"} <= set(signed)
    assert script.endpoint == f"http://{headers['host']}"
    date = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    patch.setattr(botocore.auth, "get_current_datetime", lambda *_: date)
    request = botocore.awsrequest.AWSRequest(
        "POST",
        f"{script.endpoint}{script.paths[0]}",
        headers={name: headers[name] for name in signed},
        data=script.requests[0],
    )
    by = botocore.credentials.Credentials("AKIDEXAMPLE", "secret/+ key", token)
    botocore.auth.SigV4Auth(by, "dynamodb", "eu-central-1").add_auth(request)
    return str(request.headers["Authorization"])


@pytest.mark.usefixtures("_nothing_set")
@pytest.mark.parametrize("name", CLIENTS)
def test_a_profile_has_credentials_and_a_region(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "config"
    file.write_text(
        "[profile mine]\nregion = eu-north-1\n"
        "aws_access_key_id = OFPROFILE\naws_secret_access_key = secret\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_PROFILE", "mine")
    script = Script(answer({}))
    authorization = sent(CLIENTS[name](script.endpoint), script)["authorization"]
    assert "Credential=OFPROFILE/" in authorization
    assert "/eu-north-1/dynamodb/aws4_request" in authorization


class Container:
    """The credentials' endpoint of a container, whose credentials last for so long each."""

    def __init__(self, *seconds: float) -> None:
        until = (datetime.now(UTC) + timedelta(seconds=lifetime) for lifetime in seconds)
        self.script = Script(*map(self._answer, range(len(seconds)), until))

    def _answer(self, number: int, until: datetime) -> Any:  # noqa: ANN401 an act
        named = {"AccessKeyId": f"KEY{number}", "SecretAccessKey": "secret", "Token": f"t{number}"}
        return answer(named | {"Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ")})


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Container]:
    """One whose first credentials are about to expire."""
    found = Container(60, 3600)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{found.script.endpoint}/role")
    (tmp_path / "token").write_text("of the container")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
    with found.script.running():
        yield found


@pytest.mark.usefixtures("_nothing_set")
@pytest.mark.parametrize("name", CLIENTS)
def test_a_containers_credentials_are_renewed_before_they_expire(
    container: Container, name: str
) -> None:
    script = Script(answer({}))
    with script.running():
        client = CLIENTS[name](script.endpoint)
        for _ in range(3):
            client.get_item(**item_of(1))
    last = {name.lower(): value for name, value in script.headers[-1].items()}
    assert "Credential=KEY1/" in last["authorization"]
    assert last["x-amz-security-token"] == "t1"
    assert [one["Authorization"] for one in container.script.headers] == ["of the container"] * 2


@pytest.mark.usefixtures("_nothing_set")
def test_without_credentials_or_a_region_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoRegionError):
        json_client("http://127.0.0.1:1")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(NoCredentialsError):
        json_client("http://127.0.0.1:1")


def test_expired_credentials_are_told_at_once() -> None:
    body = {"__type": "com.amazon.coral.service#ExpiredTokenException", "message": "expired"}
    for name, make in CLIENTS.items():
        script = Script(answer(body, 400))
        with script.running(), pytest.raises(Exception, match="ExpiredToken") as raised:
            make(script.endpoint).get_item(**item_of(1))
        assert (name, raised.typename, len(script.requests)) == (name, "ClientError", 1)


@pytest.mark.parametrize("region", boto3.Session().get_available_regions("dynamodb"))
def test_a_region_has_the_endpoint_that_boto3_finds(
    monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    boto3s = boto3.client("dynamodb", region_name=region).meta.endpoint_url
    assert json_client("").endpoint == boto3s


@pytest.mark.parametrize(
    ("of_all", "own"), [("", ""), (EMULATOR, ""), ("", DATABASE), (EMULATOR, DATABASE)]
)
def test_an_emulators_address_is_the_one_that_boto3_finds(
    monkeypatch: pytest.MonkeyPatch, of_all: str, own: str
) -> None:
    """Emulators of AWS tell functions one address of all services."""
    monkeypatch.setenv("TABLE_NAME", "table")
    monkeypatch.setenv("AWS_ENDPOINT_URL", of_all)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", own)
    wiring.reset()
    client = wiring.store().table.client
    wiring.reset()
    assert isinstance(client, JsonClient)
    # The template says by an empty variable that there is none, which boto3 does not understand.
    for name, value in {"AWS_ENDPOINT_URL": of_all, "AWS_ENDPOINT_URL_DYNAMODB": own}.items():
        if not value:
            monkeypatch.delenv(name)
    assert client.endpoint == boto3.client("dynamodb").meta.endpoint_url


def test_behind_a_proxy_the_client_is_boto3s(monkeypatch: pytest.MonkeyPatch) -> None:
    """It knows proxies, and ours does not."""
    monkeypatch.setenv("TABLE_NAME", "table")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
    for endpoint, is_own in {"https://127.0.0.1:1": False, "http://127.0.0.1:1": True}.items():
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
        wiring.reset()
        assert isinstance(wiring.store().table.client, JsonClient) == is_own
    wiring.reset()
