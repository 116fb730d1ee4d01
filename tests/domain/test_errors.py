"""Errors carry what their answers and their logs say."""

from runledger.domain.errors import Locked, OutOfTime, Unfinished


def test_who_is_locked_out_hears_how_long_to_wait() -> None:
    locked = Locked("Locked", 2.5)
    assert (str(locked), locked.seconds_to_wait) == ("Locked", 2.5)


def test_a_search_out_of_time_brings_what_is_to_be_logged() -> None:
    late = OutOfTime("add a filter", {"plan": "all"})
    assert (str(late), late.log) == ("add a filter", {"plan": "all"})


def test_an_unfinished_batch_names_the_first_change_that_is_left() -> None:
    unfinished = Unfinished("17")
    assert (unfinished.sequence_number, "17" in str(unfinished)) == ("17", True)
