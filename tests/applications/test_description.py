"""An application as one value: told, changed, judged and noted in one way, whichever door it came through."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context
from joserfc.jwk import ECKey

from accounts.models import Account
from applications.description import (
    ITEMS,
    PARTS,
    Api,
    ApplicationDescription,
    Claim,
    Credentials,
    Links,
    Permissions,
    Role,
    Scope,
    SignIn,
    SignOut,
    TokenSettings,
)
from applications.models import Application, ScopePermission
from applications.policies.changes import proposed
from applications.policies.grants import DEVICE_CODE
from applications.services import sectors
from applications.services.apis import add_api_scope
from applications.services.application import apply, change_application, describe, register
from applications.services.credentials import create_client_secret
from applications.services.permissions import grant_for_all
from applications.services.roles import assign_role, define_role
from audit.models import Event
from audit.services import Actor
from common.crypto.public_keys import read_key_set
from common.problems import Code, Refused
from common.web.outgoing import HttpAnswer
from tenants.models import Tenant
from userflows.models import UserFlow

COMMAND = Actor.command()
KEY_SET = read_key_set(json.dumps(ECKey.generate_key("P-256").as_dict(private=False)))
ENCRYPTION = ("ECDH-ES", "A128GCM", "ECDH-ES+A256KW", "A128CBC-HS256")
UNUSED = {"jwks_uri", "follows_fapi", "certificate_field", "certificate_subject"}
pytestmark = pytest.mark.usefixtures("_at_acme")


@pytest.fixture
def _at_acme(acme: Tenant) -> Iterator[None]:
    with tenant_context(acme):
        yield


@pytest.fixture(autouse=True)
def _sector(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies at the address of the sector."""
    listed = json.dumps([f"https://reports.example/{name}" for name in ("callback", "other")])
    monkeypatch.setattr(sectors, "call", lambda *_, **__: HttpAnswer(200, {}, listed.encode()))


@pytest.fixture
def shop() -> Application:
    wished = proposed("Shop", "web").with_values(redirect_uris=("https://shop.example/callback",))
    return register(wished, actor=COMMAND)


@pytest.fixture
def orders() -> Application:
    """An API that others may be permitted to call."""
    api = register(proposed("Orders", "web").with_values(identifier_uri="https://orders.example"), actor=COMMAND)
    add_api_scope(api, Scope("orders.read", "Read orders"), actor=COMMAND)
    define_role(api, Role("clerk", "Clerk", for_services=True), actor=COMMAND)
    return api


def chosen_everywhere(orders: Application) -> ApplicationDescription:
    """A description that differs from what is usual in each of its fields but the type."""
    flow = UserFlow.objects.create(name="Staff only", methods=["password"])
    return ApplicationDescription(
        name="Reports",
        kind="web",
        sign_in=SignIn(
            grant_types=("authorization_code", "client_credentials", DEVICE_CODE),
            user_flow=flow.pk,
            redirect_uris=("https://reports.example/callback", "https://reports.example/other"),
            requires_pkce=False,
            requires_pushed_requests=True,
            requires_signed_requests=True,
            second_factor="always",
            factors=("app", "passkey"),
            scopes=("b", "a"),
            subject_type="pairwise",
            sector_identifier_uri="https://reports.example/sector.json",
        ),
        credentials=Credentials("private_key_jwt", jwks=KEY_SET),
        tokens=TokenSettings(10, 20, 30, 40, 50, True, True, "ES256", "RS256", "ES256", True, *ENCRYPTION),
        links=Links(*(f"https://reports.example/{name}" for name in ("home", "privacy", "terms", "begin"))),
        sign_out=SignOut(
            post_logout_redirect_uris=("https://reports.example/bye",),
            backchannel_logout_uri="https://reports.example/back",
            backchannel_logout_session_required=False,
            frontchannel_logout_uri="https://reports.example/front",
            frontchannel_logout_session_required=False,
        ),
        api=Api(
            identifier_uri="https://reports.acme.example",
            api_scopes=(
                Scope("sales.read", "Read sales", "All", "See sales", "Yours", "administrators", is_enabled=False),
                Scope("sales.write", "Write", translations={"de": {"name": "Schreiben"}}),
            ),
            roles=(Role("editor", "Editor", "Edits", for_customers=False, for_services=True, is_enabled=False),),
        ),
        permissions=Permissions(
            permitted_scopes=(orders.api_scopes.get().pk,),
            permitted_roles=(orders.roles.get().pk,),
            asks_for_consent=True,
        ),
        claims=(
            Claim("tier", "constant", "gold", "profile", in_id_token=True, in_access_token=True, in_userinfo=True),
            Claim("town", "attribute", "city", in_userinfo=True),
        ),
        framework="django",
    )


