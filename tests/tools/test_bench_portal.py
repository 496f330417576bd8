"""`make bench-portal` goes on working: its tenant is filled, and whatever it asks for is there."""

from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from accounts.models import Account, CustomerEntry
from audit.models import Event
from bench.portal.filling import fill
from bench.portal.pages import pages
from bench.portal.place import Place
from logs.models import Seal
from tenants.models import Tenant
from tests.browser import Browser
from tests.environment import server


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_tenant_of_hundreds_is_filled_and_each_page_answers(home: Tenant, olga: Account, tmp_path: Path) -> None:
    address = f"{server.superuser_url().rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    with psycopg.connect(address, autocommit=True) as superuser:
        tenant = fill(Place("", superuser), tmp_path, customers=300, events=3000)
    with tenant_context(tenant):
        assert Account.objects.count() == CustomerEntry.objects.count() == 300
        assert Event.objects.count() > 3000 > Seal.objects.count() > 0
        asked = list(pages(tenant))
    portal = Browser(home)
    portal.sign_in(olga)
    for page in asked:
        assert portal.get(page.addresses[0]).status_code == 200, page.addresses[0]
