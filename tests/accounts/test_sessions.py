"""A signed-in browser: what the cookie is worth, and for how long."""

from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import disable_account
from accounts.models import Account, Session
from accounts.sessions.services import end_sessions
from accounts.sessions.store import SessionStore
from audit.services import Actor
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_acme(acme: Tenant) -> object:
    with tenant_context(acme):
        yield


def signed_in(account: Account) -> SessionStore:
    session = SessionStore()
    session["_auth_user_id"] = str(account.pk)
    session.create()
    session["_auth_user_id"] = str(account.pk)
    session.save()
    return session


def test_the_row_holds_no_key_that_opens_it(carol: Account) -> None:
    session = signed_in(carol)
    row = Session.objects.get(account_id=carol.pk)
    assert session.session_key not in (row.key_digest, str(row.data))
    assert SessionStore(row.key_digest).load() == {}


def test_a24_signing_in_changes_the_key_and_the_old_one_is_worth_nothing(carol: Account) -> None:
    session = signed_in(carol)
    old = session.session_key
    session.cycle_key()
    session.save()
    assert session.session_key != old
    assert SessionStore(old).load() == {}
    assert SessionStore(session.session_key).load() == {"_auth_user_id": str(carol.pk)}


def test_a24_a_changed_key_leaves_nothing_behind_when_the_session_ends_before_it_was_saved(carol: Account) -> None:
    session = signed_in(carol)
    session.cycle_key()
    session.flush()
    assert not Session.objects.exists()


def test_what_is_written_is_not_written_again(carol: Account, django_assert_num_queries: Any) -> None:
    session = signed_in(carol)
    with django_assert_num_queries(0):
        session.save()
    session["changed"] = True
    with django_assert_num_queries(1):
        session.save()


def test_an_expired_session_is_nobodys(carol: Account) -> None:
    session = signed_in(carol)
    Session.objects.update(expires_at=timezone.now())
    assert SessionStore(session.session_key).load() == {}


def test_a_session_ended_elsewhere_is_not_brought_back_by_a_late_save(carol: Account) -> None:
    session = signed_in(carol)
    assert end_sessions(carol) == 1
    session["late"] = True
    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_a31_disabling_an_account_ends_its_sessions(carol: Account) -> None:
    signed_in(carol)
    disable_account(carol, actor=Actor.command())
    assert not Session.objects.filter(account_id=carol.pk).exists()
