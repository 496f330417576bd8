"""Why an attempt was refused, and what to do about it: to each reason a title, sentences, a cure.

Pure, as `sentences` is; here the `details` are read, so it is for one event at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from audit.models import AbstractEvent
from audit.reasons import Reason
from audit.sentences import METHODS, filled

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
WHOLE_SITE = ", whole site"


@dataclass(frozen=True)
class Explanation:
    """What stands in lists, why it happened, and what helps. `until` is when a limit lets somebody in again."""

    title: str
    why: str
    remedy: str
    until: datetime | None = None

    @property
    def in_full(self) -> str:
        """Why, with the time at which it ends, where nobody can tell it in the reader's zone."""
        return f"{self.why} Closed until {self.until.astimezone(UTC):%H:%M} UTC." if self.until else self.why


REASONS: Mapping[Reason, Explanation] = {
    Reason.ACCOUNT_DISABLED: Explanation(
        "Account blocked or deleted",
        "The account[ {who}] is blocked or deleted, so nothing was looked at that proves who it is.",
        "Unblock or restore the customer, if the account shall be used again.",
    ),
    Reason.ACCOUNT_UNKNOWN: Explanation(
        "No such account",
        "No account has the address[ {who}]. The customer isn't told so, lest strangers find out who has an account.",
        "Compare the address with that of the customer's account: it may be mistyped, or another one of theirs.",
    ),
    Reason.ADDRESS_TAKEN: Explanation(
        "Address taken meanwhile",
        "While somebody signed up, another account was made with the same address, perhaps in a second tab.",
        "Nothing: the page leads to the sign-in.",
    ),
    Reason.APPLICATION_UNKNOWN: Explanation(
        "No such application",
        "The request for sign-in named the client ID[ {client_id}], which no application of this tenant has.",
        "Compare the client ID in the application's settings with the one under App registrations, and the tenant.",
    ),
    Reason.CODE_EXPIRED: Explanation(
        "Code expired",
        "The code can't be used any more[: it was asked for {age} ago]. A code is good for 10 minutes and five tries.",
        "Have the customer ask for another code, and use the newest email. Mail that takes minutes is worth a look.",
    ),
    Reason.CODE_WRONG: Explanation(
        "Wrong code",
        "What was typed isn't the code of the newest email[, asked for {age} before].",
        "Have the customer use the newest email: each code asked for ends the one before.",
    ),
    Reason.CONSENT_REFUSED: Explanation(
        "Customer said no",
        "The customer was asked whether {application} may have what it asks for, and refused.",
        "Nothing, if they meant it. An administrator can consent for all customers, under Permissions.",
    ),
    Reason.CREDENTIALS_WRONG: Explanation(
        "Wrong secret",
        "Somebody asked in the name of {application} without its secret or key.",
        "Compare the secret in the application's settings with those under Credentials: it may have expired.",
    ),
    Reason.JOURNEY_EXPIRED: Explanation(
        "Page open too long",
        "The customer came back to a page that had been open for more than an hour.",
        "Nothing: the page leads on from where they were.",
    ),
    Reason.JOURNEY_UNKNOWN: Explanation(
        "Another browser, or no cookies",
        "The page was opened in a browser in which nobody has begun to sign in, or which has lost its cookies since.",
        "Have the customer start again in one browser, and allow cookies for the address of the sign-in pages.",
    ),
    Reason.KEYS_NOT_FETCHED: Explanation(
        "Keys not fetched",
        "The public keys of {application} couldn't be fetched.[ {problem}]",
        "See whether the address under Credentials can be reached from here, and answers with a key set.",
    ),
    Reason.NOT_A_MEMBER: Explanation(
        "Not theirs",
        "The administrator asked for a tenant that they don't manage, or that doesn't exist.",
        "Make them an administrator of the tenant, if they shall be one.",
    ),
    Reason.PASSWORD_WRONG: Explanation(
        "Wrong password",
        "The account exists and may sign in, but the password was wrong.",
        "The customer can choose a new one: Forgot password, on the same page.",
    ),
    Reason.PROVIDER_CANCELLED: Explanation(
        "Turned back at the provider",
        "The customer went to {provider} and came back without having signed in there.",
        "Nothing, if they meant it.[ {provider} has said: {problem}]",
    ),
    Reason.PROVIDER_FAILED: Explanation(
        "Provider failed",
        "{provider} couldn't be asked, or gave no good answer.[ {problem}]",
        "Test the provider under Identity providers: the test says what is wrong.",
    ),
    Reason.PROVIDER_REFUSED: Explanation(
        "Not let in by a provider",
        "What came back from {provider} was no proof of anybody.[ {problem}]",
        "Nothing, if it stays at one: an old page, a second press. Many are somebody who tries the door.",
    ),
    Reason.REDIRECT_URI_WRONG: Explanation(
        "Wrong redirect URI",
        "The application sent the redirect URI[ {redirect_uri}], which isn't among those registered for it."
        " They are compared letter by letter.",
        "Register it under App registrations, or correct it in the application.",
    ),
    Reason.REQUEST_REFUSED: Explanation(
        "Request refused",
        "The application's request for sign-in was refused[ as {error}].[ {description}]",
        "Correct the request in the application.",
    ),
    Reason.SECOND_FACTOR_USED: Explanation(
        "Code of the app used before",
        "The code of the authenticator app was right, but it had been used already. Each is good once.",
        "Have the customer wait half a minute for the next code. If it wasn’t them, somebody has seen their code.",
    ),
    Reason.SECOND_FACTOR_WRONG: Explanation(
        "Wrong second factor",
        "The first factor was right, but the code that was asked for then was wrong.",
        "Is the clock of the customer’s device right? They can use a recovery code. Whoever has lost both can be helped"
        " on their page, under Sign-in, once you are sure who they are.",
    ),
    Reason.SIGN_UP_CLOSED: Explanation(
        "Sign-up closed",
        "The user flow[ {user_flow}] lets nobody sign up.",
        "Create the account for them, or allow sign-up in the user flow.",
    ),
    Reason.TOKEN_REPLAYED: Explanation(
        "Used twice",
        "A code or refresh token came for a second time. It may be stolen, so all that came of it was revoked.",
        "See whether the application sends the same request twice. The customer has to sign in once more.",
    ),
    Reason.TOO_MANY_ATTEMPTS: Explanation(
        "Too many tries",
        "{limit}, so this one was refused before anything was looked at.",
        "Wait, or find out who tries so often.",
    ),
}

