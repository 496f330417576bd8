"""Olga puts a domain in front of acme at her screen, while the DNS is put right step by step."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from common.web.outgoing import HttpAnswer
from tenants.addressing import default_url
from tenants.domains import records
from tenants.domains.records import probe_answer
from tenants.models import Tenant
from tests.dns_server import serving_dns
from tests.screens import check_in_every_look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = "auth.example.com"


def reached(url: str, **_: Any) -> HttpAnswer:
    """What stands in front leads every domain here."""
    return HttpAnswer(200, {}, probe_answer(urlsplit(url).hostname or "").encode())


def test_a_domain_is_added_put_right_and_the_issuer_moved_to_it(
    window: Callable[..., Page], acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "call", reached)
    page = window()
    page.goto("/tenants/acme/settings/")
    page.get_by_role("link", name="Domains", exact=True).click()
    page.get_by_label("Domain", exact=True).fill(NAME)
    page.get_by_role("button", name="Add domain").click()
    expect(page.get_by_text("Set the two records below.")).to_be_visible()
    proof = page.get_by_text(re.compile("^ciam-domain=")).inner_text()

    with serving_dns() as zone:
        zone.say(f"_ciam-challenge.{NAME}.{NAME}", "TXT", proof)
        page.get_by_role("button", name="Check now").click()
        expect(page.get_by_text("your DNS provider adds the domain automatically")).to_be_visible()
        expect(page.get_by_text("The domain leads nowhere yet.")).to_be_visible()
        check_in_every_look(page)

        zone.say(f"_ciam-challenge.{NAME}", "TXT", proof)
        zone.say(NAME, "CNAME", f"{urlsplit(default_url(acme)).hostname}.")
        page.get_by_role("button", name="Check now").click()
        expect(page.get_by_text(f"{NAME} is live.")).to_be_visible()

    page.get_by_role("link", name="Call the issuer by it…").click()
    expect(page.get_by_text("An application that has the old name in its configuration refuses them")).to_be_visible()
    page.get_by_label(re.compile("name", re.IGNORECASE)).fill(NAME)
    page.get_by_role("button", name="Move the issuer").click()
    expect(page.get_by_text(re.compile(f"The issuer is http://{NAME}.* from now on"))).to_be_visible()
