"""An application that is told IDs of its own (OpenID Connect Core section 8.1), and what it can't find out."""

import json
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.services import sectors
from applications.services.application import change_application, change_with_new_subjects
from applications.services.registration import register_application
from audit.models import Event
from common.problems import Refused
from common.web.outgoing import HttpAnswer
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import new_secret
from tests.oidc.key_holder import COMMAND
from tests.oidc.listener import Listener, told
from tests.oidc.registering import Register
from tests.oidc.relying_party import RelyingParty, answer_in

LISTED = ["https://bookshop.example/callback", "https://music.example/callback"]


@pytest.fixture
def private(shop: RelyingParty) -> RelyingParty:
    """Bookshop, which is told IDs of its own."""
    with tenant_context(shop.browser.tenant):
        change_application(shop.application, subject_type="pairwise", actor=COMMAND)
    return shop


def another(shop: RelyingParty, redirect_uri: str, **values: Any) -> RelyingParty:
    """A further application of acme's, in the same browser."""
    with tenant_context(shop.browser.tenant):
        values = {"subject_type": "pairwise", **values}
        other = register_application(name="Other", kind="web", redirect_uris=[redirect_uri], actor=COMMAND, **values)
        return RelyingParty(shop.browser, other, new_secret(other))


def subject_in(party: RelyingParty) -> str:
    token = party.tokens(scope="openid")["id_token"]
    subject: str = party.accepts(token, audience=party.client_id)["sub"]
    return subject


def test_two_applications_that_compare_notes_find_no_customer_in_common(private: RelyingParty, carol: Account) -> None:
    mine, theirs = subject_in(private), subject_in(another(private, "https://other.example/callback"))
    public = subject_in(another(private, "https://third.example/callback", subject_type="public"))
    assert len({mine, theirs, public}) == 3
    assert public == str(carol.pk)
    assert str(carol.pk) not in mine


def test_nor_does_a_hint_of_the_others_tell_them(private: RelyingParty) -> None:
    """Eve's shop has the ID token of another one, and asks whether that customer is who is signed in here."""
    other = another(private, "https://other.example/callback")
    hint = private.tokens()["id_token"]
    for party in (other, another(private, "https://third.example/callback", subject_type="public")):
        assert answer_in(party.authorize(prompt="none", id_token_hint=hint))["error"] == "invalid_request"
    assert "code" in answer_in(private.authorize(prompt="none", id_token_hint=hint))


def test_an_id_that_it_was_never_told_is_nobodys(private: RelyingParty, carol: Account) -> None:
    mine = subject_in(private)
    for subject, error in ((mine, ""), (str(carol.pk), "login_required"), (mine[:-1] + "!", "login_required")):
        claims = json.dumps({"id_token": {"sub": {"value": subject}}})
        assert answer_in(private.authorize(prompt="none", claims=claims)).get("error", "") == error


def test_it_reads_the_same_id_everywhere(
    private: RelyingParty, listener: Listener, carol: Account, acme: Tenant
) -> None:
    tokens = private.tokens()
    subject = private.accepts(tokens["id_token"], audience=private.client_id)["sub"]
    refreshed = private.refresh(tokens["refresh_token"]).json()
    assert private.accepts(refreshed["id_token"], audience=private.client_id)["sub"] == subject
    for token in (tokens["access_token"], refreshed["access_token"]):
        assert private.accepts(token)["sub"] == subject
        assert private.userinfo(token).json()["sub"] == subject
        assert private.introspect(token).json()["sub"] == subject
    assert private.introspect(refreshed["refresh_token"]).json()["sub"] == subject
    # The log goes on naming the account.
    private.revoke(tokens["access_token"])
    assert private.userinfo(refreshed["access_token"]).status_code == 401
    left = private.browser.get("/oidc/logout", {"id_token_hint": tokens["id_token"]})
    assert left.status_code == 303, "Its ID token speaks for the session, so nobody is asked."
    (claims,) = told(listener, private)
    assert claims["sub"] == subject
    with tenant_context(acme):
        assert Event.objects.filter(account_id=str(carol.pk), action="customer.signed_out").exists()


