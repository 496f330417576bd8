"""What happened to a customer, in plain words."""

from audit.models import Event
from audit.reasons import Reason

SENTENCES = {
    "customer.created": "The account was created",
    "customer.signed_up": "Signed up",
    "customer.sign_up_failed": "Sign-up was refused",
    "customer.signed_in": "Signed in",
    "customer.sign_in_failed": "Couldn’t sign in",
    "customer.code_not_sent": "A code wasn’t sent",
    "customer.signed_out": "Signed out",
    "customer.session_ended": "Was signed out of a browser",
    "customer.other_sessions_ended": "Signed out of all other browsers",
    "customer.sessions_revoked": "Was signed out everywhere",
    "customer.password_changed": "Changed the password",
    "customer.password_removed": "The password was removed",
    "customer.new_password_required": "A new password is required at the next sign-in",
    "customer.password_link_sent": "A link to a new password was sent",
    "customer.consented": "Allowed an application access",
    "customer.consent_withdrawn": "An application’s access was taken back",
    "customer.profile_changed": "The profile was changed",
    "customer.email_changed": "The email address was changed",
    "customer.invited": "Was invited",
    "customer.invitation_accepted": "Accepted the invitation",
    "customer.unlocked": "The lockout was lifted",
    "customer.disabled": "Was blocked",
    "customer.enabled": "Was unblocked",
    "customer.deleted": "Was deleted",
    "customer.restored": "Was restored",
    "group.member_added": "Was added to a group",
    "group.member_removed": "Was removed from a group",
    "role.assigned": "Was given a role",
    "role.withdrawn": "Lost a role",
}
REASONS = {
    Reason.ACCOUNT_DISABLED: "the account was blocked or deleted",
    Reason.CODE_WRONG: "the code was wrong",
    Reason.PASSWORD_WRONG: "the password was wrong",
    Reason.TOO_MANY_ATTEMPTS: "there had been too many tries",
}


def sentence_of(event: Event) -> str:
    """What the event tells, as an administrator reads it beside the customer's name."""
    said = SENTENCES.get(event.action) or event.action.replace(".", ": ").replace("_", " ")
    why = REASONS.get(event.reason)  # type: ignore[call-overload]
    return f"{said}: {why}" if why else said
