"""Large documents are divided and put together again, whatever is in them."""

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.store import items
from runledger.store.dynamodb import large_documents
from runledger.store.dynamodb.large_documents import MAX_DOCUMENT, MAX_PIECE, divide
from runledger.store.dynamodb.writes import Item
from runledger.store.runs import flow_run_items
from runledger.store.schema import keys

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LARGEST_ITEM = 400 * 1024

# Texts from one letter to several pieces, of letters of one to four bytes.
TEXTS = st.builds(
    lambda text, times: text * times, st.text(min_size=1), st.sampled_from([1, 500, 10_000])
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda some: st.lists(some, max_size=4) | st.dictionaries(st.text(), some, max_size=4),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.text(), VALUES, max_size=8)


def item_of(document: object) -> Item:
    text = json.dumps(document, ensure_ascii=False)
    return {"pk": "TASK_RUN#1", "sk": "TASK_RUN", "body": text}


def incompressible(length: int) -> str:
    return Random(length).randbytes(length // 2).hex()  # noqa: S311 - the same at each run


def put_together(divided: large_documents.Divided) -> Any:  # noqa: ANN401 - any JSON
    found = {keys.of(piece): piece for piece in divided.pieces}
    whole = large_documents.assembled(divided.item, found)
    assert whole
    return json.loads(whole["body"])


def bytes_of(item: Item) -> int:
    return sum(len(name) + len(str(value).encode()) for name, value in item.items())


@given(DOCUMENTS)
def test_what_is_divided_is_put_together_as_it_was(document: dict[str, Any]) -> None:
    divided = divide(item_of(document))
    assert put_together(divided) == document
    is_large = len(divided.item["body"].encode()) > MAX_DOCUMENT
    assert is_large <= (not divided.pieces)


@given(DOCUMENTS)
def test_no_piece_is_larger_than_an_item_may_be(document: dict[str, Any]) -> None:
    for piece in divide(item_of(document)).pieces:
        assert len(piece["content"]) <= MAX_PIECE


@pytest.mark.parametrize("length", [MAX_DOCUMENT, 400_000, 1_000_000, 6_000_000])
def test_what_does_not_compress_is_cut_in_as_few_pieces_as_hold_it(length: int) -> None:
    document = {"id": 1, "parameters": {"x": incompressible(length)}}
    divided = divide(item_of(document))
    assert len(divided.pieces) == -(
        -sum(len(one["content"]) for one in divided.pieces) // MAX_PIECE
    )
    assert bytes_of(divided.item) < MAX_DOCUMENT
    assert put_together(divided) == document


def test_a_document_of_the_usual_size_stays_as_it_is() -> None:
    item = item_of({"name": "x" * (MAX_DOCUMENT - 100)})
    assert divide(item) == large_documents.Divided(item)


def test_the_limit_counts_bytes_and_not_characters() -> None:
    assert divide(item_of({"message": "数" * (MAX_DOCUMENT // 2)})).pieces


def test_what_filters_ask_about_stays_whole_where_no_facts_are_beside_it() -> None:
    document = {"tags": [incompressible(30_000)], "parameters": incompressible(50_000)}
    divided = divide(item_of(document))
    assert [*large_documents.references(divided.item)] == ["parameters"]
    assert json.loads(divided.item["body"])["tags"] == document["tags"]
    with_facts = divide({**item_of(document), "facts": "{}"})
    assert [*large_documents.references(with_facts.item)] == ["parameters", "tags"]
    assert put_together(divided) == put_together(with_facts) == document


def test_a_field_that_stays_keeps_its_pieces_and_another_gets_new_ones() -> None:
    document = {"parameters": incompressible(50_000), "message": incompressible(40_000)}
    before = divide(item_of(document))
    after = divide(
        item_of({**document, "message": incompressible(60_000)}),
        before.item[large_documents.PIECES],
    )
    was, now = large_documents.references(before.item), large_documents.references(after.item)
    assert now["parameters"] == was["parameters"]
    assert now["message"].id != was["message"].id
    assert {keys.of(one) for one in after.pieces} == {*now["message"].keys("TASK_RUN#1")}
    assert set(large_documents.superseded(before.item, after.item)) == {
        *was["message"].keys("TASK_RUN#1")
    }
    assert set(large_documents.superseded(after.item, None)) == {
        key for one in now.values() for key in one.keys("TASK_RUN#1")
    }


def test_the_same_field_without_what_was_seen_gets_pieces_of_its_own() -> None:
    item = item_of({"parameters": incompressible(50_000)})
    first, second = divide(item), divide(item)
    assert {keys.of(one) for one in first.pieces}.isdisjoint(map(keys.of, second.pieces))


def test_pieces_expire_with_their_item() -> None:
    divided = divide({**item_of({"payload": incompressible(50_000)}), "expires_at": 17})
    assert {piece["expires_at"] for piece in divided.pieces} == {17}


@given(DOCUMENTS)
def test_an_item_without_its_pieces_is_small_and_has_values_of_the_same_types(
    document: dict[str, Any],
) -> None:
    shown = json.loads(divide(item_of(document)).item["body"])
    assert {name: type(value) for name, value in shown.items()} == {
        name: type(value) for name, value in document.items()
    }


@given(st.uuids(), st.sampled_from([1_000, 100_000, 1_000_000]))
def test_a_run_is_read_from_its_item_alone_but_for_what_is_in_pieces(
    run_id: Any,  # noqa: ANN401 - a UUID
    length: int,
) -> None:
    text = incompressible(length)
    state = State(id=run_id, type=StateType.FAILED, name="Failed", timestamp=NOW, message=text)
    run = FlowRun(
        id=run_id,
        created=NOW,
        updated=NOW,
        name=text[:1_000],
        flow_id=run_id,
        state=state,
        state_type=state.type,
        state_name=state.name,
        parameters={"x": text},
    )
    divided = divide(flow_run_items.flow_run_item(run, version=1, shards=2))
    shown = items.read_document(FlowRun, divided.item)
    assert (shown.id, shown.name, shown.state_type) == (run.id, run.name, run.state_type)
    assert shown.state
    assert (shown.state.id, shown.state.timestamp) == (state.id, state.timestamp)
    assert (shown.state.message or "") == text[: len(shown.state.message or "")]
    assert bytes_of(divided.item) < LARGEST_ITEM // 2


def test_orphans_are_old_pieces_that_no_item_names() -> None:
    named = divide(item_of({"parameters": incompressible(50_000)}))
    left = divide(item_of({"parameters": incompressible(50_000)}))
    partition = [named.item, *named.pieces, *left.pieces]
    later = datetime.now(UTC) + timedelta(seconds=10)
    assert list(large_documents.orphans(partition, later)) == [keys.of(one) for one in left.pieces]
    assert list(large_documents.orphans(partition, later - timedelta(hours=1))) == []
