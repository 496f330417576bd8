"""What an event says, as a sentence for whoever reads the log: names as they were, and no code.

Pure: it reads an event's columns, never its `details`, so that a list says its sentences without them. Why something
was refused stands in `explanations`.

A sentence has places for names in braces; what stands in brackets is left out where a name in it isn't known.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from audit.models import AbstractEvent, Result

OPTIONAL = re.compile(r"\[([^]]*)\]")
PLACE = re.compile(r"\{(\w+)\}")
SOMEBODY = {
    "customer": "Somebody",
    "application": "An application",
    "administrator": "An administrator",
    "command": "The command line",
    "system": "CIAM Portal",
}
METHODS = {"password": "a password", "code": "a one-time code"}
# What stands at the end of most sentences about a way through a user flow.
# Filled in, and words of ours all the same.
OURS = {"method", "provider"}
UNNAMED = "(unnamed)"
IN = "[ to {application}]"


@dataclass(frozen=True)
class Said:
    """What an action says: of a success, of a failure, and where somebody did it to their own account."""

    done: str
    failed: str = ""
    own: str = ""

    def of(self, event: AbstractEvent) -> str:
        """The one that fits."""
        if event.result == Result.FAILURE and self.failed:
            return self.failed
        is_own = self.own and event.actor_id != "" and event.actor_id == event.target_id
        return self.own if is_own else self.done


SENTENCES: Mapping[str, Said] = {
    # What customers and applications do
    "customer.signed_up": Said("{who} signed up" + IN),
    "customer.sign_up_failed": Said("{who} couldn't sign up" + IN),
    "customer.created": Said("{who} created the customer {what}", own="The account of {what} was created"),
    "customer.signed_in": Said("{who} signed in" + IN + "[ with {method}]"),
    "customer.sign_in_failed": Said("{who} couldn't sign in" + IN + "[ with {method}]"),
    "customer.reset_failed": Said("{who} couldn't choose a new password"),
    "customer.code_not_sent": Said("No code was emailed to {who}"),
    "customer.signed_out": Said("{who} signed out"),
    "customer.session_ended": Said("{who} signed {what} out of one browser", own="{who} signed out of another browser"),
    "customer.other_sessions_ended": Said(
        "{who} signed {what} out of all other browsers", own="{who} signed out of all other browsers"
    ),
    "customer.sessions_revoked": Said("{who} signed {what} out everywhere", own="{who} signed out everywhere"),
    "customer.password_changed": Said("{who} changed the password of {what}", own="{who} changed their password"),
    "customer.consented": Said("{who} allowed {what} what it asked for"),
    "customer.consent_refused": Said("{who} didn't allow[ {application}] what it asked for"),
    "customer.consent_withdrawn": Said("{who} took back what they had allowed {what}"),
    "customer.profile_changed": Said("{who} changed the profile of {what}", own="{who} changed their profile"),
    "customer.email_changed": Said("{who} changed the email address of {what}"),
    "customer.invited": Said("{who} invited {what}"),
    "customer.invitation_accepted": Said("{who} accepted the invitation"),
    "customer.invitation_withdrawn": Said("{who} withdrew the invitation of {what}"),
    "customer.password_link_sent": Said("{who} had a link to a new password sent to {what}"),
    "customer.password_removed": Said("{who} removed the password of {what}"),
    "customer.new_password_required": Said("{who} required a new password of {what}"),
    "customer.unlocked": Said("{who} lifted the lockout of {what}"),
    "customer.disabled": Said("{who} blocked {what}"),
    "customer.enabled": Said("{who} unblocked {what}"),
    "customer.restored": Said("{who} restored the customer {what}"),
    "customer.deleted": Said("{who} deleted the customer {what}", own="{who} deleted their account"),
    "customer.purged": Said("{who} removed the customer {what} for good"),
    "customer.provider_linked": Said("{who} linked the account with {provider}"),
    "customer.provider_unlinked": Said(
        "{who} unlinked {what} from {provider}", own="{who} unlinked the account from {provider}"
    ),
    "device.approved": Said("{who} let a device in[ to {application}]"),
    "device.denied": Said("{who} refused a device[ that wanted to get in to {application}]"),
    "device.code_refused": Said("{who} typed a code that no device shows"),
    "device.start_refused": Said("{who} wanted to let one more device wait"),
    "application.authentication_failed": Said("{who} couldn't prove who it is"),
    "application.request_refused": Said("{who} sent a customer with a request that was refused"),
    "application.push_refused": Said("{who} sent too many requests ahead"),
    "application.keys_not_fetched": Said("The public keys of {who} couldn't be fetched"),
    "registration.refused": Said("{who} couldn't register an application, or change a registered one"),
    "tokens.exchanged": Said("{who} exchanged a token"),
    "tokens.revoked": Said("{who} revoked tokens"),
    "tokens.replayed": Said("{who} showed a code or token for a second time"),
    # What administrators, commands and the product do
    "attribute.changed": Said("{who} changed the attribute {what}"),
    "attribute.defined": Said("{who} defined the attribute {what}"),
    "attribute.deleted": Said("{who} removed the attribute {what}"),
    "user_flow.created": Said("{who} created the user flow {what}"),
    "user_flow.changed": Said("{who} changed the user flow {what}"),
    "user_flow.deleted": Said("{who} deleted the user flow {what}"),
    "user_flow.run": Said("{who} ran a user flow"),
    "branding.created": Said("{who} gave the tenant its first branding"),
    "branding.changed": Said("{who} changed the branding"),
    "branding.language_added": Said("{who} added a language to the branding"),
    "branding.language_deleted": Said("{who} removed a language from the branding"),
    "registration.switched": Said("{who} changed who may register applications"),
    "initial_access_token.created": Said("{who} made a token by which applications register themselves"),
    "initial_access_token.revoked": Said("{who} revoked a token by which applications register themselves"),
    "application.registered": Said("{who} registered the application {what}"),
    "application.changed": Said("{who} changed the application {what}"),
    "application.secret_created": Said("{who} made a client secret of {what}"),
    "application.secret_deleted": Said("{who} removed a client secret of {what}"),
    "application.deleted": Said("{who} deleted the application {what}"),
    "application.consent_granted": Said("{who} consented to {what} for all customers"),
    "application.consent_revoked": Said("{who} took back the consent to {what} for all customers"),
    "sessions.rules_changed": Said("{who} changed how long sessions last"),
    "role.assigned": Said("{who} gave somebody a role[ at {what}]"),
    "role.withdrawn": Said("{who} took a role[ at {what}] from somebody"),
    "customer_view.saved": Said("{who} saved the view {what} of the customers"),
    "customer_view.deleted": Said("{who} deleted the view {what} of the customers"),
    "group.created": Said("{who} created the group {what}"),
    "group.changed": Said("{who} changed the group {what}"),
    "group.deleted": Said("{who} deleted the group {what}"),
    "group.member_added": Said("{who} put a customer in the group {what}"),
    "group.member_removed": Said("{who} took a customer out of the group {what}"),
    "operation.started": Said("{who} began a bulk operation: {what}"),
    "operation.cancelled": Said("{who} stopped a bulk operation: {what}"),
    "operation.ended": Said("The bulk operation of {who} ended: {what}"),
    "customers.exported": Said("{who} exported customers"),
    "log.exported": Said("{who} exported events of the log"),
    "log_destination.created": Said("{who} had the log forwarded to {what}"),
    "log_destination.deleted": Said("{who} had the log no longer forwarded to {what}"),
    "log_destination.given_up": Said("{who} suspended the forwarding to {what}, which failed for three days"),
    "log_destination.replayed": Said("{who} had events sent again to {what}"),
    "log_destination.resumed": Said("{who} resumed the forwarding to {what}"),
    "log_destination.secret_exchanged": Said("{who} exchanged the secret of {what}"),
    "log_destination.suspended": Said("{who} suspended the forwarding to {what}"),
    "log_destination.tested": Said("{who} sent a test event to {what}"),
    "signing_keys.created": Said("{who} made the first signing keys"),
    "signing_keys.published": Said("{who} published the next signing keys"),
    "signing_keys.rotated": Said("{who} rotated the signing keys"),
    "signing_keys.deleted": Said("{who} removed retired signing keys"),
    "signing_keys.withdrawn": Said("{who} withdrew signing keys"),
    "signing_keys.schedule_changed": Said("{who} changed how often signing keys rotate"),
    "log.rules_changed": Said("{who} changed how long events are kept"),
    "log.check_asked_for": Said("{who} had the log verified"),
    "log.found_wrong": Said("The log isn’t as it was sealed"),
    "mail_server.chosen": Said("{who} set the tenant’s mail server"),
    "mail_server.dropped": Said("{who} went back to the installation’s mail server"),
    "identity_provider.created": Said("{who} added the identity provider {what}"),
    "identity_provider.changed": Said("{who} changed the identity provider {what}"),
    "identity_provider.deleted": Said("{who} deleted the identity provider {what}"),
    "identity_provider.tested": Said("{who} tested the identity provider {what}"),
    "encryption.resealed": Said("{who} encrypted values anew"),
    # Of the installation
    "tenant.created": Said("{who} created the tenant {what}"),
    "tenant.changed": Said("{who} changed the tenant {what}"),
    "tenant.suspended": Said("{who} suspended the tenant {what}"),
    "tenant.resumed": Said("{who} resumed the tenant {what}"),
    "tenant.deleted": Said("{who} deleted the tenant {what}"),
    "tenant.restored": Said("{who} restored the tenant {what}"),
    "tenant.purged": Said("{who} removed the tenant {what} for good"),
    "tenant.limited": Said("{who} changed how much the tenant {what} may have"),
    "tenant.issuer_moved": Said("{who} moved the issuer of {what} to another address"),
    "limits.changed": Said("{who} changed how much every tenant may have"),
    "domain.added": Said("{who} added a domain to {what}"),
    "domain.verified": Said("The tenant {what} has shown that a domain is its own"),
    "domain.went_live": Said("A domain of {what} leads here"),
    "domain.check_failed": Said("A domain of {what} isn’t right any more"),
    "domain.lost": Said("The tenant {what} lost a domain to another tenant"),
    "domain.removed": Said("{who} removed a domain from {what}"),
    "invitation.sent": Said("{who} invited an administrator[ to {what}]"),
    "invitation.resent": Said("{who} sent an invitation again[ for {what}]"),
    "invitation.withdrawn": Said("{who} withdrew the invitation of an administrator[ to {what}]"),
    "invitation.accepted": Said("{who} accepted an invitation[ to {what}]"),
    "tenant.access_refused": Said("{who} asked for a tenant that isn't theirs"),
    "job.retried": Said("{who} had a job run again"),
    "membership.added": Said("{who} appointed an administrator: {what}"),
    "membership.role_changed": Said("{who} gave an administrator another role: {what}"),
    "membership.suspended": Said("{who} suspended an administrator: {what}"),
    "membership.resumed": Said("{who} let an administrator in again: {what}"),
    "membership.removed": Said("{who} removed an administrator: {what}"),
    "membership.left": Said("{who} no longer administers {what}"),
}


def without_who(event: AbstractEvent) -> Iterator[tuple[str, bool]]:
    """The sentence where a column beside it says who, in pieces: "Signed in to Bookshop". Whole if it can't be cut."""
    pieces = list(pieces_of(event))
    who = _names(event)["who"]
    if len(pieces) < 2 or pieces[0] != (who, True):
        yield from pieces
        return
    verb = pieces[1][0].lstrip()
    yield verb[:1].upper() + verb[1:], False
    yield from pieces[2:]


