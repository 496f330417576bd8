"""Every address of the portal, taken from the URL map, and one of each thing that an address names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import Http404
from django.test import RequestFactory
from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver, get_resolver, resolve, reverse, set_urlconf
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.finding.services import save_view
from accounts.identity.services.accounts import create_account, delete_account, disable_account
from accounts.identity.services.groups import add_to_group, create_group
from accounts.models import Account, CustomAttribute
from applications.description import Claim, Role, Scope
from applications.models import Application, ClientSecret, RoleAssignment
from applications.services.apis import add_api_scope
from applications.services.application import change_application
from applications.services.claims import choose_claim
from applications.services.deletion import delete_application
from applications.services.registration import register_application
from applications.services.roles import assign_role, define_role
from audit.models import Event
from audit.services import Actor
from branding.models import BrandingImage, DraftLink
from branding.services import add_language
from branding.themes.services import ThemeDescription, create_theme
from branding.versions.links import make_link
from branding.versions.services import publish
from bulk.actions.services import choose_for_action
from bulk.imports.services import begin_import
from bulk.models import Kind, Operation, State
from hooks.description import HookDescription
from hooks.models import Delivery
from hooks.policies import SUBMIT
from hooks.services import create_hook
from logs.forwarding.description import DestinationDescription
from logs.forwarding.services import create_destination
from mail.services import queue_message
from oidc.models import SigningKey
from oidc.registration.services import create_initial_access_token
from operations.administrators.invitations import invite
from operations.groups import delete_group
from portal_frame.access import NOTHING, Need, needed
from providers.description import ProviderDescription
from providers.models import LinkedIdentity
from providers.services import create_provider
from sms.senders.description import TextDescription
from sms.services import choose_sender, queue_text
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Membership, Tenant
from tenants.services import claim_domain
from tests.cast import new_secret, tenant_named
from tests.userflows.factors.authenticator import Authenticator, with_passkey
from userflows.flows.deletion import delete_user_flow
from userflows.flows.publishing.links import make_layout_link
from userflows.flows.services import duplicate_user_flow
from userflows.models import UserFlow


@dataclass(frozen=True)
class Door:
    """An address of the portal: its URL name and the names of what it is about, the tenant's slug apart."""

    name: str
    is_about_a_tenant: bool
    parameters: tuple[str, ...]
    needs: Need
    asks_for_proof: bool

    @property
    def shows_nothing(self) -> bool:
        """Whether it only leads to another one."""
        return self.name == "start"

    @property
    def is_shut(self) -> bool:
        """An image that nobody uploaded exists for nobody, and a run of a user flow for nobody but who began it."""
        return bool({"digest", "run_id"} & {*self.parameters})

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
    needs = getattr(pattern.callback, "needs", NOTHING)
    asks_for_proof = getattr(pattern.callback, "asks_for_proof", False)
    return Door(pattern.name, "slug" in parameters, tuple(sorted(parameters - {"slug"})), needs, asks_for_proof)


DOORS = list(doors())
# Samples of customer pages have other forms.
SHOWN_IN_THE_PORTAL = "data-administrator="
TENANT_DOORS = [door for door in DOORS if door.is_about_a_tenant]
NESTED_DOORS = [door for door in TENANT_DOORS if door.parameters]


@dataclass(frozen=True)
class Things:
    """One of each thing that an address of the portal names, in one tenant."""

    tenant: Tenant
    values: dict[str, object]
    # By a door's name: what it is about in another state, in which its page offers something else.
    in_other_states: dict[str, list[dict[str, object]]]

    def url(self, door: Door, **other: object) -> str:
        values = {"slug": self.tenant.slug} if door.is_about_a_tenant else {}
        return reverse(
            f"portal:{door.name}",
            urlconf=settings.HOME_URLCONF,
            kwargs={**values, **{name: self.values[name] for name in door.parameters}, **other},
        )

    def urls(self, door: Door) -> list[str]:
        """Its address, and those of the same page about things in another state."""
        return [self.url(door), *(self.url(door, **other) for other in self.in_other_states.get(door.name, []))]


