"""Another address: asked for, proved by a code that was mailed there, made, and taken back by the address before.

Nothing changes until somebody has shown to read the mail of the new address. Then both are told, and a link in the mail
to the old one takes the account back, without signing in: whoever got into somebody's account can't keep it so.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.credentials.services.codes import count_try, redeem_code
from accounts.credentials.services.passwords import has_password, remove_password
from accounts.errors import CodeRefused
from accounts.factors.recoveries import refuse_if_recovered, stop_recovery
from accounts.factors.services import forget_recovery_codes
from accounts.identity.services.accounts import actor_of, change_email, judged_address
from accounts.identity.services.closing import take_deletion_back
from accounts.models import UNDO_FOR, Account, AddressChange
from accounts.sessions.services import end_sessions
from audit.services import record
from common.crypto.digests import digest_of
from common.problems import Code, Problem, Refused
from common.text.email_address import canonical_email
from common.text.spoken import spoken_language
from userflows.admission.domains import domain_of, is_taken
from userflows.admission.rules import AdmissionRules
from userflows.forms.fields import NOT_TAKEN
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.securing.taken_away import take_away_added
from userflows.own_account.jobs import send_address_code, send_address_notices, send_undone_notice

ASKED_FOR = timedelta(days=1)
"""How long a change waits for its code; each code is good for ten minutes of it."""
ALREADY_YOURS = _("This is your address already.")


def asked_change(account: Account) -> AddressChange | None:
    """The change that isn't confirmed yet."""
    return AddressChange.objects.asked().filter(account_id=account.pk).first()


def ask_for_change(account: Account, *, email: str, admission: AdmissionRules, visitor: Visitor) -> None:
    """Mail a code to the new address, in the place of any change asked for before. Raises `Refused`, also for
    one that `admission` doesn't take.

    Whether the address is another account's nobody is told but whoever reads its mail.
    """
    refuse_if_recovered(account, field="email")
    after = judged_address(email)
    if canonical_email(after) == account.canonical_email:
        raise Refused([Problem(Code.NOT_ALLOWED, "email", str(ALREADY_YOURS))])
    if not is_taken(after, admission):
        raise Refused([Problem(Code.NOT_ALLOWED, "email", NOT_TAKEN % {"domain": domain_of(after)})])
    change = AddressChange(
        account_id=account.pk,
        before=account.email,
        canonical_before=account.canonical_email,
        after=after,
        language=spoken_language(),
        from_where=visitor.told,
        expires_at=timezone.now() + ASKED_FOR,
    )
    with transaction.atomic():
        _hold(account.pk)
        AddressChange.objects.filter(account_id=account.pk, done_at=None).delete()
        change.save(force_insert=True)
        record("customer.email_change_asked", actor=actor_of(account), target=account)
        send_address_code.enqueue(str(change.pk))


def send_another_code(change: AddressChange) -> None:
    """Mail another code, in the place of the one before."""
    with transaction.atomic():
        # Where it was cancelled meanwhile, nothing is mailed.
        AddressChange.objects.asked().filter(pk=change.pk).update(sent_at=timezone.now())
        send_address_code.enqueue(str(change.pk))


def forget_change(account: Account) -> None:
    """Cancel the change of an address. One that is being changed at this moment is waited for, and stays changed."""
    with transaction.atomic():
        _hold(account.pk)
        AddressChange.objects.asked().filter(account_id=account.pk).delete()


def make_change(account: Account, change: AddressChange, *, code: str) -> None:
    """Give the account the address whose mail had this code. Raises `CodeRefused`, or `EmailAddressTaken`."""
    is_last_try = count_try(change.pk, asked_at=change.sent_at)
    with transaction.atomic():
        held = _hold(account.pk)
        if not AddressChange.objects.asked().filter(pk=change.pk).exists():
            raise CodeRefused(is_spent=True)
        redeem_code(change.pk, proves=change.after, typed=code, is_last_try=is_last_try)
        own = AddressChange.objects.keeping(canonical_email(change.after)).filter(account_id=account.pk)
        comes_back = own.exists()
        change_email(account, email=change.after, is_verified=True, actor=actor_of(account))
        change.before, change.done_at, change.expires_at = held.email, timezone.now(), timezone.now() + UNDO_FOR
        # Whoever reads the mail of an address that was never proved, or that was the account's for a while until its
        # owner changed it back or went on to another one, is perhaps a stranger to the account. The one before can
        # still take it back.
        in_between = AddressChange.objects.revocable().filter(account_id=account.pk, after=held.email).exists()
        keeps = held.email_verified and not comes_back and not in_between
        change.canonical_before = held.canonical_email if keeps else ""
        # It has gone with whatever was asked for.
        change.save(force_insert=True)
        send_address_notices.enqueue(str(change.pk))


def found_change(token: str) -> tuple[AddressChange, Account] | None:
    """The change that a link with this in it takes back, and its account, as long as both are there."""
    change = AddressChange.objects.revocable().filter(digest=digest_of(token)).first() if token else None
    account = Account.objects.able_to_sign_in().filter(pk=change.account_id).first() if change else None
    return (change, account) if change and account else None


def undo_change(token: str) -> Account | None:
    """Give the account its old address again, and let nobody in by what has come since; None if it is too late.

    Raises `EmailAddressTaken` if another account has got it all the same.

    It is signed out everywhere, the password goes, and so do recovery codes, and second factors, passkeys and
    identities that were added after the change or in the 14 days before: whoever made it may have added them, and may
    have been in for some time. Better that an owner sets one up again than that a stranger keeps theirs.
    """
    with transaction.atomic():
        found = found_change(token)
        if found is None:
            return None
        _hold(found[1].pk)
        # As it stands now that nobody else can change it.
        found = found_change(token)
        if found is None:
            return None
        change, account = found
        # With those made later, from addresses in between, and one that still waits: none of them counts any more.
        undone = Q(done_at=None) | Q(done_at__gte=change.done_at)
        AddressChange.objects.filter(undone, account_id=account.pk).delete()
        actor, away = actor_of(account), account.email
        change_email(account, email=change.before, is_verified=True, actor=actor)
        stop_recovery(account, actor=actor)
        # They don't tell when they were made.
        forget_recovery_codes(account)
        take_away_added(account, since=change.asked_at - UNDO_FOR)
        if has_password(account):
            remove_password(account, actor=actor)
        else:
            end_sessions(account)
        take_deletion_back(account, actor=actor)
        record("customer.email_change_undone", actor=actor_of(account), target=account)
        send_undone_notice.enqueue(away, account.language)
    return account


def _hold(account_id: UUID) -> Account:
    """The account, while whoever else changes its address waits until the transaction ends."""
    held: Account = Account.objects.select_for_update().get(pk=account_id)
    return held


def sweep_changes() -> None:
    """Forget changes that were never made, and those that can't be undone any more, in this tenant."""
    AddressChange.objects.over().delete()
