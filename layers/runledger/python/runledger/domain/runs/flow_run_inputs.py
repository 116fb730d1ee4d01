"""Inputs of a running flow run, each under its own key."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from uuid import UUID

from runledger.domain.errors import Invalid
from runledger.domain.filters.like import begins_like
from runledger.domain.filters.operators import Test
from runledger.domain.values import Value

# DynamoDB takes 1,024 bytes in a sort key.
MAX_KEY = 900
KEY = re.compile(rf"[a-z0-9-]{{0,{MAX_KEY}}}")
WILD = re.compile(r"[%_]")


def is_key(key: str) -> bool:
    """Return whether an input can have this key."""
    return KEY.fullmatch(key) is not None


class FlowRunInput(Value):
    """An input; its fields are in the order of the wire."""

    id: UUID
    created: datetime
    updated: datetime
    flow_run_id: UUID
    key: str
    value: str
    sender: str | None = None

    def check_key(self) -> None:
        """Check the key.

        Raises:
            Invalid: no input can have it.
        """
        if not is_key(self.key):
            raise Invalid(
                "The key of an input must only contain lowercase letters, numbers, and dashes,"
                f" at most {MAX_KEY} of them."
            )


class FlowRunInputQuery(Value):
    """A query for inputs of a flow run; a negative limit means no limit."""

    prefix: str
    limit: int
    exclude_keys: Sequence[str]

    @property
    def beginning(self) -> str | None:
        """The literal beginning of matching keys; None if no key can match."""
        beginning_of_key = WILD.split(self.prefix.lower())[0]
        return beginning_of_key if is_key(beginning_of_key) else None

    @cached_property
    def _begins(self) -> Test:
        return begins_like(self.prefix)

    def matches(self, given: FlowRunInput) -> bool:
        """Return whether an input matches."""
        return self._begins(given.key) and given.key not in self.exclude_keys

    def first(self, given: Sequence[FlowRunInput]) -> list[FlowRunInput]:
        """Return the matching inputs, the oldest first, up to the limit."""
        matches = sorted(filter(self.matches, given), key=lambda match: (match.created, match.key))
        return matches if self.limit < 0 else matches[: self.limit]
