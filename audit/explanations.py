"""Why an attempt was refused, and what to do about it: to each reason a title, sentences, a cure.

Pure, as `sentences` is; here the `details` are read, so it is for one event at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from audit.limits import LIMITS
from audit.models import AbstractEvent
from audit.reasons import Reason
from audit.sentences import Text, filled, joined, method_name, name_of_actor
from common.text.translation import KeptSentence, gettext, ngettext
from common.text.translation import gettext_lazy as _

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
WHOLE_SITE = ", whole site"
# The detail that is a kept sentence; the one called `problem` is the same in English.
PROBLEM_KEPT = "problem_kept"


@dataclass(frozen=True)
class Explanation:
    """What stands in lists, why it happened, and what helps. `until` is when a limit lets somebody in again."""

    title: Text
    why: Text
    remedy: Text
    until: datetime | None = None

    @property
    def in_full(self) -> str:
        """Why, with the time at which it ends, where nobody can tell it in the reader's zone."""
        if self.until is None:
            return str(self.why)
        closed = gettext("Closed until %(time)s UTC.") % {"time": f"{self.until.astimezone(UTC):%H:%M}"}
        return f"{self.why} {closed}"


REASONS: Mapping[Reason, Explanation] = {
    Reason.ACCOUNT_DISABLED: Explanation(
        _("Account blocked or deleted"),
        _("The account[ {who}] is blocked or deleted, so no proof of identity was checked."),
        _("Unblock or restore the customer, if the account should be used again."),
    ),
    Reason.ACCOUNT_UNKNOWN: Explanation(
        _("No such account"),
        _(
            "No account has the address[ {who}]. The customer isn’t told, so that strangers can’t find out who "
            "has an account."
        ),
        _("Compare the address with that of the customer’s account: it may be mistyped, or another one of theirs."),
    ),
    Reason.ADDRESS_NOT_TAKEN: Explanation(
        _("Address not taken"),
        _("The user flow takes no addresses at this domain: it isn’t on its list, is blocked or counts as disposable."),
        _("Look at the domains on the tab Sign-up of the user flow, or invite the customer."),
    ),
    Reason.ADDRESS_TAKEN: Explanation(
        _("Address taken in the meantime"),
        _("While someone was signing up, another account was created with the same address, perhaps in a second tab."),
        _("Nothing: the page leads to the sign-in."),
    ),
    Reason.APPLICATION_UNKNOWN: Explanation(
        _("No such application"),
        _("The request for sign-in named the client ID[ {client_id}], which no application of this tenant has."),
        _("Compare the client ID in the application’s settings with the one under App registrations, and the tenant."),
    ),
    Reason.CAPTCHA_FAILED: Explanation(
        _("Check not passed"),
        _(
            "The CAPTCHA provider didn’t accept what came from the sign-up page[ of {who}]: it came from a "
            "program, was too old, or was found on another page."
        ),
        _("Ask the customer to try again, or to continue without the check, as a few people an hour can."),
    ),
    Reason.CODE_EXPIRED: Explanation(
        _("Code expired"),
        _(
            "The code can no longer be used[: it was requested {age} ago]. A code is valid for 10 minutes and "
            "five tries."
        ),
        _("Ask the customer to request another code and use the newest email. If email takes minutes, look into it."),
    ),
    Reason.CODE_WRONG: Explanation(
        _("Wrong code"),
        _("What was typed isn’t the code of the newest email[, asked for {age} before]."),
        _("Ask the customer to use the newest email: each new code replaces the one before."),
    ),
    Reason.CONSENT_REFUSED: Explanation(
        _("Customer said no"),
        _("The customer was asked whether {application} may have what it asks for, and refused."),
        _("Nothing, if they meant it. An administrator can consent for all customers, under Permissions."),
    ),
    Reason.CREDENTIALS_WRONG: Explanation(
        _("Wrong secret"),
        _("Someone asked in the name of {application} without its secret or key."),
        _("Compare the secret in the application’s settings with those under Credentials: it may have expired."),
    ),
    Reason.HOOK_FAILED: Explanation(
        _("Hook gave no answer"),
        _("The hook {hook} has to be asked first, and failed.[ {problem}]"),
        _("Test the hook under Hooks, and read its deliveries. You can also let sign-ins continue without it."),
    ),
    Reason.HOOK_REFUSED: Explanation(
        _("Turned away by a hook"),
        _("The hook {hook} was asked, and let the customer go no further."),
        _("Ask the people who run that server why. Its deliveries show what it was sent."),
    ),
    Reason.JOURNEY_EXPIRED: Explanation(
        _("Page open too long"),
        _("The customer came back to a page that had been open for more than an hour."),
        _("Nothing: the page leads on from where they were."),
    ),
    Reason.JOURNEY_LEFT: Explanation(
        _("Left before the end"),
        _(
            "The customer had proved who they are, and didn’t go on from the next page. An hour later it was over,"
            " and they hadn’t signed in from the same browser.[ {left_out} more like this aren’t listed.]"
        ),
        _(
            "If that page asks for a second factor, someone else may have proved the first: ask the customer whether"
            " it was them. If many leave at the same step, see what that page asks them for."
        ),
    ),
    Reason.JOURNEY_UNKNOWN: Explanation(
        _("Another browser, or no cookies"),
        _(
            "The page was opened in a browser in which no one has started to sign in, or which has lost its "
            "cookies since."
        ),
        _("Ask the customer to start again in one browser and allow cookies for the address of the sign-in pages."),
    ),
    Reason.KEYS_NOT_FETCHED: Explanation(
        _("Keys not fetched"),
        _("The public keys of {application} couldn’t be fetched.[ {problem}]"),
        _("See whether the address under Credentials can be reached from here, and answers with a key set."),
    ),
    Reason.NOT_A_MEMBER: Explanation(
        _("Not theirs"),
        _("The administrator asked for a tenant that they don’t manage, or that doesn’t exist."),
        _("Make them an administrator of the tenant, if they should be one."),
    ),
    Reason.NO_PHONE_NUMBER: Explanation(
        _("No phone number"),
        _("The account[ {who}] has no confirmed phone number, so no text message was sent. No one is told."),
        _("Ask the customer to sign in another way and confirm a number on their profile."),
    ),
    Reason.PASSKEY_COPIED: Explanation(
        _("Passkey seems copied"),
        _("The passkey’s signature was right, but it counts as if there were two of it.[ {problem}]"),
        _("Remove the passkey and ask the customer to create another one: a copied key proves nothing."),
    ),
    Reason.PASSKEY_REFUSED: Explanation(
        _("Passkey not accepted"),
        _("What came from the browser doesn’t prove who the customer is.[ {problem}]"),
        _("Nothing, if it happens once: an old page, a second click. If it happens often, someone is probing."),
    ),
    Reason.PASSKEY_UNKNOWN: Explanation(
        _("Unknown passkey"),
        _("The browser offered a passkey that no account has here: it was removed, or is for another tenant."),
        _("Ask the customer to choose another one, or to sign in another way and create a new one on their profile."),
    ),
    Reason.PASSWORD_WRONG: Explanation(
        _("Wrong password"),
        _("The account exists and may sign in, but the password was wrong."),
        _("The customer can choose a new one: Forgot password, on the same page."),
    ),
    Reason.PROVIDER_CANCELLED: Explanation(
        _("Turned back at the provider"),
        _("The customer went to {provider} and came back without having signed in there."),
        _("Nothing, if they meant it.[ {provider} has said: {problem}]"),
    ),
    Reason.PROVIDER_FAILED: Explanation(
        _("Provider failed"),
        _("{provider} couldn’t be asked, or failed.[ {problem}]"),
        _("Test the provider under Identity providers: the test says what is wrong."),
    ),
    Reason.PROVIDER_OFF: Explanation(
        _("Provider switched off"),
        _("{provider} was switched off, deleted or taken out of the user flow while the customer signed in with it."),
        _(
            "Nothing, if this is intended. If not, switch it on under Identity providers,"
            " and offer it in the user flow."
        ),
    ),
    Reason.PROVIDER_REFUSED: Explanation(
        _("Refused by a provider"),
        _("What came back from {provider} didn’t prove who the customer is.[ {problem}]"),
        _("Nothing, if it happens once: an old page, a second click. If it happens often, someone is probing."),
    ),
    Reason.REDIRECT_URI_WRONG: Explanation(
        _("Wrong redirect URI"),
        _(
            "The application sent the redirect URI[ {redirect_uri}], which isn’t among those registered for it."
            " They are compared letter by letter."
        ),
        _("Register it under App registrations, or correct it in the application."),
    ),
    Reason.REQUEST_REFUSED: Explanation(
        _("Request refused"),
        _("The application’s request for sign-in was refused[ as {error}].[ {description}]"),
        _("Correct the request in the application."),
    ),
    Reason.SECOND_FACTOR_MISSING: Explanation(
        _("No second factor"),
        _("A second factor was required, and the account has none that the user flow[ {user_flow}] lets them show."),
        _("Offer an authenticator app in the user flow, or let the customer sign in by another way of it."),
    ),
    Reason.SECOND_FACTOR_USED: Explanation(
        _("Code of the app used before"),
        _("The code of the authenticator app was right, but it had been used already. Each is good once."),
        _("Have the customer wait half a minute for the next code. If it wasn’t them, someone has seen their code."),
    ),
    Reason.SECOND_FACTOR_WRONG: Explanation(
        _("Wrong second factor"),
        _("The first factor was right, but the code that was asked for then was wrong."),
        _(
            "Is the clock of the customer’s device right? They can use a recovery code. If they have lost both, you can"
            " help them on their page, under Sign-in, once you are sure who they are."
        ),
    ),
    Reason.TOO_YOUNG: Explanation(
        _("Too young"),
        _("According to the date entered, the customer is younger than the user flow allows. The date isn’t kept."),
        _("Nothing, unless it was a slip: then the customer can try again in this browser after a day."),
    ),
    Reason.SIGN_UP_CLOSED: Explanation(
        _("Sign-up closed"),
        _("The user flow[ {user_flow}] doesn’t let anyone sign up."),
        _("Create the account for them, or allow sign-up in the user flow."),
    ),
    Reason.TENANT_FULL: Explanation(
        _("No room for more customers"),
        _("The tenant has as many customers as it may have, so no one can sign up."),
        _("Purge deleted customers, or ask who runs this installation for a higher limit."),
    ),
    Reason.TEXT_HELD_BACK: Explanation(
        _("Text message held back"),
        _("The text message with the code wasn’t sent.[ {problem}]"),
        _("See under Settings, Text messages, which countries are allowed and whether the limit is used up."),
    ),
    Reason.TOKEN_REPLAYED: Explanation(
        _("Used twice"),
        _(
            "A code or refresh token was sent a second time. It may be stolen, so everything"
            " issued from it was revoked."
        ),
        _("See whether the application sends the same request twice. The customer has to sign in once more."),
    ),
    Reason.TOO_MANY_ATTEMPTS: Explanation(
        _("Too many tries"),
        _("{limit}, so this one was refused before anything was checked."),
        _("Wait, or find out who is trying so often."),
    ),
}


