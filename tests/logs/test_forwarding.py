"""What a web-hook gets of a tenant's log, whatever happens to it, to us, or on the way."""

import hashlib
import hmac
import json
import ssl
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.utils import timezone
from django.utils.translation import override
from django_tenants.utils import tenant_context
from pytest_django.fixtures import Settings

from audit.models import Event
from audit.services import Actor
from common.problems import Refused
from common.web import outgoing
from logs.forwarding import batches, senders, turns
from logs.forwarding.description import DestinationDescription
from logs.forwarding.policies import FIRST_WAIT, GIVEN_UP_AFTER, HELD_BACK_FOR, LONGEST_WAIT, wait_after
from logs.forwarding.progress import DestinationState, progress_of
from logs.forwarding.services import (
    MOST_DESTINATIONS,
    create_destination,
    delete,
    exchange_secret,
    replay,
    resume,
    send_test,
    suspend,
)
from logs.forwarding.turns import DELIVERIES_KEPT, Lane, forward_what_is_due
from logs.keeping.retention import prune_events
from logs.models import Delivery, Destination, Seal
from logs.seals import sealing
from operations.resealing import reseal_tenant
from tenants.models import Tenant
from tenants.services import resume_tenant, suspend_tenant
from tests.database import seen_by_superuser
from tests.logs.events import write_event, write_events
from tests.logs.receivers import Receiver, web_hook
from tests.tls import certificate_for

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()


def happen(tenant: Tenant, number: int) -> list[int]:
    """So many events, which are sealed already. Returns their IDs."""
    ids = write_events(tenant, number)
    sealing.seal_all_events(tenant.schema_name)
    return ids


def now_is(destination: Destination, tenant: Tenant) -> Destination:
    with tenant_context(tenant):
        return Destination.objects.get(pk=destination.pk)


def let_wait_be_over(tenant: Tenant) -> None:
    with tenant_context(tenant):
        Destination.objects.update(next_try_at=F("next_try_at") - LONGEST_WAIT)


def deliveries(tenant: Tenant) -> list[Delivery]:
    with tenant_context(tenant):
        return list(Delivery.objects.order_by("pk"))


def test_a_web_hook_gets_what_happens_from_now_on_once_and_in_order(
    sealed: Tenant, forwarded: Destination, hook: Receiver
) -> None:
    sealing.seal_all_events(sealed.schema_name)
    ids = happen(sealed, 7)
    with tenant_context(sealed):
        assert progress_of(forwarded).waiting >= 7
    forward_what_is_due(sealed.schema_name)
    assert hook.ids()[-7:] == ids
    assert hook.ids() == sorted(set(hook.ids()))
    assert hook.events()[-1]["action"] == "thing.happened"
    assert hook.events()[-1]["details"] == {"number": 6}
    destination = now_is(forwarded, sealed)
    with tenant_context(sealed):
        assert progress_of(destination).oldest_at is None
        assert destination.cursor == Seal.objects.latest("number").number
    assert {(each.has_arrived, each.status, str(each.said)) for each in deliveries(sealed)} == {(True, 204, "")}

    calls = len(hook.calls)
    assert forward_what_is_due(sealed.schema_name) is False
    assert len(hook.calls) == calls


def test_what_was_committed_late_is_forwarded_too(sealed: Tenant, forwarded: Destination, hook: Receiver) -> None:
    happen(sealed, 2)
    with tenant_context(sealed):
        late = write_event(id=Event.objects.earliest("pk").pk - 1).pk
    sealing.seal_all_events(sealed.schema_name)
    forward_what_is_due(sealed.schema_name)
    assert hook.ids().count(late) == 1


