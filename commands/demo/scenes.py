"""Building what the demo lacks; what is there stays as somebody may have changed it."""

from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django_tenants.utils import schema_context, tenant_context

from accounts.credentials.services.passwords import change_password
from accounts.identity.services.accounts import create_account, delete_account, disable_account, update_profile
from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account
from applications.services.registration import register_application
from audit.services import Actor
from branding.models import DEFAULT, BrandingImage
from branding.services import add_language, update_branding
from branding.versions.services import publish
from commands.demo import pictures
from commands.demo.cast import ADA, GRACE, OLGA, SCENES, App, CastMember, Flow, Scene
from operations.onboarding import appoint_administrator, home_tenant_or_new, onboard_tenant
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from userflows.flows.services import change_user_flow, create_user_flow, set_page_layout
from userflows.models import UserFlow

ACTOR = Actor.command()
IMAGES = {
    "acme": (pictures.acme_logo, pictures.dunes_at_dusk, pictures.acme_favicon),
    "globex": (pictures.globex_logo, pictures.network_at_night, pictures.globex_favicon),
}


def build_demo(*, password: str, is_new_password: bool) -> list[Tenant]:
    """Make sure of operator, administrators and tenants, all with this password. Returns the demo's tenants.

    A password made just now also becomes that of people who were there already.
    """
    _appoint(OLGA, None, password)
    tenants = [_existing(scene.slug) or _build(scene, password) for scene in SCENES]
    if is_new_password:
        _renew_passwords(password)
    return tenants


def _existing(slug: str) -> Tenant | None:
    with schema_context(PUBLIC):
        return Tenant.objects.filter(slug=slug).first()


def _build(scene: Scene, password: str) -> Tenant:
    """One tenant, whole or not at all."""
    with transaction.atomic():
        tenant = onboard_tenant(name=scene.name, slug=scene.slug, country=scene.country, actor=ACTOR)
        _appoint(scene.administrator, tenant, password)
        with tenant_context(tenant):
            for name, data_type in scene.custom_attributes.items():
                define_custom_attribute(name=name, data_type=data_type, actor=ACTOR)
            for flow in scene.flows:
                _set_up_flow(flow)
            for app in scene.apps:
                _register(app)
            for person in scene.people:
                _invite(person, password)
            for locale, fields in scene.brands.items():
                _brand(scene.slug, locale, fields)
    return tenant


def _appoint(email: str, tenant: Tenant | None, password: str) -> None:
    appointed = appoint_administrator(email=email, password=password, tenant=tenant, actor=ACTOR)
    if appointed.is_new:
        with tenant_context(home_tenant_or_new(actor=ACTOR)):
            name = email.partition("@")[0].title()
            update_profile(appointed.account, attributes={"givenName": name}, actor=ACTOR)


def _set_up_flow(flow: Flow) -> None:
    if flow.name:
        create_user_flow(name=flow.name, methods=flow.methods, attributes=flow.layout, actor=ACTOR)
        return
    default = UserFlow.objects.get(is_default=True)
    change_user_flow(default, name=default.name, methods=flow.methods, allows_sign_up=True, actor=ACTOR)
    set_page_layout(default, layout=flow.layout, actor=ACTOR)


def _register(app: App) -> None:
    register_application(
        name=app.name,
        kind=app.kind,
        redirect_uris=app.redirect_uris,
        post_logout_redirect_uris=app.post_logout_redirect_uris,
        user_flow=UserFlow.objects.get(name=app.flow).pk if app.flow else None,
        actor=ACTOR,
    )


def _invite(person: CastMember, password: str) -> None:
    account = create_account(
        email=person.email,
        password=password if person.has_password else None,
        attributes=person.attributes,
        email_verified=True,
        language=person.language,
        actor=ACTOR,
    )
    if person.state == "disabled":
        disable_account(account, actor=ACTOR)
    elif person.state == "deleted":
        delete_account(account, actor=ACTOR)


def _brand(slug: str, locale: str, fields: Mapping[str, Any]) -> None:
    images: dict[BrandingImage.Kind, ContentFile | None] = {}
    if locale == DEFAULT:
        logo, background, favicon = IMAGES[slug]
        images = {
            BrandingImage.Kind.BANNER_LOGO: logo(),
            BrandingImage.Kind.BACKGROUND: background(),
            BrandingImage.Kind.FAVICON: favicon(),
        }
    else:
        add_language(locale=locale, actor=ACTOR)
    update_branding(locale=locale, fields=fields, images=images, actor=ACTOR)
    publish(actor=ACTOR)


def _renew_passwords(password: str) -> None:
    """Give the demo's administrators the password that is printed from now on."""
    with tenant_context(home_tenant_or_new(actor=ACTOR)):
        for account in Account.objects.kept().filter(email__in=(OLGA, ADA, GRACE)):
            if not account.check_password(password):
                change_password(account, password=password, actor=ACTOR)