def things_of(tenant: Tenant) -> Things:
    actor = Actor.command()
    with schema_context(PUBLIC):
        installation_event = InstallationEvent.objects.earliest("pk").pk
    with tenant_context(tenant):
        application = Application.objects.filter(kind=Application.Kind.WEB).first()
        assert application is not None
        new_secret(application)
        register_application(name="Another one", kind=Application.Kind.SERVICE, actor=actor)
        gone = register_application(name="Gone", kind=Application.Kind.SERVICE, actor=actor)
        add_language(locale="de", actor=actor)
        theme = create_theme(ThemeDescription("Cobblers"), actor=actor)
        add_language(locale="de", theme=theme, actor=actor)
        publish(theme=theme, actor=actor)
        make_link(theme=theme, days=1, actor=actor)
        flow = UserFlow.objects.get(is_default=True)
        make_layout_link(flow, days=1, actor=actor)
        image = BrandingImage.objects.create(
            kind="favicon", whole=b"\x89PNG", content=b"", width=1, height=1, digest="d"
        )
        other_flow = duplicate_user_flow(flow, name="Barefoot", actor=actor)
        gone_flow = duplicate_user_flow(flow, name="Sandals", actor=actor)
        attribute, _ = CustomAttribute.objects.get_or_create(name="shoeSize", data_type="Int")
        change_application(application, identifier_uri="api://shoes", actor=actor)
        scope = add_api_scope(application, Scope(name="shoes", display_name="Shoes"), actor=actor)
        role = define_role(application, Role(value="cobbler", display_name="Cobbler"), actor=actor)
        rule = choose_claim(application, Claim(name="shoe", source="constant", value="1"), actor=actor)
        member, group = Account.objects.earliest("created_at"), create_group(name="Barefoot", actor=actor)
        add_to_group(group, account=member, actor=actor)
        assign_role(role, group=group, actor=actor)
        assign_role(role, account=member, actor=actor)
        view = save_view(administrator_id=uuid4(), name="Mine", query="", is_shared=True, actor=actor)
        token, _ = create_initial_access_token(description="d", days=1, max_registrations=1, actor=actor)
        hook = DestinationDescription("Cobbler", "web-hook", "https://cobbler.example/")
        described = ProviderDescription(name="Cobblers", issuer="https://id.cobbler.example", client_id="c")
        provider = create_provider(described, secret="s", actor=actor)
        identity = LinkedIdentity.objects.create(provider=provider, issuer="i", subject="s", account=member)
        passkey = with_passkey(tenant, member, Authenticator())
        destination, _ = create_destination(hook, actor=actor)
        asked, _ = create_hook(HookDescription("Cobbler", SUBMIT, "https://nowhere.invalid/"), actor=actor)
        choose_sender(TextDescription(countries=("DE",)), actor=actor)
        delivery = Delivery.objects.create(hook=asked, kind=Delivery.Kind.TEST, message_id="msg_1")
        return Things(
            tenant,
            {
                "client_id": UUID(application.client_id),
                "deleted_client_id": delete_application(gone, actor=actor).pk,
                "secret_id": ClientSecret.objects.filter(application=application).latest("created_at").pk,
                "flow_id": flow.pk,
                "other_flow_id": other_flow.pk,
                "deleted_flow_id": delete_user_flow(gone_flow, actor=actor).pk,
                "attribute_id": attribute.pk,
                "name": claim_domain(tenant, domain=f"auth.{tenant.slug}.example", actor=actor).domain,
                "tenant_id": tenant.pk,
                "message_id": queue_message(to="a@b.example", kind="code", subject="s", text="t", html="<p>h</p>").pk,
                "locale": "de",
                "theme_id": theme.pk,
                "image_id": image.pk,
                "link_id": DraftLink.objects.of_brand(theme).get().pk,
                "layout_link_id": DraftLink.objects.of_flow(flow.pk).get().pk,
                "language": "de",
                "breakdown": "days",
                "key": "how-to/deploy",
                "file_name": "portal.png",
                "digest": "0" * 64,
                "folder": "flask",
                "framework": "flask",
                "job_id": uuid4(),
                "key_id": SigningKey.objects.earliest("created_at").pk,
                "run_id": uuid4(),
                "scope_id": scope.pk,
                "role_id": role.pk,
                "rule_id": rule.pk,
                "assignment_id": RoleAssignment.objects.get(role=role, account=member).pk,
                "group_id": group.pk,
                "deleted_group_id": delete_group(create_group(name="Sandals", actor=actor), actor=actor).pk,
                "token_id": token.pk,
                "destination_id": destination.pk,
                "hook_id": asked.pk,
                "delivery_id": delivery.pk,
                "provider_id": provider.pk,
                "identity_id": identity.pk,
                "passkey_id": passkey.pk,
                "account_id": member.pk,
                "person_id": _membership_of(tenant).account_id,
                "membership_id": _membership_of(tenant).pk,
                "letters": "DE",
                "text_id": queue_text(to="+4915112345678", kind="code", text="123456", group="").pk,
                "invitation_id": invite(tenant=tenant, email="i@b.example", role="reader", actor=actor).pk,
                "import_id": begin_import(file_name="customers.csv", size=1, actor=actor).pk,
                "operation_id": choose_for_action(Kind.BLOCK, chosen=Account.objects.all(), actor=actor).pk,
                "number": 0,
                "version_number": 1,
                "event_id": Event.objects.earliest("pk").pk,
                "installation_event_id": installation_event,
                "view_id": view.pk,
            },
            {
                "userflow": [{"flow_id": other_flow.pk}],
                "operation": [{"operation_id": _blocking(state).pk} for state in (State.RUNNING, State.DONE)],
                "customer": [{"account_id": pk} for pk in _blocked_and_deleted()],
            },
        )