def test_where_homes_log_goes_the_events_of_the_installation_go_too(
    home: Tenant, acme: Tenant, hook: Receiver, nobody_waits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "SEALED_AFTER", timedelta(0))
    with tenant_context(home):
        destination, _ = create_destination(DestinationDescription("X", "web-hook", hook.url), actor=COMMAND)
    with tenant_context(acme):
        create_destination(DestinationDescription("X", "web-hook", hook.url), actor=COMMAND)
    suspend_tenant(acme, actor=COMMAND)
    resume_tenant(acme, actor=COMMAND)
    assert forward_what_is_due(home.schema_name) is True
    forward_what_is_due(acme.schema_name)
    found = [event for event in hook.events() if event["id"].startswith("installation:")]
    assert [event["action"] for event in found] == ["tenant.suspended", "tenant.resumed"]
    assert found[0]["target_name"] == "Acme"

    hook.calls.clear()
    with tenant_context(home):
        replay(destination, since=timezone.now() - timedelta(seconds=9), actor=COMMAND)
    forward_what_is_due(home.schema_name)
    assert {event["id"] for event in hook.events()} >= {event["id"] for event in found}


def test_l05_each_call_is_signed_with_its_time_and_by_two_secrets_while_they_are_exchanged(
    sealed: Tenant, hook: Receiver
) -> None:
    with tenant_context(sealed):
        description = DestinationDescription("Collector", "web-hook", hook.url)
        destination, first = create_destination(description, actor=COMMAND)
        happen(sealed, 1)
        forward_what_is_due(sealed.schema_name)
        second = exchange_secret(destination, actor=COMMAND)
        happen(sealed, 1)
        forward_what_is_due(sealed.schema_name)
        Destination.objects.update(old_secret_until=timezone.now())
        happen(sealed, 1)
        forward_what_is_due(sealed.schema_name)
        assert first not in str(Event.objects.values_list("details", flat=True))

    def signed_by(headers: dict[str, str], body: bytes) -> set[str]:
        [(_, at), *signatures] = [part.split("=") for part in headers["CIAM-Signature"].split(",")]
        assert abs(int(at) - time.time()) < 60
        found = {value for _, value in signatures}
        digests = {
            secret: hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
            for secret in (first, second)
        }
        assert found <= set(digests.values())
        return {secret for secret, digest in digests.items() if digest in found}

    assert [signed_by(*call) for call in (hook.calls[0], hook.calls[-2], hook.calls[-1])] == [
        {first},
        {first, second},
        {second},
    ]


def test_a_web_hook_that_is_down_gets_all_in_order_when_it_is_back(
    sealed: Tenant, forwarded: Destination, hook: Receiver
) -> None:
    hook.behave = lambda: 503
    ids = happen(sealed, 4)
    assert forward_what_is_due(sealed.schema_name) is True
    ids += happen(sealed, 4)
    forward_what_is_due(sealed.schema_name)
    destination = now_is(forwarded, sealed)
    assert (destination.failures, destination.failing_since is not None) == (1, True)
    assert destination.next_try_at is not None
    assert destination.next_try_at - timezone.now() <= FIRST_WAIT
    [failed] = deliveries(sealed)
    assert (failed.has_arrived, failed.status, str(failed.said)) == (False, 503, "thanks")

    hook.calls.clear()
    hook.behave = lambda: 200
    let_wait_be_over(sealed)
    forward_what_is_due(sealed.schema_name)
    assert [pk for pk in hook.ids() if pk in ids] == ids
    assert (now_is(forwarded, sealed).failures, now_is(forwarded, sealed).next_try_at) == (0, None)


def test_one_that_takes_a_batch_and_breaks_off_gets_the_same_batch_again(
    sealed: Tenant, forwarded: Destination, hook: Receiver
) -> None:
    def break_off() -> int:
        raise ConnectionResetError

    hook.behave = break_off
    happen(sealed, 3)
    forward_what_is_due(sealed.schema_name)
    assert "cut its answer short" in str(deliveries(sealed)[0].said)
    hook.behave = lambda: 200
    let_wait_be_over(sealed)
    forward_what_is_due(sealed.schema_name)
    assert json.loads(hook.calls[0][1]) == json.loads(hook.calls[1][1])


