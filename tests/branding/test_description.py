"""A brand as one value: changed, judged and noted in one way."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django_tenants.utils import tenant_context

from audit.models import Event
from audit.services import Actor
from branding.models import DEFAULT, Branding
from branding.services import apply, describe
from common.problems import Code, Refused
from tenants.models import Tenant

COMMAND = Actor.command()
pytestmark = pytest.mark.usefixtures("_at_acme")


@pytest.fixture
def _at_acme(acme: Tenant) -> Iterator[None]:
    with tenant_context(acme):
        yield


def kept() -> Branding:
    return Branding.objects.get(locale=DEFAULT)


def changes() -> list[Event]:
    return list(Event.objects.filter(action="branding.changed").order_by("pk"))


def test_a_brand_becomes_what_is_described_and_only_what_differs_is_noted() -> None:
    wished = replace(describe(kept()), accent_color="#FFCC00", privacy_text=" Privacy ", shows_footer=True)
    before = len(changes())
    apply(locale=DEFAULT, description=wished, actor=COMMAND)
    shown = describe(kept())
    assert (shown.accent_color, shown.privacy_text, shown.shows_footer) == ("#ffcc00", "Privacy", True)
    assert set(changes()[-1].details["fields"]) == {"accent_color", "privacy_text", "shows_footer"}
    apply(locale=DEFAULT, description=shown, actor=COMMAND)
    assert len(changes()) == before + 1


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_kept() -> None:
    before = describe(kept())
    with pytest.raises(Refused) as refusal:
        apply(locale=DEFAULT, description=replace(before, layout="round", terms_url="javascript:x"), actor=COMMAND)
    assert {problem.field for problem in refusal.value.problems} == {"layout", "terms_url"}
    assert describe(kept()) == before


def test_who_has_seen_another_state_overwrites_nothing() -> None:
    seen = describe(kept())
    apply(locale=DEFAULT, description=replace(seen, username_hint="you@acme.example"), actor=COMMAND)
    with pytest.raises(Refused) as refusal:
        apply(locale=DEFAULT, description=seen, expected_version=seen.version, actor=COMMAND)
    assert [problem.code for problem in refusal.value.problems] == [Code.CHANGED_MEANWHILE]
    assert describe(kept()).username_hint == "you@acme.example"
