"""An application is told by a call that a session has ended (OpenID Connect Back-Channel Logout 1.0)."""

from typing import Any
from uuid import uuid4

import jwt
import pytest
from django.db import transaction
from django_tenants.utils import tenant_context

from accounts.credentials.services.passwords import change_password
from accounts.identity.services.accounts import delete_account, disable_account
from accounts.models import Account, Session
from accounts.sessions.services import sign_out_everywhere
from accounts.sessions.signals import EndedSession, sessions_expired
from accounts.sessions.store import SessionStore
from applications.models import Application
from applications.services.application import change_application
from applications.services.registration import register_application
from audit.services import Actor
from common.web.outgoing import HttpAnswer, OutgoingError
from oidc.models import RefreshToken, SignOutNotification
from oidc.sign_out import jobs
from oidc.sign_out.policies import NOTIFICATION_WAITS, Patience
from oidc.sign_out.services import queue_notifications
from oidc.wire.addresses import issuer_of
from oidc.wire.errors import SigningKeysUnreadable
from tenants.models import Tenant
from tenants.work.jobs import PLACES
from tests.browser import Browser
from tests.cast import BOOKSHOP_SIGNED_OUT
from tests.oidc.listener import EVENT, Listener, told
from tests.oidc.relying_party import RelyingParty
from tests.worker import run_jobs


def notifications(tenant: Tenant) -> list[SignOutNotification]:
    with tenant_context(tenant):
        return list(SignOutNotification.objects.all())


def test_the_token_says_whose_session_has_ended(shop: RelyingParty, listener: Listener, carol: Account) -> None:
    id_token = shop.accepts(shop.tokens()["id_token"], audience=shop.client_id)
    shop.browser.post("/sign-out/")
    (claims,) = told(listener, shop)
    assert claims["iss"] == issuer_of(shop.browser.tenant)
    assert claims["aud"] == shop.client_id
    assert claims["sub"] == str(carol.pk)
    assert claims["sid"] == id_token["sid"]
    assert claims["events"] == {EVENT: {}}
    assert claims["exp"] - claims["iat"] == 120
    assert claims["jti"]
    assert "nonce" not in claims
    (kept,) = notifications(shop.browser.tenant)
    assert (kept.state, kept.attempts, kept.problem) == ("delivered", 1, "")


def test_rp_initiated_sign_out_tells_the_application_too(shop: RelyingParty, listener: Listener) -> None:
    """oidcc-backchannel-rp-initiated-logout."""
    hint = shop.tokens()["id_token"]
    answer = shop.browser.get(
        "/oidc/logout", {"id_token_hint": hint, "post_logout_redirect_uri": BOOKSHOP_SIGNED_OUT, "state": "s"}
    )
    assert answer["Location"] == f"{BOOKSHOP_SIGNED_OUT}?state=s"
    assert len(told(listener, shop)) == 1


@pytest.mark.parametrize(
    "end",
    [
        lambda account: change_password(account, password="another long sentence", actor=Actor.command()),
        lambda account: disable_account(account, actor=Actor.command()),
        lambda account: delete_account(account, actor=Actor.command()),
        lambda account: sign_out_everywhere(account, actor=Actor.command()),
    ],
    ids=["password changed", "disabled", "deleted", "revoked"],
)
def test_o27_a31_whatever_ends_all_sessions_tells_of_each(
    shop: RelyingParty, listener: Listener, carol: Account, bookshop: Application, bookshop_secret: str, end: Any
) -> None:
    other = Browser(shop.browser.tenant)
    other.sign_in(carol)
    sids = set()
    for browser in (shop.browser, other):
        party = RelyingParty(browser, bookshop, bookshop_secret)
        tokens = party.tokens()
        sids.add(party.accepts(tokens["id_token"], audience=party.client_id)["sid"])
    with tenant_context(shop.browser.tenant):
        end(carol)
    assert {claims["sid"] for claims in told(listener, shop)} == sids
    assert len(listener.heard) == 2
    assert shop.refresh(tokens["refresh_token"]).status_code == 400


def test_one_that_needs_no_sessions_is_told_of_all_at_once(
    shop: RelyingParty, listener: Listener, carol: Account, bookshop: Application, bookshop_secret: str
) -> None:
    other = Browser(shop.browser.tenant)
    other.sign_in(carol)
    for browser in (shop.browser, other):
        RelyingParty(browser, bookshop, bookshop_secret).tokens()
    with tenant_context(shop.browser.tenant):
        change_application(
            bookshop,
            backchannel_logout_uri=listener.uri,
            backchannel_logout_session_required=False,
            actor=Actor.command(),
        )
        disable_account(carol, actor=Actor.command())
    (claims,) = told(listener, shop)
    assert claims["sub"] == str(carol.pk)
    assert "sid" not in claims


def test_an_application_is_told_once_and_only_if_it_was_visited(
    shop: RelyingParty, listener: Listener, carol: Account
) -> None:
    stranger = Browser(shop.browser.tenant)
    stranger.sign_in(carol)
    stranger.post("/sign-out/")
    shop.tokens()
    shop.tokens(scope="openid")
    shop.browser.post("/sign-out/")
    shop.browser.post("/sign-out/")
    assert len(told(listener, shop)) == 1


