"""Documents larger than a DynamoDB item."""

from base64 import b64encode
from random import Random
from typing import Any

import httpx
import pytest

KB = 1_000
# Just above an item with its keys, several items, and nearly all that a request carries.
SIZES = [40 * KB, 420 * KB, 5_000 * KB]
# The reference takes parameters of 512 KB.
MAX_PARAMETERS = 500 * KB
RUN = 1_000  # letters

each_size = pytest.mark.parametrize("size", SIZES)


def text(size: int) -> str:
    """Letters of one byte each that compress to two fifths: 5 MB to six pieces.

    Half of them are random, which zlib takes longer for than for the other half.
    """
    random = Random(size).randbytes(size * 3 // 8 + 3)  # noqa: S311 - the same at each run
    letters = b64encode(random).decode()[: size - size // 2]
    runs = (letters[start : start + RUN] + "x" * RUN for start in range(0, len(letters), RUN))
    return "".join(runs)[:size]


def read(api: httpx.Client, path: str) -> Any:  # noqa: ANN401 - any JSON
    return api.get(path).raise_for_status().json()
