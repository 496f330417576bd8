"""What an event says, as a sentence for whoever reads the log: names as they were, and no code.

Pure: it reads an event's columns, and of its `details` no more than the name of an identity provider, so that a list
says its sentences without them. Why something was refused stands in `explanations`.

A sentence has places for names in braces; what stands in brackets is left out where a name in it isn't known.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Protocol

from django.utils.functional import Promise

from audit.models import TOGETHER, AbstractEvent, Result
from common.text.translation import gettext, gettext_noop
from common.text.translation import gettext_lazy as _

Text = str | Promise
OPTIONAL = re.compile(r"\[([^]]*)\]")
PLACE = re.compile(r"\{(\w+)\}")
SOMEBODY = {
    "customer": _("Someone"),
    "application": _("An application"),
    "administrator": _("An administrator"),
    "command": _("The command line"),
    "system": "CIAM Portal",
}
# What methods are called within a sentence, as whoever has them tells (`tell_methods`).
_methods: dict[str, Text] = {}
# Filled in, and words of ours all the same.
OURS = {"method", "provider"}
UNNAMED = _("(unnamed)")
COMMAND, BRANDING, BRANDING_FOR, VERSION = "command", "branding", "branding for ", "brandversion"
# Kept as names, though nobody has given them.
KEPT = (gettext_noop("Command line"), gettext_noop("default branding"), gettext_noop("company branding"))


class Acted(Protocol):
    """What tells who did it: an event, or anything else that was done by an actor."""

    actor_kind: str
    actor_name: str


@dataclass(frozen=True)
class Said:
    """What an action says: of a success, of a failure, and where somebody did it to their own account."""

    done: Text
    failed: Text = ""
    own: Text = ""

    def of(self, event: AbstractEvent) -> str:
        """The one that fits."""
        if event.result == Result.FAILURE and self.failed:
            return str(self.failed)
        is_own = self.own and event.actor_id != "" and event.actor_id == event.target_id
        return str(self.own if is_own else self.done)


SENTENCES: Mapping[str, Said] = {
    # What customers and applications do
    "customer.signed_up": Said(_("{who} signed up[ to {application}]")),
    "customer.sign_up_failed": Said(_("{who} couldn’t sign up[ to {application}]")),
    "customer.created": Said(_("{who} created the customer {what}"), own=_("The account of {what} was created")),
    "customer.signed_in": Said(_("{who} signed in[ to {application}][ with {method}]")),
    "customer.sign_in_failed": Said(_("{who} couldn’t sign in[ to {application}][ with {method}]")),
    "customer.reset_failed": Said(_("{who} couldn’t choose a new password")),
    "customer.code_not_sent": Said(_("No code was emailed to {who}")),
    "customer.phone_added": Said(_("{who} gave {what} a phone number"), own=_("{who} confirmed a phone number")),
    "customer.phone_removed": Said(
        _("{who} removed the phone number of {what}"), own=_("{who} removed their phone number")
    ),
    "customer.text_not_sent": Said(_("No text message was sent to {who}")),
    "customer.signed_out": Said(_("{who} signed out")),
    "customer.switched": Said(_("{who} was chosen among the accounts signed in side by side")),
    "customer.session_ended": Said(
        _("{who} signed {what} out of one browser"), own=_("{who} signed out of another browser")
    ),
    "customer.other_sessions_ended": Said(
        _("{who} signed {what} out of all other browsers"), own=_("{who} signed out of all other browsers")
    ),
    "customer.sessions_revoked": Said(_("{who} signed {what} out everywhere"), own=_("{who} signed out everywhere")),
    "customer.password_changed": Said(_("{who} changed the password of {what}"), own=_("{who} changed their password")),
    "customer.password_taken_over": Said(_("The password of {what} was migrated from another system")),
    "customer.consented": Said(_("{who} allowed {what} what it asked for")),
    "customer.consent_refused": Said(_("{who} didn’t allow[ {application}] what it asked for")),
    "customer.consent_withdrawn": Said(_("{who} revoked the access of {what}")),
    "customer.profile_changed": Said(_("{who} changed the profile of {what}"), own=_("{who} changed their profile")),
    "customer.terms_accepted": Said(_("{who} accepted the terms of use")),
    "customer.email_changed": Said(
        _("{who} changed the email address of {what}"), own=_("{who} changed their email address")
    ),
    "customer.email_change_asked": Said(_("{who} asked for another email address")),
    "customer.email_change_undone": Said(_("{who} undid a change of their email address")),
    "customer.deletion_asked": Said(_("{who} asked for the deletion of their account")),
    "customer.deletion_taken_back": Said(
        _("{who} cancelled the deletion that {what} had asked for"), own=_("{who} decided to keep their account")
    ),
    "customer.copy_asked": Said(_("{who} asked for a copy of their data")),
    "customer.copy_downloaded": Said(_("{who} downloaded a copy of their data")),
    "customer.invited": Said(_("{who} invited {what}")),
    "customer.invitation_accepted": Said(_("{who} accepted the invitation")),
    "customer.invitation_withdrawn": Said(_("{who} withdrew the invitation of {what}")),
    "customer.password_link_sent": Said(_("{who} sent {what} a link to a new password")),
    "customer.password_removed": Said(_("{who} removed the password of {what}")),
    "customer.new_password_required": Said(_("{who} required a new password of {what}")),
    "customer.factor_added": Said(
        _("{who} gave {what} an authenticator app"), own=_("{who} set up an authenticator app")
    ),
    "customer.factor_removed": Said(
        _("{who} removed the authenticator app of {what}"), own=_("{who} removed their authenticator app")
    ),
    "customer.recovery_asked": Said(_("{who} asked to get into their account without the factors they have lost")),
    "customer.recovery_stopped": Said(
        _("{who} stopped the recovery of {what}"), own=_("{who} stopped the recovery of their account")
    ),
    "customer.recovery_hastened": Said(_("{who} ended the wait for the recovery of {what}")),
    "customer.recovered": Said(_("The second factors that {what} has lost no longer count")),
    "customer.factors_returned": Said(_("{who} gave {what} back the factors that had been put aside")),
    "customers.recovery_wait_changed": Said(_("{who} changed how long customers who lost their second factors wait")),
    "customer.passkey_added": Said(_("{who} gave {what} a passkey"), own=_("{who} created a passkey")),
    "customer.passkey_renamed": Said(_("{who} renamed a passkey of {what}"), own=_("{who} renamed a passkey")),
    "customer.passkey_removed": Said(_("{who} removed a passkey of {what}"), own=_("{who} removed a passkey")),
    "customer.recovery_codes_renewed": Said(
        _("{who} created new recovery codes of {what}"), own=_("{who} created new recovery codes")
    ),
    "customer.recovery_code_used": Said(_("{who} used a recovery code")),
    "customer.secured": Said(_("{who} secured their account with a link from an email")),
    "customer.unlocked": Said(_("{who} lifted the lockout of {what}")),
    "customer.disabled": Said(_("{who} blocked {what}")),
    "customer.enabled": Said(_("{who} unblocked {what}")),
    "customer.restored": Said(_("{who} restored the customer {what}")),
    "customer.deleted": Said(_("{who} deleted the customer {what}"), own=_("{who} deleted their account")),
    "customer.purged": Said(_("{who} permanently deleted the customer {what}")),
    "customer.provider_linked": Said(_("{who} linked the account with {provider}")),
    "customer.provider_unlinked": Said(
        _("{who} unlinked {what} from {provider}"), own=_("{who} unlinked the account from {provider}")
    ),
    "device.approved": Said(_("{who} signed a device in[ to {application}]")),
    "device.denied": Said(_("{who} refused a device[ that wanted to get in to {application}]")),
    "device.code_refused": Said(_("{who} typed a code that no device shows")),
    "device.start_refused": Said(_("{who} tried to let one more device wait")),
    "application.authentication_failed": Said(_("{who} couldn’t prove who they are")),
    "application.request_refused": Said(_("{who} sent a customer with a request that was refused")),
    "application.push_refused": Said(_("{who} pushed too many requests")),
    "application.keys_not_fetched": Said(_("The public keys of {who} couldn’t be fetched")),
    "registration.refused": Said(_("{who} couldn’t register an application, or change a registered one")),
    "tokens.exchanged": Said(_("{who} exchanged a token")),
    "tokens.revoked": Said(_("{who} revoked tokens")),
    "tokens.replayed": Said(_("{who} showed a code or token for a second time")),
    # What administrators, commands and the product do
    "attribute.changed": Said(_("{who} changed the attribute {what}")),
    "attribute.defined": Said(_("{who} defined the attribute {what}")),
    "attribute.deleted": Said(_("{who} removed the attribute {what}")),
    "user_flow.created": Said(_("{who} created the user flow {what}")),
    "user_flow.changed": Said(_("{who} changed the user flow {what}")),
    "user_flow.replaced": Said(_("{who} used the user flow[ {user_flow}] instead of {what}")),
    "user_flow.deleted": Said(_("{who} deleted the user flow {what}")),
    "user_flow.restored": Said(_("{who} restored the user flow {what}")),
    "user_flow.purged": Said(_("{who} permanently deleted the user flow {what}")),
    "user_flow.layout_drafted": Said(_("{who} changed the draft of the page layout of {what}")),
    "user_flow.layout_discarded": Said(_("{who} discarded the draft of the page layout of {what}")),
    "user_flow.layout_scheduled": Said(_("{who} scheduled the page layout of {what} to be published")),
    "user_flow.layout_unscheduled": Said(_("{who} cancelled the scheduled publication of the page layout of {what}")),
    "user_flow.layout_not_published": Said(_("{who} couldn’t publish the scheduled page layout of {what}")),
    "user_flow.layout_restored": Said(_("{who} restored an earlier version of the page layout of {what}")),
    "user_flow.link_made": Said(_("{who} created a link to the draft of the page layout of {what}")),
    "user_flow.link_taken_back": Said(_("{who} withdrew a link to the draft of the page layout of {what}")),
    "user_flow.run": Said(_("{who} ran a user flow")),
    "branding.created": Said(_("{who} gave the tenant its first branding")),
    "branding.changed": Said(_("{who} changed the {what}")),
    "branding.language_added": Said(_("{who} added a language to the branding")),
    "branding.language_deleted": Said(_("{who} removed a language from the branding")),
    "branding.languages_changed": Said(_("{who} changed which languages customers can choose")),
    "branding.words_changed": Said(_("{who} changed words of customer pages")),
    "branding.published": Said(_("{who} published the company branding")),
    "branding.scheduled": Said(_("{who} scheduled the company branding to be published")),
    "branding.unscheduled": Said(_("{who} cancelled the scheduled publication of the company branding")),
    "branding.restored": Said(_("{who} restored an earlier version of the company branding")),
    "branding.discarded": Said(_("{who} discarded the draft of the company branding")),
    "branding.link_made": Said(_("{who} created a link to the draft of the company branding")),
    "branding.link_taken_back": Said(_("{who} withdrew a link to the draft of the company branding")),
    "theme.created": Said(_("{who} created the theme {what}")),
    "theme.renamed": Said(_("{who} renamed a theme to {what}")),
    "theme.given": Said(_("{who} changed which applications have the theme {what}")),
    "theme.changed": Said(_("{who} changed the theme {what}")),
    "theme.language_added": Said(_("{who} added a language to the theme {what}")),
    "theme.language_deleted": Said(_("{who} removed a language from the theme {what}")),
    "theme.words_changed": Said(_("{who} changed words of the theme {what}")),
    "theme.published": Said(_("{who} published the theme {what}")),
    "theme.scheduled": Said(_("{who} scheduled the theme {what} to be published")),
    "theme.unscheduled": Said(_("{who} cancelled the scheduled publication of the theme {what}")),
    "theme.restored": Said(_("{who} restored an earlier version of the theme {what}")),
    "theme.discarded": Said(_("{who} discarded the draft of the theme {what}")),
    "theme.link_made": Said(_("{who} created a link to the draft of the theme {what}")),
    "theme.link_taken_back": Said(_("{who} withdrew a link to the draft of the theme {what}")),
    "theme.deleted": Said(_("{who} deleted the theme {what}")),
    "registration.switched": Said(_("{who} changed who may register applications")),
    "initial_access_token.created": Said(_("{who} created a token by which applications register themselves")),
    "initial_access_token.revoked": Said(_("{who} revoked a token by which applications register themselves")),
    "application.registered": Said(_("{who} registered the application {what}")),
    "application.changed": Said(_("{who} changed the application {what}")),
    "application.secret_created": Said(_("{who} created a client secret of {what}")),
    "application.secret_deleted": Said(_("{who} removed a client secret of {what}")),
    "application.deleted": Said(_("{who} deleted the application {what}")),
    "application.restored": Said(_("{who} restored the application {what}")),
    "application.purged": Said(_("{who} permanently deleted the application {what}")),
    "application.consent_granted": Said(_("{who} consented to {what} for all customers")),
    "application.consent_revoked": Said(_("{who} revoked the consent to {what} for all customers")),
    "passwords.rules_changed": Said(_("{who} changed what passwords have to be like")),
    "sessions.rules_changed": Said(_("{who} changed how long sessions last")),
    "role.assigned": Said(_("{who} gave someone a role[ at {what}]")),
    "role.withdrawn": Said(_("{who} took a role[ at {what}] from someone")),
    "customer_view.saved": Said(_("{who} saved the view {what} of the customers")),
    "customer_view.deleted": Said(_("{who} deleted the view {what} of the customers")),
    "group.created": Said(_("{who} created the group {what}")),
    "group.changed": Said(_("{who} changed the group {what}")),
    "group.deleted": Said(_("{who} deleted the group {what}")),
    "group.restored": Said(_("{who} restored the group {what}")),
    "group.member_added": Said(_("{who} added a customer to the group {what}")),
    "group.member_removed": Said(_("{who} removed a customer from the group {what}")),
    "operation.started": Said(_("{who} began a bulk operation: {what}")),
    "operation.cancelled": Said(_("{who} stopped a bulk operation: {what}")),
    "operation.ended": Said(_("The bulk operation of {who} ended: {what}")),
    "customers.deletion_grace_changed": Said(_("{who} changed how long customers may cancel a deletion")),
    "customers.exported": Said(_("{who} exported customers")),
    "log.exported": Said(_("{who} exported events of the log")),
    "log_destination.created": Said(_("{who} started forwarding the log to {what}")),
    "log_destination.changed": Said(_("{who} changed where the log is forwarded to: {what}")),
    "log_destination.deleted": Said(_("{who} stopped forwarding the log to {what}")),
    "log_destination.given_up": Said(_("{who} suspended the forwarding to {what}, which failed for three days")),
    "log_destination.replayed": Said(_("{who} replayed events to {what}")),
    "log_destination.resumed": Said(_("{who} resumed the forwarding to {what}")),
    "log_destination.secret_exchanged": Said(_("{who} exchanged the secret of {what}")),
    "log_destination.suspended": Said(_("{who} suspended the forwarding to {what}")),
    "log_destination.tested": Said(_("{who} sent a test event to {what}")),
    "signing_keys.created": Said(_("{who} created the first signing keys")),
    "signing_keys.published": Said(_("{who} published the next signing keys")),
    "signing_keys.rotated": Said(_("{who} rotated the signing keys")),
    "signing_keys.deleted": Said(_("{who} removed retired signing keys")),
    "signing_keys.withdrawn": Said(_("{who} withdrew signing keys")),
    "signing_keys.schedule_changed": Said(_("{who} changed how often signing keys rotate")),
    "log.rules_changed": Said(_("{who} changed how long events are kept")),
    "log.check_asked_for": Said(_("{who} verified the log")),
    "log.found_wrong": Said(_("The log isn’t as it was sealed")),
    "identity_provider.created": Said(_("{who} added the identity provider {what}")),
    "identity_provider.changed": Said(_("{who} changed the identity provider {what}")),
    "identity_provider.deleted": Said(_("{who} deleted the identity provider {what}")),
    "hook.created": Said(_("{who} added the hook {what}")),
    "hook.changed": Said(_("{who} changed the hook {what}")),
    "hook.deleted": Said(_("{who} deleted the hook {what}")),
    "hook.tested": Said(_("{who} tested the hook {what}")),
    "hook.replayed": Said(_("{who} sent a request to the hook {what} again")),
    "hook.secret_exchanged": Said(_("{who} exchanged the secret of the hook {what}")),
    "hook.rests": Said(_("{who} stopped asking the hook {what}, which failed")),
    "hook.answers_again": Said(_("{who} asks the hook {what} again, which answers")),
    "identity_provider.tested": Said(_("{who} tested the identity provider {what}")),
    "mail_server.chosen": Said(_("{who} set the tenant’s mail server")),
    "captcha.changed": Said(_("{who} changed the CAPTCHA")),
    "text_messages.changed": Said(_("{who} changed how text messages are sent")),
    "mail_server.dropped": Said(_("{who} went back to the installation’s mail server")),
    "encryption.resealed": Said(_("{who} re-encrypted values")),
    # Of the installation
    "tenant.created": Said(_("{who} created the tenant {what}")),
    "tenant.changed": Said(_("{who} changed the tenant {what}")),
    "tenant.suspended": Said(_("{who} suspended the tenant {what}")),
    "tenant.resumed": Said(_("{who} resumed the tenant {what}")),
    "tenant.deleted": Said(_("{who} deleted the tenant {what}")),
    "tenant.restored": Said(_("{who} restored the tenant {what}")),
    "tenant.purged": Said(_("{who} permanently deleted the tenant {what}")),
    "tenant.limited": Said(_("{who} changed how much the tenant {what} may have")),
    "tenant.issuer_moved": Said(_("{who} moved the issuer of {what} to another address")),
    "limits.changed": Said(_("{who} changed how much every tenant may have")),
    "domain.added": Said(_("{who} added a domain to {what}")),
    "domain.verified": Said(_("The tenant {what} proved that it owns a domain")),
    "domain.went_live": Said(_("A domain of {what} leads here")),
    "domain.check_failed": Said(_("A domain of {what} is no longer set up correctly")),
    "domain.lost": Said(_("The tenant {what} lost a domain to another tenant")),
    "domain.removed": Said(_("{who} removed a domain from {what}")),
    "invitation.sent": Said(_("{who} invited an administrator[ to {what}]")),
    "invitation.resent": Said(_("{who} sent an invitation again[ for {what}]")),
    "invitation.withdrawn": Said(_("{who} withdrew the invitation of an administrator[ to {what}]")),
    "invitation.accepted": Said(_("{who} accepted an invitation[ to {what}]")),
    "tenant.access_refused": Said(_("{who} asked for a tenant that isn’t theirs")),
    "job.retried": Said(_("{who} retried a job")),
    "membership.added": Said(_("{who} appointed an administrator: {what}")),
    "membership.role_changed": Said(_("{who} gave an administrator another role: {what}")),
    "membership.suspended": Said(_("{who} suspended an administrator: {what}")),
    "membership.resumed": Said(_("{who} resumed an administrator’s access: {what}")),
    "membership.removed": Said(_("{who} removed an administrator: {what}")),
    "membership.left": Said(_("{who} no longer administers {what}")),
}


def without_who(event: AbstractEvent) -> Iterator[tuple[str, bool]]:
    """The sentence where a column beside it says who, in pieces: "Signed in to Bookshop". Whole if it can't be cut."""
    names = _names(event)
    pieces = list(_pieces(event, names))
    if len(pieces) < 2 or pieces[0] != (names["who"], True):
        yield from pieces
        return
    verb = pieces[1][0].lstrip()
    yield verb[:1].upper() + verb[1:], False
    yield from pieces[2:]


