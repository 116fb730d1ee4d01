import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runledger.domain.random_values import jittered

AVERAGES = st.floats(0.001, 1e9)
FACTORS = st.floats(0.001, 1e6)
# What is below 1 may still be told as 1.
CHANCES = st.floats(0, 1)


@given(AVERAGES, FACTORS, CHANCES)
@example(1.0, 1e6, 1.0)
def test_a_delay_is_at_most_one_and_the_factor_times_the_average(
    average: float, factor: float, random_fraction: float
) -> None:
    assert 0 <= jittered(average, factor, random_fraction) <= average * (1 + factor) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("factor", "least", "most"), [(0.3, 0.75, 1.3), (0.5, 0.63, 1.5), (2, 0.19, 3)]
)
def test_the_range_of_a_delay_is_the_contracts(factor: float, least: float, most: float) -> None:
    found = (jittered(100, factor, 0), jittered(100, factor, 1))
    assert found == pytest.approx((100 * least, 100 * most), rel=0.02)


@given(AVERAGES, FACTORS, CHANCES, CHANCES)
def test_more_chance_is_no_shorter_a_delay(
    average: float, factor: float, random_fraction: float, other: float
) -> None:
    less, more = sorted((random_fraction, other))
    assert jittered(average, factor, less) <= jittered(average, factor, more)


@given(AVERAGES, st.floats(0.001, 49))
def test_delays_average_about_the_average(average: float, factor: float) -> None:
    drawn = [jittered(average, factor, number / 1000) for number in range(1000)]
    assert sum(drawn) / len(drawn) == pytest.approx(average, rel=0.15)
