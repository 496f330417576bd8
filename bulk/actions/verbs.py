"""What can be done to a selection: for each action its words, the deed, and what undoes it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bulk.actions import deeds
from bulk.models import Kind


@dataclass(frozen=True)
class Verb:
    """One action. `deed` is a button's words, `done` what was done in numbers, `do` what is done to each customer.

    `warns` says what happens to the customers. `undone_by` is the action that takes it back, if there is one; one that
    `is_for_good` can't be. One that `mails` is nothing without its mails. Whoever begins one that `asks_for_proof` has
    shown of late who they are.
    """

    deed: str | Promise
    done: str | Promise
    warns: str | Promise
    do: deeds.Deed
    undone_by: Kind | None = None
    is_danger: bool = False
    is_for_good: bool = False
    asks_for_proof: bool = False
    has_group: bool = False
    mails: bool = False
    reaches_deleted: bool = False


VERBS = {
    Kind.BLOCK: Verb(
        _("Block"),
        _("Blocked"),
        _("They can no longer sign in, and are signed out everywhere."),
        deeds.block,
        Kind.UNBLOCK,
        is_danger=True,
    ),
    Kind.UNBLOCK: Verb(_("Unblock"), _("Unblocked"), _("They can sign in again."), deeds.unblock, Kind.BLOCK),
    Kind.UNLOCK: Verb(
        _("Lift lockouts"),
        _("Lockout lifted"),
        _("Counting of wrong tries starts over for each of them. Anyone guessing at their accounts can guess again."),
        deeds.unlock,
    ),
    Kind.END_SESSIONS: Verb(
        _("End sessions"),
        _("Signed out"),
        _("They are signed out of every browser and application."),
        deeds.end_sessions,
    ),
    Kind.REQUIRE_PASSWORD: Verb(
        _("Require a new password"),
        _("New password required"),
        _("They choose another one at the next sign-in. Where they’re signed in they stay so."),
        deeds.require_password,
    ),
    Kind.SEND_LINK: Verb(
        _("Send a link to a new password"),
        _("Link sent"),
        _("Each is mailed a link that works once, within a day. The password they have stays good until then."),
        deeds.send_link,
        mails=True,
    ),
    Kind.REMOVE_PASSWORD: Verb(
        _("Remove passwords"),
        _("Password removed"),
        _("No one can sign in with theirs any longer, and they are signed out everywhere. They choose another one."),
        deeds.remove_password,
        is_danger=True,
    ),
    Kind.REMOVE_FACTORS: Verb(
        _("Remove second factors"),
        _("Removed"),
        _("They sign in with what is left, and are notified by email. A thief of passwords asks for just this."),
        deeds.remove_factors,
        is_danger=True,
        asks_for_proof=True,
    ),
    Kind.INVITE_AGAIN: Verb(
        _("Invite again"),
        _("Invited"),
        _(
            "Customers who haven’t accepted yet are emailed another link, valid for 7 days."
            " The previous one no longer works."
        ),
        deeds.invite_again,
        mails=True,
    ),
    Kind.WITHDRAW_INVITATION: Verb(
        _("Withdraw invitations"),
        _("Withdrawn"),
        _("The links of those who haven’t accepted yet no longer work, and their accounts are removed."),
        deeds.withdraw_invitation,
        is_danger=True,
        is_for_good=True,
    ),
    Kind.DELETE: Verb(
        _("Delete"),
        _("Deleted"),
        _("They’re signed out and can’t sign in. You can restore them for 30 days; then they’re permanently deleted."),
        deeds.delete,
        Kind.RESTORE,
        is_danger=True,
    ),
    Kind.CANCEL_DELETION: Verb(
        _("Keep accounts"),
        _("Kept"),
        _("The accounts of those who asked for their deletion stay. Tell them yourself: no email is sent."),
        deeds.cancel_deletion,
    ),
    Kind.RESTORE: Verb(
        _("Restore"),
        _("Restored"),
        _("They can sign in again, with their groups and consents."),
        deeds.restore,
        reaches_deleted=True,
    ),
    Kind.PURGE: Verb(
        _("Delete permanently"),
        _("Deleted permanently"),
        _("Those who are deleted already are removed with all that is kept about them. Nothing brings them back."),
        deeds.purge,
        is_danger=True,
        is_for_good=True,
        asks_for_proof=True,
        reaches_deleted=True,
    ),
    Kind.ADD_TO_GROUP: Verb(
        _("Add to group"),
        _("Added"),
        _("They get the roles of the group, and applications are told of it."),
        deeds.enter_group,
        Kind.REMOVE_FROM_GROUP,
        has_group=True,
    ),
    Kind.REMOVE_FROM_GROUP: Verb(
        _("Remove from group"),
        _("Removed"),
        _("They lose the roles of the group."),
        deeds.leave_group,
        Kind.ADD_TO_GROUP,
        has_group=True,
    ),
}
