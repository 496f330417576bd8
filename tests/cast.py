"""The people, tenants and applications that every story is about.

Two tenants, acme and globex, with clashing colours. Olga runs the installation; Ada administers acme, Grace globex.
Carol is a customer of acme, Dan one who was disabled; Dave signed up there and never verified, so he has no account.
Eve is a customer of globex and tries acme's doors. Bookshop is acme's web application, Mobile a native one, Reports a
service; Gadgets is globex's web application. The password of everybody is `PASSWORD`.
"""

import time
from datetime import timedelta

from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account, disable_account
from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account, CustomAttribute, Session
from applications.models import Application
from applications.services.application import change_application
from applications.services.credentials import create_client_secret
from applications.services.registration import register_application
from audit.services import Actor
from common.web.proof import AUTH_TIME
from operations.onboarding import onboard_tenant
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.services import add_membership
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import set_page_layout
from userflows.models import UserFlow

PASSWORD = "correct horse battery staple"
BOOKSHOP_CALLBACK = "https://bookshop.example/callback"
BOOKSHOP_SIGNED_OUT = "https://bookshop.example/signed-out"
MOBILE_CALLBACK = "http://127.0.0.1/callback"
GADGETS_CALLBACK = "https://gadgets.example/callback"


def found_cast() -> None:
    """Make everybody, in the order of their dependence."""
    actor = Actor.command()
    home = onboard_tenant(name="CIAM Portal", slug="home", is_home=True, actor=actor)
    with tenant_context(home):
        administrators = {name: _account(f"{name}@portal.example", name.title()) for name in ("olga", "ada", "grace")}
        _account("stranger@portal.example", "Stranger")
    add_membership(tenant=home, account_id=administrators["olga"].pk, actor=actor)
    acme = onboard_tenant(name="Acme", slug="acme", country="DE", owner_id=administrators["ada"].pk, actor=actor)
    globex = onboard_tenant(
        name="Globex", slug="globex", country="US", owner_id=administrators["grace"].pk, actor=actor
    )
    with tenant_context(acme):
        _furnish_acme(actor)
    with tenant_context(globex):
        _account("eve@globex.example", "Eve")
        register_application(name="Gadgets", kind="web", redirect_uris=[GADGETS_CALLBACK], actor=actor)


def _furnish_acme(actor: Actor) -> None:
    define_custom_attribute(
        name="loyaltyNumber", data_type=CustomAttribute.DataType.STRING, description="From the card", actor=actor
    )
    set_page_layout(
        UserFlow.objects.get(is_default=True),
        layout=[
            AttributeLayout("givenName", is_required=True),
            AttributeLayout("surname"),
            AttributeLayout("loyaltyNumber", label="Loyalty number"),
        ],
        actor=actor,
    )
    _account("carol@acme.example", "Carol", surname="Carter", loyaltyNumber="C-1001")
    disable_account(_account("dan@acme.example", "Dan"), actor=actor)
    register_application(
        name="Bookshop",
        kind=Application.Kind.WEB,
        redirect_uris=[BOOKSHOP_CALLBACK],
        post_logout_redirect_uris=[BOOKSHOP_SIGNED_OUT],
        actor=actor,
    )
    register_application(name="Mobile", kind=Application.Kind.NATIVE, redirect_uris=[MOBILE_CALLBACK], actor=actor)
    register_application(name="Reports", kind=Application.Kind.SERVICE, actor=actor)


def _account(email: str, given_name: str, **attributes: str) -> Account:
    return create_account(
        email=email,
        password=PASSWORD,
        attributes={"givenName": given_name, **attributes},
        email_verified=True,
        actor=Actor.command(),
    )


def new_secret(application: Application) -> str:
    """A client secret that is good for a day."""
    _, value = create_client_secret(
        application,
        description="for a test",
        expires_at=timezone.now() + timedelta(days=1),
        actor=Actor.command(),
    )
    return value


def tenant_named(slug: str) -> Tenant:
    """One of the cast's tenants."""
    from django_tenants.utils import schema_context

    with schema_context(PUBLIC):
        return Tenant.objects.get(slug=slug)


def grow_old(account: Account, *, home: Tenant, seconds: float) -> None:
    """Let an administrator's last sign-in be so long ago."""
    with tenant_context(home):
        for session in Session.objects.of_account(account.pk):
            session.data[AUTH_TIME] = int(time.time() - seconds)
            session.save(update_fields=["data"])


def allow(application: Application, *grants: str) -> None:
    """Let the application use these grants besides those it has."""
    change_application(application, grant_types=[*application.grant_types, *grants], actor=Actor.command())
