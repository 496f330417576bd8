"""Whose address counts."""

import pytest
from django.test import RequestFactory
from django_tenants.utils import tenant_context
from pytest_django.fixtures import Settings

from common.web.http import client_ip
from common.web.limits import TIMES_OF_SITE, TooManyAttempts
from tenants.models import Tenant
from userflows.journeys.attempts.limits import TRIES_EVERYWHERE, count_password
from userflows.journeys.browsers.browser import visitor_of

PROXY = "10.0.0.1"


def seen(*, forwarded: str | None, remote: str = PROXY) -> str:
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    return client_ip(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))


@pytest.mark.parametrize("forwarded", [None, "192.0.2.9", "192.0.2.9, 198.51.100.7", "garbage", "x" * 10_000])
def test_t05_without_trusted_proxies_the_header_counts_for_nothing(settings: Settings, forwarded: str | None) -> None:
    settings.CIAM_TRUSTED_PROXIES = 0
    assert seen(forwarded=forwarded, remote="192.0.2.1") == "192.0.2.1"


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("192.0.2.9", "192.0.2.9"),
        ("6.6.6.6, 192.0.2.9", "192.0.2.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("6.6.6.6, garbage", "unknown"),
        ("6.6.6.6, 192.0.2.9:49152", "192.0.2.9"),
        ("[2001:db8::1]:49152", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("192.0.2.9:x", "unknown"),
        (":443", "unknown"),
        ("fe80::1%eth0", "fe80::1"),
        ("fe80::1%" + "x" * 10_000, "fe80::1"),
        ("x" * 10_000, "unknown"),
        ("::ffff:192.0.2.9", "192.0.2.9"),
        ("192.0.2.9:4711:4711", "unknown"),
        ("[192.0.2.9", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_t05_behind_one_proxy_only_the_entry_it_wrote_counts(
    settings: Settings, forwarded: str | None, address: str
) -> None:
    settings.CIAM_TRUSTED_PROXIES = 1
    assert seen(forwarded=forwarded) == address


def test_t05_behind_two_proxies_the_second_from_the_right_counts(settings: Settings) -> None:
    settings.CIAM_TRUSTED_PROXIES = 2
    assert seen(forwarded="6.6.6.6, 192.0.2.9, 10.0.0.2") == "192.0.2.9"
    assert seen(forwarded="10.0.0.2") == "unknown"


@pytest.mark.django_db
def test_t05_a_hundred_addresses_made_up_by_one_peer_buy_no_more_tries(settings: Settings, acme: Tenant) -> None:
    settings.CIAM_TRUSTED_PROXIES = 0

    def attempt(number: int, forwarded: str) -> None:
        request = RequestFactory().post("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="192.0.2.200")
        count_password(visitor_of(request), f"customer{number}@acme.example")

    with tenant_context(acme):
        for number in range(TRIES_EVERYWHERE.attempts):
            attempt(number, f"192.0.2.{number}")
        for forwarded in ("192.0.2.199", "garbage", "fe80::1%eth0", "x" * 10_000):
            with pytest.raises(TooManyAttempts):
                attempt(1000, forwarded)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "tries"),
    [
        ("2001:db8:1:2::{:x}", TRIES_EVERYWHERE.attempts),
        ("2001:db8:1:{:x}::1", TIMES_OF_SITE * TRIES_EVERYWHERE.attempts),
        ("::ffff:192.0.2.7", TRIES_EVERYWHERE.attempts),
    ],
)
def test_t05_an_ipv6_subscriber_has_no_more_tries_than_anybody(
    settings: Settings, acme: Tenant, address: str, tries: int
) -> None:
    settings.CIAM_TRUSTED_PROXIES = 0

    def attempt(number: int) -> None:
        request = RequestFactory().post("/", REMOTE_ADDR=address.format(number))
        count_password(visitor_of(request), f"customer{number}@acme.example")

    with tenant_context(acme):
        for number in range(tries):
            attempt(number)
        with pytest.raises(TooManyAttempts):
            attempt(tries)
        if "ffff" in address:
            with pytest.raises(TooManyAttempts):
                count_password(visitor_of(RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")), "carol@acme.example")


def test_an_address_in_an_event_is_told_whole(settings: Settings) -> None:
    settings.CIAM_TRUSTED_PROXIES = 0
    assert seen(forwarded=None, remote="2001:db8:1:2:3:4:5:6") == "2001:db8:1:2:3:4:5:6"


def test_a_proxy_that_nobody_has_counted_is_told_of_once(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.CIAM_TRUSTED_PROXIES = 0
    for remote in ("8.8.8.8", "10.9.8.7", "10.9.8.7"):
        assert seen(forwarded="192.0.2.9", remote=remote) == remote
    (warning,) = [record.getMessage() for record in caplog.records if record.name == "common.web.http"]
    assert "10.9.8.7" in warning
    assert "CIAM_TRUSTED_PROXIES" in warning
