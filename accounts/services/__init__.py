"""Every write about people."""

from accounts.services.attributes import (
    define_custom_attribute,
    delete_custom_attribute,
    describe_custom_attribute,
)
from accounts.services.codes import redeem_code, renew_code
from accounts.services.people import (
    change_password,
    check_new_password,
    create_account,
    delete_account,
    disable_account,
    enable_account,
    restore_account,
    update_profile,
)
from accounts.services.retention import purge_account
from accounts.services.sessions import (
    end_session,
    end_sessions,
    set_session_rules,
    sign_out_browser,
    sign_out_everywhere,
    sign_out_other_browsers,
)

__all__ = [
    "change_password",
    "check_new_password",
    "create_account",
    "define_custom_attribute",
    "delete_account",
    "delete_custom_attribute",
    "describe_custom_attribute",
    "disable_account",
    "enable_account",
    "end_session",
    "end_sessions",
    "purge_account",
    "redeem_code",
    "renew_code",
    "restore_account",
    "set_session_rules",
    "sign_out_browser",
    "sign_out_everywhere",
    "sign_out_other_browsers",
    "update_profile",
]