def test_applications_of_one_sector_share_the_ids(
    shop: RelyingParty, monkeypatch: pytest.MonkeyPatch, acme: Tenant
) -> None:
    monkeypatch.setattr(sectors, "call", lambda *_, **__: HttpAnswer(200, {}, json.dumps(LISTED).encode()))
    uri = "https://acme.example/sector.json"
    with tenant_context(acme):
        change_application(shop.application, subject_type="pairwise", sector_identifier_uri=uri, actor=COMMAND)
        with pytest.raises(Refused) as refusal:
            change_application(shop.application, redirect_uris=["https://evil.example/"], actor=COMMAND)
    assert refusal.value.problems[0].field == "redirect_uris"
    music = another(shop, LISTED[1], sector_identifier_uri=uri)
    assert subject_in(shop) == subject_in(music)


def test_an_application_in_use_loses_its_customers_only_on_purpose(
    shop: RelyingParty, monkeypatch: pytest.MonkeyPatch, acme: Tenant, carol: Account
) -> None:
    monkeypatch.setattr(sectors, "call", lambda *_, **__: HttpAnswer(200, {}, json.dumps(LISTED).encode()))
    before = shop.tokens()
    with tenant_context(acme):
        for change in (
            {"subject_type": "pairwise"},
            {"subject_type": "pairwise", "redirect_uris": ["https://b.example/"]},
            {"subject_type": "pairwise", "sector_identifier_uri": "https://sector.example/uris.json"},
        ):
            with pytest.raises(Refused) as refusal:
                change_application(Application.objects.get(pk=shop.application.pk), actor=COMMAND, **change)
            assert "in use" in refusal.value.problems[0].sentence
        change_with_new_subjects(shop.application, subject_type="pairwise", actor=COMMAND)
    # Signed in she stays, and the tokens in flight are about her.
    assert shop.userinfo(before["access_token"]).json()["sub"] == str(carol.pk)
    after = shop.tokens()
    with tenant_context(acme):
        change_with_new_subjects(shop.application, subject_type="public", actor=COMMAND)
    assert shop.userinfo(after["access_token"]).status_code == 401
    assert shop.introspect(after["access_token"]).json() == {"active": False}


def test_o49_ids_of_one_tenant_are_none_of_another(private: RelyingParty, rival: RelyingParty) -> None:
    """The same sector in both: the keys differ, so what acme tells says nothing at globex."""
    with tenant_context(rival.browser.tenant):
        uris = private.application.redirect_uri_list
        change_application(rival.application, subject_type="pairwise", redirect_uris=uris, actor=COMMAND)
    rival.redirect_uri = uris[0]
    claims = json.dumps({"id_token": {"sub": {"value": subject_in(private)}}})
    assert answer_in(rival.authorize(prompt="none", claims=claims))["error"] == "login_required"
    subject_in(rival)


@pytest.mark.parametrize(
    "uris",
    [
        ["https://a.example/", "https://b.example/"],
        ["com.example.app:/callback"],
        # All applications for devices would be of one sector.
        ["http://127.0.0.1/callback"],
        ["http://localhost/callback", "http://[::1]/callback"],
    ],
    ids=["two hosts", "no host", "its own computer", "by several names"],
)
def test_a_sector_has_one_host(acme: Tenant, mobile: Application, uris: list[str]) -> None:
    with tenant_context(acme), pytest.raises(Refused) as refusal:
        change_application(mobile, subject_type="pairwise", redirect_uris=uris, actor=COMMAND)
    assert [problem.field for problem in refusal.value.problems] == ["sector_identifier_uri"]


def test_an_application_registers_itself_for_ids_of_its_own(register: Register, acme_browser: Browser) -> None:
    said = register({"redirect_uris": ["https://new.example/callback"], "subject_type": "pairwise"}).json()
    assert said["subject_type"] == "pairwise"
    wrong = register({"redirect_uris": ["https://a.example/", "https://b.example/"], "subject_type": "pairwise"})
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_client_metadata")
    assert register({"redirect_uris": ["https://new.example/"], "subject_type": "shared"}).status_code == 400
    metadata = acme_browser.get("/oidc/.well-known/openid-configuration").json()
    assert metadata["subject_types_supported"] == ["public", "pairwise"]
