"""The rows of accounts, a module for each matter. Importing them here is how Django learns of them."""

from accounts.models.accounts import (
    ACCOUNT_RESTORABLE_FOR,
    HAS_NO_PASSWORD,
    HAS_OUR_PASSWORD,
    OUR_HASHES,
    STANDING,
    USER_NAME_CONSTRAINT,
    Account,
    AccountManager,
    AccountQuerySet,
    Activity,
    Block,
    Factor,
    Standing,
)
from accounts.models.attributes import CustomAttribute, UniqueValue
from accounts.models.codes import OneTimeCode
from accounts.models.factors import AuthenticatorApp, Passkey, RecoveryCode
from accounts.models.groups import GROUP_RESTORABLE_FOR, DeletedGroup, Group, GroupMember
from accounts.models.lists import ChosenColumns, CustomerEntry, CustomerView
from accounts.models.own_account import (
    MOST_GRACE_DAYS,
    UNDO_FOR,
    USUAL_GRACE_DAYS,
    AddressChange,
    DataExport,
    DeletionSettings,
)
from accounts.models.passwords import FormerPassword, PasswordSettings, UncheckedPassword
from accounts.models.recoveries import (
    CLOSED_AFTER_RECOVERY_FOR,
    FACTORS_KEPT_FOR,
    LEAST_WAIT_HOURS,
    MOST_WAIT_HOURS,
    USUAL_WAIT_HOURS,
    Recovery,
    RecoverySettings,
)
from accounts.models.sessions import Session, SessionSettings

__all__ = [
    "ACCOUNT_RESTORABLE_FOR",
    "CLOSED_AFTER_RECOVERY_FOR",
    "FACTORS_KEPT_FOR",
    "GROUP_RESTORABLE_FOR",
    "HAS_NO_PASSWORD",
    "HAS_OUR_PASSWORD",
    "LEAST_WAIT_HOURS",
    "MOST_GRACE_DAYS",
    "MOST_WAIT_HOURS",
    "OUR_HASHES",
    "STANDING",
    "UNDO_FOR",
    "USER_NAME_CONSTRAINT",
    "USUAL_GRACE_DAYS",
    "USUAL_WAIT_HOURS",
    "Account",
    "AccountManager",
    "AccountQuerySet",
    "Activity",
    "AddressChange",
    "AuthenticatorApp",
    "Block",
    "ChosenColumns",
    "CustomAttribute",
    "CustomerEntry",
    "CustomerView",
    "DataExport",
    "DeletedGroup",
    "DeletionSettings",
    "Factor",
    "FormerPassword",
    "Group",
    "GroupMember",
    "OneTimeCode",
    "Passkey",
    "PasswordSettings",
    "Recovery",
    "RecoveryCode",
    "RecoverySettings",
    "Session",
    "SessionSettings",
    "Standing",
    "UncheckedPassword",
    "UniqueValue",
]
