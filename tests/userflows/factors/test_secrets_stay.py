"""What is secret of a customer stands in the mail, or on the page that shows it once, and nowhere else."""

import logging
import re
from base64 import b32encode
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context, tenant_context
from psycopg.sql import SQL, Identifier

from audit.services import Actor
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tests.browser import Browser
from tests.userflows.customer import Customer, mails_to
from tests.userflows.factors.phone import Clock, Phone
from tests.userflows.nora import NEW
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
OF_A_MOMENT = re.compile(r"datetime\.\w+\([^)]*\)|\d\d:\d\d:\d\d[.,]\d+")
"""A time has six digits, too, and tells no code."""
TABLES = """SELECT tablename FROM pg_tables WHERE schemaname = %s
    AND has_table_privilege(format('%%I.%%I', schemaname, tablename), 'SELECT')"""
ROWS = SQL("SELECT string_agg(kept::text, ' ') FROM {} kept")


class AttentiveBrowser(Browser):
    """Remembers each page and each redirect."""

    def __init__(self, tenant: Tenant) -> None:
        super().__init__(tenant)
        self.answers: list[Any] = []

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        self.answers.append(response)
        return response


class Canaries:
    """The secrets of a story, by name, and whether a text has one of them in any spelling."""

    def __init__(self) -> None:
        self._spelt: dict[str, re.Pattern[str]] = {}

    def add(self, name: str, value: str) -> str:
        spellings = (value, value.replace("-", ""), value.encode().hex())
        self._spelt[name] = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, spellings))})(?!\w)")
        return value

    def in_text(self, text: str) -> set[str]:
        text = OF_A_MOMENT.sub("", text)
        return {name for name, spelt in self._spelt.items() if spelt.search(text)}


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[StringIO]:
    """What the product writes there at its most talkative, and besides each statement with its parameters.

    No setting lets Django's templates write to the log what they were given.
    """
    [console] = (handler for handler in logging.getLogger().handlers if handler.name == "console")
    for logger in ("", "django.request", "django.db"):
        caplog.set_level(logging.DEBUG, logger)
    monkeypatch.setattr(console, "level", logging.DEBUG)
    monkeypatch.setattr(console, "stream", written := StringIO())
    with CaptureQueriesContext(connection):
        yield written


def kept_of(tenant: Tenant) -> dict[str, str]:
    """All rows of the tenant's tables and of the installation's, as text, by table."""
    found = {}
    for schema in (tenant.schema_name, PUBLIC):
        with schema_context(schema), connection.cursor() as cursor:
            cursor.execute(TABLES, [schema])
            for (table,) in cursor.fetchall():
                cursor.execute(ROWS.format(Identifier(schema, table)))
                found[f"{schema}.{table}"] = cursor.fetchone()[0] or ""
    return found


class Nora(Customer):
    """She signs up, with an app, and comes back by whatever she has; each secret is noted as she gets it."""

    browser: AttentiveBrowser

    def __init__(self, tenant: Tenant, clock: Clock) -> None:
        super().__init__(tenant, AttentiveBrowser(tenant))
        self.phone, self.canaries = Phone(clock), Canaries()
        self.first = self.canaries.add("the first password", "canary of the first password")
        self.second = self.canaries.add("the second password", "canary of the second password")

    def sign_up(self) -> None:
        self.sign_up_to_code(NEW)
        self.submit({"code": self._mailed("the code of the sign-up")})
        self.submit({"password": self.first, "givenName": "Nora", "surname": "New"})

    def set_up_app(self) -> None:
        self.visit("/profile/app/set-up/")
        self.submit({"password": self.first})
        self.phone.scan(self.text)
        self.canaries.add("the app's secret", b32encode(self.phone.secret).decode())
        self.canaries.add("the bytes of it", self.phone.secret.hex())
        self.submit({"code": self.canaries.add("the app's code", self.phone.code)})
        self.phone.write_down(self.text)
        for code in self.phone.recovery_codes:
            self.canaries.add(f"recovery code {code}", code)
        self.submit({})
        self._leave()

    def sign_in_by_recovery_code(self) -> None:
        self.sign_in(NEW, self.first)
        self.submit({"code": self.phone.recovery_codes[0]}, to="recovery-code")
        self._leave()

    def choose_a_new_password(self) -> None:
        self.visit("/reset/")
        self.submit({"email": NEW})
        self.submit({"code": self._mailed("the code of the reset")})
        self.submit({"code": self.canaries.add("the app's next code", self.phone.next_code())})
        self.submit({"password": self.second})
        self._leave()

    def sign_in_by_link(self) -> str:
        """Returns its path."""
        self.visit("/sign-in/")
        self.submit({"email": NEW})
        run_jobs()
        with tenant_context(self.tenant):
            link = re.search(r"/go/\S+/open/(\S+)/", mails_to(NEW)[0].text)
        assert link
        self.canaries.add("the link", link[1])
        self.visit(link[0])
        self.submit()
        self.submit({"code": self.canaries.add("the app's last code", self.phone.next_code())})
        self._leave()
        return link[0]

    def _mailed(self, name: str) -> str:
        run_jobs()
        return self.canaries.add(name, self.code_from_mail(NEW))

    def _leave(self) -> None:
        assert self.is_signed_in
        name = f"{settings.SESSION_COOKIE_NAME}_{self.tenant.slug}"
        key = self.browser.cookies[name].value
        self.canaries.add(f"the session's key {key}", key)
        self.browser.post("/sign-out/")


def test_a18_no_secret_of_a_customer_stands_where_it_isnt_shown(acme: Tenant, log: StringIO, clock: Clock) -> None:
    nora, stranger = Nora(acme, clock), AttentiveBrowser(acme)
    nora.sign_up()
    nora.set_up_app()
    nora.sign_in_by_recovery_code()
    nora.choose_a_new_password()
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), methods=("link",), actor=Actor.command())
    link = nora.sign_in_by_link()
    # What is wrong with an address is told in the log.
    for address in (link, f"{link}made-up/"):
        assert stranger.get(address).status_code in {404, 410}
    run_jobs()

    found, shown = nora.canaries.in_text, {}
    for answer in (*nora.browser.answers, *stranger.answers):
        path = answer.wsgi_request.path
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert found(answer.headers.get("Location", "")) == set(), path
        # A page that a link leads to has its own address in the form that changes the language.
        if names := found(answer.content.decode()) - found(path):
            shown[path.split("/")[-2]] = names
    codes = {f"recovery code {code}" for code in nora.phone.recovery_codes}
    assert shown == {"app-setup": {"the app's secret"}, "recovery-codes": codes}

    assert log.getvalue().count("INSERT INTO") > 20
    assert found(log.getvalue()) == set()
    kept = kept_of(acme)
    assert f"{PUBLIC}.django_tasks_database_dbtaskresult" in kept
    assert NEW in kept[f"{acme.schema_name}.mail_message"]
    assert {table: found(rows) for table, rows in kept.items() if found(rows)} == {}
