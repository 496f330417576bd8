"""Whatever an event may say was changed has a name that people read."""

from dataclasses import fields

import pytest

from accounts.credentials.rules import PasswordRules
from accounts.sessions.rules import SessionRules
from applications.description import Credentials, Links, SignIn, SignOut, TokenSettings
from audit.fields import FIELDS, changes_of, fields_of
from branding.description import BrandingValues
from captcha.description import CaptchaDescription
from hooks.description import HookDescription
from mail.own_servers.description import OwnServerDescription
from providers.description import ProviderDescription
from sms.senders.description import TextDescription
from tenants.description import TenantDescription
from userflows.flows.description import UserFlowDescription

DESCRIBED = (
    *(BrandingValues, CaptchaDescription, Credentials, HookDescription, Links, OwnServerDescription, PasswordRules),
    *(ProviderDescription, SessionRules, SignIn, SignOut, TenantDescription, TextDescription, TokenSettings),
    UserFlowDescription,
)
# Chosen when a thing is made, and never again.
NEVER_CHANGED = {"moment"}


@pytest.mark.parametrize("described", DESCRIBED)
def test_each_field_has_a_name(described: type) -> None:
    assert {each.name for each in fields(described)} - FIELDS.keys() <= NEVER_CHANGED


def test_a_change_tells_its_new_value_as_far_as_it_is_kept() -> None:
    details = {
        "fields": ["idle_minutes", "offers_stay", "blocked_words"],
        "now": {"idle_minutes": 30, "offers_stay": False},
    }

    assert fields_of(details) == "Minutes without activity, Offer to stay signed in, Words of your own"
    assert [value for _name, value in changes_of(details)] == ["30", "No", ""]


@pytest.mark.parametrize("details", [None, [], {}, {"fields": "x"}, {"fields": ["x_y"], "now": 1}])
def test_details_of_another_release_are_no_error(details: object) -> None:
    assert [name for name, _value in changes_of(details)] in ([], ["x y"])
