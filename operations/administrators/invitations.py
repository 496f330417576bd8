"""Invitations: somebody is asked by mail to manage a tenant, in one role.

An invitation is good once, for 7 days, for the address it was sent to, and only as long as whoever sent it could still
give that role.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext
from django_tenants.utils import schema_context, tenant_context

from accounts.identity.services.accounts import create_account
from accounts.models import Account
from audit.services import Actor, record
from common.crypto.digests import digest_of
from common.problems import Code, Problem, Refused
from common.text.email_address import address_in_ascii, canonical_email, is_plain_address, written_address
from common.web.limits import Limit, TooManyAttempts, count_together
from operations.administrators.authority import deciding, held_by, insist_on_authority, insist_on_role, may_give
from operations.administrators.mails import mail_invitation
from tenants.errors import InvitationGone, InvitedIsAnother
from tenants.lookup import PUBLIC
from tenants.models import Invitation, Membership, Tenant
from tenants.services import add_membership

LIFETIME = timedelta(days=7)
KEPT_FOR = timedelta(days=30)
TOKEN_BYTES = 32
MOST_OPEN = 200
"""In a tenant at one time: so all of them stand on one page."""
SENT_BY_TENANT = Limit("invitations sent by tenant", 200, 24 * 3600)
SENT_TO_ADDRESS = Limit("invitations sent to an address", 10, 24 * 3600)


def invite(*, tenant: Tenant, email: str, role: str, actor: Actor) -> Invitation:
    """Ask somebody by mail to manage the tenant. Another invitation of this address is replaced.

    Raises `MayNotGrant`, or `Refused` for `email`.
    """
    email = written_address(email)
    _insist_on_address(email)
    _count_mail(tenant, email)
    with deciding(tenant, actor=actor) as held:
        insist_on_role(role, tenant=tenant)
        former = Invitation.objects.filter(tenant=tenant, canonical_email=canonical_email(email))
        insist_on_authority(role, *former.values_list("role", flat=True), held=held, tenant=tenant)
        _insist_on_newcomer(email, tenant)
        former.delete()
        if Invitation.objects.filter(tenant=tenant).count() >= MOST_OPEN:
            raise _refused(
                Code.TOO_MANY,
                gettext("%(number)d invitations are already open. Withdraw some first.") % {"number": MOST_OPEN},
            )
        invitation = Invitation(tenant=tenant, email=email, canonical_email=canonical_email(email), role=role)
        _send(invitation, actor)
        _record("invitation.sent", invitation, actor)
    return invitation


def resend(invitation: Invitation, *, actor: Actor) -> None:
    """Send the mail again, with a link of its own: the one before opens nothing any more, and the 7 days begin anew.

    Raises `MayNotGrant`, `InvitationGone`, or `Refused` if it was sent too often.
    """
    _count_mail(invitation.tenant, invitation.email)
    with deciding(invitation.tenant, actor=actor) as held:
        current = _found(pk=invitation.pk)
        insist_on_authority(current.role, held=held, tenant=current.tenant)
        _send(current, actor)
        _record("invitation.resent", current, actor)


def withdraw(invitation: Invitation, *, actor: Actor) -> None:
    """Withdraw it: its link opens nothing any more. Raises `MayNotGrant`, or `InvitationGone`."""
    with deciding(invitation.tenant, actor=actor) as held:
        current = _found(pk=invitation.pk)
        insist_on_authority(current.role, held=held, tenant=current.tenant)
        current.delete()
        _record("invitation.withdrawn", invitation, actor)


def invitation_by(token: str) -> Invitation | None:
    """The invitation whose mail holds this token, if it can still be accepted."""
    with schema_context(PUBLIC):
        found = Invitation.objects.select_related("tenant").valid().filter(digest=digest_of(token)).first()
        return found if found and _stands(found) else None


def open_invitations(tenant: Tenant) -> Sequence[tuple[Invitation, bool]]:
    """All that were sent and not accepted, the newest first; each with whether its link still opens anything."""
    with schema_context(PUBLIC):
        invitations = Invitation.objects.select_related("tenant").filter(tenant=tenant).order_by("-created_at", "pk")
        return [(each, each.expires_at > timezone.now() and _stands(each)) for each in invitations[:MOST_OPEN]]


def accept(token: str, *, account: Account, actor: Actor) -> Membership:
    """Make the account, which is signed in, an administrator. Raises `InvitationGone` and `InvitedIsAnother`."""
    with deciding(_tenant_of(token), actor=actor):
        invitation = _valid(token)
        if account.canonical_email != invitation.canonical_email:
            raise InvitedIsAnother
        return _take_up(invitation, account, actor)


def accept_as_new(token: str, *, name: str, password: str | None) -> Account:
    """Make the account of somebody who has none yet, and let it manage the tenant. The link has proved the address.

    Without a password its owner signs in by code.

    Raises `InvitationGone`, `EmailAddressTaken`, or `Refused` for `displayName` and `password`.
    """
    with deciding(_tenant_of(token), actor=Actor.system()):
        invitation = _valid(token)
        with tenant_context(Tenant.objects.home()):
            attributes = {"displayName": name} if name else {}
            account = create_account(
                email=invitation.email, password=password, attributes=attributes, email_verified=True
            )
        _take_up(invitation, account, Actor("administrator", str(account.pk), account.email))
    return account


def has_account(invitation: Invitation) -> bool:
    """Whether somebody has an account in the home tenant with the address that was invited."""
    with schema_context(PUBLIC), tenant_context(Tenant.objects.home()):
        return Account.objects.filter(canonical_email=invitation.canonical_email).exists()


def forget_old_invitations() -> int:
    """Drop those that expired 30 days ago; until then they can be sent again. Returns how many. Serves public."""
    forgotten, _ = Invitation.objects.filter(expires_at__lt=timezone.now() - KEPT_FOR).delete()
    return forgotten


def _take_up(invitation: Invitation, account: Account, actor: Actor) -> Membership:
    invitation.delete()
    membership = add_membership(tenant=invitation.tenant, account_id=account.pk, role=invitation.role, actor=actor)
    _record("invitation.accepted", invitation, actor)
    return membership


def _tenant_of(token: str) -> Tenant:
    found = invitation_by(token)
    if found is None:
        raise InvitationGone
    return found.tenant


def _valid(token: str) -> Invitation:
    """The invitation, while nobody else decides about its tenant."""
    found = Invitation.objects.select_related("tenant").valid().filter(digest=digest_of(token)).first()
    if found is None or not _stands(found):
        raise InvitationGone
    return found


def _found(**by: object) -> Invitation:
    found = Invitation.objects.select_related("tenant").filter(**by).first()
    if found is None:
        raise InvitationGone
    return found


def _stands(invitation: Invitation) -> bool:
    """Whether its tenant is there to be managed, and whoever sent it could still give the role. Serves public."""
    if invitation.tenant.state == Tenant.State.DELETED:
        return False
    if invitation.invited_by is None:
        return True
    with tenant_context(Tenant.objects.home()):
        if not Account.objects.kept().filter(pk=invitation.invited_by, is_active=True).exists():
            return False
    sender = Actor("administrator", str(invitation.invited_by))
    return may_give(invitation.role, held=held_by(sender, tenant=invitation.tenant), tenant=invitation.tenant)


def _send(invitation: Invitation, actor: Actor) -> None:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation.digest, invitation.expires_at = digest_of(token), timezone.now() + LIFETIME
    is_somebody = actor.kind == "administrator"
    invitation.invited_by = UUID(actor.id) if is_somebody else None
    invitation.invited_by_name = actor.name if is_somebody else ""
    invitation.save()
    with tenant_context(Tenant.objects.home()):
        mail_invitation(invitation, token=token, days=LIFETIME.days)


def _record(action: str, invitation: Invitation, actor: Actor) -> None:
    with tenant_context(invitation.tenant):
        record(action, actor=actor, target=invitation, details={"role": invitation.role})


def _count_mail(tenant: Tenant, email: str) -> None:
    """Raises `Refused` if the tenant, or anybody, has sent too many: before any transaction, as limits are counted."""
    try:
        with schema_context(PUBLIC):
            count_together((SENT_BY_TENANT, str(tenant.pk)), (SENT_TO_ADDRESS, canonical_email(email)))
    except TooManyAttempts as refusal:
        hours = -(-refusal.retry_after // 3600)
        raise _refused(
            Code.TOO_MANY, gettext("Too many invitations were sent. Try again in %(hours)d h.") % {"hours": hours}
        ) from refusal


def _insist_on_address(email: str) -> None:
    sentence = gettext("Enter one plain email address, such as name@example.com.")
    if not is_plain_address(email):
        raise _refused(Code.INVALID, sentence)
    try:
        validate_email(address_in_ascii(email))
    except ValidationError as error:
        raise _refused(Code.INVALID, sentence) from error


def _insist_on_newcomer(email: str, tenant: Tenant) -> None:
    with tenant_context(Tenant.objects.home()):
        account = Account.objects.with_email(email).first()
    if account is not None and Membership.objects.filter(tenant=tenant, account_id=account.pk).exists():
        raise _refused(Code.TAKEN, gettext("%(email)s is already an administrator here.") % {"email": account.email})


def _refused(code: Code, sentence: str) -> Refused:
    return Refused([Problem(code, "email", sentence)])
