"""Settings of `make ui`, from environment variables: docs/ui.md has the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.settings import http_url, named, port_number


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    api: str  # as the browser reaches it
    package: Path

    @property
    def name(self) -> str:
        """The host as a URL names it."""
        return named(self.host)


def read(environment: Mapping[str, str], arguments: Sequence[str]) -> Settings:
    def of(name: str, default: str) -> str:
        return environment.get(name) or default

    url = http_url("PREFECT_API_URL", of("PREFECT_API_URL", "http://127.0.0.1:4200/api"))
    return Settings(
        host=of("HOST", "127.0.0.1"),
        port=port_number("UI_PORT", of("UI_PORT", "4280")),
        api=url.rstrip("/"),
        package=Path(*arguments),
    )