def _blocking(state: State) -> Operation:
    """Customers who are being blocked, and nothing has moved for long; or who were."""
    operation = choose_for_action(Kind.BLOCK, chosen=Account.objects.all(), actor=Actor.command())
    long_ago = timezone.now() - timedelta(days=1)
    Operation.objects.filter(pk=operation.pk).update(state=state, done=1, moved_at=long_ago)
    return operation


def _blocked_and_deleted() -> list[UUID]:
    emails = ("blocked@cobbler.example", "deleted@cobbler.example")
    blocked, deleted = (
        create_account(email=each, password=None, email_verified=True, actor=Actor.command()) for each in emails
    )
    disable_account(blocked, actor=Actor.command())
    delete_account(deleted, actor=Actor.command())
    return [blocked.pk, deleted.pk]


def _membership_of(tenant: Tenant) -> Membership:
    """Of whoever founded the tenant."""
    with schema_context(PUBLIC):
        return Membership.objects.filter(tenant=tenant).earliest("created_at")


def is_refused(door: Door, method: str, account: Account, things: Things) -> bool:
    """Whether the page doesn't exist for the account."""
    return status_of(things.url(door), method, account) in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}


def status_of(url: str, method: str, account: Account, session: SessionBase | None = None) -> int:
    """What the page answers the account, asked without all that lies before a page: it is asked often."""
    found = resolve(url, urlconf=settings.HOME_URLCONF)
    request = RequestFactory().generic(method, url)
    request.user, request.session = account, session or SessionBase()
    set_urlconf(settings.HOME_URLCONF)
    try:
        with tenant_context(_home()):
            return int(found.func(request, *found.args, **found.kwargs).status_code)
    except Http404:
        return HTTPStatus.NOT_FOUND
    finally:
        set_urlconf(None)


@cache
def _home() -> Tenant:
    """Each test has the same."""
    return tenant_named("home")


def dead_links(html: str, *, at: str, held: Need) -> set[str]:
    """The URL names of pages to which the page at a path leads somebody who may not open them, or whose form they may
    not send.
    """
    found = set()
    for path, sends_a_form in _leads(html, at=at):
        match = _match(path)
        needs = getattr(match.func, "needs", NOTHING) if match else NOTHING
        if match and needed(needs, sends_a_form=sends_a_form) not in held:
            found.add(match.url_name or path)
    return found


def _leads(html: str, *, at: str) -> Iterator[tuple[str, bool]]:
    """The paths to which a page of the portal leads, by links and by buttons that can be pressed, and whether a form is
    sent there. A form without an action goes to the page itself.
    """
    form, shut, named = "", [], {"": ""}
    for tag, given in re.findall(
        r"<(a|/?form|button|/?fieldset)\b([^>]*)", html if SHOWN_IN_THE_PORTAL in html else ""
    ):
        if tag == "fieldset":
            shut.append(" disabled" in given)
        elif tag == "/fieldset":
            shut.pop()
        elif tag == "form":
            form = named[_told("id", given)] = (_told("action", given) or at) if 'method="post"' in given else ""
        elif tag == "/form":
            form = ""
        elif tag == "a":
            yield _told("href", given), False
        elif not any(shut):
            sent_with = named[_told("form", given)] if " form=" in given else form
            yield _told("hx-post", given) or _told("formaction", given) or sent_with, bool(sent_with)


def _told(attribute: str, given: str) -> str:
    """What a tag says of it, without query and fragment."""
    found = re.search(rf' {attribute}="([^"?#]*)', given)
    return found[1] if found else ""


@cache
def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path, urlconf=settings.HOME_URLCONF)
    except Resolver404:
        return None
