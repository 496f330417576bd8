"""Ada has a server of hers asked at certain moments, tries it out, and reads what came of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account
from applications.description import Claim
from applications.models import Application
from applications.services.application import change_application
from audit.models import Event
from audit.services import Actor
from hooks.description import HookDescription
from hooks.models import Delivery, Hook
from hooks.policies import START, SUBMIT, TOKEN
from hooks.services import create_hook
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from tests.browser import Browser
from tests.hooks.receiver import Answered, Receiver, Verifier, action, receiver

pytestmark = pytest.mark.django_db
HOOKS = "/tenants/acme/hooks/"
COMMAND = Actor.command()


@pytest.fixture
def server() -> Any:
    with receiver() as one:
        yield one


def chosen(server: Receiver, **other: Any) -> dict[str, Any]:
    usual = {"name": "Checks", "url": server.url, "timeout_ms": 2000, "on_failure": "stop", "is_on": "on"}
    return {**usual, **other}


def only(acme: Tenant) -> Hook:
    with tenant_context(acme):
        return Hook.objects.get()


def test_eve_sees_nothing_of_another_tenants_hooks(
    acme: Tenant, ada_portal: Browser, grace_portal: Browser, server: Receiver
) -> None:
    ada_portal.post(f"{HOOKS}new/?moment={SUBMIT}", chosen(server))
    for path in (HOOKS, f"{HOOKS}{only(acme).pk}/", f"/tenants/globex/hooks/{only(acme).pk}/"):
        assert grace_portal.get(path).status_code == 404


def test_ada_adds_one_tests_it_and_reads_what_it_said(acme: Tenant, ada_portal: Browser, server: Receiver) -> None:
    assert "No hooks yet" in ada_portal.get(HOOKS).content.decode()
    assert "After the sign-up form was sent" in ada_portal.get(f"{HOOKS}new/").content.decode()
    wrong = chosen(server, name="", url="https://10.0.0.1", timeout_ms=9000)
    refused = ada_portal.post(f"{HOOKS}new/?moment={SUBMIT}", wrong).content.decode()
    for sentence in ("Enter a name", "from 500 to 5000", "The address is internal"):
        assert sentence in refused

    shown = ada_portal.post(f"{HOOKS}new/?moment={SUBMIT}", chosen(server), follow=True).content.decode()
    secret = re.search(r"whsec_[A-Za-z0-9+/=]{44}", shown)
    assert secret is not None
    page = f"{HOOKS}{only(acme).pk}/"
    assert "whsec_" not in ada_portal.get(page).content.decode()
    assert "whsec_" not in only(acme).sealed_secret

    server.answers(action("showValidationError", message="No <such> card."))
    tested = ada_portal.post(f"{page}test").content.decode()
    assert "Found something wrong" in tested
    assert "No &lt;such&gt; card." in tested
    assert Verifier(secret[0]).believes(server.asked[0])
    server.answers(action("modifyAttributeValues", attributes={"city": "Brno", "shoe<b>": 44}))
    tested = ada_portal.post(f"{page}test").content.decode()
    assert 'shoe&lt;b&gt;</bdi></code> <span class="soft">There is no attribute of this name.' in tested
    assert "44" not in tested.partition("What it would change")[2].partition("What was sent")[0]
    with tenant_context(acme):
        tried = Delivery.objects.latest("pk")
    assert "There is no attribute of this name." in ada_portal.get(f"{page}deliveries/{tried.pk}/").content.decode()
    server.answers(Answered(status=500))
    assert "It answered with status 500, not 200." in ada_portal.post(f"{page}test").content.decode()
    assert "status 500" in ada_portal.get(page).content.decode()


def test_a_test_says_which_claims_and_values_no_customer_would_get(
    acme: Tenant, ada_portal: Browser, bookshop: Application, server: Receiver
) -> None:
    taken = "A claim of this name is chosen for Bookshop, and a hook takes the place of none."
    claim = Claim("tier", "constant", "gold", in_id_token=True)
    with tenant_context(acme):
        change_application(bookshop, claims=(claim,), actor=COMMAND)
    for moment, answer in (
        (TOKEN, action("provideClaimsForToken", claims={"tier": "hooks own", "shelf": "A"})),
        (START, action("setPrefillValues", inputs={"jobTitle": "hooks own", "givenName": "A"})),
    ):
        serves = (bookshop.client_id,) if moment == TOKEN else ()
        with tenant_context(acme):
            hook, _ = create_hook(HookDescription(moment, moment, server.url, serves=serves), actor=COMMAND)
        page = f"{HOOKS}{hook.pk}/test"
        server.answers(answer)
        shown = ada_portal.post(page).content.decode()
        why = taken if moment == TOKEN else "The form doesn’t ask for it."
        assert why in shown
        counts = shown.partition("What it would change")[2].partition("What was sent")[0]
        assert "hooks own" not in counts
        assert "A&quot;" in counts
    # Of an application that the hook doesn't serve, it says nothing.
    with tenant_context(acme):
        Hook.objects.filter(moment=TOKEN).update(serves=["another"])
        page = f"{HOOKS}{Hook.objects.get(moment=TOKEN).pk}/test"
    server.answers(action("provideClaimsForToken", claims={"tier": "hooks own"}))
    assert taken not in ada_portal.post(page).content.decode()


def test_a_new_hook_is_off_and_a_new_secret_says_how_long_both_sign(
    acme: Tenant, ada_portal: Browser, server: Receiver
) -> None:
    form = ada_portal.get(f"{HOOKS}new/?moment={SUBMIT}").content.decode()
    assert re.search(r'<input[^>]*name="is_on"(?![^>]*checked)', form)
    assert "addresses of this machine, too" in form
    untouched = {name: value for name, value in chosen(server).items() if name != "is_on"}
    shown = ada_portal.post(f"{HOOKS}new/?moment={SUBMIT}", untouched, follow=True).content.decode()
    assert "Store its secret and test it. It’s off until you tick “It is asked”." in shown
    assert not only(acme).is_on
    assert "What the test found" in ada_portal.post(f"{HOOKS}{only(acme).pk}/test").content.decode()
    shown = ada_portal.post(f"{HOOKS}{only(acme).pk}/secret", follow=True).content.decode()
    assert "Requests are signed with both secrets for a day." in shown


def test_of_many_the_applications_are_read_once(acme: Tenant, ada_portal: Browser, bookshop: Application) -> None:
    with tenant_context(acme):
        for number, serves in enumerate((bookshop.client_id, "gone", "too")):
            create_hook(HookDescription(f"At {number}", TOKEN, "https://a.example/", (serves,)), actor=COMMAND)
    with CaptureQueriesContext(connection) as asked:
        listed = ada_portal.get(HOOKS).content.decode()

    for told in ("At 0", "At 1", "At 2", "Bookshop", "No one any longer"):
        assert told in listed
    assert sum('FROM "applications_application"' in each["sql"] for each in asked) == 1


def test_a_delivery_is_read_and_sent_again(acme: Tenant, ada_portal: Browser, server: Receiver) -> None:
    ada_portal.post(f"{HOOKS}new/?moment={SUBMIT}", chosen(server))
    ada_portal.post(f"{HOOKS}{only(acme).pk}/test")
    with tenant_context(acme):
        page = f"{HOOKS}{only(acme).pk}/deliveries/{Delivery.objects.get().pk}/"
    assert "test@example.com" in ada_portal.get(page).content.decode()

    server.answers(action("showBlockPage", message="No."))
    assert "Turned away" in ada_portal.post(f"{page}replay").content.decode()

    assert server.asked[0].json == server.asked[1].json
    with tenant_context(acme):
        assert list(Delivery.objects.order_by("pk").values_list("kind", flat=True)) == ["test", "replay"]
        Delivery.objects.update(sealed_request="")
    assert "isn’t kept" in ada_portal.post(f"{page}replay", follow=True).content.decode()


def test_who_may_not_see_customers_reads_how_a_delivery_went_and_not_about_whom(
    acme: Tenant, home: Tenant, ada: Account, ada_portal: Browser, server: Receiver
) -> None:
    ada_portal.post(f"{HOOKS}new/?moment={SUBMIT}", chosen(server))
    ada_portal.post(f"{HOOKS}{only(acme).pk}/test")
    with tenant_context(acme):
        page = f"{HOOKS}{only(acme).pk}/deliveries/{Delivery.objects.get().pk}/"
    with schema_context(PUBLIC):
        Membership.objects.filter(tenant=acme, account_id=ada.pk).update(role="flow_administrator")
    told = ada_portal.get(page).content.decode()
    assert "Only administrators who can see customers" in told
    assert "test@example.com" not in told
    assert ada_portal.post(f"{page}replay").status_code == 404
    assert "key=k" not in ada_portal.get(f"{HOOKS}{only(acme).pk}/").content.decode()


def test_one_is_changed_switched_off_given_another_secret_and_deleted(
    acme: Tenant, ada_portal: Browser, server: Receiver, bookshop: Application
) -> None:
    ada_portal.post(f"{HOOKS}new/?moment={TOKEN}", chosen(server, serves=[bookshop.client_id]))
    page = f"{HOOKS}{only(acme).pk}/"
    assert "Bookshop" in ada_portal.get(HOOKS).content.decode()
    saved = ada_portal.post(page, chosen(server, name="Other", serves=[bookshop.client_id], is_on=""), follow=True)
    assert "Switched off" in saved.content.decode()
    assert "whsec_" in ada_portal.post(f"{page}secret", follow=True).content.decode()
    assert "the one before signs as well" in ada_portal.get(page).content.decode()
    assert "Delete <bdi>Other</bdi>?" in ada_portal.get(f"{page}delete/").content.decode()

    ada_portal.post(f"{page}delete/")

    with tenant_context(acme):
        assert not Hook.objects.exists()
        told = Event.objects.filter(action__startswith="hook.").order_by("pk")
        assert [event.action for event in told] == [
            f"hook.{what}" for what in ("created", "changed", "secret_exchanged", "deleted")
        ]
        assert "key=k" not in str([event.details for event in told])


def test_one_that_fails_is_a_concern_until_it_answers(acme: Tenant, ada_portal: Browser, server: Receiver) -> None:
    ada_portal.post(f"{HOOKS}new/?moment={SUBMIT}", chosen(server))
    with tenant_context(acme):
        Hook.objects.update(
            failures=5, failing_since=timezone.now(), rests=1, rests_until=timezone.now() + timedelta(minutes=1)
        )
    assert "failed 5 times, and no one can continue" in ada_portal.get("/tenants/acme/").content.decode()
    assert "Not asked for a while" in ada_portal.get(HOOKS).content.decode()
    ada_portal.post(f"{HOOKS}{only(acme).pk}/", chosen(server, url=f"{server.url}&v=2"))
    assert "no one can continue" not in ada_portal.get("/tenants/acme/").content.decode()
