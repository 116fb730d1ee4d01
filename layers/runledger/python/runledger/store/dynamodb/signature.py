"""Signs requests: AWS's Signature Version 4, with the credentials of the environment."""

import hmac
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, reduce
from hashlib import sha256
from os import environ
from time import gmtime, strftime
from typing import NamedTuple
from urllib.parse import urlsplit

from runledger.store.dynamodb import botocore_errors

SERVICE, ALGORITHM = "dynamodb", "AWS4-HMAC-SHA256"
# The time of a request, and the characters of its date.
TIME, DATE = "%Y%m%dT%H%M%SZ", 8


class AwsCredentials(NamedTuple):
    """An access key; temporary ones have a token."""

    access_key: str
    secret_key: str
    token: str | None


def region() -> str:
    """Find the region where boto3 does."""
    region = environ.get("AWS_DEFAULT_REGION") or environ.get("AWS_REGION") or _boto3_region()
    if not region:
        raise botocore_errors.NoRegionError
    return region


def _boto3_region() -> str | None:
    import boto3  # noqa: PLC0415 - reads profiles, which a Lambda has none of

    return boto3.Session().region_name


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
    (signed,) = sign_each(url, headers, [body], region=region, by=by)
    return signed


def sign_each(
    url: str,
    headers: Mapping[str, str],
    bodies: Iterable[bytes],
    *,
    region: str,
    by: AwsCredentials,
) -> list[dict[str, str]]:
    """Sign POSTs that differ in their bodies."""
    parts = _parts(url, tuple(headers.items()), strftime(TIME, gmtime()), region=region, by=by)
    return [{**parts.headers, "Authorization": parts.authorized(body)} for body in bodies]


class _Parts(NamedTuple):
    """The parts that the signatures of a second share: headers, and beginnings of texts."""

    headers: Mapping[str, str]
    request: str
    """The canonical request, without the hash of its body."""
    text: str
    """The text to sign, without the hash of the canonical request."""
    key: bytes
    authorization: str
    """The header, without the signature."""

    def authorized(self, body: bytes) -> str:
        """Return the header of a request with a body."""
        request = self.request + sha256(body).hexdigest()
        text = self.text + sha256(request.encode()).hexdigest()
        return self.authorization + hmac.digest(self.key, text.encode(), "sha256").hex()


@lru_cache(maxsize=16)
def _parts(
    url: str, headers: tuple[tuple[str, str], ...], time: str, *, region: str, by: AwsCredentials
) -> _Parts:
    to = urlsplit(url)
    token = {"x-amz-security-token": by.token} if by.token else {}
    # The host as the request has it: without the name and the password of the URL.
    sent = {"Host": to.netloc.rpartition("@")[2], **dict(headers), "x-amz-date": time, **token}
    named = sorted((name.lower(), value) for name, value in sent.items())
    names = ";".join(name for name, _ in named)
    lines = "".join(f"{name}:{value}\n" for name, value in named)
    scope = (time[:DATE], region, SERVICE, "aws4_request")
    return _Parts(
        sent,
        f"POST\n{to.path}\n\n{lines}\n{names}\n",
        f"{ALGORITHM}\n{time}\n{'/'.join(scope)}\n",
        _signing_key(by.secret_key, scope),
        f"{ALGORITHM} Credential={'/'.join((by.access_key, *scope))},"
        f" SignedHeaders={names}, Signature=",
    )


@lru_cache(maxsize=2)
def _signing_key(secret_key: str, scope: tuple[str, ...]) -> bytes:
    def derive(key: bytes, part: str) -> bytes:
        return hmac.digest(key, part.encode(), "sha256")

    return reduce(derive, scope, f"AWS4{secret_key}".encode())
