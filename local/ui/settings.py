"""Settings of `make ui`, from environment variables: docs/ui.md has the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.settings import http_url, port_number, url_host


@dataclass(frozen=True)
class UiSettings:
    host: str
    port: int
    api: str  # URL for the browser
    package: Path

    @property
    def url_host(self) -> str:
        return url_host(self.host)


def read(environment: Mapping[str, str], arguments: Sequence[str]) -> UiSettings:
    def of(name: str, default: str) -> str:
        return environment.get(name) or default

    url = http_url("PREFECT_API_URL", of("PREFECT_API_URL", "http://127.0.0.1:4200/api"))
    return UiSettings(
        host=of("HOST", "127.0.0.1"),
        port=port_number("UI_PORT", of("UI_PORT", "4280")),
        api=url.rstrip("/"),
        package=Path(*arguments),
    )
