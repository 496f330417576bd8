"""Accounts, and what keeps one from being used."""

import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.attributes import BUILT_IN_ATTRIBUTES, USER_NAME
from accounts.names import name_of
from common.text.email_address import canonical_email
from common.text.user_names import canonical_user_name

ACCOUNT_RESTORABLE_FOR = timedelta(days=30)
# How hashes of passwords begin that we made.
OUR_HASHES = "argon2$argon2id$"
HAS_NO_PASSWORD = models.Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
HAS_OUR_PASSWORD = models.Q(password__startswith=OUR_HASHES)
USER_NAME_CONSTRAINT = "accounts_account_user_name"


class AccountQuerySet(models.QuerySet["Account"]):
    def kept(self) -> Self:
        """All but deleted ones."""
        return self.filter(deleted_at=None)

    def due_for_purge(self) -> Self:
        """Deleted ones that can no longer be restored."""
        return self.filter(deleted_at__lt=Now() - ACCOUNT_RESTORABLE_FOR)

    def able_to_sign_in(self) -> Self:
        """Neither deleted nor blocked; a block that has ended is none. Nor whose owner wanted it gone by now."""
        can = self.kept().filter(models.Q(is_active=True) | models.Q(blocked_until__lte=Now()))
        return can.filter(models.Q(closes_at=None) | models.Q(closes_at__gt=Now()))

    def due_to_close(self) -> Self:
        """Those whose owners wanted them gone, and may no longer change their mind."""
        return self.kept().filter(closes_at__lte=Now())

    def with_email(self, email: str) -> Self:
        """The account with this address, in whatever spelling."""
        return self.filter(canonical_email=canonical_email(email))

    def known_as(self, name: str) -> Self:
        """The account that whoever signs in calls so: by its address or its user name, in whatever spelling."""
        if "@" in name:
            return self.with_email(name)
        return self.filter(user_name=canonical_user_name(name)).exclude(user_name="")