# What a limit has counted, by its name, and what helps those whom it keeps out.
LIMITS: Mapping[str, tuple[str, str]] = {
    "passwords by account and address": (
        "{allowed} wrong passwords for this account within {span}[ from {ip}] had closed this way",
        "The customer can wait[, or sign in with {others}]. Browsers known to the account are counted apart.",
    ),
    "passwords by account": (
        "{allowed} wrong passwords for this account within {span}, from wherever, had closed this way",
        "Somebody may be guessing. The customer can wait[, or sign in with {others}]. A known browser is let try.",
    ),
    "wrong codes by account": (
        "{allowed} wrong codes for this account within {span} had closed this way",
        "The customer can wait[, or sign in with {others}], or use a browser in which they have signed in before.",
    ),
    "wrong codes of all accounts": (
        "{allowed} codes were guessed at this tenant within {span}, so short codes aren't looked at for now",
        "The customer asks for another code, which has eight digits and works.",
    ),
    "wrong second factors by account": (
        "{allowed} wrong codes of a second factor of this account within {span} had closed this way",
        "Somebody knows the password, or the customer’s clock is wrong. They can wait, or use a known browser.",
    ),
    "second codes sent by account": (
        "{allowed} codes of a second factor within {span} are the most that are emailed to this address",
        "The newest code may still work. Is the mail late, or in the spam folder?",
    ),
    "codes sent by account": (
        "{allowed} codes for this address within {span} are the most that are emailed",
        "The newest code may still work. Is the mail late, or in the spam folder?",
    ),
    "codes asked for by address": (
        "{allowed} codes were asked for[ from {ip}] within {span}",
        "Many customers behind one address share this limit; otherwise somebody is trying addresses.",
    ),
    "sign-ups by address": (
        "{allowed} accounts were made[ from {ip}] within {span}",
        "Many customers behind one address share this limit; otherwise somebody is making accounts in bulk.",
    ),
    "tries from everywhere": (
        "{allowed} tries[ from {ip}] within {span}, at all tenants together, had closed this way",
        "Many customers behind one address share this limit; otherwise somebody is guessing.",
    ),
    "requests for sign-in by address": (
        "{allowed} sign-ins were begun[ from {ip}] within {span}",
        "Many customers behind one address share this limit. A loop between application and sign-in looks the same.",
    ),
    "requests kept in a client's name by address": (
        "{allowed} requests were kept for this application[ from {ip}] within {span}",
        "See whether the application sends the same request in a loop.",
    ),
    "devices by application and address": (
        "{allowed} devices of this application began to wait[ from {ip}] within {span}",
        "See whether a device asks again and again without waiting.",
    ),
    "wrong device codes by browser": (
        "{allowed} wrong device codes within {span} were typed in this browser",
        "The customer waits, and types the code as the device shows it.",
    ),
    "wrong device codes by address": (
        "{allowed} wrong device codes within {span} were typed[ from {ip}]",
        "Many customers behind one address share this limit; otherwise somebody is guessing.",
    ),
    "wrong registration tokens by address": (
        "{allowed} wrong registration tokens came[ from {ip}] within {span}",
        "Compare the initial access token with those under Settings.",
    ),
}


