"""The table of steps, in the order in which a customer comes through them. A new step is a folder and a row here."""

from userflows.steps.address.step import ADDRESS_STEP
from userflows.steps.code.step import CODE_STEP
from userflows.steps.details.step import DETAILS_STEP
from userflows.steps.new_password.step import NEW_PASSWORD_STEP
from userflows.steps.password.step import PASSWORD_STEP
from userflows.steps.provider.step import PROVIDER_STEP

STEPS = (ADDRESS_STEP, PASSWORD_STEP, CODE_STEP, PROVIDER_STEP, DETAILS_STEP, NEW_PASSWORD_STEP)
