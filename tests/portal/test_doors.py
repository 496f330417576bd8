"""Who gets through which door of the portal: every address of it, taken from the URL map, for every kind of visitor.

An address that this file can't place fails here, so that nobody adds a door without saying for whom it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account, CustomAttribute, Session
from accounts.services.groups import add_to_group, create_group
from applications.claim_services import choose_claim
from applications.exposing import add_api_scope, expose_application
from applications.models import Application, ClientSecret, RoleAssignment
from applications.role_services import assign_role, define_role
from applications.services import register_application
from audit.services import Actor
from branding.services import add_language
from mail.models import Message
from mail.services import queue_message
from oidc.models import SigningKey
from oidc.services.registration import create_initial_access_token
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import new_secret
from userflows.models import UserFlow

FOR_ANY_ADMINISTRATOR = {"start", "tenants"}
FOR_OPERATORS = {"tenant-create", "tenant-domain-check"}
NOT_A_PAGE = 404


@dataclass(frozen=True)
class Door:
    """An address of the portal: its URL name and the names of what it is about, the tenant's slug apart."""

    name: str
    is_about_a_tenant: bool
    parameters: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


def doors() -> Iterator[Door]:
    yield from sorted(set(_doors_in(get_resolver(settings.HOME_URLCONF), inside=False)), key=str)


def _doors_in(resolver: URLResolver, *, inside: bool) -> Iterator[Door]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _doors_in(pattern, inside=inside or pattern.namespace == "portal")
        elif inside:
            yield _door(pattern)


def _door(pattern: URLPattern) -> Door:
    assert pattern.name, f"{pattern} has no name"
    parameters = {*pattern.pattern.converters, *pattern.pattern.regex.groupindex}
    return Door(pattern.name, "slug" in parameters, tuple(sorted(parameters - {"slug"})))


DOORS = list(doors())
TENANT_DOORS = [door for door in DOORS if door.is_about_a_tenant]
NESTED_DOORS = [door for door in TENANT_DOORS if door.parameters]


@dataclass(frozen=True)
class Things:
    """One of each thing that an address of the portal names, in one tenant."""

    tenant: Tenant
    values: dict[str, object]

    def url(self, door: Door, **other: object) -> str:
        values = {"slug": self.tenant.slug} if door.is_about_a_tenant else {}
        return reverse(
            f"portal:{door.name}",
            urlconf=settings.HOME_URLCONF,
            kwargs={**values, **{name: self.values[name] for name in door.parameters}, **other},
        )


def _things_of(tenant: Tenant) -> Things:
    actor = Actor.command()
    with tenant_context(tenant):
        application = Application.objects.filter(kind=Application.Kind.WEB).first()
        assert application is not None
        new_secret(application)
        register_application(name="Another one", kind=Application.Kind.SERVICE, actor=actor)
        add_language(locale="de", actor=actor)
        attribute, _ = CustomAttribute.objects.get_or_create(name="shoeSize", data_type="Int")
        expose_application(application, identifier_uri="api://shoes", actor=actor)
        scope = add_api_scope(application, name="shoes", display_name="Shoes", actor=actor)
        role = define_role(application, value="cobbler", display_name="Cobbler", actor=actor)
        rule = choose_claim(application, name="shoe", source="constant", value="1", actor=actor)
        member, group = Account.objects.earliest("created_at"), create_group(name="Barefoot", actor=actor)
        add_to_group(group, account=member, actor=actor)
        assign_role(role, group=group, actor=actor)
        token, _ = create_initial_access_token(description="d", days=1, max_registrations=1, actor=actor)
        return Things(
            tenant,
            {
                "client_id": UUID(application.client_id),
                "secret_id": ClientSecret.objects.filter(application=application).latest("created_at").pk,
                "flow_id": UserFlow.objects.get(is_default=True).pk,
                "attribute_id": attribute.pk,
                "message_id": queue_message(to="a@b.example", kind="code", subject="s", text="t", html="<p>h</p>").pk,
                "locale": "de",
                "language": "de",
                "digest": "0" * 64,
                "folder": "flask",
                "key_id": SigningKey.objects.earliest("created_at").pk,
                "run_id": uuid4(),
                "scope_id": scope.pk,
                "role_id": role.pk,
                "rule_id": rule.pk,
                "assignment_id": RoleAssignment.objects.get(role=role).pk,
                "group_id": group.pk,
                "token_id": token.pk,
                "account_id": member.pk,
            },
        )


@pytest.fixture
def acme_things(acme: Tenant) -> Things:
    return _things_of(acme)


@pytest.fixture
def globex_things(globex: Tenant) -> Things:
    return _things_of(globex)


def test_every_door_is_for_somebody() -> None:
    placed = FOR_ANY_ADMINISTRATOR | FOR_OPERATORS | {door.name for door in TENANT_DOORS}

    assert {door.name for door in DOORS} <= placed


