"""Values and conditions become what boto3 makes of them."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb import conditions as boto3s
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from runledger.store.dynamodb.attribute_values import plain, typed
from runledger.store.dynamodb.conditions import Attr
from runledger.store.dynamodb.expressions import expect, has_version, in_partition, select

FINITE = st.integers() | st.decimals(allow_nan=False, allow_infinity=False)
# boto3 sends "-Infinity", which DynamoDB refuses.
ODD = [10**38, Decimal("1E+125"), Decimal("1E+126"), Decimal("Infinity"), Decimal("NaN"), -0]
NUMBERS = FINITE | st.sampled_from(ODD)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text() | st.binary()
ELEMENTS: list[st.SearchStrategy[Any]] = [st.text(), st.binary(), FINITE]
ELEMENTS.append(st.one_of(*ELEMENTS, st.tuples(st.booleans())))
SETS = st.one_of(*(st.sets(of, min_size=1) for of in ELEMENTS))
VALUES = st.recursive(
    SCALARS | SETS | st.floats(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)


@given(VALUES)
def test_a_value_is_typed_and_plain_as_with_boto3(value: Any) -> None:  # noqa: ANN401
    try:
        expected = TypeSerializer().serialize(value)
    except (TypeError, ArithmeticError):
        with pytest.raises((TypeError, ArithmeticError)):
            typed(value)
        return
    assert in_order(typed(value)) == in_order(expected)
    assert plain(expected) == TypeDeserializer().deserialize(expected)


def in_order(value: Any) -> Any:  # noqa: ANN401
    """Sort what was a set."""
    if isinstance(value, list):
        return [in_order(one) for one in value]
    if not isinstance(value, dict):
        return value
    sets = {"SS", "NS", "BS"} & {tag for tag, of in value.items() if isinstance(of, list)}
    ordered = {tag: sorted(value[tag]) for tag in sets if all_plain(value[tag])}
    return {name: in_order(one) for name, one in value.items()} | ordered


def all_plain(values: list[Any]) -> bool:
    return not any(isinstance(one, dict) for one in values)


def test_conditions_join_and_keep_their_order() -> None:
    joined = (Attr("a").exists() | Attr("b").not_exists()) & Attr("a").lte(1) & Attr("c").gte("x")
    assert expect(joined & (Attr("d").eq(None) | Attr("e").between(1, 2))) == {
        "ConditionExpression": (
            "(attribute_exists(#n0) OR attribute_not_exists(#n1)) AND #n2 <= :v0 AND #n3 >= :v1"
            " AND (#n4 = :v2 OR #n5 BETWEEN :v3 AND :v4)"
        ),
        "ExpressionAttributeNames": {
            "#n0": "a",
            "#n1": "b",
            "#n2": "a",
            "#n3": "c",
            "#n4": "d",
            "#n5": "e",
        },
        "ExpressionAttributeValues": {
            ":v0": {"N": "1"},
            ":v1": {"S": "x"},
            ":v2": {"NULL": True},
            ":v3": {"N": "1"},
            ":v4": {"N": "2"},
        },
    }


def test_a_condition_is_spelled_as_boto3_spells_it() -> None:
    key = boto3s.Key("pk").eq("a") & boto3s.Key("sk").between("b", "c")
    built = boto3s.ConditionExpressionBuilder().build_expression(key, is_key_condition=True)
    spelled = select(in_partition("a", ("b", "c")))
    assert spelled["ExpressionAttributeNames"] == built.attribute_name_placeholders
    values = {name: typed(one) for name, one in built.attribute_value_placeholders.items()}
    assert spelled["ExpressionAttributeValues"] == values
    assert f"({spelled['KeyConditionExpression']})" == built.condition_expression
    version = boto3s.ConditionExpressionBuilder().build_expression(boto3s.Attr("version").eq(3))
    assert expect(has_version(3))["ConditionExpression"] == version.condition_expression
