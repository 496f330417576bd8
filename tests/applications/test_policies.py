"""Which redirect URIs, scopes and lifetimes may be registered."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.models import Application
from applications.policies.credentials import secret_lifetime_problem
from applications.policies.redirect_uris import matches_redirect_uri, origin_of, redirect_uri_problem
from applications.policies.registration import scope_problem

WEB, SPA, NATIVE = Application.Kind.WEB, Application.Kind.SPA, Application.Kind.NATIVE


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/callback",
        "https://app.example",
        "https://app.example:8443/a/b?tenant=1&x=%20",
        "https://192.0.2.1/callback",
        "https://[2001:db8::1]/callback",
        "https://xn--bcher-kva.example/callback",
        "http://localhost/callback",
        "http://localhost:3000",
        "http://127.0.0.1:8080/callback",
        "http://[::1]/callback",
        "https://app.example/" + "a" * 236,
    ],
)
@pytest.mark.parametrize("kind", [WEB, SPA, NATIVE])
def test_addresses_that_anybody_may_register(uri: str, kind: str) -> None:
    assert redirect_uri_problem(uri, kind=kind) == ""


@pytest.mark.parametrize("uri", ["com.example.app:/callback", "com.example.app://callback", "app.example:/a?b=c"])
def test_rfc8252_7_1_schemes_of_their_own_are_for_native_apps(uri: str) -> None:
    assert redirect_uri_problem(uri, kind=NATIVE) == ""
    assert redirect_uri_problem(uri, kind=WEB)
    assert redirect_uri_problem(uri, kind=SPA)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "app.example/callback",
        "//app.example/callback",
        "https://",
        "https:///callback",
        "https:app.example",
        "http://app.example/callback",
        "http://localhost.evil.example/",
        "http://127.0.0.2/",
        "http://127.1/",
        "https://app.example/callback#part",
        "https://app.example/*",
        "https://*.app.example/",
        "https://user@app.example/",
        "https://user:password@app.example/",
        "https://app.example\\@evil.example/",
        "https://app.example/../callback",
        "https://app.example/./callback",
        "https://app.example/%2e%2e/callback",
        "https://app.example/%252e%252e/callback",
        "https://app.example/a%5cb",
        "https://app.example/a%00b",
        "https://app.example/a%0d%0ab",
        "https://app.example/%zz",
        "https://app.example/a b",
        "https://app.example/a\tb",
        "https://app.example/a\nb",
        "https://app.example/ü",
        "https://App.example/",
        "HTTPS://app.example/",
        "https://app.example:0/",
        "https://app.example:99999/",
        "https://app.example:x/",
        "https://app..example/",
        "https://-app.example/",
        "https://app.example./",
        "https://[::1/",
        "https://app.example/" + "a" * 237,
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://app.example/",
        "myapp:/callback",
        "myapp://callback",
        "urn:ietf:wg:oauth:2.0:oob",
        "com.example.app:",
        "com.example.app:/",
        "com.example.app://user@callback",
        "com.example.app:/../x",
        "com..app:/callback",
        ".com.app:/callback",
        *(f"https://app.example/{character}" for character in "!$'(),;\"<>^`{|}"),
    ],
)
@pytest.mark.parametrize("kind", [WEB, SPA, NATIVE])
def test_o02_to_o05_addresses_that_nobody_may_register(uri: str, kind: str) -> None:
    assert redirect_uri_problem(uri, kind=kind)


@given(st.text(max_size=300), st.sampled_from([WEB, NATIVE]))
def test_whatever_is_typed_gets_an_answer(uri: str, kind: str) -> None:
    if redirect_uri_problem(uri, kind=kind) == "":
        assert matches_redirect_uri(uri, [uri], kind=kind)
        assert origin_of(uri)


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://app.example/callback?x", "https://app.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("com.example.app:/callback", "com.example.app:"),
    ],
)
def test_the_origin_is_what_a_browser_compares(uri: str, origin: str) -> None:
    assert origin_of(uri) == origin


@pytest.mark.parametrize("scope", ["orders.read", "api://orders/.default", "a", "x" * 128])
def test_scopes_that_may_be_registered(scope: str) -> None:
    assert scope_problem(scope) == ""


@pytest.mark.parametrize("scope", ["", "a b", 'a"b', "a\\b", "ü", "a\n", "x" * 129])
def test_scopes_that_may_not(scope: str) -> None:
    assert scope_problem(scope)


@pytest.mark.parametrize(("days", "is_good"), [(-1, False), (0, False), (1, True), (730, True), (732, False)])
def test_a_secret_lasts_two_years_at_most(days: int, is_good: bool) -> None:
    now = datetime.now(UTC)
    assert (secret_lifetime_problem(now + timedelta(days=days), now=now) == "") is is_good
