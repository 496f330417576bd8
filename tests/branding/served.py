"""Acme's pages and mails as customers get them: reached by pressing buttons, then asked for in each language."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.oidc.relying_party import challenge_of
from tests.userflows.customer import Customer, mails_to, new_code
from tests.userflows.factors.phone import Phone
from tests.worker import run_jobs

Walk = Iterator[str]
"""The names of pages, each while the customer stands on it."""
Walking = Callable[[Customer], Walk]

OWN = ("", "preferences/", "email/", "passkeys/", "activity/", "data/", "delete/")
"""The pages of somebody's own account, below their profile."""
NOBODYS = UUID(int=1)


def sent_by(application: Application) -> str:
    """Where the application sends customers to sign in, and to allow it what it asks for."""
    asked = {
        "client_id": application.client_id,
        "redirect_uri": application.redirect_uri_list[0],
        "response_type": "code",
        "scope": "openid email",
        "prompt": "consent",
        "code_challenge": challenge_of("v" * 43),
        "code_challenge_method": "S256",
    }
    return f"/oidc/authorize?{urlencode(asked)}"


def signing_in(carol: Customer, application: Application, account: Account, phone: Phone) -> Walk:
    carol.visit(sent_by(application))
    yield "served address"
    carol.submit({"email": account.email})
    yield "served password"
    carol.submit({"password": PASSWORD})
    yield "served second factor"
    carol.submit({"code": phone.next_code()})
    yield "served consent"


def signing_up(nora: Customer, application: Application, email: str) -> Walk:
    nora.visit(sent_by(application))
    nora.switch("sign_up")
    yield "served sign-up"
    nora.submit({"email": email})
    yield "served code"
    nora.submit({"code": new_code(nora.tenant, email)})
    yield "served details"


def forgetting(dora: Customer, application: Application, account: Account) -> Walk:
    dora.visit(sent_by(application))
    dora.switch("reset")
    yield "served reset"
    dora.submit({"email": account.email})
    dora.submit({"code": new_code(dora.tenant, account.email)})
    yield "served new password"


def leaving(somebody: Customer, application: Application) -> Walk:
    """Where it doesn't go on."""
    about = urlencode({"client_id": application.client_id})
    somebody.visit(f"/oidc/authorize?{about}&redirect_uri=https://eve.example/")
    yield "served refused request"
    somebody.visit(f"/signed-out/?{about}")
    yield "served signed out"


def at_home(carol: Customer, account: Account) -> Walk:
    """What belongs to no application."""
    for path in ("/device", "/language/", f"/go/{NOBODYS}/", "/nowhere/"):
        carol.visit(path)
        yield f"served {path}"
    carol.browser.sign_in(account)
    for path in (*(f"/profile/{page}" for page in OWN), "/oidc/applications/", "/sign-out/"):
        carol.visit(path)
        yield f"served {path}"


def walks_from(application: Application, *, carol: Account, dora: Account, phone: Phone) -> list[Walking]:
    """All that begin at the application. The phone is Carol's."""
    return [
        partial(signing_in, application=application, account=carol, phone=phone),
        partial(signing_up, application=application, email=f"nora.{application.name}@new.example".lower()),
        partial(forgetting, application=application, account=dora),
        partial(leaving, application=application),
    ]


def seen_on(walks: Iterable[Walking], tenant: Tenant, languages: Iterable[str]) -> dict[str, dict[str, str]]:
    """Each page of these walks as it is served, by language and then by name."""
    seen: dict[str, dict[str, str]] = {language: {} for language in languages}
    for walk in walks:
        customer = Customer(tenant)
        for name in walk(customer):
            for language, pages in seen.items():
                answer = customer.browser.get(customer.path, headers={"accept-language": language})
                assert answer.status_code not in {302, 303}, name
                pages[name] = answer.content.decode()
    return seen


def mailed(tenant: Tenant, application: Application, language: str) -> str:
    """The mail with a code to whoever signs up there, coming from the application, in this language."""
    customer, email = Customer(tenant), f"{language}.{application.name}@new.example".lower()
    customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    customer.visit(sent_by(application))
    customer.switch("sign_up")
    customer.submit({"email": email})
    run_jobs()
    with tenant_context(tenant):
        return mails_to(email)[0].html
