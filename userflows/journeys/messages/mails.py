"""The mails of journeys: in the tenant's look and the customer's language, rendered by the worker."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.credentials.services.codes import LIFETIME
from accounts.models import ACCOUNT_RESTORABLE_FOR, Account
from branding.description import Picture
from branding.languages.offered import offer
from branding.look import Look, look_for
from branding.looks.choices import size_in_mails
from branding.looks.colors import dark_colors, light_colors
from branding.looks.mails import colors_of_mail, shapes_of_mail
from branding.policies import hides_dark
from branding.words.in_force import words_in_force
from common.text.spoken import speaking, speaking_language, spoken_language
from common.text.time_zones import zone_named
from mail.bodies import NO_TICKET, Ticket
from mail.services import queue_message
from tenants.addressing import base_url
from tenants.lookup import current_tenant
from userflows.models import Journey

# What stays of sentences that aren't there.
_GAP = re.compile(r"\n{3,}")
MINUTES = int(LIFETIME.total_seconds() // 60)
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


def mail_code(journey: Journey, *, to: str, ticket: Ticket, purpose: str) -> None:
    """The code or the link that goes on with the journey, and what for: a purpose of journeys."""
    _mail("code", journey, to=to, context={**vars(ticket), "minutes": MINUTES, "purpose": purpose})


def mail_account_exists(journey: Journey, *, to: str, ticket: Ticket, has_password: bool) -> None:
    """To somebody who signs up with an address that has an account: how to sign in, or to get a new password in the
    place of the one it has.
    """
    context = {**vars(ticket), "minutes": MINUTES, "can_reset": journey.rules.has_passwords and has_password}
    _mail("account_exists", journey, to=to, context=context)


def mail_account_shut(journey: Journey, *, to: str, deleted_at: datetime | None) -> None:
    """To somebody whose account is blocked, or was deleted then and can still be restored: why no code comes."""
    until = deleted_at + ACCOUNT_RESTORABLE_FOR if deleted_at else None
    _mail("account_shut", journey, to=to, context={"deleted_at": deleted_at, "until": until})


def mail_welcome(journey: Journey, *, to: str, language: str, user_name: str, link: str) -> None:
    """To somebody who has just signed up: how to come in next time, by which user name where they may give one, and the
    link by which the owner of the address acts if it was somebody else.

    What an application that registered itself calls its address isn't told, as its name isn't.
    """
    of_journey = _of_journey(journey)
    start_url = journey.application_look.get("start_url", "") if of_journey["application_name"] else ""
    context = {**of_journey, "start_url": start_url, "user_name": user_name, "link": link}
    send_in_look("welcome", to=to, language=language, context=context)


def mail_password_notice(journey: Journey, *, to: str, link: str) -> None:
    """The password was changed; the link is that by which the owner acts if it was somebody else."""
    _mail("password_changed", journey, to=to, context={"link": link})


def mail_link(
    kind: str, *, to: str, language: str, link: str, days: int, message: str = "", client_id: str = ""
) -> None:
    """An invitation, or the way to a new password, that an administrator had sent: a link that is good once.

    An invitation quotes a message, and is in the look of the application to which it leads.
    """
    quoted = "\n".join(f"> {line}".rstrip() for line in message.splitlines())
    context = {"link": link, "days": days, "message": message, "quoted": quoted}
    _mail(f"{kind}_link", Journey(mail_language=language, client_id=client_id), to=to, context=context)


def mail_address_notice(*, to: str, language: str) -> None:
    """To the address an account had until now: it has another one."""
    _mail("address_changed", Journey(mail_language=language), to=to, context={})


def mail_factor_notice(
    what: str, *, to: str, language: str, from_where: str, link: str, left: int, name: str = ""
) -> None:
    """What became of the account's second factors: added, removed, codes_renewed or code_used, with so many left; or of
    the passkey of this name: passkey_added, passkey_removed or passkey_copied; or of the phone number: phone_added,
    phone_removed. The link is that by which the owner acts if it was somebody else.
    """
    about = {"from_where": from_where, "what": what, "left": left, "name": name, "link": link}
    context = {**_of_journey(Journey()), **about}
    kind = what.partition("_")[0]
    mail = kind if kind in {"passkey", "phone"} else "second_factor"
    send_in_look(mail, to=to, language=language, context=context)


def mail_protection(what: str, *, to: str, language: str, link: str, has_password: bool, journey: Journey) -> None:
    """What goes on at the account's door (`journeys.jobs`), from where, and the link by which its owner acts. Without
    `has_password` nothing is said of one.
    """
    context = {**_of_journey(journey), "what": what, "link": link, "has_password": has_password}
    send_in_look("protection", to=to, language=language, context=context)


def mail_provider_notice(*, to: str, language: str, provider: str, is_linked: bool, link: str) -> None:
    """The account can be signed in to by this identity provider from now on, or no more; the link is that by which the
    owner acts if somebody else has linked it.
    """
    name = "provider_linked" if is_linked else "provider_unlinked"
    _mail(name, Journey(mail_language=language), to=to, context={"provider": provider, "link": link})


def _mail(name: str, journey: Journey, *, to: str, context: dict[str, Any]) -> None:
    send_in_look(name, to=to, language=journey.mail_language, context={**_of_journey(journey), **context})


def send_in_look(name: str, *, to: str, language: str, context: dict[str, Any]) -> None:
    """The mail of `templates/emails` with this name, in the look of the tenant being served, or in the theme of the
    application that the `journey` in its context was begun for. It tells times as whoever has the address reads them,
    else as the tenant does. `language` is what they have chosen, or "".
    """
    offered = offer()
    language = offered.spoken_to(language)
    about: Journey | None = context.get("journey")
    client_id = about.client_id if about else ""
    words = words_in_force(about.user_flow_id if about else None, client_id)
    with speaking_language(*offered.spoken_as(language)), speaking(words), timezone.override(_zone_of(to)):
        look = look_for(spoken_language(), client_id=client_id)
        mail = written(name, {**of_tenant(look), **context, "to": to})
    ticket = Ticket(context["code"], context.get("link", "")) if context.get("code") else NO_TICKET
    queue_message(to=to, kind=name, reply_to=look.reply_to, ticket=ticket, language=language, **vars(mail))


@dataclass(frozen=True)
class Written:
    """What a mail says: in one line, in plain text, and as a page."""

    subject: str
    text: str
    html: str


def written(name: str, page: Mapping[str, Any]) -> Written:
    """The mail of `templates/emails` with this name, in the language in force."""
    return Written(
        subject=" ".join(render_to_string(f"emails/{name}.subject.txt", page).split()),
        text=_GAP.sub("\n\n", render_to_string(f"emails/{name}.txt", page)).strip() + "\n",
        html=_inliner.inline(render_to_string(f"emails/{name}.html", page)),
    )


def _zone_of(to: str) -> ZoneInfo:
    tenant = current_tenant()
    own = Account.objects.with_email(to).values_list("time_zone", flat=True).first()
    return zone_named(own or (tenant.time_zone if tenant else ""))


def surroundings(journey: Journey, look: Look) -> dict[str, Any]:
    """What every mail of a journey says: whose it is, for what, who asked for it, when and from where."""
    return {**of_tenant(look), **_of_journey(journey)}


def _of_journey(journey: Journey) -> dict[str, Any]:
    return {
        "journey": journey,
        "purpose": journey.purpose,
        "application_name": journey.application_look.get("name_in_mails", ""),
        "from_where": " · ".join(part for part in (journey.client_name, journey.client_ip) if part),
    }


def of_tenant(look: Look) -> dict[str, Any]:
    """What every mail of the tenant being served says and wears, in the language in force."""
    tenant = current_tenant()
    address = base_url(tenant) if tenant else settings.CIAM_BASE_URL
    parts = urlsplit(address)
    host = f"{parts.scheme}://{parts.netloc}"
    return {
        "look": look,
        "tenant_name": look.tenant_name,
        "spoken": offer().language(spoken_language()),
        # Pictures and links of a mail need whole addresses; those of the look are paths of the tenant's host.
        **pictures_of(look, host=host),
        "light": colors_of_mail(
            light_colors(vars(look)), header=look.header_color, behind_logo=look.logo_background_color
        ),
        "dark": colors_of_mail(
            dark_colors(vars(look)), header=look.header_color, behind_logo=look.dark_logo_background_color
        ),
        "shapes": shapes_of_mail(vars(look)),
        "legal_links": _legal_links(look),
        "sign_in_url": f"{address}/sign-in/",
        "reset_url": f"{address}/reset/",
        "profile_url": f"{address}/profile/",
        "asked_at": timezone.now(),
    }


def pictures_of(look: Look, *, host: str) -> dict[str, Any]:
    """Those of a mail, with the host that it loads them from: "" for that of the page around it."""
    return {
        "logo_url": f"{host}{look.logo_url}" if look.logo_url else "",
        "dark_logo_url": f"{host}{look.dark_logo_url}" if look.dark_logo_url else "",
        "header_logo": _header_logo(look, host),
    }


def _header_logo(look: Look, host: str) -> Picture | None:
    """That of the header as large as mails show it, and whether it is lost on its ground there."""
    logo = look.header_logo
    if not logo.url:
        return None
    width, height = size_in_mails(logo.width, logo.height)
    is_lost = logo.is_dark and (not look.header_color or hides_dark(look.header_color))
    return Picture(f"{host}{logo.url}", width, height, is_lost)


def _legal_links(look: Look) -> list[tuple[str, str]]:
    """The links at the foot of the tenant's pages, if it shows any: their texts, and where they lead."""
    if not look.shows_footer:
        return []
    links = [(look.privacy_text, look.privacy_url), (look.terms_text, look.terms_url)]
    return [(translation.gettext(text), url) for text, url in links if url]