NOT_EACH = _("It was number {refused} in a row, of which the first, second, fourth, eighth and so on are noted.")


def explain(event: AbstractEvent) -> Explanation | None:
    """Why it was refused, with what is known of it; None for a success, or a reason of another release."""
    if event.reason not in TITLES:
        return None
    known = REASONS[Reason(event.reason)]
    details: Mapping[str, Any] = event.details if isinstance(event.details, dict) else {}
    facts = _facts(event, details)
    why, remedy = str(known.why), known.remedy
    if event.reason == Reason.TOO_MANY_ATTEMPTS:
        name = str(details.get("limit", "")).removesuffix(WHOLE_SITE)
        counted, remedy = LIMITS.get(name, (_("A limit was used up[ ({name})]"), remedy))
        why = why.replace("{limit}", str(counted))
        why = f"{why} {NOT_EACH}" if facts.get("refused", "1") != "1" else why
    return Explanation(known.title, _said(why, facts), _said(str(remedy), facts), _moment(details.get("until")))


def title_of(reason: str) -> str:
    """What lists and filters call a reason; the code itself where another release wrote it."""
    return str(TITLES.get(reason, reason))


TITLES: Mapping[str, Text] = {str(reason): explanation.title for reason, explanation in REASONS.items()}


def span(seconds: int) -> str:
    """A length of time as people say it within a sentence: "5 minutes", "an hour"."""
    if seconds >= DAY:
        days = round(seconds / DAY)
        return ngettext("a day", "%(count)d days", days) % {"count": days}
    if seconds >= HOUR:
        hours = round(seconds / HOUR)
        return ngettext("an hour", "%(count)d hours", hours) % {"count": hours}
    if seconds >= MINUTE:
        minutes = round(seconds / MINUTE)
        return ngettext("a minute", "%(count)d minutes", minutes) % {"count": minutes}
    return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}


