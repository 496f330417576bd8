"""Whose word counts for an address, and by which name a provider may call itself."""

from typing import Any

import pytest

from providers.policies import asked_besides, expected_issuer, is_issuer_of, vouches_for

COMMON = "https://login.microsoftonline.com/common/v2.0"
TEMPLATE = "https://login.microsoftonline.com/{tenantid}/v2.0"
TENANT = "8a1c6e4e-0000-4000-8000-00000000002a"


@pytest.mark.parametrize(
    ("kind", "email", "claims", "counts"),
    [
        ("oidc", "c@new.example", {"email_verified": True}, True),
        ("oidc", "c@new.example", {"email_verified": "true"}, True),
        ("oidc", "c@new.example", {"email_verified": "yes"}, False),
        ("oidc", "c@new.example", {"email_verified": 2}, False),
        ("oidc", "c@new.example", {}, False),
        ("google", "c@gmail.com", {"email_verified": True}, True),
        ("google", "c@new.example", {"email_verified": True, "hd": "new.example"}, True),
        # Somebody typed a code that came to it, once.
        ("google", "c@new.example", {"email_verified": True}, False),
        # Whoever administers a tenant there may type any address in.
        ("microsoft", "c@new.example", {"email_verified": True}, False),
        ("microsoft", "c@new.example", {"xms_edov": True}, True),
        ("microsoft", "c@new.example", {"xms_edov": "1"}, True),
        ("microsoft", "c@new.example", {"xms_edov": False}, False),
        ("apple", "c@privaterelay.appleid.com", {"email_verified": "true"}, True),
        ("apple", "c@private.icloud.com", {"email_verified": True}, True),
        ("apple", "c@icloud.com", {}, False),
        ("apple", "c@new.example", {"email_verified": "true"}, False),
        ("saml", "c@new.example", {}, True),
    ],
)
def test_a20_what_a_provider_says_of_an_address(kind: str, email: str, claims: dict[str, Any], counts: bool) -> None:
    assert vouches_for(email, claims, kind=kind, trust="all", trusted_domains=()) is counts
    assert not vouches_for(email, claims, kind=kind, trust="none", trusted_domains=())
    domain = email.partition("@")[2]
    assert vouches_for(email.upper(), claims, kind=kind, trust="domains", trusted_domains=[domain]) is counts
    for other in (f"x{domain}", f"sub.{domain}", "example"):
        assert not vouches_for(email, claims, kind=kind, trust="domains", trusted_domains=[other])


@pytest.mark.parametrize(
    ("found", "wanted", "kind", "is_it"),
    [
        ("https://id.example", "https://id.example", "oidc", True),
        ("https://id.example/", "https://id.example", "oidc", False),
        ("https://evil.example", "https://id.example", "oidc", False),
        (TEMPLATE, COMMON, "oidc", False),
        (TEMPLATE, COMMON, "microsoft", True),
        (TEMPLATE.replace("{tenantid}", TENANT), COMMON, "microsoft", True),
        (TEMPLATE.replace("login", "evil"), COMMON, "microsoft", False),
        ("https://login.microsoftonline.com/{tenantid}/v2.0/more", COMMON, "microsoft", False),
    ],
)
def test_a23_a_provider_has_one_name(found: str, wanted: str, kind: str, is_it: bool) -> None:
    assert is_issuer_of(found, wanted=wanted, kind=kind) is is_it


def test_a_token_of_microsofts_names_the_tenant_it_is_from() -> None:
    assert expected_issuer(TEMPLATE, {"tid": TENANT}) == f"https://login.microsoftonline.com/{TENANT}/v2.0"
    assert expected_issuer(TEMPLATE, {}) == "https://login.microsoftonline.com//v2.0"
    assert expected_issuer("https://id.example", {"tid": TENANT}) == "https://id.example"


@pytest.mark.parametrize(
    ("kind", "anew", "choice"),
    [
        ("oidc", {"prompt": "login"}, {"prompt": "select_account"}),
        ("microsoft", {"prompt": "login"}, {"prompt": "select_account"}),
        # They take the request for a mistake, or for nothing.
        ("google", {"prompt": "select_account"}, {"prompt": "select_account"}),
        ("github", {"prompt": "select_account"}, {"prompt": "select_account"}),
        ("apple", {}, {}),
        ("facebook", {"auth_type": "reauthenticate"}, {}),
    ],
)
def test_each_is_asked_in_its_own_words(kind: str, anew: dict[str, str], choice: dict[str, str]) -> None:
    assert asked_besides(kind, known=(), asks_anew=True, offers_choice=False) == anew
    assert asked_besides(kind, known=(), asks_anew=False, offers_choice=True) == choice
    assert asked_besides(kind, known=(), asks_anew=False, offers_choice=False) == {}
    # Whatever it says of itself: whoever shall prove something proves it.
    assert asked_besides(kind, known=("none",), asks_anew=True, offers_choice=False) == (
        {} if kind in {"google", "github"} else anew
    )