def sentence_of(event: AbstractEvent) -> str:
    """What happened, in plain text."""
    return "".join(text for text, _ in pieces_of(event))


def pieces_of(event: AbstractEvent) -> Iterator[tuple[str, bool]]:
    """The same in pieces, each with whether it is a name: somebody's own words, of any length and direction."""
    said = SENTENCES.get(event.action)
    names = _names(event)
    yield from filled(said.of(event) if said else "{who}: " + event.action, names)


def filled(sentence: str, names: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """A sentence with its names in their places, in pieces, each with whether it is a name."""
    whole = OPTIONAL.sub(
        lambda part: part[1] if all(names.get(each) for each in PLACE.findall(part[1])) else "", sentence
    )
    for place, piece in enumerate(PLACE.split(whole)):
        if piece:
            yield (names.get(piece, ""), piece not in OURS) if place % 2 else (piece, False)


def _method(name: str, event: AbstractEvent) -> str:
    """A way to prove who one is."""
    step, _, provider_id = name.partition(":")
    return _provider(event) if provider_id else METHODS.get(step, name)


def _provider(event: AbstractEvent) -> str:
    """The name of a provider as it was then: among the details, or beside them where those aren't read."""
    told: dict[str, Any] = vars(event)
    name = told.get("provider_name") or (told.get("details") or {}).get("provider")
    return str(name or "an identity provider")


def _names(event: AbstractEvent) -> dict[str, str]:
    told: dict[str, Any] = vars(event)
    method = told.get("method", "")
    return {
        "who": event.actor_name or SOMEBODY.get(event.actor_kind, "Somebody"),
        "what": event.target_name or told.get("application", "") or UNNAMED,
        "application": told.get("application", ""),
        "provider": _provider(event),
        "method": " and ".join(_method(each, event) for each in method.split("+")) if method else "",
    }
