"""What is larger than an item of DynamoDB's."""

from random import Random
from typing import Any

import httpx
import pytest

KB = 1_000
# Just above an item with its keys, several items, and nearly all that a request carries.
SIZES = [40 * KB, 420 * KB, 5_000 * KB]
# The reference takes parameters of 512 KB.
MAX_PARAMETERS = 500 * KB
each_size = pytest.mark.parametrize("size", SIZES)


def text(size: int) -> str:
    """Letters of one byte each that do not compress well."""
    return Random(size).randbytes(size // 2).hex()  # noqa: S311 - the same at each run


def read(api: httpx.Client, path: str) -> Any:  # noqa: ANN401 - any JSON
    return api.get(path).raise_for_status().json()
