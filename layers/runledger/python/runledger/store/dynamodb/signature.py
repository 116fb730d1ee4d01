"""Signs requests: AWS's Signature Version 4, with the credentials of the environment."""

import hmac
from collections.abc import Callable, Mapping
from functools import lru_cache, reduce
from hashlib import sha256
from os import environ
from typing import NamedTuple
from urllib.parse import urlsplit

from aws_request_signer import AwsRequestSigner

from runledger.store.dynamodb import botocore_errors

SERVICE = "dynamodb"


class AwsCredentials(NamedTuple):
    """An access key; temporary ones have a token."""

    access_key: str
    secret_key: str
    token: str | None


def credentials() -> Callable[[], AwsCredentials]:
    """Return the source of the credentials that are valid when it is called.

    Lambda gives its functions variables. Whatever else there is (profiles, SSO, a container's
    endpoint) is boto3's matter, which asks again before they expire.
    """
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        of_environment = AwsCredentials(key, secret, environ.get("AWS_SESSION_TOKEN") or None)
        return lambda: of_environment
    return _credentials_of_boto3()


def _credentials_of_boto3() -> Callable[[], AwsCredentials]:
    import boto3  # noqa: PLC0415 - a Lambda does without it

    found = boto3.Session().get_credentials()
    if found is None:
        raise botocore_errors.NoCredentialsError

    def current() -> AwsCredentials:
        frozen = found.get_frozen_credentials()
        return AwsCredentials(frozen.access_key or "", frozen.secret_key or "", frozen.token)

    return current


def sign(
    url: str, headers: Mapping[str, str], body: bytes, *, region: str, by: AwsCredentials
) -> dict[str, str]:
    """Return the headers of a POST, `Host` among them, with the proof of who sends it, and when."""
    signer = _Signer(region, by.access_key, by.secret_key, SERVICE, by.token)
    sent = {"Host": urlsplit(url).netloc.rpartition("@")[2], **headers}
    proof: dict[str, str] = signer.sign_with_headers("POST", url, sent, sha256(body).hexdigest())
    return sent | proof


class _Signer(AwsRequestSigner):  # type: ignore[misc]
    """Derives the key of a day and a region once: four of the six hashes of a signature."""

    def _sign(self, credential_scope: tuple[str, ...], string_to_sign: str) -> str:
        key = _signing_key(self.secret_access_key, credential_scope)
        return hmac.digest(key, string_to_sign.encode(), "sha256").hex()


@lru_cache(maxsize=2)
def _signing_key(secret_key: str, scope: tuple[str, ...]) -> bytes:
    def derive(key: bytes, part: str) -> bytes:
        return hmac.digest(key, part.encode(), "sha256")

    return reduce(derive, scope, f"AWS4{secret_key}".encode())
