"""Good once means once: rounds in which many bring the same code at the same moment, each in a process of its own."""

from functools import partial

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from accounts.errors import CodeRefused
from accounts.factors.services import use_app, use_recovery_code
from accounts.identity.services.accounts import actor_of
from accounts.models import Account, RecoveryCode
from tenants.models import Tenant
from tests.crowd import crowd
from tests.userflows.factors.phone import Phone

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 8


def _is_taken(acme: Tenant, account: Account, code: str, *, is_of_list: bool) -> bool:
    try:
        with tenant_context(acme):
            if is_of_list:
                use_recovery_code(account, typed=code, actor=actor_of(account))
            else:
                use_app(account, code=code)
    except CodeRefused:
        return False
    finally:
        connection.close()
    return True


def test_a15_of_many_who_bring_one_code_at_once_one_comes_in(
    acme: Tenant, carol: Account, phone: Phone, rounds: int
) -> None:
    """A code of the app, and a recovery code."""
    with crowd(CROWD) as all_do:
        for _ in range(rounds):
            answers = all_do(partial(_is_taken, acme, carol, phone.next_code(), is_of_list=False))
            assert sorted(answers) == [False] * (CROWD - 1) + [True]
        answers = all_do(partial(_is_taken, acme, carol, phone.recovery_codes[0], is_of_list=True))
    assert sorted(answers) == [False] * (CROWD - 1) + [True]
    with tenant_context(acme):
        assert RecoveryCode.objects.count() == 9
