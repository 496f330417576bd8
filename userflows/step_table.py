"""The table of steps, in the order in which a customer comes through them. A new step is a folder and a row here."""

from userflows.steps.address.step import ADDRESS_STEP
from userflows.steps.app_code.step import APP_CODE_STEP
from userflows.steps.app_removal.step import APP_REMOVAL_STEP
from userflows.steps.app_setup.step import APP_SETUP_STEP
from userflows.steps.code.step import CODE_STEP
from userflows.steps.details.step import DETAILS_STEP
from userflows.steps.human.step import HUMAN_STEP
from userflows.steps.keep_account.step import KEEP_ACCOUNT_STEP
from userflows.steps.new_password.step import NEW_PASSWORD_STEP
from userflows.steps.passkey.step import PASSKEY_STEP
from userflows.steps.passkey_check.step import PASSKEY_CHECK_STEP
from userflows.steps.passkey_removal.step import PASSKEY_REMOVAL_STEP
from userflows.steps.passkey_setup.step import PASSKEY_SETUP_STEP
from userflows.steps.password.step import PASSWORD_STEP
from userflows.steps.phone_removal.step import PHONE_REMOVAL_STEP
from userflows.steps.phone_setup.step import PHONE_SETUP_STEP
from userflows.steps.profile.step import PROFILE_STEP
from userflows.steps.provider.step import PROVIDER_STEP
from userflows.steps.recover.step import RECOVER_STEP
from userflows.steps.recovery_code.step import RECOVERY_CODE_STEP
from userflows.steps.recovery_codes.step import RECOVERY_CODES_STEP
from userflows.steps.second_mail.step import SECOND_MAIL_STEP
from userflows.steps.second_sms.step import SECOND_SMS_STEP
from userflows.steps.sms.step import SMS_STEP

STEPS = (
    ADDRESS_STEP,
    HUMAN_STEP,
    PASSWORD_STEP,
    CODE_STEP,
    PASSKEY_STEP,
    SMS_STEP,
    PROVIDER_STEP,
    DETAILS_STEP,
    PASSKEY_CHECK_STEP,
    APP_CODE_STEP,
    SECOND_SMS_STEP,
    SECOND_MAIL_STEP,
    RECOVERY_CODE_STEP,
    RECOVER_STEP,
    PASSKEY_SETUP_STEP,
    APP_SETUP_STEP,
    PHONE_SETUP_STEP,
    RECOVERY_CODES_STEP,
    APP_REMOVAL_STEP,
    PASSKEY_REMOVAL_STEP,
    PHONE_REMOVAL_STEP,
    NEW_PASSWORD_STEP,
    KEEP_ACCOUNT_STEP,
    PROFILE_STEP,
)
