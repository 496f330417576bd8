"""For how long sessions may last, as pure functions."""

SHORTEST_IDLE_MINUTES, LONGEST_IDLE_MINUTES = 5, 30 * 24 * 60
SHORTEST_LIFETIME_MINUTES, LONGEST_LIFETIME_MINUTES = 15, 90 * 24 * 60
LONGEST_STAY_DAYS = 365


def session_settings_problems(*, idle_minutes: int, lifetime_minutes: int, stay_days: int) -> dict[str, str]:
    """What is wrong with how long sessions shall last, as sentences by argument; empty if nothing is."""
    problems = {}
    if not SHORTEST_IDLE_MINUTES <= idle_minutes <= LONGEST_IDLE_MINUTES:
        problems["idle_minutes"] = "Choose 5 minutes to 30 days."
    elif idle_minutes > lifetime_minutes:
        problems["idle_minutes"] = "This can't be longer than the session lasts."
    if not SHORTEST_LIFETIME_MINUTES <= lifetime_minutes <= LONGEST_LIFETIME_MINUTES:
        problems["lifetime_minutes"] = "Choose 15 minutes to 90 days."
    if not 1 <= stay_days <= LONGEST_STAY_DAYS:
        problems["stay_days"] = "Choose 1 to 365 days."
    return problems
