from types import SimpleNamespace

import pytest

from tests.figures.days import NOW

THAT_LOOK_AT_THE_CLOCK = (
    "figures.services.active",
    "figures.services.activity",
    "figures.services.keeping",
    "figures.services.journeys",
    "figures.lookup.days",
    "figures.lookup.sums",
    "figures.installation.services",
)


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """It is `NOW` for whoever counts, until a test sets `moment`."""
    clock = SimpleNamespace(moment=NOW)
    clock.now = lambda: clock.moment
    for module in THAT_LOOK_AT_THE_CLOCK:
        monkeypatch.setattr(f"{module}.timezone", clock)
    return clock
