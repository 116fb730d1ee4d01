"""Cached results: what is remembered under a key serves as if nothing had been forgotten."""

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.orchestration.cached_results import CachedResult, CachedResults
from tests.transitions.building import NOW, RUN_ID, state

MINUTES = st.integers(-5, 5)
# When each result expires, in minutes from now; the newest comes last.
EXPIRATIONS = st.lists(st.none() | MINUTES, max_size=12)


def after(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def everything(expirations: list[int | None]) -> list[CachedResult]:
    """Return the contents of a store that forgets nothing."""
    return [
        CachedResult(
            state_id=UUID(int=number),
            task_run_id=RUN_ID,
            timestamp=NOW,
            expiration=None if minutes is None else after(minutes),
        )
        for number, minutes in enumerate(expirations)
    ]


def remembering(entries: list[CachedResult]) -> CachedResults:
    results = CachedResults()
    for entry in entries:
        completed = state("COMPLETED", cache_key="k", cache_expiration=entry.expiration)
        results = results.adding(completed.replace(id=entry.state_id), entry.task_run_id)
    return results


def newest_unexpired(entries: list[CachedResult], now: datetime) -> CachedResult | None:
    valid = [one for one in entries if one.expiration is None or one.expiration > now]
    return valid[-1] if valid else None


@given(EXPIRATIONS, MINUTES)
def test_what_serves_is_the_newest_that_has_not_expired(
    expirations: list[int | None], minutes: int
) -> None:
    added, now = everything(expirations), after(minutes)
    assert remembering(added).serving(now) == newest_unexpired(added, now)


@given(EXPIRATIONS)
def test_what_is_kept_can_still_serve(expirations: list[int | None]) -> None:
    kept = remembering(everything(expirations))
    moments = [after(minutes) for minutes in range(-7, 6)]
    assert set(kept.entries) == {entry for entry in map(kept.serving, moments) if entry is not None}


def test_a_result_that_never_expires_leaves_nothing_older() -> None:
    kept = remembering(everything([1, 5, None]))
    assert [entry.state_id for entry in kept.entries] == [UUID(int=2)]


def test_a_result_serves_until_it_expires_and_not_then() -> None:
    kept = remembering(everything([1]))
    assert kept.serving(after(1) - timedelta(microseconds=1)) is not None
    assert kept.serving(after(1)) is None
