"""Settings of `make run`, from environment variables: docs/local.md has the table."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from local.cloudformation.template import REPOSITORY

MEMORY = ":memory:"
MAX_PORT = 65535
MAX_DAYS = 36500
ALL_INTERFACES = ("0.0.0.0", "::")  # noqa: S104 recognised, not bound
AUTHENTICATION_VALUES = ("", "on", "off")
SOCKETS_VALUES = ("same", "redirect")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class StartupError(Exception):
    """The server can't start; the message is one line for the user."""


@dataclass(frozen=True)
class LocalSettings:
    host: str
    port: int
    sockets_port: int | None  # None: the REST API's
    data: Path | None  # None: in memory
    auth: str
    authentication: str  # "on", "off", or empty: on if there is an auth string or a key
    log_level: str
    access_log: bool
    table: str
    dynamodb_endpoint: str
    dynamodb_host: str
    dynamodb_port: int  # 0: any free port
    run_retention_days: int = 0  # 0: finished runs are kept
    has_keys: bool = False  # in the table

    @property
    def url_host(self) -> str:
        return url_host(self.host)

    @property
    def is_guarded(self) -> bool:
        """Whether callers have to show an auth string or a key."""
        if self.authentication:
            return self.authentication == "on"
        return bool(self.auth) or self.has_keys

    def check_host(self) -> None:
        """Raise StartupError if other machines could call a server that asks for nothing."""
        if not (self.is_guarded or self.authentication or is_loopback(self.host)):
            raise StartupError(
                f"HOST={self.host} lets other machines in, and nothing asks who they are: set"
                " AUTH=user:password, add a key (make keys), or set AUTHENTICATION=off"
            )

    @property
    def is_aws(self) -> bool:
        """Whether the database is AWS's, which needs the user's own credentials."""
        return (urlsplit(self.dynamodb_endpoint).hostname or "").endswith(".amazonaws.com")

    @property
    def parameters(self) -> Mapping[str, str]:
        """Parameters of the template."""
        return {
            "Authentication": "required" if self.is_guarded else "off",
            "AuthSha256": sha256(self.auth.encode()).hexdigest() if self.auth else "",
            "LogLevel": self.log_level,
            "RunRetentionDays": str(self.run_retention_days),
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
        authentication=_authentication(of("AUTHENTICATION"), of("AUTH")),
        access_log=_on_or_off("ACCESS_LOG", of("ACCESS_LOG", "off")),
        log_level=_log_level(of("LOG_LEVEL", "WARNING")),
        table=of("TABLE_NAME", "runledger-local"),
        dynamodb_endpoint=http_url("DYNAMODB_ENDPOINT", of("DYNAMODB_ENDPOINT")),
        dynamodb_host=of("DYNAMODB_HOST", "127.0.0.1"),
        dynamodb_port=port_number("DYNAMODB_PORT", of("DYNAMODB_PORT", "0")),
        run_retention_days=_days("RUN_RETENTION_DAYS", of("RUN_RETENTION_DAYS", "0")),
    )


def url_host(host: str) -> str:
    """The host of a URL that reaches a server which listens on this host."""
    name = "127.0.0.1" if host in ALL_INTERFACES else host
    return f"[{name}]" if ":" in name else name


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens on this host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def port_number(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) > MAX_PORT:
        raise StartupError(f"{name}={text} is not a port: give a number up to {MAX_PORT}")
    return int(text)


def _days(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) > MAX_DAYS:
        raise StartupError(f"{name}={text} is not a number of days: give one up to {MAX_DAYS}")
    return int(text)


def _sockets_port(sockets: str, port: str) -> int | None:
    if sockets not in SOCKETS_VALUES:
        raise StartupError(
            f"SOCKETS={sockets} is not valid: give one of {', '.join(SOCKETS_VALUES)}"
        )
    return port_number("SOCKETS_PORT", port) if sockets == "redirect" else None


def _auth(text: str) -> str:
    if text and ":" not in text:
        raise StartupError("AUTH has no colon: give user:password")
    return text


def _on_or_off(name: str, text: str) -> bool:
    if text not in {"on", "off"}:
        raise StartupError(f"{name}={text} is not valid: give on or off")
    return text == "on"


def _authentication(text: str, auth: str) -> str:
    if text not in AUTHENTICATION_VALUES:
        raise StartupError(f"AUTHENTICATION={text} is not valid: give on or off")
    if text == "off" and auth:
        raise StartupError("AUTH is set, and AUTHENTICATION=off would ignore it: remove one")
    return text


def _log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise StartupError(
            f"LOG_LEVEL={text} is not a log level: give one of {', '.join(LOG_LEVELS)}"
        )
    return text.upper()


def http_url(name: str, url: str) -> str:
    parts = urlsplit(url)
    if url and not (parts.scheme in {"http", "https"} and parts.hostname):
        raise StartupError(f"{name}={url} is not a URL: give one like http://127.0.0.1:8000")
    return url
