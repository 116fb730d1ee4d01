"""What is given to a flow run while it runs, each under a key of its own."""

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
    """Tell whether an input can have this key."""
    return KEY.fullmatch(key) is not None


class FlowRunInput(Value):
    """An input, its fields in the order of the wire."""

    id: UUID
    created: datetime
    updated: datetime
    flow_run_id: UUID
    key: str
    value: str
    sender: str | None = None

    def check_key(self) -> None:
        """Refuse a key that no input can have.

        Raises:
            Invalid: it is one.
        """
        if not is_key(self.key):
            raise Invalid(
                "The key of an input must only contain lowercase letters, numbers, and dashes,"
                f" at most {MAX_KEY} of them."
            )


class FlowRunInputQuery(Value):
    """Which inputs of a flow run are wanted; a limit below zero is none."""

    prefix: str
    limit: int
    exclude_keys: Sequence[str]

    @property
    def beginning(self) -> str | None:
        """How the keys begin, as far as that is told literally; None if no key does."""
        beginning_of_key = WILD.split(self.prefix.lower())[0]
        return beginning_of_key if is_key(beginning_of_key) else None

    @cached_property
    def _begins(self) -> Test:
        return begins_like(self.prefix)

    def matches(self, given: FlowRunInput) -> bool:
        """Tell whether an input is wanted."""
        return self._begins(given.key) and given.key not in self.exclude_keys

    def first(self, given: Sequence[FlowRunInput]) -> list[FlowRunInput]:
        """Return those of them that are wanted, the oldest first, as many as are asked for."""
        wanted = sorted(filter(self.matches, given), key=lambda one: (one.created, one.key))
        return wanted if self.limit < 0 else wanted[: self.limit]
