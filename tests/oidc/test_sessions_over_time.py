"""A session that ends because its time is over: applications are told of it, too, and what outlives sessions stays."""

from datetime import timedelta

from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.models import Account, Session
from accounts.sessions.services import end_session
from oidc.models import SignOutNotification
from operations.housekeeping import forget_what_expired
from tests.browser import Browser
from tests.oidc.listener import Listener, told
from tests.oidc.relying_party import RelyingParty


def keep_house(shop: RelyingParty) -> int:
    """Returns how many applications are being told of something."""
    with tenant_context(shop.browser.tenant):
        forget_what_expired()
        return SignOutNotification.objects.count()


def let_time_pass(shop: RelyingParty) -> None:
    with tenant_context(shop.browser.tenant):
        Session.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def test_the_application_is_told_once_when_the_time_is_over(
    shop: RelyingParty, listener: Listener, carol: Account
) -> None:
    tokens = shop.tokens()
    sid = shop.accepts(tokens["id_token"], audience=shop.client_id)["sid"]
    assert keep_house(shop) == 0, "The time isn't over yet."
    let_time_pass(shop)
    assert keep_house(shop) == 1
    assert keep_house(shop) == 1, "It was told twice."
    (claims,) = told(listener, shop)
    assert (claims["sub"], claims["sid"]) == (str(carol.pk), sid)
    # It was asked for by offline_access: it outlives the session.
    assert shop.refresh(tokens["refresh_token"]).status_code == 200


def test_whoever_was_signed_out_before_is_told_of_no_more(
    shop: RelyingParty, listener: Listener, carol: Account
) -> None:
    shop.tokens()
    with tenant_context(shop.browser.tenant):
        end_session(carol.pk, Session.objects.get().sid)
    let_time_pass(shop)
    assert keep_house(shop) == 1


def test_browsers_that_led_to_no_application_go_in_silence(
    shop: RelyingParty, listener: Listener, carol: Account
) -> None:
    Browser(shop.browser.tenant).get("/sign-in/", follow=True)
    let_time_pass(shop)
    assert keep_house(shop) == 0
    with tenant_context(shop.browser.tenant):
        assert not Session.objects.exists()
