"""Text messages leave as the tenant says, within limits, and nobody reads them on the way."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from audit.models import Event
from audit.services import Actor
from common.problems import Refused
from common.web.limits import TooManyAttempts
from operations.resealing import reseal_tenant
from sms.limits import counted_to
from sms.models import TextMessage, TextSettings
from sms.senders.description import TextDescription, can_send, describe, secret_of
from sms.services import (
    BUDGET,
    NO_COUNTRY,
    OFF,
    PAID_OTHERWISE,
    TOO_MANY_TO_COUNTRY,
    TOO_MANY_TO_NUMBER,
    check_country,
    choose_sender,
    queue_text,
    sweep_texts,
    try_sender,
)
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tests.sms.provider import Provider, sms_provider
from tests.worker import run_jobs

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
PHONE = "+4915112345678"
SECRET = "the-provider-secret"
TEXT = 'Your code for "Acme" & Söhne: 123456'
JSON_BODY = '{"to": "{to}", "text": "{text}"}'


@pytest.fixture
def provider() -> Iterator[Provider]:
    with sms_provider() as provider:
        yield provider


def by(provider: Provider, **values: Any) -> TextDescription:
    usual = {
        "sender": "http",
        "url": provider.url,
        "headers": "Authorization: Bearer {secret}",
        "body": JSON_BODY,
        "countries": ("DE",),
    }
    return TextDescription(**{**usual, **values})


def choose(tenant: Tenant, wished: TextDescription, secret: str = "") -> None:
    with tenant_context(tenant):
        choose_sender(wished, secret=secret, actor=COMMAND)


def send(tenant: Tenant, to: str = PHONE, text: str = TEXT, **counted: Any) -> TextMessage:
    with tenant_context(tenant):
        message = queue_text(to=to, kind="code", text=text, **{"group": "", **counted})
    run_jobs()
    with tenant_context(tenant):
        return TextMessage.objects.get(pk=message.pk)


def test_eve_who_names_another_server_does_not_get_the_secret(acme: Tenant, provider: Provider) -> None:
    """P-04: an administrator's session that was taken over sends it to nobody else, nor does a test."""
    choose(acme, by(provider), SECRET)
    with sms_provider() as eves, tenant_context(acme):
        for refused in (
            lambda: choose_sender(by(eves), actor=COMMAND),
            lambda: try_sender(by(eves), secret="", to=PHONE),
        ):
            with pytest.raises(Refused) as refusal:
                refused()
            assert [problem.field for problem in refusal.value.problems] == ["secret"]
        assert eves.asked == []
        assert SECRET not in str(vars(TextSettings.objects.get())) + str(list(Event.objects.values()))


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/",
        "https://10.0.0.1/sms",
        "https://{to}.eve.example/",
        "https://eve.example/#{text}",
        "ftp://sms.example/",
        "https://user@sms.example/",
    ],
)
def test_no_request_goes_inside_or_where_a_number_says(acme: Tenant, provider: Provider, url: str) -> None:
    """C-12."""
    with tenant_context(acme), pytest.raises(Refused) as refusal:
        choose_sender(by(provider, url=url), secret=SECRET, actor=COMMAND)
    assert "url" in {problem.field for problem in refusal.value.problems}


def test_a_redirect_is_not_followed(acme: Tenant, provider: Provider) -> None:
    """C-12."""
    choose(acme, by(provider), SECRET)
    provider.status = 302
    message = send(acme)
    assert (message.state, message.error) == ("failed", "The SMS provider answered 302.")
    assert len(provider.asked) == 1


def test_json_is_escaped_whatever_stands_in_the_message(acme: Tenant, provider: Provider) -> None:
    choose(acme, by(provider), SECRET)
    message = send(acme)
    assert (message.state, message.country, message.sealed_text) == ("sent", "DE", "")
    [asked] = provider.asked
    assert json.loads(asked.body) == {"to": PHONE, "text": TEXT}
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    assert asked.headers["content-type"] == "application/json"


