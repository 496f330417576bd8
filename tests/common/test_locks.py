"""Two administrators change the same settings at the same moment, of which there are none of the tenant's own yet."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from accounts.credentials.rules import PasswordRules, describe
from accounts.credentials.services import rules as passwords
from accounts.models import PasswordSettings, SessionSettings
from accounts.sessions import services as sessions
from accounts.sessions.rules import FOR_CUSTOMERS
from audit.services import Actor
from branding.languages import services as languages
from branding.languages.offered import LanguageRules
from branding.models import LanguageSettings
from captcha.description import CaptchaDescription
from captcha.models import CaptchaSettings
from captcha.services import choose_captcha
from common.problems import CHANGED_MEANWHILE, Refused
from logs import services as logs
from logs.models import LogSettings
from logs.rules import LogRules
from mail.models import OwnServer
from mail.own_servers.description import OwnServerDescription
from mail.services import use_own_server
from oidc.models import RegistrationSwitch
from oidc.registration import services as registration
from oidc.registration.description import NOBODY, RegistrationDescription
from sms.models import TextSettings
from sms.senders.description import TextDescription
from sms.services import choose_sender
from tenants.models import Tenant
from tests.crowd import at_once

COMMAND = Actor.command()
SERVICES: dict[Any, tuple[Callable[..., None], Any]] = {
    PasswordSettings: (passwords.apply, PasswordRules()),
    SessionSettings: (sessions.apply, FOR_CUSTOMERS),
    LanguageSettings: (languages.apply, LanguageRules()),
    LogSettings: (logs.apply, LogRules()),
    CaptchaSettings: (choose_captcha, CaptchaDescription()),
    TextSettings: (choose_sender, TextDescription()),
    OwnServer: (use_own_server, OwnServerDescription("mail.acme.example", 587)),
    RegistrationSwitch: (registration.apply, RegistrationDescription(NOBODY)),
}


@pytest.mark.django_db(transaction=True)
def test_of_first_changes_that_are_made_at_once_none_is_lost(acme: Tenant) -> None:
    changes: list[dict[str, Any]] = [
        {"min_length": 12},
        {"history": 3},
        {"character_kinds": 2},
        {"checks_breaches": True},
    ]
    wished = {name: value for change in changes for name, value in change.items()}

    def change() -> None:
        with tenant_context(acme):
            passwords.change_password_rules(**changes.pop(), actor=COMMAND)

    at_once(len(changes), change)
    with tenant_context(acme):
        assert {name: getattr(describe(), name) for name in wished} == wished


@pytest.mark.django_db
@pytest.mark.parametrize("model", SERVICES, ids=lambda model: model.__name__)
def test_whoever_makes_the_first_change_is_waited_for_before_versions_are_compared(acme: Tenant, model: Any) -> None:
    change, wished = SERVICES[model]
    with (
        tenant_context(acme),
        CaptureQueriesContext(connection) as statements,
        pytest.raises(Refused) as refusal,
    ):
        change(wished, expected_version="seen before", actor=COMMAND)
    assert refusal.value.problems == (CHANGED_MEANWHILE,)
    locks = [each["sql"] for each in statements if "pg_advisory_xact_lock" in each["sql"]]
    assert any(model._meta.db_table in lock for lock in locks)