@pytest.mark.parametrize("method", ["get", "head", "post"])
@pytest.mark.parametrize("door", DOORS, ids=str)
def test_nobody_signed_in_is_sent_to_sign_in(door: Door, method: str, home: Tenant, acme_things: Things) -> None:
    url = acme_things.url(door)

    answer = getattr(Browser(home), method)(url)

    if door.name == "start":
        assert answer.headers["Location"] == "/tenants/"
    elif answer.status_code != 405:
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("customer:sign-in", urlconf=settings.HOME_URLCONF))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("door", TENANT_DOORS, ids=str)
def test_t20_whoever_manages_another_tenant_or_none_finds_nothing(
    door: Door, method: str, grace_portal: Browser, stranger_portal: Browser, acme_things: Things
) -> None:
    for browser in (grace_portal, stranger_portal):
        answer = getattr(browser, method)(acme_things.url(door))
        assert answer.status_code == NOT_A_PAGE or (method == "post" and answer.status_code == 405)


@pytest.mark.parametrize("tells", ["query", "header", "body"])
def test_t20_only_the_address_says_which_tenant_is_meant(ada_portal: Browser, globex: Tenant, tells: str) -> None:
    said = {"tenant": globex.slug, "slug": globex.slug, "schema_name": globex.schema_name, "id": str(globex.pk)}
    path = "/tenants/acme/settings/"
    answer = {
        "query": lambda: ada_portal.get(path, said),
        "header": lambda: ada_portal.get(path, headers={f"X-{name}": value for name, value in said.items()}),
        "body": lambda: ada_portal.post(path, said, follow=True),
    }[tells]()
    assert "Acme" in answer.content.decode()
    assert "Globex" not in answer.content.decode()


@pytest.mark.parametrize("door", TENANT_DOORS, ids=str)
def test_the_administrator_and_the_operator_get_in(
    door: Door, ada_portal: Browser, olga_portal: Browser, acme_things: Things
) -> None:
    for browser in (ada_portal, olga_portal):
        answer = browser.get(acme_things.url(door))
        # 405: a door for sending forms only. An image that nobody uploaded doesn't exist for anybody, and a run of a
        # user flow for nobody but who began it.
        is_shut = {"digest", "run_id"} & {*door.parameters}
        assert answer.status_code in ({NOT_A_PAGE} if is_shut else {200, 302, 405}), door


@pytest.mark.parametrize("door", [door for door in DOORS if door.name in FOR_OPERATORS], ids=str)
def test_only_operators_found_tenants(
    door: Door, olga_portal: Browser, ada_portal: Browser, stranger_portal: Browser, acme_things: Things
) -> None:
    url = acme_things.url(door)

    assert olga_portal.get(url).status_code == 200
    assert ada_portal.get(url).status_code == ada_portal.post(url).status_code == NOT_A_PAGE
    assert stranger_portal.get(url).status_code == stranger_portal.post(url).status_code == NOT_A_PAGE


@pytest.mark.parametrize("door", NESTED_DOORS, ids=str)
def test_t20_things_of_another_tenant_are_not_found_in_ones_own(
    door: Door, ada_portal: Browser, acme_things: Things, globex_things: Things
) -> None:
    for parameter in door.parameters:
        foreign = globex_things.values[parameter]
        if not isinstance(foreign, UUID):
            continue
        for value in (foreign, uuid4()):
            url = acme_things.url(door, **{parameter: value})
            assert ada_portal.get(url).status_code in {NOT_A_PAGE, 405}, url
            assert ada_portal.post(url).status_code in {NOT_A_PAGE, 405}, url


def test_a_post_from_another_site_is_refused_at_every_door(
    olga: object, home: Tenant, olga_portal: Browser, acme_things: Things
) -> None:
    browser = Browser(home, checks_csrf=True)
    browser.cookies = olga_portal.cookies

    for door in DOORS:
        if door.name != "start":
            assert browser.post(acme_things.url(door), {"name": "x"}).status_code == 403, door


def test_looking_changes_nothing(olga_portal: Browser, acme: Tenant, acme_things: Things) -> None:
    before = _everything(acme)

    for door in DOORS:
        for method in ("get", "head", "get"):
            getattr(olga_portal, method)(acme_things.url(door))

    assert _everything(acme) == before


def _everything(tenant: Tenant) -> dict[str, list[str]]:
    """Every row that a page could change, but the browser's own session."""
    rows: dict[str, list[str]] = {}
    for model in apps.get_models():
        label = model._meta.app_label
        if label in settings.SHARED_APPS and label == "tenants":
            with schema_context(PUBLIC):
                rows[model._meta.label] = _rows(model)
        elif label in settings.TENANT_APPS and model is not Session and not model._meta.swapped:
            with tenant_context(tenant):
                rows[model._meta.label] = _rows(model)
    assert rows[Message._meta.label]
    return rows


def _rows(model: type[models.Model]) -> list[str]:
    return sorted(str(row) for row in model._default_manager.values())
