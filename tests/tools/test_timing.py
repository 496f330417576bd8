"""What `make timing` concludes from two samples of times."""

from random import Random

from bench.timing import SUSPICIOUS, largest_gap, likelihood


def test_times_of_one_kind_arouse_no_suspicion() -> None:
    times = Random(7)  # noqa: S311 - no secret
    one, other = ([times.gauss(60, 5) for _ in range(2000)] for _ in range(2))
    assert likelihood(one, other) > SUSPICIOUS


def test_a_millisecond_more_is_noticed() -> None:
    times = Random(7)  # noqa: S311 - no secret
    known, unknown = ([times.gauss(middle, 5) for _ in range(2000)] for middle in (60, 61))
    assert likelihood(known, unknown) < SUSPICIOUS


def test_the_gap_between_samples_counts_equal_times_once() -> None:
    assert largest_gap([1, 1, 2, 3], [1, 1, 2, 3]) == 0
    assert largest_gap([1, 2], [3, 4]) == 1
    assert largest_gap([1, 2, 3, 4], [3, 4, 5, 6]) == 0.5