def test_one_that_was_slow_or_never_called_keeps_only_those_like_it_waiting(
    forwarded: Destination, sealed: Tenant, hook: Receiver
) -> None:
    """Each lane has threads of its own."""
    happen(sealed, 1)
    for took, lane, other in (
        (None, Lane.OTHERS, Lane.QUICK),
        (20, Lane.QUICK, Lane.OTHERS),
        (9000, Lane.OTHERS, Lane.QUICK),
    ):
        with tenant_context(sealed):
            if took is not None:
                Delivery.objects.update(took=took)
        before = len(hook.calls)
        happen(sealed, 1)
        forward_what_is_due(sealed.schema_name, other)
        assert len(hook.calls) == before
        forward_what_is_due(sealed.schema_name, lane)
        assert len(hook.calls) > before


def test_one_that_is_slow_is_not_waited_for(
    sealed: Tenant, forwarded: Destination, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "SECONDS", 0.2)
    is_over = threading.Event()

    def dawdle() -> int:
        is_over.wait(30)
        return 200

    hook.behave = dawdle
    happen(sealed, 1)
    forward_what_is_due(sealed.schema_name)
    is_over.set()
    said = deliveries(sealed)[0].said
    assert str(said) == "localhost took too long to answer."
    with override("de"):
        assert str(said) == "localhost hat zu lange für die Antwort gebraucht."


