"""What stories about an administrator's customers have in common: the pages' addresses, and what stands on them."""

from typing import Any

from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.models import Event
from tenants.models import Tenant
from tests.browser import Browser
from tests.userflows.customer import Customer

LIST = "/tenants/acme/customers/"


def page_of(account: Account, part: str = "") -> str:
    return f"{LIST}{account.pk}/{part}"


def text(browser: Browser, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def names(browser: Browser, query: str = "") -> list[str]:
    page = browser.get(f"{LIST}{query}").context.get("page")
    return [entry.account.email for entry in page.rows] if page else []


def read(account: Account, tenant: Tenant) -> Account:
    with tenant_context(tenant):
        return Account.objects.get(pk=account.pk)


def events(tenant: Tenant, action: str) -> list[Event]:
    with tenant_context(tenant):
        return list(Event.objects.filter(action=action).order_by("pk"))


def signing_in(acme: Tenant, account: Account, password: str) -> Any:
    return Customer(acme).sign_in(account.email, password)


def shown_by(answer: Any) -> str:
    return answer.content.decode()
