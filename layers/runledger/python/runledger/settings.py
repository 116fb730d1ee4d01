"""Settings from environment variables, read once, at the first use."""

import os
from datetime import timedelta
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """The functions' environment variables; template.yaml's Globals set them."""

    model_config = ConfigDict(frozen=True)

    table_name: str = Field(min_length=1)
    index_shards: int = Field(default=2, ge=1)
    index_shards_read: int = Field(default=0, ge=0)
    search_seconds: float = Field(default=20, ge=0)
    removal_seconds: float = Field(default=20, ge=0)
    run_log_retention_days: int = Field(default=0, ge=0)
    event_retention_days: int = Field(default=7, ge=1)
    run_retention_days: int = Field(default=0, ge=0)
    authentication: Literal["required", "off"] = "required"
    auth_sha256: str = ""
    aws_endpoint_url: str = ""
    aws_endpoint_url_dynamodb: str = ""
    websocket_url: str = ""
    worker_lease_seconds: int = Field(default=60, ge=1)
    block_key_file: str = ""
    block_key_secret: str = ""
    run_metrics: Literal["on", "off"] = "off"

    @property
    def dynamodb_endpoint(self) -> str:
        """The URL of DynamoDB, as boto3 finds it: its own before that of all services; or ""."""
        return self.aws_endpoint_url_dynamodb or self.aws_endpoint_url

    @property
    def run_log_retention(self) -> timedelta | None:
        """The time after which logs of runs expire; None: never."""
        return timedelta(days=self.run_log_retention_days) or None

    @property
    def run_retention(self) -> timedelta | None:
        """The time after which finished runs leave; None: never."""
        return timedelta(days=self.run_retention_days) or None

    @property
    def event_retention(self) -> timedelta:
        """The time after which events expire."""
        return timedelta(days=self.event_retention_days)


@cache
def settings() -> Settings:
    """Return the settings.

    Raises:
        pydantic.ValidationError: a variable is missing or invalid.
    """
    fields = Settings.model_fields
    given = {name: os.environ[name.upper()] for name in fields if name.upper() in os.environ}
    return Settings.model_validate(given)
