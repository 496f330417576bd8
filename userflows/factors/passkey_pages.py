"""What the pages have in common on which a passkey is shown."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.errors import AccountRefused, PasskeyRefused
from accounts.factors.ceremonies import named_in, read_answer
from accounts.models import Passkey
from common.web.limits import TooManyAttempts
from userflows.factors.jobs import PASSKEY_COPIED, send_factor_notice
from userflows.factors.passkeys import party_of, prove_by_passkey
from userflows.forms.passkeys import PasskeyForm
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_step, show_step
from userflows.journeys.events import record_passkey_failure
from userflows.journeys.next_step import alternatives
from userflows.journeys.registry import table
from userflows.models import Journey

NOT_LET_IN = _("You can't sign in with this account. Choose another one.")

_OF_SEVERAL = {
    PasskeyRefused.UNKNOWN: _("This passkey is no longer registered here. Choose another one or another way."),
    PasskeyRefused.COPIED: _("This passkey can no longer be used. Choose another one or another way."),
    PasskeyRefused.WRONG: _("That passkey didn't work. Try again or choose another way."),
}
_OF_ONE = {
    PasskeyRefused.UNKNOWN: _("This passkey is no longer registered here. Choose another one."),
    PasskeyRefused.COPIED: _("This passkey can no longer be used. Choose another one."),
    PasskeyRefused.WRONG: _("That passkey didn't work. Try again."),
}


def is_only_step(journey: Journey) -> bool:
    """Whether no step but this one leads on."""
    return len(alternatives(journey.state, journey.rules, table())) <= 1


def judge(request: JourneyRequest, journey: Journey, *, step: str, about: dict[str, Any]) -> HttpResponse:
    """Go on with what a passkey has shown on the page of this step, or say there what was wrong with it.

    What the page is told `about` says whether it `is_alone`, without another way.
    """
    form = PasskeyForm(request.POST, is_alone=about["is_alone"])
    if not form.is_valid():
        return show_step(request, step, form, status=400, **about)
    answer, token, remembers = (form.cleaned_data[name] for name in ("answer", "token", "remember"))
    journey.stays = form.cleaned_data["stay"]
    party = party_of(request)
    try:
        attempts = limits.count_answer(visitor_of(request))
        response = go_on(
            request,
            journey,
            change=lambda: prove_by_passkey(journey, party=party, answer=answer, token=token, remembers=remembers),
        )
    except TooManyAttempts as refusal:
        return refuse_step(request, step, form, refusal, **about)
    except AccountRefused:
        form.add_error(None, NOT_LET_IN)
        _note_refusal(journey, PasskeyRefused(PasskeyRefused.WRONG, "The account may not sign in."), answer, step=step)
    except PasskeyRefused as refusal:
        form.add_error(None, sentence_for(refusal, is_alone=about["is_alone"]))
        about = {**about, **_note_refusal(journey, refusal, answer, step=step)}
    else:
        limits.forgive(attempts)
        return response
    return show_step(request, step, form, status=400, **about)


def sentence_for(refusal: PasskeyRefused, *, is_alone: bool = False) -> str:
    """What a customer reads; of another way nothing where a passkey `is_alone`."""
    told = {
        PasskeyRefused.FOREIGN: _("This passkey belongs to another site on this server. Choose another one."),
        PasskeyRefused.LATE: _("That took too long. Try again."),
        PasskeyRefused.SOMEBODY_ELSE: _("This passkey belongs to another account. Choose another one."),
        PasskeyRefused.TOO_MANY: _("You've reached the limit of passkeys. Remove one first."),
    }
    told |= _OF_ONE if is_alone else _OF_SEVERAL
    return str(told.get(refusal.reason, told[PasskeyRefused.WRONG]))


def _note_refusal(journey: Journey, refusal: PasskeyRefused, answer: str, *, step: str) -> dict[str, str]:
    """Note it, tell the owner of a key of which there seems to be a copy, and what the browser may forget."""
    try:
        credential_id, handle = named_in(read_answer(answer))
    except PasskeyRefused:
        credential_id = handle = ""
    passkey = Passkey.objects.filter(credential_id=credential_id).select_related("account").first()
    record_passkey_failure(journey, step=step, account=passkey.account if passkey else None, refusal=refusal)
    if passkey and refusal.reason == PasskeyRefused.COPIED:
        where = (journey.client_ip, journey.client_name)
        send_factor_notice.enqueue(str(passkey.account_id), PASSKEY_COPIED, *where, name=passkey.name)
    # A browser forgets by host and key: of another tenant's key at the same host it is told nothing.
    return {"gone": credential_id} if refusal.reason == PasskeyRefused.UNKNOWN and handle else {}