def test_a_form_and_an_address_are_percent_encoded(acme: Tenant, provider: Provider) -> None:
    choose(acme, by(provider, request="form", body="To={to}&Body={text}"), SECRET)
    send(acme)
    choose(acme, by(provider, request="get", url=f"{provider.url}?n={{to}}&t={{text}}", body=""), SECRET)
    send(acme)
    posted, got = provider.asked
    assert parse_qs(posted.body) == {"To": [PHONE], "Body": [TEXT]}
    assert (got.method, parse_qs(urlsplit(got.path).query)) == ("GET", {"n": [PHONE], "t": [TEXT]})
    assert got.headers["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"body": '{"to": {to}}'}, "body"),
        ({"body": '{"to": "{to}"}'}, "body"),
        ({"request": "get"}, "body"),
        ({"headers": "Authorization"}, "headers"),
        ({"headers": "Host: eve.example"}, "headers"),
        ({"headers": "X: a\x0b{secret}"}, "headers"),
        ({"countries": ("DE", "XX")}, "countries"),
        ({"per_hour": 0}, "per_hour"),
        ({"per_day": 10**9}, "per_day"),
        ({"per_country": 0}, "per_country"),
        ({"country_limits": {"DE": 0}}, "country_limits"),
        ({"country_limits": {"XX": 1}}, "country_limits"),
        ({"sender": "pigeon"}, "sender"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    acme: Tenant, provider: Provider, values: dict[str, Any], field: str
) -> None:
    with tenant_context(acme), pytest.raises(Refused) as refusal:
        choose_sender(by(provider, **values), secret=SECRET, actor=COMMAND)
    assert [problem.field for problem in refusal.value.problems] == [field]


def test_nothing_goes_anywhere_until_somebody_says_where_to(acme: Tenant, provider: Provider) -> None:
    assert send(acme).error == OFF
    choose(acme, by(provider, countries=()), SECRET)
    assert send(acme).error == NO_COUNTRY
    choose(acme, by(provider, countries=("US",)), SECRET)
    # Of the same prefix, and a favourite of those who earn by it.
    refused = [send(acme, to) for to in ("+18765551234", "+14165551234", PHONE)]
    assert {(each.state, each.error) for each in refused} == {("refused", NO_COUNTRY)}
    assert send(acme, "+12125551234").state == "sent"
    assert len(provider.asked) == 1


def test_pumping_ends_at_the_number_and_at_the_budget(acme: Tenant, globex: Tenant, provider: Provider) -> None:
    choose(acme, by(provider, per_hour=8, per_day=20), SECRET)
    to_one = [send(acme) for _ in range(7)]
    assert [each.state for each in to_one] == ["sent"] * 5 + ["refused"] * 2
    assert to_one[-1].error == TOO_MANY_TO_NUMBER
    to_many = [send(acme, f"+49151123456{number}") for number in range(10, 20)]
    assert [each.state for each in to_many] == ["sent"] * 2 + ["refused"] * 8
    assert to_many[-1].error == BUDGET
    # A fifth is kept for owners, but no more.
    owners = [send(acme, f"+49151123456{number}", may_use_reserve=True) for number in range(20, 22)]
    assert [each.state for each in owners] == ["sent", "refused"]
    assert len(provider.asked) == 8
    # Another tenant has a budget of its own.
    choose(globex, by(provider), SECRET)
    assert send(globex).state == "sent"


def test_eve_with_numbers_that_pay_her_ends_at_their_country(acme: Tenant, provider: Provider) -> None:
    """She has two hundred in one country; owners there, and whoever lives elsewhere, are sent theirs all the same."""
    choose(acme, by(provider, countries=("DE", "CU"), country_limits={"CU": 10}), SECRET)
    with tenant_context(acme):
        eves = [
            queue_text(to=f"+535{number}", kind="phone", text=TEXT, group="new") for number in range(1000000, 1000200)
        ]
    assert Counter(each.error for each in eves) == {"": 8, TOO_MANY_TO_COUNTRY: 192}
    owners = [send(acme, f"+535200000{number}", may_use_reserve=True) for number in range(3)]
    assert [each.state for each in owners] == ["sent", "sent", "refused"]
    assert send(acme).state == "sent"
    with tenant_context(acme):
        german, cuban = counted_to(("DE", "CU"), describe())
    assert (german.sent, german.most, german.is_used_up) == (1, 200, False)
    assert (cuban.sent, cuban.most, cuban.is_used_up) == (10, 10, True)


def test_few_phones_and_all_that_strangers_may_use_up_no_reserve(acme: Tenant) -> None:
    """Eve has confirmed three, and signs in by each from all kinds of browsers; owners are sent theirs all the same."""
    choose(acme, TextDescription(sender="outbox", countries=("CU",), per_country=100, per_hour=1000))
    eves, owners = [f"+535111111{place}" for place in range(3)], "+5352000000"

    def ask_for_codes(each: int) -> None:
        for to, standing in product(eves, ("", "known", "reads mail")):
            for _ in range(each):
                queue_text(to=to, kind="code", text=TEXT, group=f"second factor {standing}", may_use_reserve=True)

    with tenant_context(acme):
        ask_for_codes(2)
        for number in range(1000000, 1000100):
            queue_text(to=f"+535{number}", kind="phone", text=TEXT, group="new number")
        ask_for_codes(3)
        with pytest.raises(TooManyAttempts):
            check_country(eves[0], may_use_reserve=True)
        check_country(owners, may_use_reserve=True)
        texts = [
            queue_text(to=owners, kind="code", text=TEXT, group=f"second factor {place}", may_use_reserve=True)
            for place in range(4)
        ]
        assert [each.error for each in texts] == ["", "", "", TOO_MANY_TO_NUMBER]
        [cuban] = counted_to(("CU",), describe())
        assert (cuban.sent, cuban.is_used_up) == (80 + 3 * 3 + 3, True)


@pytest.mark.parametrize(
    ("to", "error"),
    [
        ("+33892123456", PAID_OTHERWISE),  # at a premium
        ("+491805123456", PAID_OTHERWISE),  # shared
        ("+4916412345678", PAID_OTHERWISE),  # a pager
        ("+447012345678", PAID_OTHERWISE),  # a personal number, forwarded at the caller's cost
        ("+881612345678", NO_COUNTRY),  # a satellite
        ("+979123456789", NO_COUNTRY),  # at a premium, of no country
    ],
)
def test_no_number_is_sent_any_that_earns_by_it(acme: Tenant, provider: Provider, to: str, error: str) -> None:
    choose(acme, by(provider, countries=("DE", "FR", "GB")), SECRET)
    with tenant_context(acme):
        message = queue_text(to=to, kind="phone", text=TEXT, group="")
        assert (message.state, message.error) == ("refused", error)
        with pytest.raises(Refused):
            try_sender(by(provider), secret=SECRET, to=to)


def test_what_the_provider_does_not_take_now_is_tried_again_for_a_while(acme: Tenant, provider: Provider) -> None:
    choose(acme, by(provider), SECRET)
    provider.status = 503
    message = send(acme)
    assert (message.state, message.error) == ("queued", "The SMS provider answered 503.")
    for _ in range(3):
        with schema_context(PUBLIC):
            DBTaskResult.objects.update(run_after=timezone.now() - timedelta(seconds=1))
        run_jobs()
    with tenant_context(acme):
        message.refresh_from_db()
    assert (message.state, message.attempts, message.sealed_text) == ("failed", 4, "")


def test_what_it_never_takes_is_given_up_at_once(acme: Tenant, provider: Provider) -> None:
    choose(acme, by(provider), SECRET)
    provider.status = 401
    assert send(acme).state == "failed"
    assert len(provider.asked) == 1


def test_a_test_says_what_stood_in_the_way_and_saves_nothing(acme: Tenant, provider: Provider) -> None:
    with tenant_context(acme):
        assert try_sender(by(provider), secret=SECRET, to="+49 1511 2345678").problem == ""
        provider.status = 401
        assert try_sender(by(provider), secret=SECRET, to=PHONE).problem == "The SMS provider answered 401."
        for number in ("not a number", "+18765551234"):
            with pytest.raises(Refused):
                try_sender(by(provider), secret=SECRET, to=number)
        assert describe() == TextDescription()


def test_the_outbox_keeps_what_would_leave(acme: Tenant, provider: Provider) -> None:
    choose(acme, TextDescription(sender="outbox", countries=("DE",)))
    assert send(acme).state == "kept"
    with tenant_context(acme):
        assert can_send()


def test_a_new_key_reads_what_an_older_one_has_sealed(acme: Tenant, provider: Provider) -> None:
    choose(acme, by(provider), SECRET)
    reseal_tenant(acme, actor=COMMAND)
    with tenant_context(acme):
        assert secret_of(TextSettings.objects.get()) == SECRET


def test_the_log_tells_what_was_chosen_and_forgets_messages_after_a_month(acme: Tenant, provider: Provider) -> None:
    choose(acme, by(provider), SECRET)
    choose(acme, by(provider), "")
    send(acme)
    with tenant_context(acme):
        event = Event.objects.get(action="text_messages.changed")
        assert "secret" in event.details["fields"]
        assert event.details["countries"] == ["DE"]
        assert sweep_texts() == 0
        TextMessage.objects.update(created_at=timezone.now() - timedelta(days=31))
        assert sweep_texts() == 1