def sentence_of(event: AbstractEvent) -> str:
    """What happened, in plain text."""
    return "".join(text for text, _is_name in pieces_of(event))


def pieces_of(event: AbstractEvent) -> Iterator[tuple[str, bool]]:
    """The same in pieces, each with whether it is a name: somebody's own words, of any length and direction."""
    return _pieces(event, _names(event))


def _pieces(event: AbstractEvent, names: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    said = SENTENCES.get(event.action)
    return filled(said.of(event) if said else "{who}: " + event.action, names)


def filled(sentence: str, names: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """A sentence with its names in their places, in pieces, each with whether it is a name."""
    whole = OPTIONAL.sub(
        lambda part: part[1] if all(names.get(each) for each in PLACE.findall(part[1])) else "", sentence
    )
    for place, piece in enumerate(PLACE.split(whole)):
        if piece:
            yield (names.get(piece, ""), piece not in OURS) if place % 2 else (piece, False)


def _names(event: AbstractEvent) -> dict[str, str]:
    told: dict[str, Any] = vars(event)
    method = told.get("method", "")
    return {
        "who": name_of_actor(event) or str(SOMEBODY.get(event.actor_kind, SOMEBODY["customer"])),
        "what": name_of_target(event) or told.get("application", "") or str(UNNAMED),
        "application": told.get("application", ""),
        "user_flow": told.get("user_flow", ""),
        "provider": _provider(event) if is_about_provider(event) else "",
        "method": joined([_method(each, event) for each in method.split(TOGETHER)]) if method else "",
    }


def name_of_actor(acted: Acted) -> str:
    """Who did it, by name; "" if nobody knows. What stands in the place of one is in the reader's language."""
    return gettext(acted.actor_name) if acted.actor_kind == COMMAND else acted.actor_name


def name_of_target(event: AbstractEvent) -> str:
    """What it was done to, likewise."""
    if event.target_kind not in {BRANDING, VERSION}:
        return event.target_name
    language = event.target_name.removeprefix(BRANDING_FOR)
    if language == event.target_name:
        return gettext(event.target_name)
    return gettext("branding for %(language)s") % {"language": language}


def is_about_provider(event: AbstractEvent) -> bool:
    """Whether its sentence names an identity provider, by the name that it had then: that stands among the details."""
    return event.action.startswith("customer.provider_") or ":" in getattr(event, "method", "")


def _provider(event: AbstractEvent) -> str:
    return str(event.details.get("provider") or gettext("an identity provider"))


def _method(name: str, event: AbstractEvent) -> str:
    step, _colon, provider_id = name.partition(":")
    return _provider(event) if provider_id else method_name(step)


def tell_methods(names: Mapping[str, Text]) -> None:
    """Make these the ways to prove who one is that sentences can name: to each method what it is called within one."""
    _methods.clear()
    _methods.update(names)


def is_method(name: str) -> bool:
    """Whether this is one of them."""
    return name in _methods


def method_name(method: str) -> str:
    """A way to prove who one is as it stands within a sentence: "a password"; its code if it is gone by now."""
    return str(_methods.get(method, method))


def joined(names: Sequence[str], *, are_choices: bool = False) -> str:
    """These names as people enumerate them, all of them or one of them."""
    words = gettext("%(first)s or %(other)s") if are_choices else gettext("%(first)s and %(other)s")
    return reduce(lambda first, other: words % {"first": first, "other": other}, names) if names else ""
