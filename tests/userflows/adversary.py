"""Eve at an owner's door, with all public pages and five networks; and the owner, who reads the mail."""

import re

from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account
from accounts.models import Account
from providers.models import IdentityProvider
from tenants.models import Tenant
from tests.browser import Browser
from tests.providers.elsewhere import Elsewhere
from tests.userflows.customer import PASSWORD, Customer, mails_to
from tests.userflows.public_pages import NotingBrowser
from tests.worker import run_jobs
from userflows.journeys.registry import table

NETWORKS = 5
EVES = "eve@acme.example"
ANYTHING = {"password": "a guess", "code": "000000", "answer": "{}", "token": "made up", "username": "x"}
NOBODYS = "0b0c6ac4-6d4c-4f0e-9a3b-5d7a3a5f0d11"
OWN_PAGES = (
    *("/profile/password/", "/profile/email/cancel/", "/profile/activity/", "/profile/preferences/", "/profile/data/"),
    *("/profile/data/all", "/profile/delete/", "/profile/app/set-up/", "/profile/app/remove/", "/profile/app/codes/"),
    *("/profile/phone/set-up/", "/profile/phone/remove/", "/profile/passkeys/", "/profile/passkeys/add/"),
    *(f"/profile/passkeys/{NOBODYS}/rename/", f"/profile/passkeys/{NOBODYS}/remove/", "/profile/sessions/end/"),
    *("/profile/providers/connect/", f"/profile/providers/{NOBODYS}/remove/", "/profile/recovery/stop/", "/accounts/"),
    *("/oidc/applications/", "/sign-in/more/", "/sign-in/again/", "/profile/sessions/end-others/"),
)
OTHER_PAGES = (
    *("/", "/language/", "/signed-out/", "/device", "/device/", f"/device/{NOBODYS}/", "/oidc/authorize"),
    *(f"/oidc/authorize/{NOBODYS}/", f"/oidc/authorize/{NOBODYS}/account/", f"/oidc/authorize/{NOBODYS}/consent/"),
    *("/oidc/logout", "/oidc/logout/confirm", "/recovery/made-up/", "/recovery/made-up/stop/"),
    "/profile/delete/made-up/",
    "/providers/made-up/callback",
)
GUESSING, GO_ON = "Many attempts to sign in to your Acme account", "Continue signing in to Acme"


def at(tenant: Tenant, address: str, path: str = "/sign-in/", email: str = "") -> Customer:
    """Somebody at this address of the network, who has begun and, if told, given an address."""
    return _begun(Browser(tenant, REMOTE_ADDR=address), path, email)


