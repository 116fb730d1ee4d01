import pytest

from local.event_sources.patterns import UnknownPattern, check, matches

RECORD = {"name": "INSERT", "count": 1, "item": {"pk": {"S": "RUN#1"}, "gone": None, "is": True}}


@pytest.mark.parametrize(
    "pattern",
    [
        {},
        {"name": ["MODIFY", "INSERT"]},
        {"count": [1]},
        {"item": {"gone": [None], "is": [True]}},
        {"item": {"pk": {"S": [{"prefix": "RUN#"}]}}},
        {"item": {"pk": {"S": [{"suffix": "1"}]}}},
        {"item": {"pk": {"S": [{"prefix": "x"}, "RUN#1"]}}},
        {"item": {"pk": {"S": [{"exists": True}]}}},
        {"item": {"ttl": {"N": [{"exists": False}]}}},
        {"name": [{"anything-but": ["REMOVE"]}]},
        {"name": [{"anything-but": "REMOVE"}]},
    ],
)
def test_a_record_matches(pattern: dict[str, object]) -> None:
    assert matches(check(pattern), RECORD)


@pytest.mark.parametrize(
    "pattern",
    [
        {"name": ["REMOVE"]},
        {"name": []},
        {"count": [True]},
        {"count": ["1"]},
        {"item": {"pk": {"S": [{"prefix": "STATE#"}]}}},
        {"item": {"pk": [{"exists": True}]}},
        {"item": {"pk": {"S": [{"exists": False}]}}},
        {"item": {"ttl": {"N": [{"exists": True}]}}},
        {"name": ["INSERT"], "count": [2]},
        {"name": [{"anything-but": ["INSERT"]}]},
        {"absent": [{"anything-but": ["INSERT"]}]},
    ],
)
def test_a_record_does_not_match(pattern: dict[str, object]) -> None:
    assert not matches(check(pattern), RECORD)


@pytest.mark.parametrize("pattern", [{"a": [{"numeric": [">", 1]}]}, {"a": "x"}, {"a": [[]]}])
def test_a_pattern_beyond_these_is_refused(pattern: dict[str, object]) -> None:
    with pytest.raises(UnknownPattern):
        check(pattern)
