"""The id of a state leads to its run."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.random_values import uuid7
from runledger.domain.runs.observed_states import ObservedState
from runledger.domain.runs.states import StateType, carried_by, leads_to, made_at, state_id_of

NOW = datetime(2026, 11, 29, tzinfo=UTC)


@given(st.uuids(), st.uuids(), st.integers(min_value=0))
def test_a_states_id_carries_the_beginning_of_its_runs(
    run_id: UUID, other: UUID, random_bits: int
) -> None:
    made = state_id_of(run_id, uuid7(NOW, random_bits))
    assert (made.version, made.int >> 80) == (7, uuid7(NOW, 0).int >> 80)
    assert carried_by(made) == run_id.int >> 80
    assert leads_to(made, run_id)
    assert leads_to(made, other) == (other.int >> 80 == run_id.int >> 80)


def test_a_state_shows_its_pair_once() -> None:
    pair = ObservedState.once(StateType.RUNNING, "Again", NOW)
    assert (pair.state_type, pair.state_name) == ("RUNNING", "Again")
    assert (pair.first_seen, pair.last_seen) == (NOW, NOW)


def test_an_id_tells_when_it_was_made_if_it_begins_with_a_time() -> None:
    at = datetime(2026, 11, 29, 12, 0, 0, 123_000, tzinfo=UTC)
    assert made_at(uuid7(at + timedelta(microseconds=456), 5)) == at
    assert made_at(UUID(int=5, version=4)) is None
    beyond_all_dates = UUID(int=((1 << 48) - 1) << 80 | 0x7 << 76 | 0b10 << 62)
    assert (beyond_all_dates.version, made_at(beyond_all_dates)) == (7, None)
