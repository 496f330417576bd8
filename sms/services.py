"""Every write about text messages."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from audit.services import Actor, record
from common.database.locks import locked_settings
from common.problems import Code, Problem, Refused, refuse_if_any, refuse_if_changed
from common.text.phone_numbers import (
    NOT_A_PHONE_NUMBER,
    country_of_number,
    is_paid_otherwise,
    phone_number,
)
from common.text.translation import KeptSentence, gettext
from common.text.translation import gettext_noop as _
from common.versions import differences
from common.web.limits import Limit, TooManyAttempts
from common.web.trials import count_test, one_test
from sms.elsewhere import elsewhere
from sms.jobs import deliver_text, hand_text_over
from sms.limits import BUDGETS, TO_COUNTRIES, count_text, look_at_country
from sms.models import TextMessage, TextSettings
from sms.policies import HTTP
from sms.sealing import seal_text
from sms.senders.description import TextDescription, describe, described, kept_secret, problems_of, seal_secret
from sms.senders.http import SendingFailed, send
from tenants.postgresql import announce_change, current_schema

TESTS_SENT = Limit("test text messages", 10, 60 * 60)
# What of a sender the audit log tells the values of.
TOLD = frozenset({"sender", "request", "per_hour", "per_day", "per_country", "country_limits"})
OFF = _("The tenant sends no text messages.")
NO_COUNTRY = _("Text messages aren’t sent to this country.")
PAID_OTHERWISE = _("Text messages aren’t sent to premium-rate and other specially charged numbers.")
TOO_MANY_TO_COUNTRY = _("The country has been sent as many text messages as it may for now.")
BUDGET = _("The tenant has sent as many text messages as it may for now.")
TOO_MANY_TO_NUMBER = _("The number has been sent as many text messages as it may for now.")


@dataclass(frozen=True)
class SmsTrial:
    """How a test went: what stood in the way, "" if nothing did."""

    to: str
    problem: str


def queue_text(*, to: str, kind: str, text: str, group: str, may_use_reserve: bool = False) -> TextMessage:
    """Keep a text message, its text sealed, and have the worker send it; both or neither.

    `to` is a number in E.164, `kind` names the message in the log, such as "code". `group` says among which messages to
    this number it is counted: those of one group leave the others' limits alone. `may_use_reserve` is for one to the
    owner of a confirmed number who has shown something else before, or comes in a browser that knows them. One that may
    not be sent, by its country or a limit, is kept as refused, with the reason, and goes nowhere.
    """
    message = TextMessage(to=to, country=country_of_number(to), kind=kind)
    description = describe()
    refusal = _refusal(message, description, group=group, may_use_reserve=may_use_reserve)
    if refusal:
        message.state, message.error = TextMessage.State.REFUSED, refusal
        message.save(force_insert=True)
        return message
    message.sealed_text = seal_text(text, message_id=message.pk)
    with transaction.atomic():
        message.save(force_insert=True)
        job = hand_text_over if elsewhere().takes_codes() else deliver_text
        job.enqueue(str(message.pk))
    return message


def goes_to_country_of(number: str) -> bool:
    """Whether the tenant sends text messages to the country of this number."""
    description = describe()
    return bool(description.sender) and country_of_number(number) in description.countries


def check_country(number: str, *, may_use_reserve: bool = False) -> None:
    """Raise `TooManyAttempts` while the country of this number has been sent as many as it may. Counts nothing."""
    look_at_country(number, country_of_number(number), describe(), may_use_reserve=may_use_reserve)


def choose_sender(wished: TextDescription, *, secret: str = "", expected_version: str = "", actor: Actor) -> None:
    """Choose how the tenant's text messages are sent from now on. Where nothing differs, nothing is noted.

    Without a `secret` the one that is kept stays, for the server it was saved for and for no other.
    `expected_version` is that of the description somebody has seen. Raises `Refused`.
    """
    with transaction.atomic():
        kept = locked_settings(TextSettings)
        before = described(kept)
        refuse_if_changed(expected_version, before.version)
        told = secret or kept_secret(kept, wished)
        refuse_if_any(problems_of(wished, told))
        changed = list(differences(before, wished))
        if not changed and not secret:
            return
        row = kept or TextSettings()
        for name, value in vars(wished).items():
            setattr(row, name, list(value) if name == "countries" else value)
        row.sealed_secret = seal_secret(told if wished.needs_secret else "")
        row.save()
        told_of = {name: getattr(wished, name) for name in changed if name in TOLD}
        details = {"fields": [*changed, *(["secret"] if secret else [])], "now": told_of}
        if "countries" in changed:
            details["countries"] = list(wished.countries)
        record("text_messages.changed", actor=actor, target=row, details=details)
        announce_change()


def try_sender(wished: TextDescription, *, secret: str, to: str) -> SmsTrial:
    """Send a test at once, with these values, whether they are the ones kept or not. Raises `Refused`."""
    secret = secret or kept_secret(TextSettings.objects.first(), wished)
    number = phone_number(to)
    refuse_if_any([*problems_of(wished, secret), *_number_problems(number, wished)])
    if wished.sender != HTTP:
        raise Refused([Problem(Code.NOT_ALLOWED, "to", gettext("There is no SMS provider to test."))])
    count_test(TESTS_SENT, field="to")
    if not connection.in_atomic_block:
        # The server on the other side may take its time; meanwhile somebody else can have the connection.
        connection.close()
    try:
        with one_test(current_schema(), field="to"):
            send(wished, secret=secret, to=number, text="This is a test of CIAM Portal.")
    except SendingFailed as failure:
        return SmsTrial(number, str(failure.sentence))
    return SmsTrial(number, "")


def sweep_texts(*, older_than_days: int = 30) -> int:
    """Forget what was sent, kept or given up long ago, in this tenant. Returns how many messages there were."""
    edge = timezone.now() - timedelta(days=older_than_days)
    swept, _ = TextMessage.objects.exclude(state=TextMessage.State.QUEUED).filter(created_at__lt=edge).delete()
    return swept


def forget_texts(*, to: str) -> None:
    """Forget what was sent to this number, kept for it or given up, in this tenant; what is on its way still goes."""
    TextMessage.objects.exclude(state=TextMessage.State.QUEUED).filter(to=to).delete()


def _refusal(message: TextMessage, description: TextDescription, *, group: str, may_use_reserve: bool) -> str:
    """Why the message isn't sent, in English as it is kept; "" if it is, and is counted."""
    if not description.sender:
        return KeptSentence(OFF).in_english
    if message.country not in description.countries:
        return KeptSentence(NO_COUNTRY).in_english
    if is_paid_otherwise(message.to):
        return KeptSentence(PAID_OTHERWISE).in_english
    try:
        count_text(message.to, message.country, description, group=group, may_use_reserve=may_use_reserve)
    except TooManyAttempts as refusal:
        return KeptSentence(_used_up_by(refusal)).in_english
    return ""


def _used_up_by(refusal: TooManyAttempts) -> str:
    if refusal.limit in TO_COUNTRIES:
        return TOO_MANY_TO_COUNTRY
    return BUDGET if refusal.limit in BUDGETS else TOO_MANY_TO_NUMBER


def _number_problems(number: str, wished: TextDescription) -> list[Problem]:
    if not number:
        return [Problem(Code.INVALID, "to", str(NOT_A_PHONE_NUMBER))]
    if country_of_number(number) not in wished.countries:
        return [Problem(Code.NOT_ALLOWED, "to", str(KeptSentence(NO_COUNTRY)))]
    if is_paid_otherwise(number):
        return [Problem(Code.NOT_ALLOWED, "to", str(KeptSentence(PAID_OTHERWISE)))]
    return []
