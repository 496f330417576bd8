"""What an action is called where it is chosen or searched for, and no event fills its sentence in."""

from collections.abc import Mapping

from audit.sentences import OPTIONAL, PLACE, SENTENCES, Text
from common.text.translation import gettext_lazy as _

# Of actions whose sentence says nothing by itself, or sounds cut, without the name of whom it is about.
WITHOUT_NAMES: Mapping[str, Text] = {
    "customer.code_not_sent": _("No code was emailed to a customer"),
    "customer.phone_added": _("Gave a customer a phone number"),
    "customer.phone_removed": _("Removed a phone number"),
    "customer.text_not_sent": _("No text message was sent to a customer"),
    "customer.session_ended": _("Signed a customer out of one browser"),
    "customer.other_sessions_ended": _("Signed a customer out of all other browsers"),
    "customer.sessions_revoked": _("Signed a customer out everywhere"),
    "customer.password_changed": _("Changed a password"),
    "customer.password_taken_over": _("A password was migrated from another system"),
    "customer.consented": _("Allowed an application what it asked for"),
    "customer.consent_withdrawn": _("Revoked an application’s access"),
    "customer.profile_changed": _("Changed the profile of a customer"),
    "customer.email_changed": _("Changed an email address"),
    "customer.deletion_taken_back": _("Cancelled a deletion that a customer had asked for"),
    "customer.invited": _("Invited a customer"),
    "customer.invitation_withdrawn": _("Withdrew the invitation of a customer"),
    "customer.password_link_sent": _("Sent a link to a new password"),
    "customer.password_removed": _("Removed a password"),
    "customer.new_password_required": _("Required a new password"),
    "customer.factor_added": _("Added an authenticator app"),
    "customer.factor_removed": _("Removed an authenticator app"),
    "customer.recovery_stopped": _("Stopped a recovery"),
    "customer.recovery_hastened": _("Ended the wait for a recovery"),
    "customer.recovered": _("The factors that a customer has lost no longer count"),
    "customer.factors_returned": _("Gave a customer back the factors that had been put aside"),
    "customer.passkey_added": _("Created a passkey"),
    "customer.passkey_renamed": _("Renamed a passkey"),
    "customer.passkey_removed": _("Removed a passkey"),
    "customer.recovery_codes_renewed": _("Created new recovery codes"),
    "customer.unlocked": _("Lifted a lockout"),
    "customer.disabled": _("Blocked a customer"),
    "customer.enabled": _("Unblocked a customer"),
    "customer.provider_linked": _("Linked an account with an identity provider"),
    "customer.provider_unlinked": _("Unlinked an account from an identity provider"),
    "application.keys_not_fetched": _("The public keys of an application couldn’t be fetched"),
    "application.secret_created": _("Created a client secret"),
    "application.secret_deleted": _("Removed a client secret"),
    "application.consent_granted": _("Consented for all customers"),
    "application.consent_revoked": _("Revoked the consent for all customers"),
    "user_flow.replaced": _("Used a user flow instead of another"),
    "user_flow.layout_drafted": _("Changed the draft of a page layout"),
    "user_flow.layout_discarded": _("Discarded the draft of a page layout"),
    "user_flow.layout_scheduled": _("Scheduled a page layout to be published"),
    "user_flow.layout_unscheduled": _("Cancelled the scheduled publication of a page layout"),
    "user_flow.layout_not_published": _("Couldn’t publish a scheduled page layout"),
    "user_flow.layout_restored": _("Restored an earlier version of a page layout"),
    "user_flow.link_made": _("Created a link to the draft of a page layout"),
    "user_flow.link_taken_back": _("Withdrew a link to the draft of a page layout"),
    "branding.changed": _("Changed the branding"),
    "operation.started": _("Began a bulk operation"),
    "operation.cancelled": _("Stopped a bulk operation"),
    "operation.ended": _("A bulk operation ended"),
    "log_destination.created": _("Started forwarding the log"),
    "log_destination.changed": _("Changed where the log is forwarded to"),
    "log_destination.deleted": _("Stopped forwarding the log"),
    "log_destination.given_up": _("Suspended a forwarding that failed for three days"),
    "log_destination.replayed": _("Replayed the log"),
    "log_destination.resumed": _("Resumed a forwarding of the log"),
    "log_destination.secret_exchanged": _("Exchanged the secret of a forwarding"),
    "log_destination.suspended": _("Suspended a forwarding of the log"),
    "log_destination.tested": _("Sent a test event"),
    "tenant.issuer_moved": _("Moved the issuer to another address"),
    "domain.added": _("Added a domain"),
    "domain.verified": _("A tenant proved that it owns a domain"),
    "domain.went_live": _("A domain leads here"),
    "domain.check_failed": _("A domain is no longer set up correctly"),
    "domain.lost": _("A tenant lost a domain to another"),
    "domain.removed": _("Removed a domain"),
    "membership.added": _("Appointed an administrator"),
    "membership.role_changed": _("Gave an administrator another role"),
    "membership.suspended": _("Suspended an administrator"),
    "membership.resumed": _("Resumed an administrator’s access"),
    "membership.removed": _("Removed an administrator"),
    "membership.left": _("No longer administers the tenant"),
}


def heading_of(action: str) -> str:
    """A whole sentence, but for who: "Blocked a customer", "Changed the user flow …"."""
    said = SENTENCES.get(action)
    if said is None:
        return action
    plain = PLACE.sub("…", OPTIONAL.sub("", str(WITHOUT_NAMES.get(action, said.done)).removeprefix("{who} ")))
    return plain[:1].upper() + plain[1:]
