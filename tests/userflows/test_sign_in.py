import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.models import Event
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer

pytestmark = pytest.mark.django_db


def test_carol_signs_in_with_address_and_password(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "Your profile" in customer.text
    assert customer.is_signed_in
    with tenant_context(acme):
        event = Event.objects.filter(action="customer.signed_in").get()
    assert event.target_id == str(carol.pk)
    assert event.details["method"] == "password"
