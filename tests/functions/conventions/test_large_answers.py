"""Large answers: Lambda hands over 6 MB of JSON, in which the body is a text."""

import json

import pytest

from runledger.adapters.http import Response
from runledger.domain.errors import TooLarge


@pytest.mark.parametrize(
    ("text", "fits"),
    [("a" * 6_000_000, True), ("a" * 6_300_000, False), ('"' * 2_000_000, False)],
)
def test_an_answer_is_no_larger_than_what_lambda_hands_over(text: str, *, fits: bool) -> None:
    """The body is a text in JSON: a quotation mark in it is four bytes, one of JSON's own two."""
    if fits:
        assert len(json.dumps(Response([text]).as_event())) < 6 * 1024 * 1024
    else:
        with pytest.raises(TooLarge):
            Response([text]).as_event()
