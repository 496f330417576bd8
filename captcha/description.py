"""Which CAPTCHA provider a tenant has: what may be chosen about it, as one value, and how its secret is kept.

The secret is no part of the value: it goes in and never comes out, but to the very server it was saved for.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

from captcha.models import CaptchaSettings
from captcha.widgets import (
    CSS_CLASS,
    FIELD,
    MAX_KEY,
    MAX_NAME,
    MAX_SECRET,
    MOST_ORIGINS,
    ORIGIN,
    OTHER,
    PUZZLE,
    STOP,
    VISIBLE,
    WIDGETS,
    Widget,
    origin_of,
)
from common.crypto.encryption import CannotUnseal, seal, unseal
from common.database.rows import row_from_json
from common.problems import Code, Problem, name_problems, one_of, wrong
from common.text.texts import shortened
from common.text.translation import gettext as _
from common.versions import version_of
from common.web.outgoing import url_problem
from tenants.known import KnownPart, NeededBy
from tenants.postgresql import current_schema

_CHOSEN = "SELECT to_jsonb(kept) FROM captcha_captchasettings kept WHERE provider <> ''"
# What only another provider than those that are known has to be told.
OF_OTHERS = ("name", "script_url", "css_class", "response_field", "verify_url", "privacy_url", "origins")


@dataclass(frozen=True)
class CaptchaDescription:
    """The provider, "" for none, and the site key it has given; `on_failure` is `puzzle` or `stop`.

    The rest describes another provider than those that are known, as a `Widget` says; its `origins` are beside that of
    its script.
    """

    provider: str = ""
    site_key: str = ""
    on_failure: str = PUZZLE
    name: str = ""
    script_url: str = ""
    css_class: str = ""
    response_field: str = ""
    verify_url: str = ""
    privacy_url: str = ""
    origins: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """A name for just this description, by which somebody who changes it tells what they have seen."""
        return version_of(self)

    @property
    def widget(self) -> Widget:
        """What the page is made of, and who is asked."""
        if known := WIDGETS.get(self.provider):
            return known
        own: dict[str, Any] = {name: getattr(self, name) for name in OF_OTHERS}
        return Widget(**{**own, "origins": tuple(dict.fromkeys((origin_of(self.script_url), *self.origins)))})


def described(kept: CaptchaSettings | None) -> CaptchaDescription:
    """What a row says."""
    if kept is None:
        return CaptchaDescription()
    values: dict[str, Any] = {field.name: getattr(kept, field.name) for field in fields(CaptchaDescription)}
    return CaptchaDescription(**{**values, "origins": tuple(values["origins"])})


def describe() -> CaptchaDescription:
    """What the tenant being served has chosen now."""
    return described(CaptchaSettings.objects.first())


def captcha_in_force() -> CaptchaSettings | None:
    """The row of the tenant being served, if it has a provider; known to the process, and to be read only."""
    return _in_force.get()


def tidied(wished: CaptchaDescription) -> CaptchaDescription:
    """As it is kept: nothing around what was typed, and no values that its provider doesn't go by."""
    if not wished.provider:
        return CaptchaDescription()
    texts = {name: value.strip() for name, value in vars(wished).items() if isinstance(value, str)}
    tidy = replace(wished, **texts, origins=tuple(dict.fromkeys(wished.origins)))
    if tidy.provider == OTHER:
        return tidy
    return replace(tidy, **{name: getattr(CaptchaDescription(), name) for name in OF_OTHERS})


def kept_secret(kept: CaptchaSettings | None, wished: CaptchaDescription) -> str:
    """The secret kept, for the server it was saved for; "" for any other, and if its key is gone."""
    if kept is None or origin_of(described(kept).widget.verify_url) != origin_of(wished.widget.verify_url):
        return ""
    try:
        return secret_of(kept)
    except CannotUnseal:
        return ""


def secret_of(kept: CaptchaSettings) -> str:
    """The secret. Raises `CannotUnseal`."""
    return unseal(kept.sealed_secret, context=sealing_context()).decode() if kept.sealed_secret else ""


def seal_secret(secret: str) -> str:
    """The secret, sealed for this tenant; "" stays what it is."""
    return seal(secret.encode(), context=sealing_context()) if secret else ""


def sealing_context() -> str:
    """What the secret is sealed for."""
    return f"captcha {current_schema()}"


def problems_of(wished: CaptchaDescription, secret: str) -> list[Problem]:
    """All that is wrong with it."""
    if not wished.provider:
        return []
    known = (*WIDGETS, OTHER)
    told = {
        "provider": "" if wished.provider in known else one_of(known),
        "site_key": _key_problem(wished.site_key, most=MAX_KEY),
        "on_failure": "" if wished.on_failure in {PUZZLE, STOP} else one_of((PUZZLE, STOP)),
        "secret": _key_problem(secret, most=MAX_SECRET),
    }
    found = [each for name, sentence in told.items() for each in wrong(Code.INVALID, name, sentence)]
    return found + (_problems_of_other(wished) if wished.provider == OTHER else [])


def _problems_of_other(wished: CaptchaDescription) -> list[Problem]:
    odd = next((origin for origin in wished.origins if not ORIGIN.fullmatch(origin)), None)
    told = {
        "script_url": url_problem(wished.script_url),
        "css_class": "" if CSS_CLASS.fullmatch(wished.css_class) else _("Write one CSS class, such as g-recaptcha."),
        "response_field": ""
        if FIELD.fullmatch(wished.response_field)
        else _("Write the name of one field, such as g-recaptcha-response."),
        "verify_url": url_problem(wished.verify_url),
        "privacy_url": url_problem(wished.privacy_url) if wished.privacy_url else "",
        "origins": _origins_problem(wished.origins, odd),
    }
    found = name_problems(wished.name, longest=MAX_NAME)
    return [*found, *(each for name, sentence in told.items() for each in wrong(Code.INVALID, name, sentence))]


def _origins_problem(origins: tuple[str, ...], odd: str | None) -> str:
    if len(origins) > MOST_ORIGINS:
        return _("Name at most %(most)d.") % {"most": MOST_ORIGINS}
    if odd is None:
        return ""
    sentence = _(
        "“%(name)s” isn’t an origin. Write https://example.com, or https://*.example.com for all its subdomains."
    )
    return sentence % {"name": shortened(odd)}


def _key_problem(key: str, *, most: int) -> str:
    if not key:
        return _("Paste it as your provider shows it.")
    if len(key) > most:
        return _("Use at most %(most)s characters.") % {"most": most}
    return "" if VISIBLE.fullmatch(key) else _("It holds letters, digits and signs of ASCII only.")


def _made(row: dict[str, Any] | None) -> CaptchaSettings | None:
    return row_from_json(CaptchaSettings, row) if row else None


_in_force = KnownPart(_CHOSEN, _made, needed_by=NeededBy.PAGES)
