"""Signing in and signing up, otherwise than most do."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.forms import CharField
from django.utils.translation import gettext_lazy as _

from accounts.credentials.judging import refuse_if_guessable, refuse_if_too_long
from accounts.credentials.policies import LONG_CODE_DIGITS, MAX_PASSWORD_LENGTH
from accounts.credentials.rules import PasswordRules
from accounts.credentials.services.passwords import IS_YOURS, WAS_YOURS
from accounts.models import Account
from branding.look import Look
from branding.preview.samples import Tell
from captcha.models import CaptchaSettings
from captcha.widgets import TURNSTILE
from userflows.forms.codes import CodeForm, TextCodeForm
from userflows.forms.fields import BREACHED, NOT_TAKEN, TERMS, AddressForm, terms_field
from userflows.forms.pages import NOT_LOOKED_AT
from userflows.journeys.attempts.limits import CODES_SENT_A_DAY, PASSWORDS, PASSWORDS_FROM_HERE, TEXTS_SENT, WRONG_CODES
from userflows.journeys.attempts.refusals import NO_MORE_CODES, SPENT
from userflows.journeys.attempts.refusals import WRONG_CODES as TOO_MANY_CODES
from userflows.models import Journey
from userflows.state import CODE, LINK
from userflows.steps.code.view import WRONG, what_still_works
from userflows.steps.human.form import HumanForm
from userflows.steps.human.view import NOT_SOLVED
from userflows.steps.human.widget import NO_ANSWER, NOT_DONE, NOT_FOUND, widget_of
from userflows.steps.new_password.form import NewPasswordForm
from userflows.steps.new_password.view import GONE
from userflows.steps.password.form import PasswordForm
from userflows.steps.password.view import NOT_CHECKED
from userflows.steps.password.view import WRONG as WRONG_PASSWORD
from userflows.steps.profile.form import OwedForm
from userflows.steps.provider.callback import FAILED, NOT_LET_IN, NOT_SIGNED_IN, SOMEBODY_ELSES
from userflows.steps.provider.form import ProviderForm
from userflows.steps.provider.view import CHOOSE, OUT_OF_REACH
from userflows.steps.sms.view import WRONG as WRONG_TEXT
from userflows.views.customer.owners_links import LINK_SENT, NO_MORE_LINKS
from userflows.views.samples import sign_in
from userflows.views.samples.cast import (
    OTHER_ADDRESS,
    SAMPLE_ADDRESS,
    SAMPLE_HOST,
    sample_account,
    sample_flow,
    sample_journey,
    sample_rules,
    still,
    wrong,
)
from userflows.views.samples.second_factors import ASKED
from userflows.views.samples.variants.telling import (
    DAYS,
    HOURS,
    SOON,
    WITH_ERRORS,
    by_rules,
    other_ways,
    problems_of,
    refused,
    varied,
    with_journey,
)

SIGN_IN, SIGN_UP, CHANGE = Journey.Purpose.SIGN_IN, Journey.Purpose.SIGN_UP, Journey.Purpose.CHANGE
SAMPLE_NAME, MISSPELT = "robin", "robin@exmaple.com"
# Of a code that has expired.
OVER = {"expires_in": 0}
BROUGHT = {"name": "Google", "needs_mailbox": False}
# As strict as a tenant can be about passwords, and what some of these rules have something against each.
STRICT = PasswordRules(min_length=12, character_kinds=3)
BAD_PASSWORDS = ("password", "a" * (MAX_PASSWORD_LENGTH + 1), SAMPLE_ADDRESS)


def _wrong_address(_look: Look) -> dict[str, Any]:
    return wrong(*(AddressForm({"email": typed}) for typed in ("", "robin@", "röbin@example.com")))


def _wrong_name(_look: Look) -> dict[str, Any]:
    return wrong(*(AddressForm({"email": typed}, takes_user_names=True) for typed in ("", "no")))


def misspelt(form: type[AddressForm]) -> Tell:
    """An address that looks like a slip."""
    typed = MISSPELT
    return lambda _look: {"form": still(form(initial={"email": typed})), "meant": SAMPLE_ADDRESS, "insists": typed}


def _not_taken(_look: Look) -> dict[str, Any]:
    return wrong(AddressForm({"email": SAMPLE_ADDRESS}), also={"email": [NOT_TAKEN % {"domain": SAMPLE_HOST}]})


def _wrong_password(_look: Look) -> dict[str, Any]:
    return wrong(PasswordForm({}), also={"password": [WRONG_PASSWORD]})


def _wrong_code(_look: Look) -> dict[str, Any]:
    return wrong(CodeForm({}), CodeForm({"code": "12"}), also={"code": [WRONG, SPENT, TOO_MANY_CODES]})


def _wrong_text(_look: Look) -> dict[str, Any]:
    return wrong(TextCodeForm({}), TextCodeForm({"code": "12"}), also={"code": [WRONG_TEXT, SPENT, TOO_MANY_CODES]})


def _wrong_new_password(_look: Look) -> dict[str, Any]:
    form = NewPasswordForm(Account(email=SAMPLE_ADDRESS), {})
    return wrong(form, also={"password": problems_of_passwords(), "": [GONE]})


def problems_of_passwords() -> list[str]:
    """All that may be wrong with a new one."""
    guessable = partial(refuse_if_guessable, account=sample_account(), rules=STRICT)
    field = CharField(validators=[refuse_if_too_long, guessable])
    return [*problems_of(field, *BAD_PASSWORDS), *map(str, (BREACHED, IS_YOURS, WAS_YOURS))]


def _wrong_provider(_look: Look) -> dict[str, Any]:
    about = [each % {"provider": BROUGHT["name"]} for each in (OUT_OF_REACH, NOT_SIGNED_IN, FAILED, SOMEBODY_ELSES)]
    return wrong(ProviderForm({}), also={"": [CHOOSE, NOT_LET_IN, *about]})


def _widget(_look: Look) -> dict[str, Any]:
    return {"widget": widget_of(CaptchaSettings(provider=TURNSTILE, site_key="sample"))}


def _wrong_check(look: Look) -> dict[str, Any]:
    return {**_widget(look), **wrong(HumanForm({}), also={"": [NOT_DONE, NOT_FOUND, NO_ANSWER, NOT_SOLVED]})}


def _wrong_terms(_look: Look) -> dict[str, Any]:
    form = OwedForm(sample_journey(), {})
    form.fields[TERMS] = terms_field(sample_flow())
    return wrong(form)


def _changed_terms(_look: Look) -> dict[str, Any]:
    journey = sample_journey()
    journey.known_account = Account(email=SAMPLE_ADDRESS, accepted_terms={"1": ""})
    return {"journey": journey}


def _mailed(*methods: str, purpose: str = SIGN_IN, email: str = SAMPLE_ADDRESS, **otherwise: Any) -> Tell:
    """Where the flow mails a code, a link or both. Where it lets whoever signs in sign up as well, no page asks whether
    there is an account.
    """

    def tell(_look: Look) -> dict[str, Any]:
        rules = {"methods": methods or (CODE,), "allows_sign_up": purpose == SIGN_UP, **otherwise}
        return {"journey": sample_journey(email=email, purpose=purpose), "rules": sample_rules(**rules)}

    return tell


def _long_code(*, purpose: str = SIGN_IN) -> Tell:
    return lambda look: {**_mailed(purpose=purpose)(look), "form": still(CodeForm(length=LONG_CODE_DIGITS))}


def _no_code(*, works: bool) -> Tell:
    return lambda _look: {"refusal": what_still_works(SOON, works=works), **({} if works else OVER)}


def _linked(*, terms: str = "", privacy: str = "", **more: Any) -> Tell:
    """With links of the tenant's to these, and the name of an application."""

    def tell(look: Look) -> dict[str, Any]:
        shown = replace(look, terms_url=terms, privacy_url=privacy, shows_footer=True, shows_terms=True)
        return {"look": replace(shown, shows_privacy=True), "application_name": look.tenant_name, **more}

    return tell