def _facts(event: AbstractEvent, details: Mapping[str, Any]) -> dict[str, str]:
    columns = ("application", "client_id", "user_flow")
    facts = {name: str(getattr(event, name, "") or "") for name in columns}
    facts |= {name: str(value) for name, value in details.items() if isinstance(value, (str, int))}
    if PROBLEM_KEPT in details:
        facts["problem"] = str(KeptSentence.of(details[PROBLEM_KEPT]))
    facts |= {name: _ended(facts.get(name, "")) for name in ("description", "problem")}
    return facts | {
        "who": name_of_actor(event),
        "application": facts["application"] or gettext("the application"),
        "ip": str(event.ip or ""),
        "name": str(details.get("limit", "")),
        "span": span(details["seconds"]) if isinstance(details.get("seconds"), int) else "",
        "age": span(details["age_seconds"]) if isinstance(details.get("age_seconds"), int) else "",
        "others": _other_methods(event, details),
    }


def _other_methods(event: AbstractEvent, details: Mapping[str, Any]) -> str:
    """By what else the flow would have let the customer in."""
    tried = getattr(event, "method", "")
    methods = details.get("methods")
    others = [method_name(str(each)) for each in methods if each != tried] if isinstance(methods, list) else []
    return joined(others, are_choices=True)


def _said(sentence: str, facts: Mapping[str, str]) -> str:
    return "".join(text for text, _is_name in filled(sentence, facts))


def _ended(sentence: str) -> str:
    return sentence if not sentence or sentence.endswith((".", "!", "?")) else f"{sentence}."


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