def explain(event: AbstractEvent) -> Explanation | None:
    """Why it was refused, with what is known of it; None for a success, or a reason of another release."""
    if event.reason not in TITLES:
        return None
    known = REASONS[Reason(event.reason)]
    details: Mapping[str, Any] = event.details if isinstance(event.details, dict) else {}
    facts = _facts(event, details)
    why, remedy = known.why, known.remedy
    if event.reason == Reason.TOO_MANY_ATTEMPTS:
        name = str(details.get("limit", "")).removesuffix(WHOLE_SITE)
        counted, remedy = LIMITS.get(name, ("A limit was used up[ ({name})]", remedy))
        why = why.replace("{limit}", counted)
    return Explanation(known.title, _said(why, facts), _said(remedy, facts), _moment(details.get("until")))


def title_of(reason: str) -> str:
    """What lists and filters call a reason; the code itself where another release wrote it."""
    return TITLES.get(reason, reason)


TITLES: Mapping[str, str] = {str(reason): explanation.title for reason, explanation in REASONS.items()}


def span(seconds: int) -> str:
    """A length of time as people say it: "5 minutes", "an hour"."""
    for unit, name, one in ((DAY, "days", "a day"), (HOUR, "hours", "an hour"), (MINUTE, "minutes", "a minute")):
        if seconds >= unit:
            count = round(seconds / unit)
            return one if count == 1 else f"{count} {name}"
    return "1 second" if seconds == 1 else f"{seconds} seconds"


def _facts(event: AbstractEvent, details: Mapping[str, Any]) -> dict[str, str]:
    columns = ("application", "client_id", "user_flow")
    facts = {name: str(getattr(event, name, "") or "") for name in columns}
    facts |= {name: str(value) for name, value in details.items() if isinstance(value, (str, int))}
    facts |= {name: _ended(facts.get(name, "")) for name in ("description", "problem")}
    return facts | {
        "who": event.actor_name,
        "application": facts["application"] or "the application",
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
    others = [METHODS.get(each, str(each)) for each in methods if each != tried] if isinstance(methods, list) else []
    return " or ".join(others)


def _said(sentence: str, facts: Mapping[str, str]) -> str:
    return "".join(text for text, _ in filled(sentence, facts))


def _ended(sentence: str) -> str:
    return sentence if not sentence or sentence.endswith((".", "!", "?")) else f"{sentence}."


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
