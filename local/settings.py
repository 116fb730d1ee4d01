"""Settings of `make run`, from environment variables: docs/local.md has the table."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from local.cloudformation.template import REPOSITORY

MEMORY = ":memory:"
HIGHEST_PORT = 65535
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 recognised, not bound
WAYS = ("same", "redirect")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Unusable(Exception):  # noqa: N818 a line for the user, not a failure of ours
    """What was asked for can't be had, in one line that says why."""


@dataclass(frozen=True)
class LocalSettings:
    host: str
    port: int
    sockets_port: int | None  # None: the same as that of the REST API
    data: Path | None  # None: kept in memory
    auth: str
    log_level: str
    table: str
    dynamodb_endpoint: str
    dynamodb_host: str
    dynamodb_port: int  # 0: any that is free

    @property
    def name(self) -> str:
        """The host as a URL names it."""
        return named(self.host)

    @property
    def is_aws(self) -> bool:
        """Whether the database is Amazon's, which wants the user's own credentials."""
        return (urlsplit(self.dynamodb_endpoint).hostname or "").endswith(".amazonaws.com")

    @property
    def parameters(self) -> Mapping[str, str]:
        """The template's parameters."""
        return {
            "Authentication": "required" if self.auth else "off",
            "AuthSha256": sha256(self.auth.encode()).hexdigest() if self.auth else "",
            "LogLevel": self.log_level,
        }


def read(environment: Mapping[str, str]) -> LocalSettings:
    def of(name: str, default: str = "") -> str:
        return environment.get(name) or default

    data = of("DATA", str(REPOSITORY / ".runledger"))
    return LocalSettings(
        host=of("HOST", "127.0.0.1"),
        port=port_number("PORT", of("PORT", "4200")),
        sockets_port=_sockets_port(of("SOCKETS", "same"), of("SOCKETS_PORT", "4201")),
        data=None if data == MEMORY else Path(data).expanduser().absolute(),
        auth=_auth(of("AUTH")),
        log_level=_log_level(of("LOG_LEVEL", "WARNING")),
        table=of("TABLE_NAME", "runledger-local"),
        dynamodb_endpoint=http_url("DYNAMODB_ENDPOINT", of("DYNAMODB_ENDPOINT")),
        dynamodb_host=of("DYNAMODB_HOST", "127.0.0.1"),
        dynamodb_port=port_number("DYNAMODB_PORT", of("DYNAMODB_PORT", "0")),
    )


def named(host: str) -> str:
    """A host that is listened on, as a URL names it."""
    name = "127.0.0.1" if host in EVERYWHERE else host
    return f"[{name}]" if ":" in name else name


def port_number(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) > HIGHEST_PORT:
        raise Unusable(f"{name}={text} is not a port: give a number up to {HIGHEST_PORT}")
    return int(text)


def _sockets_port(way: str, port: str) -> int | None:
    if way not in WAYS:
        raise Unusable(f"SOCKETS={way} is not valid: give one of {', '.join(WAYS)}")
    return port_number("SOCKETS_PORT", port) if way == "redirect" else None


def _auth(text: str) -> str:
    if text and ":" not in text:
        raise Unusable("AUTH has no colon: give user:password")
    return text


def _log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise Unusable(f"LOG_LEVEL={text} is not a log level: give one of {', '.join(LOG_LEVELS)}")
    return text.upper()


def http_url(name: str, url: str) -> str:
    parts = urlsplit(url)
    if url and not (parts.scheme in {"http", "https"} and parts.hostname):
        raise Unusable(f"{name}={url} is not a URL: give one like http://127.0.0.1:8000")
    return url