_of = varied(sign_in.SAMPLES)
VARIANTS = (
    _of("sign_in", "errors", WITH_ERRORS, _wrong_address),
    _of("sign_in", "name", _("Email address or user name"), _wrong_name),
    _of(
        "sign_in",
        "linked",
        _("Legal"),
        _linked(terms="#", privacy="#", application_url="#", application_look={"policy_uri": "#", "tos_uri": "#"}),
    ),
    _of("sign_in", "meant", _("Use another address"), misspelt(AddressForm)),
    _of("sign_in", "passkey", _("Sign in with a passkey"), asked=ASKED),
    _of("sign_in", "one_way", _("Sign in or sign up"), by_rules(methods=(CODE,), allows_sign_up=True)),
    _of("sign_in", "again", _("Confirm it's you"), confirms=True),
    _of("sign_in", "ended", _("Your session has ended. Sign in again to continue."), because="session_ended"),
    _of(
        "sign_in",
        "closed",
        _("Your browser was closed before you finished. Continue from here."),
        because="browser_closed",
    ),
    _of("reset", "secured", _("Account secured"), because="secured"),
    _of("sign_in", "secured", _("Account secured"), because="secured_without_password"),
    _of("sign_in", "busy", _("Try again in a moment"), not_looked_at=NOT_LOOKED_AT),
    _of("sign_in", "sent", LINK_SENT, done=LINK_SENT),
    _of("sign_in", "unsent", NO_MORE_LINKS, refusal=NO_MORE_LINKS),
    _of("sign_in", "brought", _("Way to sign in connected"), with_journey(email=""), brought=BROUGHT),
    _of("sign_up_address", "errors", WITH_ERRORS, _not_taken),
    _of("sign_up_address", "invited", _("Invitation"), by_rules(allows_sign_up=False, takes_invited=True)),
    _of("sign_up_address", "brought", _("Way to sign in connected"), brought=BROUGHT),
    _of("reset", "name", _("Email address or user name"), _wrong_name),
    _of("password", "errors", WITH_ERRORS, _wrong_password),
    _of("password", "again", _("Confirm it's you"), confirms=True),
    _of("password", "change", _("Change password"), with_journey(purpose=CHANGE), is_last=False),
    _of("password", "another", _("You're using another account"), was_for=OTHER_ADDRESS),
    _of("password", "unchecked", _("Try again in a moment"), refusal=NOT_CHECKED),
    _of("password", "closed", _("Too many attempts"), refused(PASSWORDS_FROM_HERE, SOON), offers_link=True),
    _of("password", "closed_longer", _("Account blocked"), refused(PASSWORDS, HOURS), offers_link=True),
    _of("password", "others", _("Other ways to sign in"), other_ways("code", "sms", "passkey", methods=(CODE,))),
    _of("password", "link", _("Email me a link instead"), other_ways("code", methods=(LINK,))),
    _of("password", "brought", _("Way to sign in connected"), brought=BROUGHT),
    _of("password", "connect", _("Connect"), brought=BROUGHT, confirms=True),
    _of("code", "errors", WITH_ERRORS, _wrong_code),
    _of("code", "closed", TOO_MANY_CODES, refused(WRONG_CODES, DAYS), offers_link=True),
    _of("code", "closed_mail", NO_MORE_CODES, refused(CODES_SENT_A_DAY, HOURS), offers_link=True),
    _of("code", "soon", _("Try again in a moment"), _no_code(works=True)),
    _of("code", "later", SPENT, _no_code(works=False)),
    _of("code", "account", _("If this address has an account, we emailed a 6-digit code to"), _mailed()),
    _of("code", "long", _("If this address has an account, we emailed an 8-digit code to"), _long_code()),
    _of("code", "link", _("If this address has an account, we emailed a link to"), _mailed(LINK)),
    _of("code", "both", _("If this address has an account, we emailed a link and a code to"), _mailed(LINK, CODE)),
    _of("code", "name", _("If this user name has an account, we emailed its owner:"), _mailed(email=SAMPLE_NAME)),
    _of("code", "sign_up", _("We emailed a 6-digit code to"), _mailed(purpose=SIGN_UP)),
    _of("code", "sign_up_long", _("We emailed an 8-digit code to"), _long_code(purpose=SIGN_UP)),
    _of("code", "sign_up_link", _("We emailed a link to"), _mailed(LINK, purpose=SIGN_UP)),
    _of("code", "sign_up_both", _("We emailed a link and a code to"), _mailed(LINK, CODE, purpose=SIGN_UP)),
    _of("code", "invited", _("Invitation"), _mailed(purpose=SIGN_UP, takes_invited=True)),
    _of("code", "again", _("Send a new code"), _mailed(), is_sent_again=True),
    _of("code", "link_again", _("Send a new email"), _mailed(LINK), is_sent_again=True),
    _of("code", "name_again", _("A new email is on its way."), _mailed(email=SAMPLE_NAME), is_sent_again=True),
    _of("code", "brought", _("Way to sign in connected"), brought=BROUGHT | {"needs_mailbox": True}),
    _of("code", "others", _("Other ways to sign in"), other_ways("password", "sms", "passkey")),
    _of("new_password", "errors", WITH_ERRORS, _wrong_new_password),
    _of("new_password", "change", _("Change password"), with_journey(purpose=CHANGE)),
    _of("providers", "errors", WITH_ERRORS, _wrong_provider),
    _of("providers", "none", _("There is no way to sign in right now. Try again later."), provider_buttons=()),
    _of("providers", "again", _("Confirm it's you"), confirms=True),
    _of("sms", "errors", WITH_ERRORS, _wrong_text),
    _of("sms", "closed", _("Too many attempts"), refused(TEXTS_SENT, SOON)),
    _of("sms", "again", _("A new code is on its way."), is_sent_again=True),
    _of("human", "widget", _("Confirm that you're not a robot."), _widget),
    _of("human", "errors", WITH_ERRORS, _wrong_check),
    _of("terms", "errors", WITH_ERRORS, _wrong_terms),
    _of("terms", "changed", _("Our terms of use have changed"), _changed_terms),
    _of("terms", "linked", _("Terms of use"), _linked(terms="#")),
    _of("terms", "both", _("Legal"), _linked(terms="#", privacy="#")),
    _of("language", "none", _("No language found."), is_found=False),
)