def test_l06_one_with_another_certificate_gets_nothing(
    sealed: Tenant, forwarded: Destination, hook: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    other, _ = certificate_for(tmp_path / "other", "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    happen(sealed, 1)
    forward_what_is_due(sealed.schema_name)
    assert hook.calls == []
    assert "The certificate of localhost isn’t valid" in str(deliveries(sealed)[0].said)


def test_l06_a_certificate_for_another_name_is_none(
    sealed: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = certificate_for(tmp_path, "elsewhere.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with web_hook(context) as receiver, tenant_context(sealed):
        destination, _ = create_destination(DestinationDescription("X", "web-hook", receiver.url), actor=COMMAND)
        assert "isn’t valid" in str(send_test(destination, actor=COMMAND).told)
        assert receiver.calls == []


@pytest.mark.django_db(transaction=True)
def test_no_transaction_waits_for_somebody_elses_server(sealed: Tenant, forwarded: Destination, hook: Receiver) -> None:
    open_ones: list[list[tuple[object, ...]]] = []

    def look() -> int:
        # Of this run's database: other tests run beside it.
        ours = "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in trans%'"
        open_ones.append(seen_by_superuser(ours))
        return 200

    hook.behave = look
    happen(sealed, 2)
    forward_what_is_due(sealed.schema_name)
    assert open_ones
    assert all(each == [] for each in open_ones)


def test_what_a_killed_worker_had_in_hand_is_sent_by_another_one_after_a_while(
    sealed: Tenant, forwarded: Destination, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    ids = happen(sealed, 2)
    with monkeypatch.context() as dying:
        dying.setattr(turns, "_note_arrival", die)
        with pytest.raises(Killed):
            forward_what_is_due(sealed.schema_name)
    sent = len(hook.calls)
    forward_what_is_due(sealed.schema_name)
    assert len(hook.calls) == sent

    with tenant_context(sealed):
        Destination.objects.update(held_until=F("held_until") - turns.HELD_FOR)
    forward_what_is_due(sealed.schema_name)
    assert hook.calls[sent][1] == hook.calls[0][1]
    assert set(ids) <= set(hook.ids())


def test_a_worker_that_was_thought_dead_takes_nothing_back(
    sealed: Tenant, forwarded: Destination, hook: Receiver
) -> None:
    """It was slow, another one has gone on, and now it notes what it did."""
    happen(sealed, 2)
    with tenant_context(sealed):
        slow = Destination.objects.get()
        slow.held_until = timezone.now()
        forward_what_is_due(sealed.schema_name)
        cursor = Destination.objects.get().cursor
        turns._let_go(slow, cursor=slow.cursor)
        assert Destination.objects.get().cursor == cursor


def test_waits_double_up_to_six_hours() -> None:
    waits = [wait_after(failures) for failures in range(1, 2000)]
    assert waits[:3] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert waits == sorted(waits)
    assert waits[-1] == max(waits) == timedelta(hours=6)


def test_one_that_fails_for_three_days_is_suspended_with_a_notice_and_goes_on_when_it_is_resumed(
    sealed: Tenant, forwarded: Destination, hook: Receiver
) -> None:
    hook.behave = lambda: 500
    ids = happen(sealed, 2)
    forward_what_is_due(sealed.schema_name)
    with tenant_context(sealed):
        Destination.objects.update(failing_since=timezone.now() - GIVEN_UP_AFTER)
    let_wait_be_over(sealed)
    assert forward_what_is_due(sealed.schema_name) is False
    destination = now_is(forwarded, sealed)
    assert (destination.is_suspended, str(destination.why_suspended)) == (True, "thanks")
    with tenant_context(sealed):
        assert progress_of(destination).state is DestinationState.GIVEN_UP
        assert Event.objects.get(action="log_destination.given_up").details == {"failures": 2, "status": 500}

    hook.calls.clear()
    hook.behave = lambda: 200
    forward_what_is_due(sealed.schema_name)
    assert hook.calls == []
    with tenant_context(sealed):
        resume(destination, actor=COMMAND)
    forward_what_is_due(sealed.schema_name)
    assert set(ids) <= set(hook.ids())


def test_a_suspended_one_gets_nothing_until_it_is_resumed(
    sealed: Tenant, forwarded: Destination, hook: Receiver
) -> None:
    with tenant_context(sealed):
        suspend(forwarded, actor=COMMAND)
        suspend(forwarded, actor=COMMAND)
        ids = happen(sealed, 1)
        forward_what_is_due(sealed.schema_name)
        assert hook.calls == []
        resume(forwarded, actor=COMMAND)
        resume(forwarded, actor=COMMAND)
        forward_what_is_due(sealed.schema_name)
        assert set(ids) <= set(hook.ids())
        for what in ("suspended", "resumed"):
            assert Event.objects.filter(action=f"log_destination.{what}").count() == 1


def test_all_since_a_moment_is_sent_again_on_demand(sealed: Tenant, forwarded: Destination, hook: Receiver) -> None:
    ids = happen(sealed, 3)
    forward_what_is_due(sealed.schema_name)
    hook.calls.clear()
    with tenant_context(sealed):
        replay(forwarded, since=timezone.now() - timedelta(hours=1), actor=COMMAND)
    forward_what_is_due(sealed.schema_name)
    assert set(ids) <= set(hook.ids())
    assert hook.ids() == sorted(hook.ids())

    hook.calls.clear()
    with tenant_context(sealed):
        replay(forwarded, since=timezone.now() + timedelta(hours=1), actor=COMMAND)
    forward_what_is_due(sealed.schema_name)
    assert hook.calls == []


def test_the_last_fifty_deliveries_are_kept(
    sealed: Tenant, forwarded: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "DELIVERIES_KEPT", 3)
    assert DELIVERIES_KEPT == 50
    with tenant_context(sealed):
        for _ in range(5):
            send_test(forwarded, actor=COMMAND)
        assert Delivery.objects.count() == 3


def test_a_test_sends_one_event_that_never_happened(sealed: Tenant, forwarded: Destination, hook: Receiver) -> None:
    with tenant_context(sealed):
        outcome = send_test(forwarded, actor=COMMAND)
        assert (outcome.has_arrived, outcome.status) == (True, 204)
        assert [event["id"] for event in hook.events()] == ["acme.test"]
        assert Destination.objects.get().cursor == forwarded.cursor


@pytest.mark.parametrize(
    "address",
    [
        "http://collector.example/log",
        "https://127.0.0.1/log",
        "https://10.0.0.8/log",
        "https://[::1]/log",
        "https://169.254.169.254/latest",
        "https://ada:secret@collector.example/",
        "collector.example",
        "",
    ],
)
def test_c12_a_destination_leads_into_no_internal_network(acme: Tenant, address: str, settings: Settings) -> None:
    settings.IS_LOCAL = False
    with tenant_context(acme), pytest.raises(Refused) as refused:
        create_destination(DestinationDescription("X", "web-hook", address), actor=COMMAND)
    assert [problem.field for problem in refused.value.problems] == ["address"]


def test_c12_a_name_that_leads_inside_is_not_called(
    sealed: Tenant, hook: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IS_LOCAL = False
    monkeypatch.setattr(outgoing, "_resolve", lambda *_: ["127.0.0.1"])
    with tenant_context(sealed):
        for kind, address in (("web-hook", hook.url), ("syslog", f"localhost:{hook.port}")):
            destination, _ = create_destination(DestinationDescription("X", kind, address), actor=COMMAND)
            assert "internal network" in str(send_test(destination, actor=COMMAND).told)
    assert hook.calls == []


def test_what_has_not_arrived_is_kept_a_week_longer_than_its_time_and_then_goes(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """So a dead destination fills no disk."""
    monkeypatch.setattr(sealing, "MOST_IN_A_SEAL", 1)
    kept = timedelta(days=settings.CIAM_ACTIVITY_KEPT_DAYS)
    with tenant_context(acme):
        description = DestinationDescription("Dead", "web-hook", "https://dead.example/")
        destination, _ = create_destination(description, actor=COMMAND)
        for event_id, late in ((-3, HELD_BACK_FOR + timedelta(hours=1)), (-2, HELD_BACK_FOR - timedelta(hours=1))):
            write_event(id=event_id, ago=kept + late)
            sealing.seal_events(acme.schema_name)
    assert prune_events(acme.schema_name) == 1
    with tenant_context(acme):
        assert Event.objects.earliest("pk").pk == -2
        delete(destination, actor=COMMAND)
    assert prune_events(acme.schema_name) == 1


def test_what_went_before_it_could_be_sent_is_told(
    acme: Tenant, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "MOST_IN_A_SEAL", 1)
    with tenant_context(acme):
        for event_id, days in ((-3, 99), (-2, 9)):
            write_event(id=event_id, ago=timedelta(days=days))
            sealing.seal_events(acme.schema_name)
        assert prune_events(acme.schema_name) == 1
        destination, _ = create_destination(DestinationDescription("X", "web-hook", hook.url), actor=COMMAND)
        replay(destination, since=timezone.now() - timedelta(days=99), actor=COMMAND)
        forward_what_is_due(acme.schema_name)
    assert json.loads(hook.calls[0][1])["lost"] == 1
    assert hook.ids()[0] == -2


def test_there_are_five_destinations_at_most_each_with_a_name_and_a_kind(acme: Tenant) -> None:
    good = DestinationDescription("X", "web-hook", "https://collector.example/")
    with tenant_context(acme):
        for _ in range(MOST_DESTINATIONS):
            create_destination(good, actor=COMMAND)
        with pytest.raises(Refused, match="5 destinations at most"):
            create_destination(good, actor=COMMAND)
        with pytest.raises(Refused):
            create_destination(DestinationDescription("", "pigeon", ""), actor=COMMAND)


def test_a_secret_is_sealed_and_sealed_anew_with_a_new_key(sealed: Tenant, hook: Receiver, settings: Settings) -> None:
    with tenant_context(sealed):
        description = DestinationDescription("Collector", "web-hook", hook.url)
        destination, secret = create_destination(description, actor=COMMAND)
        assert secret not in Destination.objects.get().sealed_secret
    settings.CIAM_ENCRYPTION_KEYS = {"new": b"n" * 32, **settings.CIAM_ENCRYPTION_KEYS}
    assert reseal_tenant(sealed, actor=COMMAND).problems == {}
    settings.CIAM_ENCRYPTION_KEYS = {"new": b"n" * 32}
    with tenant_context(sealed):
        assert send_test(Destination.objects.get(pk=destination.pk), actor=COMMAND).has_arrived
    settings.CIAM_ENCRYPTION_KEYS = {"other": b"o" * 32}
    with tenant_context(sealed):
        unread = send_test(Destination.objects.get(pk=destination.pk), actor=COMMAND)
        with override("de"):
            assert str(unread.told) == "Das Geheimnis ist nicht lesbar. Geben Sie ein neues."
        exchange_secret(destination, actor=COMMAND)
        assert send_test(Destination.objects.get(pk=destination.pk), actor=COMMAND).has_arrived
