"""Who a token is about: an ID that stays as long as the account, and is nobody else's before or after."""

import json

from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account, purge_account
from accounts.models import Account
from applications.models import Application
from audit.services import Actor
from oidc.models import RegistrationSwitch
from oidc.registration.description import ANYONE
from oidc.registration.services import let_register
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD, new_secret
from tests.oidc.relying_party import RelyingParty

COMMAND = Actor.command()


def subject(shop: RelyingParty, account: Account) -> str:
    """Who the bookshop is told the account is."""
    party = RelyingParty(Browser(shop.browser.tenant), shop.application, shop.secret)
    party.browser.sign_in(account)
    told: str = party.userinfo(party.tokens()["access_token"]).json()["sub"]
    return told


def test_o50_a_subject_stays_when_the_address_changes_and_is_never_given_again(
    shop: RelyingParty, acme: Tenant, carol: Account
) -> None:
    first = subject(shop, carol)
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(email="caroline@acme.example")
        carol.refresh_from_db()
    assert subject(shop, carol) == first
    with tenant_context(acme):
        purge_account(carol, actor=COMMAND)
        namesake = create_account(email="caroline@acme.example", password=PASSWORD, email_verified=True, actor=COMMAND)
    assert subject(shop, namesake) != first


def test_o47_no_client_gets_the_id_of_a_customer(
    reports: Application, acme: Tenant, acme_browser: Browser, carol: Account
) -> None:
    with tenant_context(acme):
        let_register(ANYONE, actor=COMMAND)
        assert RegistrationSwitch.lets_anyone()
    said = acme_browser.post(
        "/oidc/register",
        json.dumps({"client_id": str(carol.pk), "redirect_uris": ["https://new.example/callback"]}),
        "application/json",
    ).json()
    assert said["client_id"] != str(carol.pk)
    # And were there such a client: its own tokens tell of no customer.
    with tenant_context(acme):
        Application.objects.filter(pk=reports.pk).update(client_id=str(carol.pk))
        reports.refresh_from_db()
        party = RelyingParty(acme_browser, reports, new_secret(reports))
    token = party.token(grant_type="client_credentials").json()["access_token"]
    assert party.userinfo(token).status_code == 403
