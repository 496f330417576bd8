"""What the stories of second factors need to be set up."""

import pytest

from accounts.models import Account
from tenants.models import Tenant
from tests.userflows.factors.phone import Clock, Phone, with_phone


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("accounts.factors.services.now", clock)
    return clock


@pytest.fixture
def phone(acme: Tenant, carol: Account, clock: Clock) -> Phone:
    """Carol's, with her app set up."""
    return with_phone(acme, carol, clock)
