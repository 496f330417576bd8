"""The words for the roles of administrators. What each may do stands in `frame.access`."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from tenants.policies import Role


@dataclass(frozen=True)
class Words:
    """A role's name and what it is for, as administrators read it; the name is translated for who isn't one yet."""

    name: str
    purpose: str


WORDS: Mapping[Role, Words] = {
    Role.OWNER: Words(_("Owner"), "Everything, including administrators, keys and deleting the tenant."),
    Role.USER_ADMINISTRATOR: Words(
        _("User administrator"), "Customers and groups, including import, export and purging."
    ),
    Role.APPLICATION_ADMINISTRATOR: Words(_("Application administrator"), "App registrations; no customers."),
    Role.FLOW_ADMINISTRATOR: Words(_("Flow administrator"), "User flows and what they ask for; no customers."),
    Role.BRANDING_ADMINISTRATOR: Words(_("Branding administrator"), "The look and the words of customer pages."),
    Role.SUPPORT: Words(_("Support"), "Helps customers: sees and changes them, but can’t export or purge them."),
    Role.AUDITOR: Words(_("Auditor"), "Reads and exports the logs, and sees who the administrators are."),
    Role.READER: Words(_("Reader"), "Sees everything but the outbox, and changes nothing."),
}


def name_of(role: str) -> str:
    """What a role is called; one that this release doesn't know, as it is kept."""
    return WORDS[Role(role)].name if role in WORDS else role


def translated_name_of(role: str) -> Promise:
    """The same for somebody who is invited, in the language of the page or mail in which it is written out."""
    return gettext_lazy(name_of(role))
