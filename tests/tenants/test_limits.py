"""How much a tenant may have: counted where a thing is made, for the tenant and for nobody else."""

from uuid import uuid4

import pytest
from django_tenants.utils import schema_context, tenant_context

from accounts.identity.services.accounts import create_account, delete_account
from accounts.models import Account
from applications.models import Application
from applications.services.registration import register_application
from audit.models import Event
from audit.services import Actor
from common.problems import Code, Refused
from tenants.limits import (
    APPLICATIONS,
    MOST,
    BeyondLimit,
    Limits,
    limits_of,
    limits_of_installation,
    refuse_beyond,
)
from tenants.lookup import PUBLIC, tenant_by_slug
from tenants.models import InstallationEvent, Membership, Tenant
from tenants.services import add_membership, claim_domain, limit_tenant, limit_tenants
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.crowd import at_once
from tests.statements import statements
from tests.userflows.customer import Customer

COMMAND = Actor.command()


def register(tenant: Tenant) -> Application:
    with tenant_context(tenant):
        return register_application(name="One more", kind="service", actor=COMMAND)


@pytest.mark.django_db
def test_p23_a_tenant_registers_no_more_applications_than_it_may(acme: Tenant, globex: Tenant) -> None:
    with tenant_context(acme):
        there = Application.objects.count()
    limit_tenant(acme, {"applications": there + 1}, actor=COMMAND)
    register(acme)
    with pytest.raises(Refused) as refusal:
        register(acme)
    problem = refusal.value.problems[0]
    assert (problem.code, problem.field) == (Code.TOO_MANY, "name")
    assert f"as many as it may have (App registrations: {there + 1})" in problem.sentence
    # Others aren't concerned, and what is there stays.
    register(globex)
    limit_tenant(acme, {"applications": 1}, actor=COMMAND)
    with tenant_context(acme):
        assert Application.objects.count() == there + 1


@pytest.mark.django_db
def test_p23_no_more_administrators_than_it_may_have(acme: Tenant) -> None:
    with schema_context(PUBLIC):
        ada = Membership.objects.get(tenant=acme).account_id
    limit_tenant(acme, {"administrators": 1}, actor=COMMAND)
    # Who is one already stays one.
    add_membership(tenant=acme, account_id=ada, actor=COMMAND)
    with pytest.raises(Refused, match="as many as it may have"):
        add_membership(tenant=acme, account_id=uuid4(), actor=COMMAND)


@pytest.mark.django_db
def test_p23_no_more_domains_than_it_may_have(acme: Tenant) -> None:
    limit_tenant(acme, {"domains": 1}, actor=COMMAND)
    claim_domain(acme, domain="auth.acme.example", actor=COMMAND)
    with pytest.raises(Refused, match="as many as it may have"):
        claim_domain(acme, domain="sign-in.acme.example", actor=COMMAND)


@pytest.mark.django_db
def test_p23_nobody_signs_up_beyond_the_limit(acme: Tenant, carol: Account, ada_portal: Browser) -> None:
    with tenant_context(acme):
        there = Account.objects.count()
    full = f"No one can sign up: the tenant has as many customers as it may have ({there})."
    assert full not in ada_portal.get("/tenants/acme/").content.decode()
    limit_tenant(acme, {"customers": there}, actor=COMMAND)
    eve = Customer(acme)
    eve.sign_up_to_code("eve@acme.example")
    eve.submit({"code": eve.code_from_mail("eve@acme.example")})
    answer = eve.submit({"password": PASSWORD, "givenName": "Eve", "surname": "Eaves"})
    assert answer.status_code == 403
    assert "create an account here" in eve.text
    with tenant_context(acme):
        assert Account.objects.count() == there
        refused = Event.objects.get(action="customer.sign_up_failed")
    assert refused.reason == "tenant_full"
    assert full in ada_portal.get("/tenants/acme/").content.decode()
    # Whoever is a customer signs in as before, and one who is deleted can be restored: so they count.
    assert Customer(acme).sign_in(carol.email, PASSWORD).status_code == 200
    with tenant_context(acme):
        delete_account(carol, actor=COMMAND)
        with pytest.raises(BeyondLimit, match=rf"\(Customers: {there}\). Purge deleted customers"):
            create_account(email="new@acme.example", password=None, email_verified=True, actor=COMMAND)


@pytest.mark.django_db(transaction=True)
def test_p23_many_who_sign_up_at_once_stay_within_the_limit(acme: Tenant) -> None:
    with tenant_context(acme):
        there = Account.objects.count()
    limit_tenant(acme, {"customers": there + 2}, actor=COMMAND)

    def one_more() -> bool:
        with tenant_context(acme):
            try:
                create_account(email=f"{uuid4()}@acme.example", password=None, email_verified=True, actor=COMMAND)
            except BeyondLimit:
                return False
        return True

    assert sum(at_once(6, one_more)) == 2


@pytest.mark.django_db(transaction=True)
def test_p23_many_at_once_stay_within_the_limit(acme: Tenant) -> None:
    with tenant_context(acme):
        there = Application.objects.count()
    limit_tenant(acme, {"applications": there + 2}, actor=COMMAND)

    def one_more() -> bool:
        try:
            register(acme)
        except Refused:
            return False
        return True

    assert sum(at_once(6, one_more)) == 2
    with tenant_context(acme):
        assert Application.objects.count() == there + 2


@pytest.mark.django_db
def test_a_tenants_own_limit_stands_in_the_place_of_the_installations(acme: Tenant, globex: Tenant) -> None:
    assert limits_of_installation() == Limits(domains=20)
    limit_tenants(Limits(applications=100, administrators=5), actor=COMMAND)
    limit_tenant(acme, {"administrators": 9}, actor=COMMAND)
    for tenant, administrators in ((acme, 9), (globex, 5)):
        current = tenant_by_slug(tenant.slug)
        assert current
        assert limits_of(current) == Limits(applications=100, administrators=administrators, domains=None)
    limit_tenant(acme, {}, actor=COMMAND)
    limit_tenant(acme, {}, actor=COMMAND)
    assert limits_of(acme).administrators == 5
    limit_tenant(acme, {"administrators": None}, actor=COMMAND)
    assert limits_of(acme).administrators is None
    now = {"applications": 100, "administrators": 5, "domains": None}
    with schema_context(PUBLIC):
        events = InstallationEvent.objects.filter(action__in=("limits.changed", "tenant.limited")).order_by("id")
        assert [event.details for event in events] == [
            {"fields": list(now), "now": now},
            {"limits": {"administrators": 9}},
            {"limits": {}},
            {"limits": {"administrators": None}},
        ]


@pytest.mark.django_db
@pytest.mark.parametrize("most", [0, -1, MOST + 1])
def test_what_no_limit_can_be_is_refused(acme: Tenant, most: int) -> None:
    with pytest.raises(Refused, match="Enter a number from 1"):
        limit_tenant(acme, {"customers": most}, actor=COMMAND)
    with pytest.raises(Refused, match="Enter a number from 1"):
        limit_tenants(Limits(administrators=most), actor=COMMAND)


@pytest.mark.django_db(transaction=True)
def test_without_limits_nothing_is_asked(acme: Tenant) -> None:
    limits_of_installation()
    with tenant_context(acme), statements(0):
        refuse_beyond(acme, APPLICATIONS, Application.objects.all(), field="name")