def events_of(application: Application) -> list[Event]:
    return list(Event.objects.filter(target_kind="application", target_id=str(application.pk)).order_by("pk"))


# A further door, as small as one is: JSON to a description and back, problems by their codes.


def as_json(description: ApplicationDescription) -> str:
    return json.dumps(asdict(description), default=str)


def from_json(text: str) -> ApplicationDescription:
    said = json.loads(text)
    keys = lambda name: tuple(UUID(each) for each in said["permissions"][name])  # noqa: E731 - the mapping at a glance
    flow = said["sign_in"]["user_flow"]
    return ApplicationDescription(
        name=said["name"],
        kind=said["kind"],
        sign_in=SignIn(**_tuples(said["sign_in"]) | {"user_flow": UUID(flow) if flow else None}),
        credentials=Credentials(**said["credentials"]),
        tokens=TokenSettings(**said["tokens"]),
        links=Links(**said["links"]),
        sign_out=SignOut(**_tuples(said["sign_out"])),
        api=Api(
            said["api"]["identifier_uri"],
            tuple(Scope(**each) for each in said["api"]["api_scopes"]),
            tuple(Role(**each) for each in said["api"]["roles"]),
        ),
        permissions=Permissions(
            keys("permitted_scopes"), keys("permitted_roles"), said["permissions"]["asks_for_consent"]
        ),
        claims=tuple(Claim(**each) for each in said["claims"]),
        framework=said["framework"],
        follows_fapi=said["follows_fapi"],
    )


def _tuples(part: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in part.items()}


def put(application: Application, body: str, *, if_match: str = "") -> tuple[int, dict[str, Any]]:
    """The door: answers as an API would."""
    try:
        apply(application, from_json(body), expected_version=if_match, actor=COMMAND)
    except Refused as refusal:
        is_stale = any(problem.code == Code.CHANGED_MEANWHILE for problem in refusal.problems)
        return 412 if is_stale else 422, {"problems": [asdict(problem) for problem in refusal.problems]}
    return 200, json.loads(as_json(describe(application)))


def test_whatever_can_be_described_goes_through_a_further_door_and_back(shop: Application, orders: Application) -> None:
    wished = chosen_everywhere(orders)
    usual = proposed("Shop", "web").values()
    same = {name for name, value in wished.values().items() if value == usual[name]}
    # Its keys are in one of two places, it shows no certificate, and FAPI 2.0 leaves no choice (`test_fapi.py`).
    assert same == {"kind", *UNUSED}
    status, answered = put(shop, as_json(wished))
    assert status == 200
    assert answered == json.loads(as_json(wished))
    assert describe(Application.objects.get(pk=shop.pk)) == wished
    assert put(shop, json.dumps(answered)) == (200, answered)


def test_a_refusal_says_what_is_wrong_with_which_field_of_which_item(shop: Application) -> None:
    body = json.loads(as_json(describe(shop)))
    body["name"] = ""
    body["sign_in"]["redirect_uris"] = ["ftp://shop.example/"]
    body["claims"] = [asdict(Claim("tier", "constant", ""))]
    before = vars(Application.objects.get(pk=shop.pk))
    status, answered = put(shop, json.dumps(body))
    assert status == 422
    told = {(problem["code"], problem["item"], problem["field"]) for problem in answered["problems"]}
    assert told == {("required", "", "name"), ("invalid", "", "redirect_uris"), ("invalid", "claims.tier", "value")}
    kept = vars(Application.objects.get(pk=shop.pk))
    assert {name: kept[name] for name in kept if name != "_state"} == {
        name: before[name] for name in before if name != "_state"
    }


def test_who_has_seen_another_state_overwrites_nothing(shop: Application) -> None:
    seen = describe(shop)
    change_application(shop, name="Shop of Olga", actor=COMMAND)
    late = as_json(replace(seen, name="Shop of Ada"))
    status, answered = put(shop, late, if_match=seen.version)
    assert (status, answered["problems"][0]["code"]) == (412, "changed_meanwhile")
    assert Application.objects.get(pk=shop.pk).name == "Shop of Olga"
    assert put(shop, late, if_match=describe(shop).version)[0] == 200


@pytest.mark.parametrize("name", ["kind", "framework", "user_flow", "permitted_scopes", "permitted_roles"])
def test_what_cant_be_is_refused_by_its_name(shop: Application, name: str) -> None:
    wrong = {
        "kind": "spa",
        "framework": "curl",
        "user_flow": uuid4(),
        "permitted_scopes": (uuid4(),),
        "permitted_roles": (uuid4(),),
    }
    with pytest.raises(Refused) as refusal:
        change_application(shop, **{name: wrong[name]}, actor=COMMAND)
    assert name in {problem.field for problem in refusal.value.problems}