def _begun(browser: Browser, path: str, email: str) -> Customer:
    customer = Customer(browser.tenant, browser)
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
    """Eve, with all public pages and five networks, as often as they let her; and with an account of her own.

    `seen` are the pages she has asked for. She comes from `provider`, where she says that the owner's address is hers.
    """

    def __init__(self, tenant: Tenant, email: str, *, knows_password: bool = False, number: str = "") -> None:
        self.tenant, self.email, self.knows_password, self.number = tenant, email, knows_password, number
        self.seen: set[str] = set()
        self.provider: tuple[IdentityProvider, Elsewhere] | None = None

    def spend_an_hour(self) -> None:
        """Use up all she can: passwords, codes and text messages asked for and tried, passkeys, links, the second
        factor, a provider, devices; and the owner's address and number as hers.
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
            self.come_from_provider(address)
            if self.knows_password:
                self.guess_factors(address)
        self.claim_address("203.0.113.0")

    def _at(self, address: str, path: str = "/sign-in/", email: str = "") -> Customer:
        return _begun(NotingBrowser(self.tenant, self.seen, REMOTE_ADDR=address), path, email)

    def guess_passwords(self, address: str) -> None:
        eve = self._at(address, email=self.email)
        for guess in range(6):
            eve.submit({"password": f"guess {address} {guess}"}, to="password")

    def spend_codes(self, address: str, path: str) -> None:
        eve = self._at(address, path, self.email)
        for _ in range(2):
            eve.submit(to="send")
        run_jobs()
        for _ in range(6):
            eve.submit({"code": "000000"}, to="code")

    def spend_texts(self, address: str) -> None:
        eve = self._at(address, email=self.email)
        for _ in range(3):
            eve.submit(to="text")
        run_jobs()
        for _ in range(3):
            eve.submit({"code": "000000"}, to="sms")

    def forge_passkeys(self, address: str) -> None:
        eve = self._at(address)
        for _ in range(3):
            eve.submit({"answer": "{}", "token": "made up"}, to="passkey")

    def ask_for_links(self, address: str) -> None:
        for path in ("/sign-in/", "/reset/"):
            eve = self._at(address, path)
            for _ in range(4):
                eve.submit({"email": self.email}, to="ask-link")

    def guess_links(self, address: str) -> None:
        """Those of mails about the account, of an administrator's mail, of another address, of a journey of hers."""
        eve = self._at(address, email=self.email)
        journey = eve.path.split("/go/")[1].split("/")[0]
        for path in ("/owner/x/", "/link/x/", "/profile/email/undo/x/", f"/go/{journey}/open/x/"):
            for _ in range(3):
                eve.browser.post(path, {"do": "secure"})

    def guess_factors(self, address: str) -> None:
        """By whoever knows the password: each kind of code, asked for and tried."""
        for kind in ("app-code", "second-sms", "second-mail", "recovery-code"):
            eve = self._at(address, email=self.email)
            eve.submit({"password": PASSWORD}, to="password")
            for button in ("text-second", "send-second"):
                eve.submit(to=button)
            for _ in range(4):
                eve.submit({"code": "AAAAA-AAAAA" if kind == "recovery-code" else "000000"}, to=kind)

    def come_from_provider(self, address: str) -> None:
        """She says there that the owner's address is hers, and is asked here to show it."""
        if self.provider is None:
            return
        provider, elsewhere = self.provider
        elsewhere.person = {"sub": f"eve from {address}", "email": self.email}
        eve = self._at(address)
        eve.submit({"provider": provider.pk}, to="provider")
        eve.visit(elsewhere.sign_in(eve.path))
        for _ in range(2):
            eve.submit(to="send")
        run_jobs()
        for _ in range(3):
            eve.submit({"code": "000000"}, to="code")

    def claim_address(self, address: str) -> None:
        """She has an account here, and wants the owner's address for it, and codes mailed there."""
        eve = self._inside(address)
        for _ in range(6):
            eve.browser.post("/profile/email/", {"email": self.email})
            for _ in range(3):
                eve.browser.post("/profile/email/send/")
                eve.browser.post("/profile/email/code/", {"code": "000000"})
        run_jobs()

    def _inside(self, address: str) -> Customer:
        with tenant_context(self.tenant):
            hers = Account.objects.with_email(EVES).first()
            hers = hers or create_account(email=EVES, password=PASSWORD, email_verified=True)
        eve = self._at(address)
        eve.browser.sign_in(hers)
        assert eve.is_signed_in
        return eve

    def press_everything(self, home: Tenant, client_id: str) -> None:
        """Every other page, from one network: each step and button with the owner's address, each page of an account
        by way of hers, and whatever an application, a device or a link of an administrator's leads to.
        """
        address, sent = "203.0.113.0", {**ANYTHING, "email": self.email, "number": self.number, "login": self.email}
        names = [name for step in table() for name in (step.name, *step.buttons)]
        for path in ("/sign-in/", "/sign-up/", "/reset/"):
            eve = self._at(address, path, self.email)
            here = eve.path
            for name in (*names, "switch", "again"):
                eve.path = here
                eve.submit({**sent, "purpose": "reset"}, to=name)
        eve, asked = self._inside(address), {"client_id": client_id, "login_hint": self.email, "id_token_hint": "x"}
        for path in (*OWN_PAGES, *OTHER_PAGES, "/sign-out/"):
            eve.browser.get(path, asked)
            eve.browser.post(path, sent | asked)
        administrators = NotingBrowser(home, self.seen, REMOTE_ADDR=address)
        administrators.get("/invitation/made-up/")
        administrators.post("/invitation/", sent)
        run_jobs()


def open_link(owner: Customer, link: str, do: str = "go-on") -> None:
    """Open it, look, and press a button."""
    owner.visit(link)
    assert "<h1>Is it you?</h1>" in owner.text
    owner.submit({"do": do})
