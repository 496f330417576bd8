"""What strangers can have kept is bounded: by what one request may say, and by how many of them come from where."""

from dataclasses import replace

import pytest
from django.db.models.functions import Now
from django_tenants.utils import tenant_context

from audit.models import Event
from common.crypto.digests import digest_of
from oidc.authorization import limits, services
from oidc.authorization.limits import PUSHED
from oidc.authorization.services import forget_pushed_requests
from oidc.models import PushedRequest
from tests.browser import Browser
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import leads_to
from userflows.journeys import entry
from userflows.journeys.attempts import crowds
from userflows.journeys.attempts.crowds import JOURNEYS, Begun
from userflows.models import Journey

pytestmark = pytest.mark.django_db
LONG = '{"userinfo": {' + ", ".join(f'"claim{number}": null' for number in range(400)) + "}}"


@pytest.fixture
def stranger(shop: RelyingParty) -> RelyingParty:
    """Somebody at Bookshop's address, not signed in."""
    return RelyingParty(Browser(shop.browser.tenant), shop.application, shop.secret)


def test_o52_a_request_that_says_too_much_is_refused_and_leaves_nothing(stranger: RelyingParty) -> None:
    answer = answer_in(stranger.authorize(claims=LONG[:8000], login_hint="x" * 4000))
    assert answer["error"] == "invalid_request"
    assert answer["state"] == "the state"
    pushed = stranger.as_client("/oidc/par", **stranger.request(login_hint="x" * 9000))
    assert pushed.status_code == 400
    with tenant_context(stranger.browser.tenant):
        assert not Journey.objects.exists()
        assert not PushedRequest.objects.exists()


def test_o52_only_what_is_asked_for_again_is_kept(stranger: RelyingParty) -> None:
    stranger.authorize(display="page", claims_locales="de " * 1000, made_up="x" * 3000)
    with tenant_context(stranger.browser.tenant):
        kept = Journey.objects.get().context["parameters"]
    assert kept.keys() == stranger.request().keys()


def test_o52_from_one_address_only_so_many_requests_are_kept(
    stranger: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "UNCOUNTED", 0)
    monkeypatch.setattr(entry, "JOURNEYS", replace(JOURNEYS, attempts=3))
    answers = [stranger.authorize() for _ in range(5)]
    assert [answer_in(answer).get("error") for answer in answers[3:]] == ["temporarily_unavailable"] * 2
    with tenant_context(stranger.browser.tenant):
        assert Journey.objects.count() == 3
        event = Event.objects.get(action="customer.sign_in_failed", details__refused=1)
    assert (event.reason, event.client_id) == ("too_many_attempts", stranger.application.client_id)
    stranger.browser.defaults["REMOTE_ADDR"] = "192.0.2.99"
    assert stranger.authorize().status_code == 200


def test_o52_anybody_can_push_for_a_public_client_but_not_without_end(
    app: RelyingParty, shop: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "UNCOUNTED", 0)
    monkeypatch.setattr(limits, "PUSHED", replace(PUSHED, attempts=3))
    answers = [app.as_client("/oidc/par", **app.request()).status_code for _ in range(5)]
    assert answers == [201, 201, 201, 429, 429]
    with tenant_context(app.browser.tenant):
        event = Event.objects.get(action="application.push_refused", details__refused=1)
    assert (event.reason, event.client_id) == ("too_many_attempts", app.application.client_id)
    # Who proves who they are isn't a stranger.
    assert [shop.as_client("/oidc/par", **shop.request()).status_code for _ in range(5)] == [201] * 5


def test_o52_of_what_anybody_can_push_so_much_is_kept(
    app: RelyingParty, shop: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many networks it comes from: the newest, which a browser may be about to bring."""
    monkeypatch.setattr(services, "MOST_UNUSED", 2)
    of_shop = shop.as_client("/oidc/par", **shop.request()).json()["request_uri"]
    pushed = [app.as_client("/oidc/par", **app.request()).json()["request_uri"] for _ in range(4)]
    with tenant_context(app.browser.tenant):
        PushedRequest.objects.filter(digest=digest_of(pushed[3].rpartition(":")[2])).update(expires_at=Now())
        forget_pushed_requests()
        assert PushedRequest.objects.count() == 3
    for relying_party, request_uri in ((app, pushed[1]), (app, pushed[2]), (shop, of_shop)):
        stranger = RelyingParty(Browser(app.browser.tenant), relying_party.application, relying_party.secret)
        presented = {"client_id": relying_party.application.client_id, "request_uri": request_uri}
        assert "/go/" in leads_to(stranger.browser.get("/oidc/authorize", presented))
    with tenant_context(app.browser.tenant):
        assert {kept.journey_id is None or kept.parameters == {} for kept in PushedRequest.objects.all()} == {True}


def test_whoever_begins_a_few_costs_no_counting(stranger: RelyingParty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowds, "_begun", Begun())
    monkeypatch.setattr(crowds, "UNCOUNTED", 3)
    monkeypatch.setattr(entry, "JOURNEYS", replace(JOURNEYS, attempts=0))
    assert all(stranger.authorize().status_code == 200 for _ in range(3))
    assert answer_in(stranger.authorize())["error"] == "temporarily_unavailable"