class AccountManager(BaseUserManager.from_queryset(AccountQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str) -> "Account":
        return self.get(canonical_email=canonical_email(username))


class Standing(models.TextChoices):
    """What an account is, in one word. Blocked is by a person, deleted can be restored for 30 days."""

    ACTIVE = "active", _("Active")
    INVITED = "invited", _("Invited")
    BLOCKED = "blocked", _("Blocked")
    DELETED = "deleted", _("Deleted")


class Factor(models.TextChoices):
    """What an account may have to show beside a password or a code."""

    APP = "app", _("Authenticator app")
    PASSKEY = "passkey", _("Passkey")
    PHONE = "phone", pgettext_lazy("portal", "Phone number")


class Account(AbstractBaseUser):
    """The record a customer (or, in the home tenant, an administrator) signs in with.

    `email` is the stored address, to which all mail goes; `canonical_email` only compares. `id` is the `sub` of tokens.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254)
    canonical_email = models.CharField(max_length=254)
    email_verified = models.BooleanField(default=False)
    # Not while somebody has blocked it: for good, or until the time beside it (`Block` tells more).
    is_active = models.BooleanField(default=True)
    blocked_until = models.DateTimeField(null=True)
    # Whoever signs in with the password has to choose another one before.
    needs_new_password = models.BooleanField(db_default=False)
    # Whether it has an authenticator app (`AuthenticatorApp`): here, so that no sign-in has to ask for it.
    has_app = models.BooleanField(default=False, db_default=False)
    # The hosts at which it has passkeys (`Passkey`), likewise; and by what authenticators know it, once it had any.
    passkeys_at = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    passkey_handle = models.CharField(max_length=64, blank=True, default="", db_default="")
    # The phone number that its owner has shown to have, in E.164: where codes are sent by text message.
    phone_number = models.CharField(max_length=16, blank=True, default="", db_default="")
    # Since when no browser is remembered that has shown a second factor before.
    browsers_forgotten_at = models.DateTimeField(null=True)
    # When somebody made it for its owner, who hasn't come yet as long as the address isn't verified.
    invited_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=16, blank=True)
    # In which its owner reads times: a name of the IANA database, "" for the tenant's.
    time_zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(db_default=Now())
    # When something changed last that applications are told about the person.
    updated_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True)
    # When it goes for good, since its owner has asked for that.
    closes_at = models.DateTimeField(null=True)
    # When its factors count no more, since whoever has lost them waits for that; and when that was last.
    recovers_at = models.DateTimeField(null=True)
    recovered_at = models.DateTimeField(null=True)

    # By which it may be signed in to as well, as `common.text.user_names` writes it; "" for none.
    user_name = models.CharField(
        max_length=BUILT_IN_ATTRIBUTES[USER_NAME].max_length, blank=True, default="", db_default=""
    )
    display_name = models.CharField(max_length=BUILT_IN_ATTRIBUTES["displayName"].max_length, blank=True)
    given_name = models.CharField(max_length=BUILT_IN_ATTRIBUTES["givenName"].max_length, blank=True)
    surname = models.CharField(max_length=BUILT_IN_ATTRIBUTES["surname"].max_length, blank=True)
    job_title = models.CharField(max_length=BUILT_IN_ATTRIBUTES["jobTitle"].max_length, blank=True)
    street_address = models.CharField(max_length=BUILT_IN_ATTRIBUTES["streetAddress"].max_length, blank=True)
    postal_code = models.CharField(max_length=BUILT_IN_ATTRIBUTES["postalCode"].max_length, blank=True)
    city = models.CharField(max_length=BUILT_IN_ATTRIBUTES["city"].max_length, blank=True)
    state = models.CharField(max_length=BUILT_IN_ATTRIBUTES["state"].max_length, blank=True)
    country = models.CharField(max_length=BUILT_IN_ATTRIBUTES["country"].max_length, blank=True)
    custom_attributes = models.JSONField(default=dict)
    # When a yes became one, by the name of the custom attribute, in ISO 8601.
    agreed_at = models.JSONField(default=dict)
    # When terms of use were accepted, by their version, likewise.
    accepted_terms = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # When its owner was asked last, at a sign-in, for attributes that it lacks.
    asked_at = models.DateTimeField(null=True)

    # How often it has signed in, where that was read with the row.
    known_sign_ins: int | None = None
    last_login = None
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = AccountManager()

    class Meta:
        # A constraint, where `unique=True` would add an index for LIKE that nothing asks for. With the ID, the list of
        # customers passes by in it whom nobody asked for.
        constraints = [
            models.UniqueConstraint(fields=["canonical_email"], include=["id"], name="accounts_account_address"),
            models.UniqueConstraint(fields=["user_name"], condition=~models.Q(user_name=""), name=USER_NAME_CONSTRAINT),
        ]
        indexes = [
            models.Index(fields=["-created_at"], name="accounts_account_created"),
            models.Index(fields=["closes_at"], condition=~models.Q(closes_at=None), name="accounts_account_closes"),
            models.Index(
                fields=["recovers_at"], condition=~models.Q(recovers_at=None), name="accounts_account_recovers"
            ),
            # Who has no password, and who brought one that was never used here: most accounts are in neither.
            models.Index(fields=["id"], condition=HAS_NO_PASSWORD, name="accounts_account_no_password"),
            models.Index(
                fields=["id"], condition=~HAS_NO_PASSWORD & ~HAS_OUR_PASSWORD, name="accounts_account_foreign"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **how: Any) -> Self:
        """A block ends by itself: who reads the row afterwards finds none."""
        account = super().from_db(db, field_names, values, **how)
        ends_at = account.__dict__.get("blocked_until")
        if ends_at is not None and ends_at <= timezone.now():
            account.is_active = True
        return account

    @property
    def standing(self) -> "Standing":
        """What it is in one word. That it is locked besides, limits know (`userflows.journeys.attempts.limits`)."""
        if self.deleted_at:
            return Standing.DELETED
        if not self.is_active:
            return Standing.BLOCKED
        return Standing.INVITED if self.invited_at and not self.email_verified else Standing.ACTIVE

    @property
    def is_shut(self) -> bool:
        """Whether it is blocked or deleted, so that its owner may not sign in."""
        return self.deleted_at is not None or not self.is_active

    @property
    def factors(self) -> list[Factor]:
        """Which second factors it has, whether or not anybody asks for them."""
        has = {Factor.APP: self.has_app, Factor.PASSKEY: self.passkeys_at, Factor.PHONE: self.phone_number}
        return [factor for factor in Factor if has[factor]]

    @property
    def name(self) -> str:
        """What to call this person: the display name, or given name and surname in their order; may be empty."""
        return name_of(
            display_name=self.display_name,
            given_name=self.given_name,
            surname=self.surname,
            language=self.language,
        )

    def attribute(self, name: str) -> Any:
        """The value of a built-in or custom attribute; None if the account has none."""
        built_in = BUILT_IN_ATTRIBUTES.get(name)
        if built_in:
            return getattr(self, built_in.column) or None
        return self.custom_attributes.get(name)


class Block(models.Model):
    """Why an account may not sign in, since when, and who said so. How long is on the account's row."""

    account = models.OneToOneField(
        Account, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="block"
    )
    since = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=250, blank=True)
    by = models.CharField(max_length=320, blank=True)

    def __str__(self) -> str:
        return f"block of {self.account_id}"


class Activity(models.Model):
    """When somebody signed in last, how often, and to which application. Kept by the worker, never by a sign-in."""

    account = models.OneToOneField(
        Account, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="activity"
    )
    last_sign_in_at = models.DateTimeField()
    sign_ins = models.PositiveBigIntegerField(default=0)
    client_id = models.CharField(max_length=100, blank=True, db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["-last_sign_in_at", "-account"], name="accounts_activity_last"),
            models.Index(
                fields=["client_id", "-last_sign_in_at", "-account"],
                condition=~models.Q(client_id=""),
                name="accounts_activity_at_client",
            ),
        ]

    def __str__(self) -> str:
        return f"activity of {self.account_id}"
