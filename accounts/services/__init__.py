"""Every write about people."""

from accounts.services.attributes import define_custom_attribute, delete_custom_attribute
from accounts.services.codes import redeem_code, renew_code
from accounts.services.people import (
    change_password,
    create_account,
    delete_account,
    disable_account,
    enable_account,
    restore_account,
    update_profile,
)
from accounts.services.retention import purge_account
from accounts.services.sessions import end_sessions

__all__ = [
    "change_password",
    "create_account",
    "define_custom_attribute",
    "delete_account",
    "delete_custom_attribute",
    "disable_account",
    "enable_account",
    "end_sessions",
    "purge_account",
    "redeem_code",
    "renew_code",
    "restore_account",
    "update_profile",
]
