"""Who an address and a password belong to."""

from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from accounts.credentials.policies import MAX_PASSWORD_LENGTH, normalise_password
from accounts.models import Account
from common.database.rows import columns_of, read_one
from common.text.email_address import canonical_email

BY_ADDRESS = f"""
    SELECT {columns_of(Account, "account")}, coalesce((
        SELECT activity.sign_ins FROM accounts_activity activity WHERE activity.account_id = account.id
    ), 0) AS known_sign_ins
    FROM accounts_account account
    WHERE canonical_email = %s AND deleted_at IS NULL AND (closes_at IS NULL OR closes_at > now())
"""  # noqa: S608 - names of our own
BY_ID = f"""
    SELECT {columns_of(Account)} FROM accounts_account
    WHERE id = %s AND (is_active OR blocked_until <= now()) AND deleted_at IS NULL
        AND (closes_at IS NULL OR closes_at > now())
"""  # noqa: S608 - names of our own


class AccountBackend(BaseBackend):
    """One look-up and always one hash, whether the address has an account or not."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, email: str = "", password: str = ""
    ) -> Account | None:
        """The account, if the password is its own and it may sign in."""
        if not email or not password or len(password) > MAX_PASSWORD_LENGTH:
            return None
        normalised = normalise_password(password)
        account = read_one(Account, BY_ADDRESS, [canonical_email(email)], besides=["known_sign_ins"])
        if account is None or not account.has_usable_password():
            make_password(normalised)
            return None
        return account if account.check_password(normalised) and account.is_active else None

    def get_user(self, user_id: UUID) -> Account | None:
        """The signed-in account, as long as it is neither disabled nor deleted, nor its owner wanted it gone by now."""
        return read_one(Account, BY_ID, [user_id])
