"""A refresh token is rotated at each use, and its replay ends the family (RFC 6749 section 6, RFC 9700 4.14)."""

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import TimeMachineFixture

from tests.oidc.relying_party import RelyingParty, refused


def test_each_use_brings_new_tokens_about_the_same_sign_in(shop: RelyingParty) -> None:
    first = shop.tokens()
    second = shop.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["scope"] == first["scope"]
    before = shop.accepts(first["id_token"], audience=shop.client_id)
    after = shop.accepts(second["id_token"], audience=shop.client_id)
    # OpenID Connect Core section 12.2
    assert {name: after[name] for name in ("iss", "sub", "aud", "auth_time", "sid")} == {
        name: before[name] for name in ("iss", "sub", "aud", "auth_time", "sid")
    }
    assert "nonce" not in after
    assert shop.userinfo(second["access_token"]).status_code == 200


def test_o20_an_old_one_ends_the_family(shop: RelyingParty) -> None:
    first = shop.tokens()
    second = shop.refresh(first["refresh_token"]).json()
    third = shop.refresh(second["refresh_token"]).json()
    assert refused(shop.refresh(first["refresh_token"]))
    assert refused(shop.refresh(third["refresh_token"]))
    assert shop.userinfo(third["access_token"]).status_code == 401


def test_the_other_families_of_the_customer_go_on(shop: RelyingParty) -> None:
    one, other = shop.tokens(), shop.tokens()
    shop.refresh(one["refresh_token"])
    assert refused(shop.refresh(one["refresh_token"]))
    assert shop.refresh(other["refresh_token"]).status_code == 200


def test_an_access_token_doesnt_tell_how_the_refresh_token_begins(shop: RelyingParty) -> None:
    tokens = shop.tokens()
    family = tokens["refresh_token"].partition(".")[0]
    assert family not in str(shop.accepts(tokens["access_token"]))


def test_it_is_bound_to_its_client(shop: RelyingParty, app: RelyingParty) -> None:
    token = shop.tokens()["refresh_token"]
    assert refused(app.refresh(token))
    assert shop.refresh(token).status_code == 200


def test_o25_scopes_may_become_fewer_for_one_use_but_never_more(shop: RelyingParty) -> None:
    first = shop.tokens(scope="openid email offline_access")
    narrow = shop.refresh(first["refresh_token"], scope="openid openid").json()
    assert narrow["scope"] == "openid"
    assert shop.userinfo(narrow["access_token"]).json().keys() == {"sub"}
    assert refused(shop.refresh(narrow["refresh_token"], scope="openid profile"), "invalid_scope")
    # The refusal left no trace: the same token still works, for all that was granted at first.
    assert shop.refresh(narrow["refresh_token"]).json()["scope"] == "openid email offline_access"


@pytest.mark.parametrize(("days", "is_good"), [(13, True), (15, False)])
def test_o22_it_expires_when_idle(
    app: RelyingParty, time_machine: TimeMachineFixture, days: int, is_good: bool
) -> None:
    token = app.tokens()["refresh_token"]
    time_machine.move_to(datetime.now(UTC) + timedelta(days=days), tick=True)
    assert (app.refresh(token).status_code == 200) is is_good


def test_o22_it_expires_for_good_however_busy(app: RelyingParty, time_machine: TimeMachineFixture) -> None:
    token, begin = app.tokens()["refresh_token"], datetime.now(UTC)
    for day in range(10, 90, 10):
        time_machine.move_to(begin + timedelta(days=day), tick=True)
        token = app.refresh(token).json()["refresh_token"]
    time_machine.move_to(begin + timedelta(days=91), tick=True)
    assert refused(app.refresh(token))


@pytest.mark.parametrize("token", ["", ".", "a.b", "0" * 32, "0" * 32 + ".", "0" * 32 + ".x", "\0", "ü" * 32 + ".x"])
def test_garbage_is_refused(shop: RelyingParty, token: str) -> None:
    answer = shop.refresh(token)
    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_grant", "invalid_request"}
