"""Effects without data are compared by their classes."""

from runledger.domain.orchestration.transitions import ReleaseSlots, TakeSlots


def test_an_effect_without_data_equals_those_of_its_class() -> None:
    assert TakeSlots() == TakeSlots()
    assert TakeSlots() != ReleaseSlots()
    assert {TakeSlots(), TakeSlots(), ReleaseSlots()} == {TakeSlots(), ReleaseSlots()}
