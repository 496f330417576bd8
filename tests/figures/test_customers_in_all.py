"""How many customers there are: what the list says, as long as they are few enough to be counted at once."""

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account
from audit.services import Actor
from figures.lookup import sums
from figures.lookup.sums import customers_in_all
from figures.services.keeping import keep_books
from tenants.models import Tenant


def test_few_are_counted_now_and_many_were_counted_by_the_worker(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    with tenant_context(acme):
        keep_books()
        create_account(email="fay@acme.example", password=None, email_verified=True, actor=Actor.command())

        assert customers_in_all() == 3
        monkeypatch.setattr(sums, "COUNTED_AT_ONCE", 2)
        assert customers_in_all() == 2
