from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError
from django_tenants.utils import tenant_context

from oidc.lifetimes import PUBLISHED_BEFORE_SIGNING
from oidc.models import SigningKey
from tenants.models import Tenant
from tests.browser import Browser
from tests.commands.conftest import Run


def let_a_day_go_by(tenant: Tenant) -> None:
    with tenant_context(tenant):
        for key in SigningKey.objects.all():
            SigningKey.objects.filter(pk=key.pk).update(since=key.since - PUBLISHED_BEFORE_SIGNING)


def by_state(answer: dict[str, list[dict[str, str]]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key in answer["keys"]:
        found.setdefault(key["state"], set()).add(key["kid"])
    return found


def test_list_says_what_is_published(run: Run, say: Callable[..., str], acme: Tenant) -> None:
    answer = run("signingkey", "list", "--tenant", "acme")
    assert answer["every_days"] == 90
    assert {key["algorithm"] for key in answer["keys"]} == {"RS256", "ES256"}
    published = {key["kid"] for key in Browser(acme).get("/oidc/jwks").json()["keys"]}
    assert by_state(answer) == {"active": published}
    said = say("signingkey", "list", "--tenant", "acme")
    assert all(kid in said for kid in published)
    assert "every 90 days" in said


def test_rotate_publishes_first_and_rotates_a_day_later(run: Run, acme: Tenant) -> None:
    before = by_state(run("signingkey", "list", "--tenant", "acme"))
    with pytest.raises(CommandError, match=r"Nothing was rotated\. .* can sign from .* UTC on"):
        run("signingkey", "rotate", "--tenant", "acme")
    waiting = by_state(run("signingkey", "list", "--tenant", "acme"))
    assert waiting["active"] == before["active"]
    let_a_day_go_by(acme)
    answer = run("signingkey", "rotate", "--tenant", "acme")
    assert set(answer["rotated"]) == waiting["next"] == by_state(answer)["active"]
    assert by_state(answer)["retiring"] == before["active"]
    with pytest.raises(CommandError, match="Nothing was rotated"):
        run("signingkey", "rotate", "--tenant", "acme")


def test_revoke_says_what_it_costs_and_does_it_with_yes(run: Run, acme: Tenant) -> None:
    before = run("signingkey", "list", "--tenant", "acme")
    doomed = before["keys"][0]["kid"]
    with pytest.raises(CommandError, match="Access tokens it signed are refused"):
        run("signingkey", "revoke", "--tenant", "acme", "--kid", doomed)
    assert run("signingkey", "list", "--tenant", "acme") == before
    answer = run("signingkey", "revoke", "--tenant", "acme", "--kid", doomed, "--yes")
    assert answer["withdrawn"] == [doomed]
    assert doomed not in {key["kid"] for key in answer["keys"]}
    assert len(by_state(answer)["active"]) == 2
    with pytest.raises(CommandError, match="no such signing key"):
        run("signingkey", "revoke", "--tenant", "acme", "--kid", doomed, "--yes")


def test_a_key_whose_id_begins_with_a_hyphen_is_withdrawn_like_any_other(run: Run, acme: Tenant) -> None:
    with tenant_context(acme):
        doomed = SigningKey.objects.first()
        assert doomed is not None
        SigningKey.objects.filter(pk=doomed.pk).update(kid=f"-{doomed.kid[1:]}")
    answer = run("signingkey", "revoke", "--tenant", "acme", "--kid", f"-{doomed.kid[1:]}", "--yes")
    assert answer["withdrawn"] == [f"-{doomed.kid[1:]}"]


def test_a_mistyped_option_is_no_value_of_the_one_before_it(run: Run, acme: Tenant) -> None:
    with pytest.raises(CommandError, match="expected one argument"):
        run("signingkey", "revoke", "--tenant", "acme", "--kid", "--yes")


def test_revoke_without_an_id_withdraws_them_all(run: Run, acme: Tenant, globex: Tenant) -> None:
    theirs = run("signingkey", "list", "--tenant", "globex")
    before = by_state(run("signingkey", "list", "--tenant", "acme"))
    answer = run("signingkey", "revoke", "--tenant", "acme", "--yes")
    assert not before["active"] & {key["kid"] for key in answer["keys"]}
    assert len(by_state(answer)["active"]) == 2
    assert run("signingkey", "list", "--tenant", "globex") == theirs


def test_the_schedule_can_be_changed_and_put_off(run: Run, acme: Tenant) -> None:
    assert run("signingkey", "schedule", "--tenant", "acme", "--every-days", "30")["every_days"] == 30
    off = run("signingkey", "schedule", "--tenant", "acme", "--off")
    assert off["every_days"] is off["rotates_at"] is None
    for days in ("0", "6", "731", "-1"):
        with pytest.raises(CommandError, match="--every-days: Write a whole number of days from 7 to 730"):
            run("signingkey", "schedule", "--tenant", "acme", "--every-days", days)
    assert timedelta(days=7) > PUBLISHED_BEFORE_SIGNING
