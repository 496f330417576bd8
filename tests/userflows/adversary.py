"""Eve at an owner's door, with all public pages and five networks; and the owner, who reads the mail."""

import re

from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account
from tenants.models import Tenant
from tests.browser import Browser
from tests.userflows.customer import PASSWORD, Customer, mails_to
from tests.worker import run_jobs

NETWORKS = 5
GUESSING, GO_ON = "Many attempts to sign in to your Acme account", "Continue signing in to Acme"


def at(tenant: Tenant, address: str, path: str = "/sign-in/", email: str = "") -> Customer:
    """Somebody at this address of the network, who has begun and, if told, given an address."""
    customer = Customer(tenant, Browser(tenant, REMOTE_ADDR=address))
    customer.visit(path)
    if email:
        customer.submit({"email": email})
    return customer


def link_in(tenant: Tenant, email: str, subject: str = "") -> str:
    """The path of the link in the newest mail to this address, of this subject if it is told."""
    run_jobs()
    with tenant_context(tenant):
        mail = next(each for each in mails_to(email) if not subject or each.subject == subject)
    found = re.search(r"https?://[^/]+(/\S*/owner/\S+)", mail.text)
    assert found
    return found[1]


def subjects(tenant: Tenant, email: str) -> list[str]:
    run_jobs()
    with tenant_context(tenant):
        return [mail.subject for mail in mails_to(email)]


class Adversary:
    """Eve, with all public pages and five networks, as often as they let her; and with an account of her own."""

    def __init__(self, tenant: Tenant, email: str, *, knows_password: bool = False) -> None:
        self.tenant, self.email, self.knows_password = tenant, email, knows_password

    def spend_an_hour(self) -> None:
        """Use up all she can: passwords, codes and text messages asked for and tried, passkeys, links, the second
        factor; and the owner's address as one of hers.
        """
        for network in range(NETWORKS):
            address = f"203.0.113.{network}"
            self.guess_passwords(address)
            for path in ("/sign-in/", "/reset/", "/sign-up/"):
                self.spend_codes(address, path)
            self.spend_texts(address)
            self.forge_passkeys(address)
            self.ask_for_links(address)
            self.guess_links(address)
            if self.knows_password:
                self.guess_factors(address)
        self.claim_address("203.0.113.0")

    def guess_passwords(self, address: str) -> None:
        eve = at(self.tenant, address, email=self.email)
        for guess in range(6):
            eve.submit({"password": f"guess {address} {guess}"}, to="password")

    def spend_codes(self, address: str, path: str) -> None:
        eve = at(self.tenant, address, path, self.email)
        for _ in range(2):
            eve.submit(to="send")
        run_jobs()
        for _ in range(6):
            eve.submit({"code": "000000"}, to="code")

    def spend_texts(self, address: str) -> None:
        eve = at(self.tenant, address, email=self.email)
        for _ in range(3):
            eve.submit(to="text")
        run_jobs()
        for _ in range(3):
            eve.submit({"code": "000000"}, to="sms")

    def forge_passkeys(self, address: str) -> None:
        eve = at(self.tenant, address)
        for _ in range(3):
            eve.submit({"answer": "{}", "token": "made up"}, to="passkey")

    def ask_for_links(self, address: str) -> None:
        for path in ("/sign-in/", "/reset/"):
            eve = at(self.tenant, address, path)
            for _ in range(4):
                eve.submit({"email": self.email}, to="ask-link")

    def guess_links(self, address: str) -> None:
        """Those of mails about the account, of an administrator's mail, of another address, of a journey of hers."""
        eve = at(self.tenant, address, email=self.email)
        journey = eve.path.split("/go/")[1].split("/")[0]
        for path in ("/owner/x/", "/link/x/", "/profile/email/undo/x/", f"/go/{journey}/open/x/"):
            for _ in range(3):
                eve.browser.post(path, {"do": "secure"})

    def guess_factors(self, address: str) -> None:
        """By whoever knows the password: each kind of code, asked for and tried."""
        for kind in ("app-code", "sms-code", "mail-code", "recovery-code"):
            eve = at(self.tenant, address, email=self.email)
            eve.submit({"password": PASSWORD}, to="password")
            for button in ("text-second", "send-second"):
                eve.submit(to=button)
            for _ in range(4):
                eve.submit({"code": "AAAAA-AAAAA" if kind == "recovery-code" else "000000"}, to=kind)

    def claim_address(self, address: str) -> None:
        """She has an account here, and wants the owner's address for it, and codes mailed there."""
        with tenant_context(self.tenant):
            create_account(email="eve@acme.example", password=PASSWORD, email_verified=True)
        eve = at(self.tenant, address, email="eve@acme.example")
        eve.submit({"password": PASSWORD})
        for _ in range(6):
            eve.browser.post("/profile/email/", {"email": self.email})
            for _ in range(3):
                eve.browser.post("/profile/email/send/")
                eve.browser.post("/profile/email/code/", {"code": "000000"})
        run_jobs()


def open_link(owner: Customer, link: str, do: str = "go-on") -> None:
    """Open it, look, and press a button."""
    owner.visit(link)
    assert "<h1>Is it you?</h1>" in owner.text
    owner.submit({"do": do})