def test_it_is_told_of_a_sign_in_from_days_ago_without_a_refresh_token(shop: RelyingParty, listener: Listener) -> None:
    """The code is forgotten after a day; the session remembers where its owner went."""
    from oidc.models import Grant

    shop.tokens(scope="openid")
    with tenant_context(shop.browser.tenant):
        Grant.objects.all().delete()
        assert not RefreshToken.objects.exists()
    shop.browser.post("/sign-out/")
    assert len(told(listener, shop)) == 1


def test_it_is_told_of_refresh_tokens_that_outlive_their_session(
    shop: RelyingParty, listener: Listener, carol: Account
) -> None:
    shop.tokens()
    with tenant_context(shop.browser.tenant):
        Session.objects.all().delete()
        disable_account(carol, actor=Actor.command())
    assert len(told(listener, shop)) == 1


def test_signing_in_again_forgets_no_visit(shop: RelyingParty, listener: Listener, carol: Account) -> None:
    shop.tokens()
    store = SessionStore(shop.browser.cookies["session_acme"].value)
    with tenant_context(shop.browser.tenant):
        store.load()
        store.cycle_key()
        store.save()
        sign_out_everywhere(carol, actor=Actor.command())
    assert len(told(listener, shop)) == 1


def test_nobody_is_told_what_did_not_happen(shop: RelyingParty, listener: Listener, carol: Account) -> None:
    shop.tokens()
    with tenant_context(shop.browser.tenant), transaction.atomic():
        disable_account(carol, actor=Actor.command())
        transaction.set_rollback(True)
    assert told(listener, shop) == []


@pytest.mark.parametrize(("status", "state"), [(200, "delivered"), (204, "delivered"), (400, "refused")])
def test_an_answer_that_is_final(shop: RelyingParty, listener: Listener, status: int, state: str) -> None:
    listener.answers = [status]
    shop.tokens()
    shop.browser.post("/sign-out/")
    told(listener, shop)
    (kept,) = notifications(shop.browser.tenant)
    assert kept.state == state
    assert ("refused" in kept.problem) == (status == 400)


def test_a_server_that_stumbles_is_told_again_with_growing_pauses(shop: RelyingParty, listener: Listener) -> None:
    assert list(NOTIFICATION_WAITS) == sorted(set(NOTIFICATION_WAITS))
    listener.answers = [500, 302]
    shop.tokens()
    shop.browser.post("/sign-out/")
    run_jobs()
    (kept,) = notifications(shop.browser.tenant)
    assert (kept.state, kept.attempts, kept.problem) == ("waiting", 1, "The application answered with status 500.")
    for expected in ("waiting", "delivered"):
        with tenant_context(shop.browser.tenant):
            _attempt(kept)
        (kept,) = notifications(shop.browser.tenant)
        assert kept.state == expected
    ids = [jwt.decode(heard["logout_token"][0], options={"verify_signature": False})["jti"] for heard in listener.heard]
    assert len(set(ids)) == 3


def _attempt(kept: SignOutNotification) -> None:
    jobs.notify.func(str(kept.pk))


@pytest.mark.parametrize("needing", ["issuer_for", "sign_out_token"])
def test_while_the_keys_cant_be_read_nobody_is_forgotten(
    shop: RelyingParty, listener: Listener, monkeypatch: pytest.MonkeyPatch, needing: str
) -> None:
    """Those that sign, or the one that IDs of customers are made with."""
    shop.tokens()

    def cant_be_read(*_: Any, **__: Any) -> None:
        raise SigningKeysUnreadable

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(jobs, needing, cant_be_read)
        shop.browser.post("/sign-out/")
        run_jobs()
    (notification,) = notifications(shop.browser.tenant)
    assert notification.state == SignOutNotification.State.WAITING
    assert "CIAM_ENCRYPTION_KEYS" in notification.problem
    with tenant_context(shop.browser.tenant):
        _attempt(notification)
    assert len(told(listener, shop)) == 1


def test_after_the_last_attempt_it_is_given_up(shop: RelyingParty, listener: Listener) -> None:
    shop.tokens()
    shop.browser.post("/sign-out/")
    listener.shutdown()
    listener.server_close()
    run_jobs()
    (kept,) = notifications(shop.browser.tenant)
    assert kept.problem == "127.0.0.1 couldn’t be reached."
    with tenant_context(shop.browser.tenant):
        for _ in NOTIFICATION_WAITS:
            _attempt(kept)
    (kept,) = notifications(shop.browser.tenant)
    assert (kept.state, kept.attempts) == ("failed", len(NOTIFICATION_WAITS) + 1)


