"""How a hook is called: signed, within its time, with one retry, and not for a while if it gives no good answer."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from django_tenants.utils import tenant_context
from pytest_django.fixtures import Settings

from audit.models import Event
from audit.services import Actor
from common.problems import Refused
from common.web.outgoing import Places
from hooks.calls import asking, deliveries
from hooks.calls.asking import HookDown, ask
from hooks.calls.trial import NothingKept, replay, try_hook
from hooks.description import HookDescription, described
from hooks.lookup import hook_for
from hooks.models import Delivery, Hook
from hooks.policies import ACCOUNT, SUBMIT, TOKEN, rest_after
from hooks.services import MOST_HOOKS, apply, create_hook, delete_hook, exchange_secret
from hooks.wire.answers import nothing_left_out
from hooks.wire.requests import sample_request
from operations.resealing import reseal_tenant
from tenants.models import Tenant
from tests.database import held_sessions
from tests.hooks.conftest import AddHook
from tests.hooks.receiver import GO_ON, Answered, Receiver, Verifier

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()


def asked_once(tenant: Tenant, hook: Hook) -> str:
    """Ask as a sign-up does. Returns the action, or what stood in the way."""
    with tenant_context(tenant):
        try:
            request, nonce = sample_request(hook)
            return ask(hook_for(hook.moment) or hook, request, nonce=nonce).action
        except HookDown as down:
            return str(down)


def now_is(tenant: Tenant, hook: Hook) -> Hook:
    with tenant_context(tenant):
        return Hook.objects.get(pk=hook.pk)


def test_eve_can_neither_forge_a_request_nor_send_one_again(acme: Tenant, add_hook: AddHook, server: Receiver) -> None:
    hook = add_hook(SUBMIT)
    asked_once(acme, hook)
    [asked] = server.asked
    owner = Verifier(hook.secret)  # type: ignore[attr-defined]

    assert not Verifier("whsec_" + "A" * 44).believes(asked)
    assert not owner.believes(replace(asked, body=asked.body.replace(b"Test", b"Eve!")))
    assert not owner.believes(asked, now=time.time() + 301)
    assert owner.believes(asked)
    assert not owner.believes(asked)


def test_p04_a_further_header_goes_to_the_server_it_was_saved_for_and_to_no_other(
    acme: Tenant, add_hook: AddHook, server: Receiver
) -> None:
    hook = add_hook(SUBMIT)
    with tenant_context(acme):
        wished = replace(described(hook), header="Authorization")
        apply(hook, wished, header_value="Bearer a-token", actor=COMMAND)
        assert "a-token" not in Hook.objects.get().sealed_header
        assert "a-token" not in str(Event.objects.filter(action="hook.changed").get().details)
        reseal_tenant(acme, actor=COMMAND)
    asked_once(acme, hook)
    [asked] = server.asked
    assert asked.headers["Authorization"] == "Bearer a-token"
    assert Verifier(hook.secret).believes(asked)  # type: ignore[attr-defined]
    with tenant_context(acme):
        # Eve, who may change hooks for a moment, gets it neither at her own server nor in the place of a signature.
        others = [replace(wished, header=each) for each in ("Webhook-Signature", "Host", "a b")]
        for each in (replace(wished, url="https://eve.example/"), *others):
            with pytest.raises(Refused):
                apply(hook, each, actor=COMMAND)
        apply(hook, replace(wished, url=f"{wished.url}?changed"), actor=COMMAND)
    asked_once(acme, hook)
    assert server.asked[1].headers["Authorization"] == "Bearer a-token"


def test_a_hook_whose_header_cant_be_read_any_more_can_be_switched_off(acme: Tenant, add_hook: AddHook) -> None:
    hook = add_hook(SUBMIT)
    with tenant_context(acme):
        on = replace(described(hook), header="Authorization")
        apply(hook, on, header_value="Bearer a-token", actor=COMMAND)
        Hook.objects.update(sealed_header="of a key that is gone")
        off = replace(on, is_on=False, name="Broken")
        apply(hook, off, actor=COMMAND)
        assert not Hook.objects.get().is_on
        assert Hook.objects.get().sealed_header == "of a key that is gone"
        for wished in (on, replace(off, header="X-Token")):
            with pytest.raises(Refused, match="what the header holds"):
                apply(hook, wished, actor=COMMAND)
        apply(hook, on, header_value="Bearer another", actor=COMMAND)


def test_while_the_secret_is_exchanged_both_are_good(acme: Tenant, add_hook: AddHook, server: Receiver) -> None:
    hook = add_hook(SUBMIT)
    with tenant_context(acme):
        new = exchange_secret(hook, actor=COMMAND)
    asked_once(acme, hook)
    assert Verifier(hook.secret).believes(server.asked[0])  # type: ignore[attr-defined]
    assert Verifier(new).believes(server.asked[0])

    with tenant_context(acme):
        Hook.objects.update(old_secret_until=timezone.now())
        apply(hook, replace(described(hook), timeout_ms=1500), actor=COMMAND)
    asked_once(acme, hook)
    assert not Verifier(hook.secret).believes(server.asked[1])  # type: ignore[attr-defined]
    assert Verifier(new).believes(server.asked[1])


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_is_asked_once_more_under_the_same_name(
    acme: Tenant, add_hook: AddHook, server: Receiver, status: int
) -> None:
    hook = add_hook(SUBMIT)
    server.answers(Answered(status=status), GO_ON)
    assert asked_once(acme, hook) == "continueWithDefaultBehavior"
    first, second = ({name.lower(): value for name, value in asked.headers.items()} for asked in server.asked)
    assert first["webhook-id"] == second["webhook-id"]
    with tenant_context(acme):
        assert Delivery.objects.get().tries == 2


def test_a_broken_server_is_asked_once(acme: Tenant, add_hook: AddHook, server: Receiver) -> None:
    hook = add_hook(SUBMIT)
    server.answers(Answered(status=500))
    assert asked_once(acme, hook) == "It answered with status 500, not 200."
    assert len(server.asked) == 1


def test_r20_nobody_waits_longer_than_the_hook_may_take(acme: Tenant, add_hook: AddHook, server: Receiver) -> None:
    hook = add_hook(SUBMIT, timeout_ms=500)
    server.answers(Answered(after=3))
    begun = time.monotonic()
    assert "took too long" in asked_once(acme, hook)
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("url", ["https://169.254.169.254/", "https://10.0.0.1/", "https://[::ffff:127.0.0.1]/x"])
def test_c12_no_hook_is_at_an_internal_address(acme: Tenant, add_hook: AddHook, settings: Settings, url: str) -> None:
    settings.IS_LOCAL = False
    with pytest.raises(Refused):
        add_hook(SUBMIT, url=url)


def test_c12_a_name_that_leads_inside_is_not_called(
    acme: Tenant, add_hook: AddHook, server: Receiver, settings: Settings
) -> None:
    hook = add_hook(SUBMIT, url=f"https://localhost:{server.port}/")
    settings.IS_LOCAL = False
    assert "internal network" in asked_once(acme, hook)
    assert server.asked == []


def test_who_gives_no_good_answer_rests_and_is_tried_by_one(acme: Tenant, add_hook: AddHook, server: Receiver) -> None:
    hook = add_hook(ACCOUNT)
    server.answers(Answered(status=500))
    for _ in range(5):
        asked_once(acme, hook)
    assert asked_once(acme, hook) == str(asking.RESTS)
    assert len(server.asked) == 5

    let_rest_be_over(acme)
    asked_once(acme, hook)
    assert asked_once(acme, hook) == str(asking.RESTS)
    assert now_is(acme, hook).rests == 2

    let_rest_be_over(acme)
    server.answers(GO_ON)
    assert asked_once(acme, hook) == "continueWithDefaultBehavior"
    assert asked_once(acme, hook) == "continueWithDefaultBehavior"
    with tenant_context(acme):
        told = Event.objects.filter(action__in=["hook.rests", "hook.answers_again"]).order_by("pk")
        assert list(told.values_list("action", flat=True)) == ["hook.rests", "hook.answers_again"]


def let_rest_be_over(tenant: Tenant) -> None:
    with tenant_context(tenant):
        Hook.objects.update(rests_until=F("rests_until") - timedelta(minutes=6))


def test_half_of_twenty_within_a_minute_are_too_many(acme: Tenant, add_hook: AddHook, server: Receiver) -> None:
    hook = add_hook(ACCOUNT)
    bad, turn = Answered(status=500), iter(range(100))
    server.behave = lambda _: bad if next(turn) % 2 else GO_ON
    for _ in range(20):
        asked_once(acme, hook)
    assert now_is(acme, hook).rests == 1


def test_rests_get_longer_up_to_five_minutes() -> None:
    assert [rest_after(times) for times in (1, 2, 3, 4, 5, 50)] == [30, 60, 120, 240, 300, 300]


def test_a_test_and_a_replay_are_noted_and_change_nothing(acme: Tenant, add_hook: AddHook, server: Receiver) -> None:
    hook = add_hook(SUBMIT)
    asked_once(acme, hook)
    with tenant_context(acme):
        [live] = Delivery.objects.all()
        again = replay(live, judge=nothing_left_out, actor=COMMAND)
        server.answers(Answered(status=500))
        tried = try_hook(hook, judge=nothing_left_out, actor=COMMAND)
        kinds = list(Delivery.objects.order_by("pk").values_list("kind", "judgement"))
    assert again.request == server.asked[0].json == server.asked[1].json
    assert again.answer is not None
    assert tried.answer is None
    assert kinds == [("live", GO_ON_NAME), ("replay", GO_ON_NAME), ("test", "")]
    assert now_is(acme, hook).failures == 0


GO_ON_NAME = "continueWithDefaultBehavior"


def test_what_is_kept_of_requests_is_sealed_and_goes(
    acme: Tenant, add_hook: AddHook, server: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "KEPT", 3)
    monkeypatch.setattr(deliveries, "PRUNED_EVERY", 1)
    hook = add_hook(SUBMIT)
    for _ in range(5):
        asked_once(acme, hook)
    settings.CIAM_ENCRYPTION_KEYS = {"new": b"n" * 32, **settings.CIAM_ENCRYPTION_KEYS}
    assert reseal_tenant(acme, actor=COMMAND).problems == {}
    settings.CIAM_ENCRYPTION_KEYS = {"new": b"n" * 32}
    with tenant_context(acme):
        assert Delivery.objects.count() == 3
        newest = Delivery.objects.latest("pk")
        assert "test@example.com" not in newest.sealed_request
        assert replay(newest, judge=nothing_left_out, actor=COMMAND).answer is not None
        settings.CIAM_ENCRYPTION_KEYS = {"lost": b"l" * 32}
        with pytest.raises(NothingKept):
            replay(newest, judge=nothing_left_out, actor=COMMAND)
        Delivery.objects.update(at=timezone.now() - timedelta(days=8))
        assert deliveries.sweep_deliveries() == 3


def test_at_a_moment_one_hook_is_asked(acme: Tenant, add_hook: AddHook) -> None:
    add_hook(TOKEN, name="A", serves=("a", "b"))
    with pytest.raises(Refused, match="“A” is already asked then"):
        add_hook(TOKEN, name="B", serves=("b",))
    with pytest.raises(Refused, match="at least one application"):
        add_hook(TOKEN, name="B")
    with pytest.raises(Refused, match="exists"):
        add_hook(TOKEN, name="A", serves=("c",))
    add_hook(TOKEN, name="B", serves=("b",), is_on=False)
    with tenant_context(acme):
        hook = hook_for(TOKEN, "b")
        assert hook is not None
        assert hook.name == "A"
        delete_hook(hook, actor=COMMAND)
        assert hook_for(TOKEN, "b") is None


def test_a_hundred_hooks_are_enough(acme: Tenant, add_hook: AddHook) -> None:
    with tenant_context(acme):
        for number in range(MOST_HOOKS):
            create_hook(HookDescription(f"{number}", TOKEN, "https://a.example/", (f"{number}",)), actor=COMMAND)
    with pytest.raises(Refused, match="100 hooks at most"):
        add_hook(SUBMIT)


def test_one_that_is_full_is_down_for_whoever_comes_then(
    acme: Tenant, add_hook: AddHook, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "of_hook", Places(10, share=0))
    assert asked_once(acme, add_hook(SUBMIT)) == str(asking.TOO_MANY)
    assert server.asked == []


@pytest.mark.django_db(transaction=True)
def test_the_database_is_free_while_a_hook_thinks(acme: Tenant, add_hook: AddHook, server: Receiver) -> None:
    hook = add_hook(SUBMIT)
    seen: list[Any] = []

    def look(_: Any) -> Answered:
        seen.append(held_sessions())
        return GO_ON

    server.behave = look
    assert asked_once(acme, hook) == GO_ON_NAME
    assert seen == [[]]
