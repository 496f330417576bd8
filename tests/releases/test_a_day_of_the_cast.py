"""What the installation of a release holds, written down on the day of the release."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tenants.utils import tenant_context

from accounts.identity.services.groups import add_to_group, create_group
from accounts.models import Account
from accounts.sessions.services import change_session_rules
from applications.description import Claim
from applications.models import Application
from applications.policies.grants import DEVICE_CODE
from applications.services.application import NewLogo, change
from applications.services.claims import choose_claim
from applications.services.permissions import grant_for_all
from applications.services.roles import assign_role
from applications.services.user_flow import assign_user_flow
from audit.services import Actor
from branding.models import BrandingImage
from branding.pictures.encoding import PreparedImage
from branding.services import add_language, update_branding
from oidc.keys.services import set_rotation_schedule
from oidc.registration.description import TOKEN_HOLDERS
from oidc.registration.services import create_initial_access_token, let_register
from tenants.models import Tenant
from tests import database
from tests.branding.pictures import picture
from tests.browser import Browser
from tests.cast import allow, found_cast, new_secret, tenant_named
from tests.oidc.apis import found_orders
from tests.oidc.consent_page import asks
from tests.oidc.devices import approved, poll
from tests.oidc.relying_party import RelyingParty
from tests.releases.installation import SESSION_COOKIE, record_installation
from tests.userflows.customer import Customer
from userflows.flows.services import create_user_flow

COMMAND = Actor.command()
REGISTERED = "https://club.example/callback"


@pytest.mark.django_db(transaction=True)
def test_a_day_of_the_cast(request: pytest.FixtureRequest) -> None:
    """It is written down on request only."""
    release = request.config.getoption("--record-release")
    if release:
        # Tenants of their own: those of the template have roles that other runs use.
        database.start_empty()
        found_cast()
    acme = tenant_named("acme")
    held = {**ada_furnishes(acme), **carol_has_her_day(acme)}
    assert all(held.values())
    if release:
        record_installation(release, held=held)


def ada_furnishes(acme: Tenant) -> dict[str, str]:
    """Pictures, an API with scopes and a role, claims, permissions, a second user flow, applications that register."""
    orders = found_orders(acme)
    with tenant_context(acme):
        carol, bookshop = Account.objects.get(email="carol@acme.example"), Application.objects.get(name="Bookshop")
        mobile, reports = Application.objects.get(name="Mobile"), Application.objects.get(name="Reports")
        add_language(locale="de", actor=COMMAND)
        logo = SimpleUploadedFile("logo.png", picture(245, 36))
        update_branding(
            locale="",
            fields={"sign_in_page_text": "Welcome to Acme"},
            images={BrandingImage.Kind.BANNER_LOGO: logo},
            actor=COMMAND,
        )
        wholesale = create_group(name="Wholesale", actor=COMMAND)
        add_to_group(wholesale, account=carol, actor=COMMAND)
        assign_role(orders.clerk, group=wholesale, actor=COMMAND)
        assign_role(orders.clerk, account=carol, actor=COMMAND)
        choose_claim(bookshop, Claim("card", "attribute", "loyaltyNumber", in_userinfo=True), actor=COMMAND)
        shown = NewLogo(PreparedImage(picture(8, 8), "image/png", 8, 8))
        change(bookshop, lambda now: now.with_values(asks_for_consent=True), logo=shown, actor=COMMAND)
        allow(mobile, DEVICE_CODE)
        assign_user_flow(create_user_flow(name="Barefoot", actor=COMMAND), applications=[mobile], actor=COMMAND)
        change_session_rules(idle_minutes=600, stay_days=20, actor=COMMAND)
        set_rotation_schedule(every_days=60, actor=COMMAND)
        let_register(TOKEN_HOLDERS, actor=COMMAND)
        _, token = create_initial_access_token(description="Clubs", days=30, max_registrations=5, actor=COMMAND)
        secrets = {"bookshop_secret": new_secret(bookshop), "reports_secret": new_secret(reports)}
    orders.permit(bookshop, orders.read)
    orders.permit(mobile, orders.write)
    orders.permit(reports, roles=(orders.clerk,))
    with tenant_context(acme):
        grant_for_all(mobile, actor=COMMAND)
    club = Browser(acme).post(
        "/oidc/register",
        {"client_name": "Club", "redirect_uris": [REGISTERED]},
        "application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert club.status_code == 201, club.content
    told = {"club_id": club.json()["client_id"], "club_registration": club.json()["registration_access_token"]}
    return {**secrets, **told, "initial_access_token": token}


def carol_has_her_day(acme: Tenant) -> dict[str, str]:
    """She allows Bookshop, and lets two televisions in, one of which hasn't heard of it yet; Frank is mailed a code."""
    with tenant_context(acme):
        carol, bookshop = Account.objects.get(email="carol@acme.example"), Application.objects.get(name="Bookshop")
        mobile, secret = Application.objects.get(name="Mobile"), new_secret(bookshop)
    customer = Customer(acme)
    customer.sign_in(carol.email)
    shop = RelyingParty(customer.browser, bookshop, secret)
    asks(shop).press("allow")
    first = shop.tokens()["refresh_token"]
    television = RelyingParty(Browser(acme), mobile)
    let_in = poll(television, approved(television, customer.browser, carol))
    Customer(acme).sign_up_to_code("frank@acme.example")
    return {
        "carol_session": customer.browser.cookies[SESSION_COOKIE].value,
        "refresh_token": shop.refresh(first).json()["refresh_token"],
        "television_refresh_token": let_in.json()["refresh_token"],
        "device_code": approved(television, customer.browser, carol),
    }
