"""The first page of a tenant, as somebody opens it every morning."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from accounts.identity.services.groups import create_group
from accounts.models import Account
from applications.models import Application, ClientSecret
from applications.services.application import change_application
from audit.services import Actor, record
from branding.models import Branding
from bulk.models import Kind, Operation
from figures.lookup.sums import ledger
from figures.models import Sum
from figures.policies import WHOLE_DAY
from hooks.description import HookDescription
from hooks.models import Hook
from hooks.policies import SUBMIT
from hooks.services import create_hook
from mail.models import Message
from mail.services import queue_message
from oidc.keys.services import set_rotation_schedule
from oidc.models import SigningKey
from portal import changes
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from tenants.policies import AdministratorRole
from tenants.services import add_membership
from tenants.work.jobs import living
from tests.browser import Browser
from userflows.models import UserFlow

NOTHING = "Nothing does at the moment."


@pytest.fixture
def concerns(ada_portal: Browser) -> Callable[[], str]:
    def read() -> str:
        page = ada_portal.get("/tenants/acme/").content.decode()
        return page.partition('id="attention"')[2].partition("</section>")[0]

    return read


@pytest.fixture
def at_rest(acme: Tenant, grace: Account, settings: Any) -> Iterator[None]:
    """Acme with a second administrator, a mail server and a worker: nothing needs attention."""
    settings.EMAIL_URL = "smtp://mail.portal.example"
    add_membership(tenant=acme, account_id=grace.pk, actor=Actor.command())
    with living("a worker of this story"):
        yield


def test_an_import_of_many_customers_hides_no_change_of_a_colleague(
    acme: Tenant, carol: Account, ada_portal: Browser
) -> None:
    with tenant_context(acme):
        create_group(name="Book club", actor=Actor.command())
        for number in range(8):
            record("customer.created", actor=Actor.command(), details={"import": str(number)})
        record("customer.created", actor=Actor.command(), target=carol)
    changes = ada_portal.get("/tenants/acme/").context["changes"]
    said = ["".join(text for text, _is_name in change.pieces) for change in changes]
    assert said[:2] == [f"Created the customer {carol.email}", "Created the group Book club"]


def test_what_happened_before_a_large_import_is_told_after_it(
    acme: Tenant, ada_portal: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "LOOKED_AT", 4)
    with tenant_context(acme):
        create_group(name="Book club", actor=Actor.command())
        operation = Operation(kind=Kind.IMPORT)
        record("operation.started", actor=Actor.command(), target=operation)
        for _customer in range(9):
            record("customer.created", actor=Actor.command(), details={"import": str(operation.pk)})
        record("operation.ended", actor=Actor.command(), target=operation)
    told = ["".join(text for text, _ in each.pieces) for each in ada_portal.get("/tenants/acme/").context["changes"]]
    assert [each.partition(":")[0] for each in told[:3]] == [
        "The bulk operation of Command line ended",
        "Began a bulk operation",
        "Created the group Book club",
    ]


@pytest.mark.usefixtures("at_rest")
def test_where_all_is_well_the_page_says_so(concerns: Callable[[], str]) -> None:
    assert NOTHING in concerns()


def test_an_only_owner_and_a_missing_worker_are_said(
    concerns: Callable[[], str], acme: Tenant, stranger: Account, stranger_portal: Browser
) -> None:
    said = concerns()
    assert "Only one owner of this tenant. If they lose access, an operator" in said
    assert 'href="/tenants/acme/administrators/invite/">Add another' in said
    # Who may only look is led nowhere that isn't theirs.
    add_membership(tenant=acme, account_id=stranger.pk, role=AdministratorRole.READER, actor=Actor.command())
    page = stranger_portal.get("/tenants/acme/").content.decode()
    assert "Only one owner of this tenant" in page
    assert "Add another" not in page
    assert "No worker is running" in said


@pytest.mark.usefixtures("at_rest")
def test_a_secret_about_to_expire_is_said_until_another_is_there(
    acme: Tenant, bookshop: Application, concerns: Callable[[], str]
) -> None:
    def secret(days: int) -> None:
        until = timezone.now() + timedelta(days=days)
        with tenant_context(acme):
            ClientSecret.objects.create(application=bookshop, digest="d", hint="h", expires_at=until)

    secret(12)
    said = concerns()
    assert "The last client secret of Bookshop expires in 12 days." in said
    assert f"/tenants/acme/applications/{bookshop.client_id}/credentials/" in said
    with tenant_context(acme):
        Application.objects.filter(pk=bookshop.pk).update(auth_method="private_key_jwt", jwks='{"keys": []}')
    assert NOTHING in concerns()
    with tenant_context(acme):
        Application.objects.filter(pk=bookshop.pk).update(auth_method=bookshop.auth_method, jwks="")
    secret(90)
    assert NOTHING in concerns()


@pytest.mark.usefixtures("at_rest")
def test_a_secret_that_has_expired_is_urgent(acme: Tenant, bookshop: Application, concerns: Callable[[], str]) -> None:
    with tenant_context(acme):
        yesterday = timezone.now() - timedelta(days=1)
        ClientSecret.objects.create(application=bookshop, digest="d", hint="h", expires_at=yesterday)
    said = concerns()
    assert "Bookshop no longer has a working client secret." in said
    assert "Urgent" in said


@pytest.mark.usefixtures("at_rest")
def test_mail_that_fails_or_waits_is_said(acme: Tenant, concerns: Callable[[], str]) -> None:
    with tenant_context(acme):
        for state in (Message.State.FAILED, Message.State.FAILED, Message.State.QUEUED):
            queue_message(to="carol@acme.example", kind="code", subject="s", text="t")
            Message.objects.filter(pk=Message.objects.latest("created_at").pk).update(
                state=state, created_at=timezone.now() - timedelta(hours=1)
            )
    said = concerns()
    assert "2 emails could not be delivered" in said
    assert "1 email waited for more than 15 minutes" in said


@pytest.mark.usefixtures("at_rest")
def test_that_no_mail_leaves_is_said(concerns: Callable[[], str], settings: Any) -> None:
    settings.EMAIL_URL = "outbox:"
    said = concerns()
    assert "No mail server is set up: codes and links for customers stay in the outbox." in said
    assert 'href="/tenants/acme/settings/mail/">Set one up' in said


@pytest.mark.usefixtures("at_rest")
def test_one_customer_stopped_by_a_hook_is_said(acme: Tenant, concerns: Callable[[], str]) -> None:
    with tenant_context(acme):
        described = HookDescription("Fraud check", SUBMIT, "https://fraud.example/", on_failure=Hook.OnFailure.STOP)
        create_hook(described, actor=Actor.command())
        Hook.objects.update(failures=1, failing_since=timezone.now(), error="It answered with 500.")
    said = concerns()
    assert "The hook Fraud check failed 1 time, and the customer couldn’t continue. It answered with 500." in said
    with tenant_context(acme):
        Hook.objects.update(on_failure=Hook.OnFailure.GO_ON)
    assert NOTHING in concerns()


@pytest.mark.usefixtures("at_rest")
def test_failed_jobs_are_said_to_operators_who_can_retry_them(
    acme: Tenant, olga_portal: Browser, concerns: Callable[[], str]
) -> None:
    with tenant_context(acme):
        queue_message(to="carol@acme.example", kind="code", subject="s", text="t")
    with schema_context(PUBLIC):
        job = DBTaskResult.objects.get()
        job.claim("worker")
        job.set_failed(LookupError())
    assert "1 job of this tenant failed" in olga_portal.get("/tenants/acme/").content.decode()
    assert NOTHING in concerns()


@pytest.mark.usefixtures("at_rest")
def test_signing_keys_that_should_have_rotated_are_said(acme: Tenant, concerns: Callable[[], str]) -> None:
    with tenant_context(acme):
        SigningKey.objects.active().update(since=timezone.now() - timedelta(days=1000))
    assert "The signing keys should have rotated days ago" in concerns()
    with tenant_context(acme):
        set_rotation_schedule(every_days=None, actor=Actor.command())
    assert NOTHING in concerns()


def counted(metric: str, days_ago: int, n: int, *, dimension: str = "", value: str = "", hour: int = WHOLE_DAY) -> None:
    day = ledger().today - timedelta(days=days_ago)
    Sum.objects.create(day=day, hour=hour, metric=metric, dimension=dimension, value=value, n=n)


@pytest.mark.usefixtures("at_rest")
def test_a_flow_that_loses_more_than_the_week_before_is_said(acme: Tenant, concerns: Callable[[], str]) -> None:
    with tenant_context(acme):
        flow = str(UserFlow.objects.get(is_default=True).pk)
        for days_ago, left in ((8, 20), (1, 40)):
            counted("journeys", days_ago, left, dimension=flow, value="sign_up:code")
            counted("journeys", days_ago, 60, dimension=flow, value="sign_up:finished")
    assert "lost 40% at sign-up in the last 7 days, and 25% in the 7 days before." in concerns()


@pytest.mark.usefixtures("at_rest")
def test_many_more_failures_than_a_week_ago_are_said(acme: Tenant, concerns: Callable[[], str]) -> None:
    with tenant_context(acme):
        counted("failures", 7, 5, hour=0)
        counted("failures", 0, 19, hour=0)
    assert NOTHING in concerns()
    with tenant_context(acme):
        counted("failures", 0, 30, hour=1)
    assert "49 attempts failed today" in concerns()


def test_last_changes_are_told_in_words(
    acme: Tenant, ada: Account, grace: Account, bookshop: Application, ada_portal: Browser
) -> None:
    with tenant_context(acme):
        change_application(bookshop, name="Books", actor=Actor("administrator", str(ada.pk), ada.email))
        create_group(name="Wholesale", actor=Actor("administrator", str(grace.pk), grace.email))
    page = ada_portal.get("/tenants/acme/").content.decode()

    assert "Changed the application <bdi>Books</bdi></a>" in page
    assert "<bdi>You</bdi>, " in page
    assert "Created the group <bdi>Wholesale</bdi></a>" in page
    assert "<bdi>grace@portal.example</bdi>, " in page


def test_p02_changes_are_told_only_to_those_who_may_read_the_log(
    acme: Tenant, ada: Account, ada_portal: Browser
) -> None:
    with tenant_context(acme):
        create_group(name="Wholesale", actor=Actor("administrator", str(ada.pk), ada.email))
    with schema_context(PUBLIC):
        Membership.objects.filter(tenant=acme, account_id=ada.pk).update(
            role=AdministratorRole.APPLICATION_ADMINISTRATOR
        )
    page = ada_portal.get("/tenants/acme/").content.decode()
    assert "Sign-ins today" in page
    assert "Last changes" not in page
    assert "Wholesale" not in page


def test_the_list_of_what_to_set_up_is_folded_away_when_all_is_done(acme: Tenant, ada_portal: Browser) -> None:
    def is_open() -> bool:
        page = ada_portal.get("/tenants/acme/").content.decode()
        before, _, _ = page.partition("<h2>Set up</h2>")
        return before.rpartition("<details")[2].partition(">")[0].endswith(" open")

    assert is_open()
    with tenant_context(acme):
        Branding.objects.update(sign_in_page_text="Welcome")
    assert not is_open()
