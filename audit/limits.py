"""What was counted where a limit was used up, and what helps: to each limit by its name.

Pure, as `sentences` is; `explanations` fills the places in.
"""

from collections.abc import Mapping

from audit.sentences import Text
from common.text.translation import gettext_lazy as _

LIMITS: Mapping[str, tuple[Text, Text]] = {
    "passwords by account and address": (
        _("{allowed} wrong passwords for this account within {span}[ from {ip}] had used up this limit"),
        _(
            "The customer can continue right away with a link sent to their mailbox, which the page offers[, or "
            "sign in with {others}]."
        ),
    ),
    **dict.fromkeys(
        (
            "passwords by account",
            "passwords by account and day",
            "passwords by account where a hook is asked",
        ),
        (
            _("{allowed} wrong passwords for this account within {span}, from anywhere, had used up this limit"),
            _(
                "Someone may be guessing. The customer can continue right away with a link sent to their mailbox, "
                "which the page offers[, or sign in with {others}]."
            ),
        ),
    ),
    **dict.fromkeys(
        ("wrong codes by account", "wrong codes by account and day"),
        (
            _("{allowed} wrong codes for this account within {span} had used up this limit"),
            _(
                "The customer can continue right away with a link sent to their mailbox, which the page offers[, "
                "or sign in with {others}]."
            ),
        ),
    ),
    "wrong codes of all accounts": (
        _("{allowed} codes were guessed at this tenant within {span}, so short codes aren’t checked for now"),
        _("The customer asks for another code, which has eight digits and works."),
    ),
    **dict.fromkeys(
        (
            "wrong second factors by account",
            "wrong second factors by account and day",
            "wrong second factors by account and month",
        ),
        (
            _("{allowed} wrong codes of a second factor of this account within {span} had used up this limit"),
            _(
                "Someone knows the password, or the customer’s clock is wrong. The customer can continue right "
                "away with a link sent to their mailbox, which the page offers."
            ),
        ),
    ),
    **dict.fromkeys(
        ("links sent by account", "links sent by account and day"),
        (
            _("{allowed} links for this address within {span} are the most that are emailed"),
            _("The newest link still works. Is the email late, or in the spam folder?"),
        ),
    ),
    "links asked for by address": (
        _("{allowed} links were asked for[ from {ip}] within {span}"),
        _("Either many customers behind one address share this limit, or someone is trying out addresses."),
    ),
    **dict.fromkeys(
        (
            "text messages sent by account",
            "text messages sent by account and day",
            "second text messages sent by account",
        ),
        (
            _("{allowed} text messages within {span} are the most that are sent for this account"),
            _("The newest code may still work. The customer can come another way."),
        ),
    ),
    "text messages asked for by address": (
        _("{allowed} text messages were asked for[ from {ip}] within {span}"),
        _(
            "Either many customers behind one address share this limit, or someone is"
            " running up the cost of text messages."
        ),
    ),
    **dict.fromkeys(
        ("text messages to a country a day", "text messages to a country a day but its reserve"),
        (
            _("{allowed} text messages within {span} are the most that are sent to numbers of this country"),
            _("See under Settings, Text messages, how many each country was sent and may be sent."),
        ),
    ),
    "second codes sent by account": (
        _("{allowed} codes of a second factor within {span} are the most that are emailed to this address"),
        _("The newest code may still work. Is the email late, or in the spam folder?"),
    ),
    **dict.fromkeys(
        ("codes sent by account", "codes sent by account and day"),
        (
            _("{allowed} codes for this address within {span} are the most that are emailed"),
            _(
                "The newest code may still work. If not, the customer can continue with a link sent to their "
                "mailbox, which the page offers."
            ),
        ),
    ),
    "codes asked for by address": (
        _("{allowed} codes were asked for[ from {ip}] within {span}"),
        _("Either many customers behind one address share this limit, or someone is trying out addresses."),
    ),
    "sign-ups by address": (
        _("{allowed} accounts were created[ from {ip}] within {span}"),
        _("Either many customers behind one address share this limit, or someone is creating accounts in bulk."),
    ),
    "sign-ups without a script by address": (
        _("{allowed} customers signed up[ from {ip}] within {span} without the calculation that browsers do"),
        _("Browsers with JavaScript aren’t affected. If this happens often, someone is creating accounts in bulk."),
    ),
    "sign-ups without a script": (
        _("{allowed} customers signed up within {span} without the calculation that browsers do"),
        _("Browsers with JavaScript aren’t affected. If this happens often, someone is creating accounts in bulk."),
    ),
    "tries from everywhere": (
        _("{allowed} tries[ from {ip}] within {span}, at all tenants together, had used up this limit"),
        _("Either many customers behind one address share this limit, or someone is guessing."),
    ),
    "requests for sign-in by address": (
        _("{allowed} sign-ins were started[ from {ip}] within {span}"),
        _("Many customers behind one address share this limit. A loop between application and sign-in looks the same."),
    ),
    "answers of identity providers by address": (
        _("{allowed} answers of identity providers arrived[ from {ip}] within {span}"),
        _("Many customers behind one address share this limit; otherwise someone is trying to fill the database."),
    ),
    "requests kept in a client's name by address": (
        _("{allowed} requests were kept for this application[ from {ip}] within {span}"),
        _("See whether the application sends the same request in a loop."),
    ),
    "devices by application and address": (
        _("{allowed} devices of this application began to wait[ from {ip}] within {span}"),
        _("See whether a device asks again and again without waiting."),
    ),
    "wrong device codes by browser": (
        _("{allowed} wrong device codes within {span} were typed in this browser"),
        _("The customer waits, and types the code as the device shows it."),
    ),
    "wrong device codes by address": (
        _("{allowed} wrong device codes within {span} were typed[ from {ip}]"),
        _("Either many customers behind one address share this limit, or someone is guessing."),
    ),
    "wrong registration tokens by address": (
        _("{allowed} wrong registration tokens were sent[ from {ip}] within {span}"),
        _("Compare the initial access token with those under Settings."),
    ),
}
