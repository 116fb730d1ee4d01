"""The texts of an item that exceeds a write unit are compressed, and read as they were."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from runledger.store.dynamodb.expressions import plain, typed
from runledger.store.dynamodb.packing import BODY, DICTIONARIES, PACKED, STATES, packed, unpacked
from runledger.store.dynamodb.writes import Add, Put
from runledger.store.schema.keys import Key
from runledger.store.store import Store

KEY = Key("FLOW#1", "FLOW")
TEXTS = st.builds(
    lambda text, times: json.dumps([text] * times, ensure_ascii=False),
    st.text(),
    st.sampled_from([0, 1, 100, 3_000]),
)


@given(TEXTS, TEXTS | st.none(), st.integers(min_value=1))
def test_texts_are_read_as_they_were(body: str, states: str | None, version: int) -> None:
    item = {**KEY._asdict(), BODY: body, "version": version}
    item |= {} if states is None else {STATES: states}
    assert unpacked(plain(typed(packed(item)))) == item


def test_an_item_of_one_unit_stays_as_it_is() -> None:
    item = {**KEY._asdict(), BODY: "1" * (1024 - len("pkskbody" + "".join(KEY)))}
    assert packed(item) == item
    assert PACKED in packed({**item, BODY: item[BODY] + "1"})


def test_a_text_of_letters_of_several_bytes_counts_its_bytes() -> None:
    assert PACKED in packed({**KEY._asdict(), BODY: json.dumps(["€" * 350], ensure_ascii=False)})


def test_a_dictionary_that_was_used_stays() -> None:
    (first,) = DICTIONARIES
    assert hashlib.sha256(first).hexdigest().startswith("301efb93b8b1b341")


def test_both_forms_are_stored_and_found(store: Store) -> None:
    large, small = json.dumps(["x" * 5_000]), json.dumps(["x"])
    for text in (large, small):
        store.table.write(Put({**KEY._asdict(), BODY: text}))
        assert store.table.read(KEY) == {**KEY._asdict(), BODY: text}
        # Two keys, since one is read whole.
        read = store.table.read_many([KEY, Key("FLOW#2", "FLOW")], ("pk", "sk", BODY))
        assert read == {KEY: {**KEY._asdict(), BODY: text}}


def test_an_update_replaces_a_packed_text(store: Store) -> None:
    store.table.write(Put({**KEY._asdict(), BODY: json.dumps(["x" * 5_000])}))
    store.table.write(Add(KEY, {"version": 1}, sets={BODY: "[]"}))
    item = store.table.read(KEY)
    assert item
    assert item[BODY] == "[]"
    assert PACKED not in item
