import pytest

from accounts.models import Account
from tenants.models import Tenant
from tests.userflows.customer import Customer


@pytest.fixture
def customer(acme: Tenant, carol: Account) -> Customer:
    """Carol, who has just signed in."""
    customer = Customer(acme)
    customer.sign_in(carol.email)
    return customer
