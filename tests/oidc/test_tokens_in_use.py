"""What a token is good for once it is out, and what makes it worthless at its next use."""

import pytest
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from accounts.credentials.services.passwords import change_password
from accounts.identity.services.accounts import delete_account, disable_account, enable_account
from accounts.identity.services.attributes import delete_custom_attribute
from accounts.models import Account, CustomAttribute
from applications.services.deletion import delete_application
from audit.services import Actor
from oidc.models import RefreshToken
from oidc.tokens.services.families import delete_expired
from tenants.models import Tenant
from tenants.postgresql import connection
from tests.browser import Browser
from tests.oidc.relying_party import FORM, INACTIVE, RelyingParty, is_unauthorized, refused

COMMAND = Actor.command()


def is_dead(party: RelyingParty, tokens: dict[str, str]) -> bool:
    """No use of any of the tokens gets anywhere."""
    userinfo = party.userinfo(tokens["access_token"])
    return (
        userinfo.status_code == 401
        and 'error="invalid_token"' in userinfo["WWW-Authenticate"]
        and (party.secret is None or party.introspect(tokens["access_token"]).json() == INACTIVE)
        and refused(party.refresh(tokens["refresh_token"]))
    )


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer "}, {"Authorization": "Basic eDp4"}])
def test_rfc6750_whoever_shows_no_token_is_told_the_scheme_and_nothing_else(
    shop: RelyingParty, headers: dict[str, str]
) -> None:
    """RFC 6750 section 3.1."""
    for answer in (
        shop.browser.get("/oidc/userinfo", headers=headers),
        shop.browser.post("/oidc/userinfo", "", FORM, headers=headers),
    ):
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert answer["Cache-Control"] == "no-store"
        assert answer.content == b""
    wrong = shop.userinfo("wrong")
    assert wrong["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert wrong.json()["error"] == "invalid_token"


def test_introspection_tells_a_client_about_its_own_token(shop: RelyingParty, carol: Account) -> None:
    token = shop.tokens(scope="openid email")["access_token"]
    answer = shop.introspect(token)
    assert answer["Cache-Control"] == "no-store"
    members = answer.json()
    assert members["active"] is True
    assert members["sub"] == str(carol.pk)
    assert members["client_id"] == shop.client_id
    assert members["scope"] == "openid email"
    claims = shop.accepts(token)
    assert all(members[name] == claims[name] for name in ("iss", "aud", "exp", "iat", "jti"))


def test_introspection_knows_refresh_tokens_and_services_own(shop: RelyingParty, service: RelyingParty) -> None:
    first = shop.tokens()["refresh_token"]
    assert shop.introspect(first).json()["active"] is True
    shop.refresh(first)
    assert shop.introspect(first).json() == INACTIVE
    own = service.token(grant_type="client_credentials").json()["access_token"]
    assert service.introspect(own).json()["sub"] == service.client_id


def test_o28_another_clients_token_is_inactive_and_cant_be_revoked(
    shop: RelyingParty, service: RelyingParty, app: RelyingParty
) -> None:
    tokens = shop.tokens()
    for kind in ("access_token", "refresh_token"):
        assert service.introspect(tokens[kind]).json() == INACTIVE
        for other in (service, app):
            assert other.revoke(tokens[kind]).status_code == 200
    assert shop.userinfo(tokens["access_token"]).status_code == 200
    assert shop.refresh(tokens["refresh_token"]).status_code == 200


def test_o29_introspection_is_for_clients_with_a_secret(shop: RelyingParty, app: RelyingParty) -> None:
    token = app.tokens()["access_token"]
    assert is_unauthorized(app.introspect(token))
    assert is_unauthorized(shop.post("/oidc/introspect", {"token": token}))
    shop.secret = "wrong"
    assert is_unauthorized(shop.introspect(token))


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_o27_revoking_one_token_of_a_family_revokes_the_others(shop: RelyingParty, kind: str) -> None:
    tokens, other = shop.tokens(), shop.tokens()
    answer = shop.revoke(tokens[kind])
    assert answer.status_code == 200
    assert is_dead(shop, tokens)
    assert not is_dead(shop, other)


def test_a_public_client_revokes_its_own(app: RelyingParty) -> None:
    tokens = app.tokens()
    assert app.revoke(tokens["refresh_token"]).status_code == 200
    assert is_dead(app, tokens)


def test_a_services_own_token_can_be_revoked(service: RelyingParty) -> None:
    one, other = (service.token(grant_type="client_credentials").json()["access_token"] for _ in range(2))
    service.revoke(one)
    assert service.introspect(one).json() == INACTIVE
    assert service.introspect(other).json()["active"] is True


@pytest.mark.parametrize("token", ["x", "a.b.c", "\u2603", "0" * 32 + ".x", "x" * 20_000])
def test_garbage_is_revoked_as_well_and_inactive(shop: RelyingParty, token: str) -> None:
    assert shop.revoke(token).status_code == 200
    assert shop.introspect(token).json() == INACTIVE
    assert shop.userinfo("x").status_code == 401


def test_without_a_token_there_is_nothing_to_say(shop: RelyingParty) -> None:
    assert shop.as_client("/oidc/revoke").json()["error"] == "invalid_request"
    assert shop.as_client("/oidc/introspect").json()["error"] == "invalid_request"


def test_o27_disabling_an_account_ends_its_tokens_for_good(shop: RelyingParty, acme: Tenant, carol: Account) -> None:
    tokens = shop.tokens()
    with tenant_context(acme):
        disable_account(carol, actor=COMMAND)
    assert is_dead(shop, tokens)
    with tenant_context(acme):
        enable_account(carol, actor=COMMAND)
    assert is_dead(shop, tokens)


def test_o27_deleting_an_account_ends_its_tokens(shop: RelyingParty, acme: Tenant, carol: Account) -> None:
    tokens = shop.tokens()
    with tenant_context(acme):
        delete_account(carol, actor=COMMAND)
    assert is_dead(shop, tokens)


def test_o27_a_new_password_ends_what_applications_hold(shop: RelyingParty, acme: Tenant, carol: Account) -> None:
    tokens = shop.tokens()
    with tenant_context(acme):
        change_password(carol, password="a wholly different one", actor=COMMAND)
    assert is_dead(shop, tokens)


def test_o27_a_code_in_flight_dies_with_the_account(shop: RelyingParty, acme: Tenant, carol: Account) -> None:
    code = shop.code()
    with tenant_context(acme):
        disable_account(carol, actor=COMMAND)
    assert refused(shop.exchange(code))


def test_deleting_an_application_leaves_no_token(shop: RelyingParty, acme: Tenant) -> None:
    shop.tokens()
    with tenant_context(acme):
        delete_application(shop.application, actor=COMMAND)
        assert not RefreshToken.objects.exists()


def test_o27_signing_out_ends_what_was_made_in_that_browser_only(shop: RelyingParty, app: RelyingParty) -> None:
    here, elsewhere, code = shop.tokens(), app.tokens(), shop.code()
    shop.browser.post("/sign-out/")
    assert is_dead(shop, here)
    assert refused(shop.exchange(code))
    assert app.userinfo(elsewhere["access_token"]).status_code == 200
    assert app.refresh(elsewhere["refresh_token"]).status_code == 200


def test_o37_each_kind_of_token_is_good_for_its_own_use_only(shop: RelyingParty) -> None:
    code, tokens = shop.code(), shop.tokens()
    for wrong in (tokens["id_token"], tokens["refresh_token"], code):
        assert shop.userinfo(wrong).status_code == 401
    for wrong in (tokens["id_token"], tokens["access_token"], code):
        assert refused(shop.refresh(wrong))
    for wrong in tokens.values():
        assert refused(shop.exchange(str(wrong)))
    for wrong in (tokens["access_token"], tokens["refresh_token"], code):
        assert "error=invalid_request" in shop.authorize(id_token_hint=wrong)["Location"]
    assert shop.introspect(tokens["id_token"]).json() == INACTIVE
    assert shop.userinfo(tokens["access_token"]).status_code == 200


def test_t15_a_token_of_one_tenant_is_nothing_at_another(shop: RelyingParty, rival: RelyingParty) -> None:
    tokens = shop.tokens()
    assert rival.userinfo(tokens["access_token"]).status_code == 401
    for kind in ("access_token", "refresh_token", "id_token"):
        assert rival.introspect(tokens[kind]).json() == INACTIVE
        assert rival.revoke(tokens[kind]).status_code == 200
    assert shop.userinfo(tokens["access_token"]).status_code == 200


def test_no_row_is_written_for_tokens_that_are_signed(shop: RelyingParty, acme: Tenant) -> None:
    shop.refresh(shop.tokens()["refresh_token"])
    with tenant_context(acme):
        assert RefreshToken.objects.count() == 1
        assert {"oidc_accesstoken", "oidc_idtoken"}.isdisjoint(connection.introspection.table_names())


def test_an_attribute_that_is_no_longer_defined_is_no_longer_told(shop: RelyingParty, acme: Tenant) -> None:
    token = shop.tokens()["access_token"]
    with tenant_context(acme):
        delete_custom_attribute(CustomAttribute.objects.get(name="loyaltyNumber"), actor=COMMAND)
    assert "loyaltyNumber" not in shop.userinfo(token).json()


def test_a_suspended_tenant_issues_nothing(shop: RelyingParty, acme: Tenant) -> None:
    from tenants.services import resume_tenant, suspend_tenant

    tokens = shop.tokens()
    suspend_tenant(acme, actor=COMMAND)
    assert shop.userinfo(tokens["access_token"]).status_code == 503
    assert shop.refresh(tokens["refresh_token"]).json()["error"] == "temporarily_unavailable"
    resume_tenant(acme, actor=COMMAND)
    assert shop.userinfo(tokens["access_token"]).status_code == 200


def test_what_has_expired_is_swept(shop: RelyingParty, acme: Tenant, time_machine: TimeMachineFixture) -> None:
    from datetime import timedelta

    from oidc.models import Denied, Grant

    shop.revoke(shop.tokens()["access_token"])
    with tenant_context(acme):
        assert delete_expired() == 0
        for model, column in ((Grant, "expires"), (Denied, "expires_at"), (RefreshToken, "expires_at")):
            for row in model.objects.all():
                moment = getattr(row, column) - timedelta(days=200)
                model.objects.filter(pk=row.pk).update(**{column: moment})
        assert delete_expired() == 3


def test_t12_the_browser_of_another_tenant_isnt_signed_in(shop: RelyingParty, globex: Tenant) -> None:
    other = Browser(globex)
    other.cookies = shop.browser.cookies
    assert other.get("/profile/").status_code == 303
