"""Time zones: everybody's by its name of today, and an old one for whoever has it."""

import pytest

from common.text.time_zones import is_time_zone, time_zone_choices


def offered(kept: str = "UTC") -> set[str]:
    return {name for _, zones in time_zone_choices(kept=kept) for name, _ in zones}


@pytest.mark.parametrize(("old", "new"), [("Asia/Calcutta", "Asia/Kolkata"), ("America/Godthab", "America/Nuuk")])
def test_a_zone_is_offered_by_its_name_of_today_and_understood_by_the_one_before(old: str, new: str) -> None:
    assert is_time_zone(old)
    assert is_time_zone(new)
    assert old not in offered()
    assert new in offered()
    assert old in offered(kept=old)
