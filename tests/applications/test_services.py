"""Registering, changing and removing applications and their secrets."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_tenants.utils import tenant_context
from joserfc.jwk import ECKey

from applications.errors import UnknownApplication
from applications.lookup.clients import client_by_id, origins_of_scripts
from applications.models import Application, ClientSecret
from applications.services.application import change_application
from applications.services.credentials import (
    MAX_SECRETS,
    create_client_secret,
    delete_client_secret,
)
from applications.services.deletion import delete_application
from applications.services.registration import register_application
from applications.services.user_flow import assign_user_flow
from audit.models import Event
from audit.services import Actor
from common.problems import Code, Refused
from tenants.models import Tenant
from userflows.models import UserFlow

COMMAND = Actor.command()
KEY_SET = json.dumps({"keys": [ECKey.generate_key("P-256").as_dict(private=False)]})
pytestmark = pytest.mark.usefixtures("_at_acme")


@pytest.fixture
def _at_acme(acme: Tenant) -> Iterator[None]:
    with tenant_context(acme):
        yield


def register(**details: Any) -> Application:
    usual = {"name": "Shop", "kind": "web", "redirect_uris": ["https://shop.example/callback"]}
    return register_application(**{**usual, **details}, actor=COMMAND)


@pytest.mark.parametrize(
    ("kind", "is_public", "auth_method", "requires_pkce"),
    [("web", False, "client_secret_basic", True), ("spa", True, "none", True), ("native", True, "none", True)],
)
def test_the_kind_decides_the_rest(kind: str, is_public: bool, auth_method: str, requires_pkce: bool) -> None:
    application = register(kind=kind)
    assert application.is_public is is_public
    assert application.auth_method == auth_method
    assert application.requires_pkce is requires_pkce
    assert application.user_flow == UserFlow.objects.get(is_default=True)
    assert str(UUID(application.client_id)) == application.client_id


def test_o08_only_a_web_application_can_do_without_pkce() -> None:
    shop = register(requires_pkce=False)
    assert not shop.requires_pkce
    details: dict[str, Any] = {
        "name": "Shop",
        "redirect_uris": [],
        "post_logout_redirect_uris": [],
        "user_flow": shop.user_flow_id,
    }
    change_application(shop, **details, actor=COMMAND)
    assert not shop.requires_pkce
    change_application(shop, **details, requires_pkce=True, actor=COMMAND)
    assert client_by_id(shop.client_id).requires_pkce
    for kind in ("spa", "native", "service"):
        with pytest.raises(ValidationError) as refusal:
            register(kind=kind, redirect_uris=[], requires_pkce=False)
        assert "requires_pkce" in refusal.value.message_dict


def test_a_key_pair_has_its_keys_in_one_place() -> None:
    wrong: list[tuple[dict[str, str], str]] = [
        ({"auth_method": "private_key_jwt"}, "jwks"),
        ({"auth_method": "private_key_jwt", "jwks": KEY_SET, "jwks_uri": "https://shop.example/jwks"}, "jwks_uri"),
        ({"auth_method": "private_key_jwt", "jwks_uri": "http://169.254.169.254/jwks"}, "jwks_uri"),
        ({"auth_method": "private_key_jwt", "jwks_uri": "file:///etc/passwd"}, "jwks_uri"),
        ({"jwks": KEY_SET}, "jwks"),
        ({"auth_method": "client_secret_post", "jwks_uri": "https://shop.example/jwks"}, "jwks_uri"),
        ({"auth_method": "client_secret_jwt"}, "auth_method"),
        ({"auth_method": "none"}, "auth_method"),
        ({"kind": "spa", "auth_method": "private_key_jwt", "jwks": KEY_SET}, "auth_method"),
    ]
    for details, field in wrong:
        with pytest.raises(ValidationError) as refusal:
            register(**details)
        assert list(refusal.value.message_dict) == [field]
    shop = register(auth_method="private_key_jwt", jwks=KEY_SET)
    assert (shop.uses_key_pair, shop.jwks_uri) == (True, "")
    change_application(
        shop, auth_method="private_key_jwt", jwks_uri="https://shop.example/jwks", jwks="", actor=COMMAND
    )
    assert client_by_id(shop.client_id).credentials.jwks_uri == "https://shop.example/jwks"
    change_application(shop, auth_method="client_secret_post", jwks="", jwks_uri="", actor=COMMAND)
    assert not client_by_id(shop.client_id).uses_key_pair
    events = Event.objects.filter(action="application.changed").order_by("pk")
    assert [event.details for event in events] == [
        {"fields": ["jwks", "jwks_uri"]},
        {"fields": ["auth_method", "jwks_uri"], "now": {"auth_method": "client_secret_post"}},
    ]


def test_nobody_signs_in_to_a_service() -> None:
    service = register(kind="service", redirect_uris=[])
    assert service.user_flow is None
    assert service.grant_types == ("client_credentials",)
    for wrong in ({"redirect_uris": ["https://a.example/"]}, {"user_flow": UserFlow.objects.get().pk}):
        with pytest.raises(ValidationError):
            register(kind="service", **{"redirect_uris": [], **wrong})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 121),
        ("kind", "desktop"),
        ("redirect_uris", ["http://shop.example/"]),
        ("redirect_uris", [f"https://shop.example/{number}" for number in range(101)]),
        ("post_logout_redirect_uris", ["https://shop.example/#x"]),
        ("auth_method", "none"),
        ("auth_method", "client_secret_jwt"),
        ("scopes", ["a b"]),
        ("scopes", [f"scope{number}" for number in range(1001)]),
    ],
)
def test_what_is_wrong_is_told_by_field(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        register(**{field: value})
    assert refusal.value.message_dict.keys() == {field}


def test_an_application_may_have_a_thousand_scopes() -> None:
    assert len(register(scopes=[f"scope{number}" for number in range(1000)]).scopes.split()) == 1000


def test_uris_are_kept_in_order_and_once() -> None:
    uris = ["https://b.example/", " https://a.example/ ", "", "https://b.example/"]
    assert register(redirect_uris=uris).redirect_uri_list == ["https://b.example/", "https://a.example/"]


def test_each_change_leaves_an_event_and_is_known_at_once() -> None:
    application = register(kind="spa")
    assert client_by_id(application.client_id).name == "Shop"
    assert origins_of_scripts() == {"https://shop.example"}
    change_application(
        application,
        name="Shop 2",
        redirect_uris=["https://shop2.example/"],
        post_logout_redirect_uris=[],
        user_flow=application.user_flow_id,
        actor=COMMAND,
    )
    client = client_by_id(application.client_id)
    assert (client.name, client.redirect_uris) == ("Shop 2", ("https://shop2.example/",))
    assert origins_of_scripts() == {"https://shop2.example"}
    event = Event.objects.latest("id")
    assert (event.action, event.details) == ("application.changed", {"fields": ["name", "redirect_uris"]})
    delete_application(application, actor=COMMAND)
    with pytest.raises(UnknownApplication):
        client_by_id(application.client_id)
    assert Event.objects.latest("id").action == "application.deleted"


@pytest.mark.parametrize("client_id", ["", "x", "0" * 32, "\0", "'; DROP TABLE", "{" + "0" * 36 + "}"])
def test_what_is_no_client_id_needs_no_look(client_id: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0), pytest.raises(UnknownApplication):
        client_by_id(client_id)


def test_a_secret_is_shown_once_and_kept_as_a_digest() -> None:
    application = register()
    secret, value = create_client_secret(
        application, description="Server", expires_at=timezone.now() + timedelta(days=180), actor=COMMAND
    )
    assert value.startswith("cs_")
    assert len(value) == len("cs_") + 43
    kept = ClientSecret.objects.get(pk=secret.pk)
    assert value not in str(vars(kept))
    assert value.startswith(kept.hint)
    assert value not in str([vars(event) for event in Event.objects.all()])
    client = client_by_id(application.client_id)
    assert client.secret_with_value(value)
    assert client.secret_with_value(value[:-1]) is None
    assert client.secret_with_value(kept.digest) is None
    other = register(name="Other")
    ClientSecret.objects.filter(pk=secret.pk).update(application=other)
    assert client_by_id(other.client_id).secret_with_value(value) is None


def test_a_deleted_secret_opens_nothing() -> None:
    application = register()
    soon = timezone.now() + timedelta(days=1)
    secret, value = create_client_secret(application, description="", expires_at=soon, actor=COMMAND)
    _, other = create_client_secret(application, description="", expires_at=soon, actor=COMMAND)
    delete_client_secret(secret, actor=COMMAND)
    client = client_by_id(application.client_id)
    assert client.secret_with_value(value) is None
    assert client.secret_with_value(other)
    assert client.secret_with_value(other, now=soon) is None
    assert Event.objects.latest("id").action == "application.secret_deleted"


@pytest.mark.parametrize("kind", ["spa", "native"])
def test_who_cant_keep_a_secret_gets_none(kind: str) -> None:
    with pytest.raises(Refused, match="can’t keep a secret"):
        create_client_secret(
            register(kind=kind), description="", expires_at=timezone.now() + timedelta(days=1), actor=COMMAND
        )


def test_secrets_have_limits() -> None:
    application = register()
    soon = timezone.now() + timedelta(days=1)
    with pytest.raises(ValidationError) as refusal:
        create_client_secret(
            application, description="x" * 129, expires_at=timezone.now() - timedelta(days=1), actor=COMMAND
        )
    assert refusal.value.message_dict.keys() == {"description", "expires_at"}
    for _ in range(MAX_SECRETS):
        create_client_secret(application, description="", expires_at=soon, actor=COMMAND)
    with pytest.raises(Refused) as refused:
        create_client_secret(application, description="", expires_at=soon, actor=COMMAND)
    assert [(each.code, each.field) for each in refused.value.problems] == [(Code.TOO_MANY, "")]


def test_a_flow_is_given_to_several_applications_at_once() -> None:
    flow = UserFlow.objects.create(name="Another", methods=["password"])
    one, other = register(), register(name="Other")
    assign_user_flow(flow, applications=[one, other], actor=COMMAND)
    assert {client_by_id(each.client_id).flow_id for each in (one, other)} == {flow.pk}
    with pytest.raises(ValidationError):
        assign_user_flow(flow, applications=[register(kind="service", redirect_uris=[])], actor=COMMAND)


def test_another_tenant_sees_nothing_of_it(globex: Tenant) -> None:
    application = register()
    with tenant_context(globex), pytest.raises(UnknownApplication):
        client_by_id(application.client_id)