class Outside:
    """All servers of applications: who is asked, in which order. Those of slow.example answer after five seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = 1000.0
        self.asked: list[str] = []
        monkeypatch.setattr(jobs, "call", self.answer)
        monkeypatch.setattr("oidc.sign_out.jobs.time.monotonic", lambda: self.clock)
        monkeypatch.setattr(jobs, "with_application", Patience(3, within=60))
        monkeypatch.setattr(jobs, "with_tenant", Patience(10, within=60))

    def answer(self, url: str, **_: Any) -> HttpAnswer:
        self.asked.append(url.removeprefix("https://"))
        if "slow.example" not in url:
            return HttpAnswer(204, {}, b"")
        self.clock += 5
        raise OutgoingError("slow.example took too long to answer.")


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Outside:
    return Outside(monkeypatch)


def sign_outs(tenant: Tenant, host: str, *, times: int = 1) -> None:
    """So many sessions end in which somebody was at a new application, which wants to be told at this host."""
    with tenant_context(tenant):
        client_id = listening_at(host)
        queue_notifications({(uuid4(), f"session {number}", client_id) for number in range(times)})


def listening_at(host: str) -> str:
    """The client ID of a new application that wants to be told at this host."""
    application = register_application(
        name=host, kind="web", redirect_uris=["https://app.example/cb"], actor=Actor.command()
    )
    change_application(application, backchannel_logout_uri=f"https://{host}", actor=Actor.command())
    return application.client_id


@pytest.mark.django_db
def test_t38_slow_applications_of_one_tenant_delay_no_other_tenants_for_long(
    acme: Tenant, globex: Tenant, outside: Outside
) -> None:
    for number in range(6):
        sign_outs(acme, f"{number}.slow.example")
    sign_outs(globex, "globex.example", times=4)
    run_jobs()
    assert outside.asked == [
        *("0.slow.example", "globex.example", "1.slow.example", "globex.example"),
        # Ten seconds went by for acme's applications within the minute.
        *("globex.example", "globex.example"),
        *("2.slow.example", "3.slow.example", "4.slow.example", "5.slow.example"),
    ]


@pytest.mark.django_db
def test_t38_sessions_that_are_over_by_themselves_keep_no_sign_out_waiting(acme: Tenant, outside: Outside) -> None:
    """Housekeeping finds them once an hour, however many there are."""
    with tenant_context(acme):
        client_id = listening_at("forgotten.example")
        expired = [EndedSession(uuid4(), f"session {number}", (client_id,)) for number in range(PLACES + 1)]
        sessions_expired.send(Session, sessions=expired)
    sign_outs(acme, "pressed.example")
    run_jobs()
    assert outside.asked == ["pressed.example", *["forgotten.example"] * len(expired)]


@pytest.mark.django_db
def test_who_was_slow_is_called_again_after_a_minute_and_others_of_the_tenant_meanwhile(
    acme: Tenant, outside: Outside
) -> None:
    sign_outs(acme, "slow.example", times=3)
    sign_outs(acme, "quick.example", times=2)
    run_jobs()
    assert outside.asked == ["slow.example", "quick.example", "quick.example"]
    with tenant_context(acme):
        kept = SignOutNotification.objects.filter(application__name="slow.example").order_by("created_at")
        assert {each.problem for each in kept} == {jobs.TOO_SLOW, "slow.example took too long to answer."}
        assert {(each.state, each.attempts) for each in kept} == {("waiting", 1)}
        outside.clock += 61
        _attempt(kept[0])
    assert outside.asked[3:] == ["slow.example"]


def test_c12_internal_addresses_are_never_called(shop: RelyingParty, bookshop: Application, listener: Listener) -> None:
    """Also not one that was good when it was registered, and leads elsewhere now."""
    with tenant_context(shop.browser.tenant):
        Application.objects.filter(pk=bookshop.pk).update(
            backchannel_logout_uri="http://169.254.169.254/latest/meta-data/"
        )
    shop.tokens()
    shop.browser.post("/sign-out/")
    run_jobs()
    (kept,) = notifications(shop.browser.tenant)
    assert kept.state == "waiting"
    assert "internal" in kept.problem
    assert listener.heard == []


def test_t15_another_tenants_customers_are_none_of_its_business(
    shop: RelyingParty, rival: RelyingParty, listener: Listener
) -> None:
    rival.tokens()
    rival.browser.post("/sign-out/")
    run_jobs()
    assert listener.heard == []
    assert notifications(shop.browser.tenant) == []


def test_a_logout_token_is_good_for_nothing_else(shop: RelyingParty, listener: Listener) -> None:
    shop.tokens()
    shop.browser.post("/sign-out/")
    run_jobs()
    token = listener.heard[0]["logout_token"][0]
    assert shop.userinfo(token).status_code == 401
    assert shop.introspect(token).json() == {"active": False}
    assert shop.authorize(id_token_hint=token)["Location"].startswith("https://bookshop.example/callback?error=")


def test_discovery_says_so(shop: RelyingParty) -> None:
    metadata = shop.browser.get("/oidc/.well-known/openid-configuration").json()
    assert metadata["backchannel_logout_supported"] is True
    assert metadata["backchannel_logout_session_supported"] is True
