"""Requests are spelled as Python's own JSON spells them, whatever values they have."""

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runledger.store.dynamodb import client
from runledger.store.dynamodb.attribute_values import typed

# With halves of surrogate pairs, which old items may have.
TEXTS = st.text(st.characters(exclude_categories=()))
NAMES = st.sampled_from(["B", "BS", "S", "pk"]) | TEXTS
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | TEXTS | st.binary(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(NAMES, inner) | st.sets(st.binary(), min_size=1)
    ),
)


@given(st.dictionaries(NAMES, VALUES))
def test_a_request_is_spelled_as_pythons_json_spells_it(item: dict[str, Any]) -> None:
    request = {"TableName": "table", "Item": {name: typed(value) for name, value in item.items()}}
    spelled = client.spelled(request)
    in_base64 = json.dumps(request, default=lambda value: b64encode(value).decode())
    assert json.loads(spelled) == json.loads(in_base64)
    assert client.members(spelled) == request


def test_most_requests_are_spelled_without_blanks_and_escapes() -> None:
    """DynamoDB's limits count the bytes."""
    spelled = client.spelled({"Key": {"pk": typed("é"), "sk": typed(1)}})
    assert spelled == '{"Key":{"pk":{"S":"é"},"sk":{"N":"1"}}}'.encode()


def test_what_has_no_form_in_json_is_an_error() -> None:
    with pytest.raises(TypeError, match="object"):
        client.spelled({"Key": object()})
