"""Customers who stand somewhere along a journey: each function makes one, at acme; or has its browser closed there."""

import time
from collections.abc import Callable

from accounts.models import Account
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.userflows.customer import Customer, new_code
from tests.userflows.factors.phone import Clock, with_phone

NEW = "new@acme.example"
Opened = Callable[[Tenant, Account], Customer]


def with_app(acme: Tenant, carol: Account) -> None:
    """Carol has an authenticator app, whose clock is right."""
    clock = Clock()
    clock.seconds = time.time()
    with_phone(acme, carol, clock)


def at_address(acme: Tenant, _carol: Account) -> Customer:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    return customer


def at_password(acme: Tenant, carol: Account) -> Customer:
    customer = at_address(acme, carol)
    customer.submit({"email": carol.email})
    return customer


def at_second_factor(acme: Tenant, carol: Account) -> Customer:
    with_app(acme, carol)
    customer = at_password(acme, carol)
    customer.submit({"password": PASSWORD})
    return customer


def at_new_password(acme: Tenant, carol: Account) -> Customer:
    customer = Customer(acme)
    customer.visit("/reset/")
    customer.submit({"email": carol.email})
    customer.submit({"code": new_code(acme, carol.email)})
    return customer


def at_code(acme: Tenant, _carol: Account) -> Customer:
    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    return customer


def at_details(acme: Tenant, carol: Account) -> Customer:
    customer = at_code(acme, carol)
    customer.submit({"code": customer.code_from_mail(NEW)})
    return customer


def close(browser: Browser) -> None:
    """What the browser keeps is what has a time to live."""
    for name in [name for name, cookie in browser.cookies.items() if not cookie["max-age"]]:
        del browser.cookies[name]


def reopened(customer: Customer) -> Customer:
    """The browser is there again, and opens what was open."""
    close(customer.browser)
    customer.visit(customer.path)
    return customer