# What a change leaves behind.


def test_a_change_of_many_parts_is_one_event_and_tells_no_text_that_was_typed(
    shop: Application, orders: Application
) -> None:
    wished = chosen_everywhere(orders)
    apply(shop, wished, actor=COMMAND)
    registered, changed = events_of(shop)
    assert (registered.action, changed.action) == ("application.registered", "application.changed")
    assert set(changed.details["fields"]) == set(wished.values()) - {"kind", *UNUSED}
    assert changed.details["now"]["requires_pkce"] is False
    added = set(changed.details["added"])
    assert {"claims.tier", "api_scopes.sales.read", "roles.editor"} <= added
    assert {f"grant_types.{DEVICE_CODE}", "permitted_scopes.https://orders.example/orders.read"} <= added
    assert changed.details["removed"] == ["grant_types.refresh_token"]
    assert not any(text in str(changed.details) for text in (KEY_SET, "gold", "reports.example/home"))


def test_where_nothing_differs_nothing_is_noted(shop: Application) -> None:
    before = len(events_of(shop))
    apply(shop, describe(shop), actor=COMMAND)
    change_application(shop, name=" Shop ", grant_types=shop.grant_types[::-1], actor=COMMAND)
    assert len(events_of(shop)) == before


def test_an_item_that_goes_or_changes_is_named_in_the_log(shop: Application) -> None:
    claims = (Claim("tier", "constant", "gold"), Claim("town", "attribute", "city"))
    change_application(shop, claims=claims, actor=COMMAND)
    change_application(shop, claims=(Claim("tier", "constant", "silver"),), actor=COMMAND)
    assert events_of(shop)[-1].details == {
        "fields": ["claims"],
        "changed": ["claims.tier"],
        "removed": ["claims.town"],
    }


def test_a_refused_change_spoils_nothing_that_the_caller_holds(shop: Application) -> None:
    with pytest.raises(Refused):
        change_application(shop, name="Other", redirect_uris=["ftp://x"], actor=COMMAND)
    assert (shop.name, shop.redirect_uri_list) == ("Shop", ["https://shop.example/callback"])
    change_application(shop, name="Other", actor=COMMAND)
    assert shop.name == "Other"


def test_what_nobody_touches_stays_as_it_is(shop: Application, orders: Application, carol: Account) -> None:
    """Secrets, consents for all, and who has a role are no part of a description: no change of it takes them away."""
    scope, role = orders.api_scopes.get(), define_role(shop, Role("reader", "Reader"), actor=COMMAND)
    change_application(shop, permitted_scopes=(scope.pk,), actor=COMMAND)
    grant_for_all(shop, actor=COMMAND)
    assign_role(role, account=carol, actor=COMMAND)
    soon = timezone.now() + timedelta(days=1)
    create_client_secret(shop, description="", expires_at=soon, actor=COMMAND)
    change_application(shop, name="Other", claims=(Claim("tier", "constant", "gold"),), actor=COMMAND)
    change_application(orders, name="Orders 2", actor=COMMAND)
    assert shop.secrets.count() == 1
    assert role.assignments.count() == 1
    assert ScopePermission.objects.get(application=shop).granted_at


def test_what_was_right_once_stands_in_the_way_of_no_other_change(shop: Application) -> None:
    """An attribute that is gone, or a rule that became stricter since, keeps nobody from renaming the application."""
    change_application(shop, claims=(Claim("town", "attribute", "city"),), actor=COMMAND)
    shop.claim_rules.update(value="gone")
    Application.objects.filter(pk=shop.pk).update(frontchannel_logout_uri="https://elsewhere.example/")
    change_application(shop, name="Other", actor=COMMAND)
    assert Application.objects.get(pk=shop.pk).name == "Other"


def test_two_things_of_one_name_are_refused(shop: Application) -> None:
    twice = {
        "claims": (Claim("tier", "constant", "a"), Claim("tier", "constant", "b")),
        "roles": (Role("editor", "Editor"), Role(" editor ", "Editor too")),
        "api_scopes": (Scope("read", "Read"), Scope("read", "Read too")),
    }
    for name, items in twice.items():
        with pytest.raises(Refused) as refusal:
            change_application(shop, **{name: items}, actor=COMMAND)
        assert Code.TAKEN in {problem.code for problem in refusal.value.problems}


def test_each_field_has_a_name_of_its_own() -> None:
    names = [each.name for part in PARTS for each in fields(getattr(proposed("Shop", "web"), part))]
    assert len(names) == len(set(names))
    assert set(ITEMS) <= {*names, "claims"}
