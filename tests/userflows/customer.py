"""A customer at a tenant's pages: presses buttons, reads pages, looks into the mailbox."""

import re
from html import unescape
from typing import Any

from django.http import HttpResponse
from django_tenants.utils import tenant_context

from mail.bodies import Body, open_body
from mail.models import Message
from sms.models import TextMessage
from sms.sealing import open_text
from tenants.models import Tenant
from tests.browser import Browser, as_read
from tests.cast import PASSWORD
from tests.worker import run_jobs

__all__ = ["PASSWORD", "Customer", "leads_to", "mails_to", "new_code", "new_text"]


class Customer:
    """Follows redirects by hand, as a person's browser would, and stands on the page where they end."""

    def __init__(self, tenant: Tenant, browser: Browser | None = None) -> None:
        self.tenant = tenant
        self.browser = browser or Browser(tenant)
        self.page: Any = None
        self.path = ""

    def visit(self, path: str) -> HttpResponse:
        """Open an address of the tenant."""
        self.path = path
        return self.follow(self.browser.get(path))

    def submit(self, fields: dict[str, Any] | None = None, *, to: str = "") -> HttpResponse:
        """Send the form of the page; or another form of it, by the last part of its address."""
        action = self.path if not to else re.sub(r"[^/]+/(\?.*)?$", f"{to}/", self.path)
        return self.follow(self.browser.post(action, fields or {}))

    def switch(self, purpose: str, **fields: str) -> HttpResponse:
        """Press one of the quiet links that lead another way."""
        return self.submit({"purpose": purpose, **fields}, to="switch")

    def sign_in(self, email: str, password: str = PASSWORD) -> HttpResponse:
        """Address, then password."""
        self.visit("/sign-in/")
        self.submit({"email": email})
        return self.submit({"password": password})

    def sign_up_to_code(self, email: str) -> None:
        """Give an address; the mail is there afterwards."""
        self.visit("/sign-up/")
        self.submit({"email": email})
        run_jobs()

    def code_from_mail(self, email: str) -> str:
        """The code in the newest mail to this address."""
        with tenant_context(self.tenant):
            return mails_to(email)[0].subject[:6]

    @property
    def text(self) -> str:
        """What stands on the page."""
        assert self.page is not None
        return as_read(self.page.content.decode())

    @property
    def is_signed_in(self) -> bool:
        """Whether the tenant knows this browser."""
        return self.browser.get("/profile/").status_code == 200

    def follow(self, response: Any) -> Any:
        """Go where an answer leads, and stand there; on a page that is one, at the address that it is remembered by."""
        while response.status_code in {302, 303}:
            self.path = response["Location"]
            left, response = response, self.browser.get(self.path)
            if response is left:
                break
        self.page = response
        self.path = leads_to(response) or self.path
        return response


def leads_to(answer: Any) -> str:
    """Where a redirect leads, or by which address a page is remembered; "" if by the one that it was asked for."""
    found = re.search(r'<main [^>]*data-asked-at="([^"]+)"', answer.content.decode())
    return answer.headers.get("Location") or (unescape(found[1]) if found else "")


def mails_to(email: str) -> list[Body]:
    """What has been mailed to an address of the current tenant, newest first."""
    messages = Message.objects.filter(to=email).exclude(sealed_body="")
    return [open_body(message.sealed_body, message_id=message.pk) for message in messages]


def new_code(tenant: Tenant, email: str) -> str:
    """The code just mailed to this address."""
    run_jobs()
    with tenant_context(tenant):
        return mails_to(email)[0].subject[:6]


def new_text(tenant: Tenant, number: str) -> str:
    """The code just sent to this number."""
    run_jobs()
    with tenant_context(tenant):
        message = TextMessage.objects.filter(to=number).exclude(sealed_text="").latest("created_at")
        return open_text(message.sealed_text, message_id=message.pk)[:6]
