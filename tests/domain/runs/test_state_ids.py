"""The id of a state leads to its run."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.random_values import uuid7
from runledger.domain.runs.observed_states import ObservedState
from runledger.domain.runs.states import StateType, carried_by, leads_to, state_id_of

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
