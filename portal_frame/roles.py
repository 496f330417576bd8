"""The words for the roles of administrators. What each may do stands in `portal_frame.access`."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from tenants.policies import AdministratorRole


@dataclass(frozen=True)
class RoleWords:
    """A role's name, which mails and customer pages tell as well (`name_of`), and what it is for."""

    name: str
    purpose: str | Promise


WORDS: Mapping[AdministratorRole, RoleWords] = {
    AdministratorRole.OWNER: RoleWords(
        _("Owner"), pgettext_lazy("portal", "Everything, including administrators, keys and deleting the tenant.")
    ),
    AdministratorRole.USER_ADMINISTRATOR: RoleWords(
        _("User administrator"),
        pgettext_lazy("portal", "Customers and groups, including import, export and purging."),
    ),
    AdministratorRole.APPLICATION_ADMINISTRATOR: RoleWords(
        _("Application administrator"), pgettext_lazy("portal", "App registrations; no customers.")
    ),
    AdministratorRole.FLOW_ADMINISTRATOR: RoleWords(
        _("Flow administrator"), pgettext_lazy("portal", "User flows and what they ask for; no customers.")
    ),
    AdministratorRole.BRANDING_ADMINISTRATOR: RoleWords(
        _("Branding administrator"), pgettext_lazy("portal", "The look and the words of customer pages.")
    ),
    AdministratorRole.SUPPORT: RoleWords(
        _("Support"), pgettext_lazy("portal", "Helps customers: sees and changes them, but can’t export or purge them.")
    ),
    AdministratorRole.AUDITOR: RoleWords(
        _("Auditor"), pgettext_lazy("portal", "Reads and exports the logs, and sees who the administrators are.")
    ),
    AdministratorRole.READER: RoleWords(
        _("Reader"), pgettext_lazy("portal", "Sees everything but the outbox, and changes nothing.")
    ),
}


def name_of(role: str) -> str:
    """What a role is called; one that this release doesn't know, as it is kept."""
    return gettext(_name(role))


def translated_name_of(role: str) -> Promise:
    """The same for somebody who is invited, in the language of the page or mail in which it is written out."""
    return gettext_lazy(_name(role))


def _name(role: str) -> str:
    return WORDS[AdministratorRole(role)].name if role in WORDS else role
