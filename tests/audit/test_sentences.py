"""What the log says in words: to each thing that happens a sentence, to each refusal why, and what to do about it."""

from typing import Any

import pytest
from django.utils.functional import Promise

from audit.explanations import REASONS, explain, span
from audit.headings import heading_of
from audit.limits import LIMITS
from audit.models import Event, Result
from audit.reasons import Reason
from audit.sentences import SENTENCES, pieces_of, sentence_of
from common.web.limits import Limit, from_network
from oidc.authorization.limits import PUSHED
from oidc.devices import limits as devices
from oidc.registration.endpoints import WRONG_TOKENS
from tests.house_rules.sources import documented
from userflows.journeys.attempts import limits
from userflows.journeys.attempts.crowds import ANSWERS, JOURNEYS

CAROL, ADA = "carol@acme.example", "ada@home.example"


def event(action: str, **columns: Any) -> Event:
    usual = {"actor_kind": "customer", "actor_id": "1", "actor_name": CAROL, "target_id": "1", "target_name": CAROL}
    result = Result.FAILURE if columns.get("reason") else Result.SUCCESS
    return Event(action=action, result=result, **{**usual, **columns})


def refused(limit: Any, **columns: Any) -> Event:
    details = {
        "limit": limit.name,
        "allowed": limit.attempts,
        "seconds": limit.seconds,
        "refused": 1,
        "until": "2026-11-29T14:05:00+00:00",
        "methods": ["password", "code"],
    }
    reason = Reason.TOO_MANY_ATTEMPTS
    return event("customer.sign_in_failed", reason=reason, ip="192.0.2.7", details=details, **columns)


def test_every_action_has_a_sentence_and_none_is_of_nothing() -> None:
    assert set(SENTENCES) == documented("audit-events.md", r"[a-z_]+\.[a-z_]+")


@pytest.mark.parametrize("action", SENTENCES)
def test_a_sentence_is_whole_whatever_is_known(action: str) -> None:
    for said in (sentence_of(event(action)), sentence_of(Event(action=action, actor_kind="system"))):
        assert said[0].isupper() or said.startswith(CAROL)
        assert not set("{}[]") & set(said)
        assert "  " not in said


@pytest.mark.parametrize("action", SENTENCES)
def test_what_an_action_is_called_is_whole_where_nobody_is_named(action: str) -> None:
    called = heading_of(action)
    about = {word.removesuffix("s") for word in action.partition(".")[0].split("_")}
    assert called[0].isupper()
    assert "…" not in called or any(word in called for word in about), called


def test_every_reason_is_explained_with_what_to_do() -> None:
    assert set(REASONS) == set(Reason)
    assert {one for one in REASONS.values() if not (one.title and one.why and one.remedy)} == set()


def test_what_is_explained_is_said_in_the_language_of_its_reader() -> None:
    """Each sentence goes through gettext: one that didn't would be English in a portal of another language."""
    of_reasons = [text for one in REASONS.values() for text in (one.title, one.why, one.remedy)]
    of_limits = [text for pair in LIMITS.values() for text in pair]
    of_actions = [text for said in SENTENCES.values() for text in (said.done, said.failed, said.own) if text]
    assert [text for text in (*of_reasons, *of_limits, *of_actions) if not isinstance(text, Promise)] == []


@pytest.mark.parametrize(
    "limit",
    [
        *(each for each in vars(limits).values() if isinstance(each, Limit) and each is not limits.SIGN_UPS_BEGUN),
        *(devices.DEVICES, devices.WRONG_FROM_BROWSER, devices.WRONG_FROM_ADDRESS),
        *(ANSWERS, JOURNEYS, PUSHED, WRONG_TOKENS),
    ],
    ids=lambda limit: limit.name,
)
def test_every_limit_that_keeps_a_customer_out_says_what_it_counted(limit: Any) -> None:
    assert limit.name in LIMITS
    explanation = explain(refused(limit))
    assert explanation is not None
    assert str(limit.attempts) in str(explanation.why)
    assert not set("{}[]") & set(f"{explanation.why}{explanation.remedy}")


def test_a_sign_in_is_said_as_people_say_it() -> None:
    signed_in = event("customer.signed_in", application="Bookshop", method="password")
    assert sentence_of(signed_in) == "carol@acme.example signed in to Bookshop with a password"
    assert sentence_of(event("customer.signed_in")) == "carol@acme.example signed in"
    both = event("customer.signed_in", method="password+code")
    assert sentence_of(both) == "carol@acme.example signed in with a password and a one-time code"


def test_what_one_does_oneself_is_told_from_what_an_administrator_does() -> None:
    assert sentence_of(event("customer.password_changed")) == "carol@acme.example changed their password"
    by_ada = event("customer.password_changed", actor_kind="administrator", actor_id="2", actor_name=ADA)
    assert sentence_of(by_ada) == "ada@home.example changed the password of carol@acme.example"


def test_a_limit_says_what_closed_the_way_until_when_and_what_would_have_worked() -> None:
    explanation = explain(refused(limits.PASSWORDS_FROM_HERE, method="password"))
    assert explanation is not None
    assert explanation.in_full == (
        "5 wrong passwords for this account within 5 minutes from 192.0.2.7 had used up this limit, so this one was"
        " refused before anything was checked. Closed until 14:05 UTC."
    )
    assert "sign in with a one-time code" in str(explanation.remedy)


def test_a_whole_site_of_ipv6_is_said_as_its_limit_is() -> None:
    site = from_network(limits.TRIES_EVERYWHERE, "2001:db8::1")[1][0]
    explanation = explain(refused(site))
    assert explanation is not None
    assert str(explanation.why).startswith("1000 tries from 192.0.2.7 within a minute, at all tenants together")


def test_p24_a_name_that_looks_like_a_sentence_of_ours_stays_a_name() -> None:
    """Eve's name holds our own marks: nothing of it is filled in, and what is hers is told apart."""
    evil = "{what} [x] <script>"
    said = event("customer.signed_in", actor_name=evil, application="{who}")
    assert sentence_of(said) == f"{evil} signed in to {{who}}"
    assert [text for text, is_name in pieces_of(said) if is_name] == [evil, "{who}"]


def test_what_another_release_wrote_is_still_told() -> None:
    assert sentence_of(event("moon.landed")) == "carol@acme.example: moon.landed"
    assert explain(event("customer.sign_in_failed", reason="from_the_future")) is None
    assert explain(event("customer.sign_in_failed", reason="too_many_attempts", details=[1])) is not None
    assert explain(event("customer.sign_in_failed", reason="too_many_attempts", details={"until": "soon"})) is not None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "1 second"), (59, "59 seconds"), (60, "a minute"), (300, "5 minutes"), (3600, "an hour"), (86400, "a day")],
)
def test_a_length_of_time_is_said_as_people_say_it(seconds: int, said: str) -> None:
    assert span(seconds) == said
