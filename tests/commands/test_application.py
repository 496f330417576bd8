import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django_tenants.utils import tenant_context
from joserfc.jwk import ECKey

from accounts.models import Account
from applications.models import Application
from applications.policies.grants import DEVICE_CODE, TOKEN_EXCHANGE
from tenants.models import Tenant
from tests.commands.conftest import Run

WEB = ("application", "register", "--tenant", "acme", "--name", "Shop", "--type", "web")


def test_a_web_application_gets_a_client_id_a_secret_and_its_issuer(run: Run, say: Any, acme: Tenant) -> None:
    answer = run(
        *WEB,
        *("--redirect-uri", "https://shop.example/a", "--redirect-uri", "http://localhost:3000/b"),
        *("--post-logout-redirect-uri", "https://shop.example/bye", "--scope", "orders.read"),
        *("--grant", "authorization_code", "--grant", "refresh_token"),
    )

    assert set(answer) == {"client_id", "client_secret", "issuer"}
    assert answer["issuer"].endswith("/oidc")
    with tenant_context(acme):
        shop = Application.objects.get(client_id=answer["client_id"])
        assert shop.redirect_uri_list == ["https://shop.example/a", "http://localhost:3000/b"]
        assert shop.post_logout_redirect_uri_list == ["https://shop.example/bye"]
        assert shop.scopes == "orders.read"
        assert shop.grant_types == ("authorization_code", "refresh_token")
        assert shop.user_flow.is_default
        secret = shop.secrets.get()
    assert answer["client_secret"].startswith(secret.hint)
    assert answer["client_secret"] not in secret.digest
    assert "shown this once" in say(*WEB[:4], "--name", "Shop 2", "--type", "web")


@pytest.mark.parametrize("kind", ["spa", "native"])
def test_a_public_application_gets_no_secret(run: Run, acme: Tenant, kind: str) -> None:
    answer = run("application", "register", "--tenant", "acme", "--name", "Shop", "--type", kind)

    assert answer["client_secret"] is None


def test_a_key_pair_instead_of_a_secret(run: Run, acme: Tenant, tmp_path: Path) -> None:
    keys = json.dumps({"keys": [ECKey.generate_key("P-256").as_dict(private=False)]})
    path = tmp_path / "jwks.json"
    path.write_text(keys)
    with_keys = ("--auth-method", "private_key_jwt")
    for where in (("--jwks", str(path)), ("--jwks", "-"), ("--jwks-uri", "https://shop.example/jwks")):
        answer = run(*WEB, *with_keys, *where, typed=keys)
        assert set(answer) == {"client_id", "client_secret", "issuer"}
        assert answer["client_secret"] is None
        with tenant_context(acme):
            shop = Application.objects.get(client_id=answer["client_id"])
            assert shop.uses_key_pair
            assert bool(shop.jwks) != bool(shop.jwks_uri)


def test_pkce_is_required_unless_said_otherwise(run: Run, acme: Tenant) -> None:
    usual, old = run(*WEB), run(*WEB, "--no-pkce")
    with tenant_context(acme):
        assert Application.objects.get(client_id=usual["client_id"]).requires_pkce
        assert not Application.objects.get(client_id=old["client_id"]).requires_pkce
    with pytest.raises(CommandError, match="--no-pkce: Only a web application"):
        run(*WEB[:4], "--name", "Shop", "--type", "spa", "--no-pkce")


def test_the_user_flow_is_found_by_its_name(run: Run, acme: Tenant) -> None:
    run("userflow", "create", "--tenant", "acme", "--name", "Club")
    answer = run(*WEB, "--user-flow", "Club")

    with tenant_context(acme):
        assert Application.objects.get(client_id=answer["client_id"]).user_flow.name == "Club"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--redirect-uri", "http://shop.example/"), "--redirect-uri: http://shop.example/: Use https"),
        (("--redirect-uri", "https://*.example/"), "Wildcards aren’t allowed"),
        (("--backchannel-logout-uri", "http://shop.example/"), "--backchannel-logout-uri: Use https"),
        (("--backchannel-logout-uri", "https://10.0.0.1/"), "--backchannel-logout-uri: The address is internal"),
        (
            ("--frontchannel-logout-uri", "https://elsewhere.example/"),
            "--frontchannel-logout-uri: Use the scheme, host",
        ),
        (("--auth-method", "private_key_jwt"), "--jwks: Paste the public keys, or enter their address"),
        (("--jwks-uri", "https://shop.example/jwks"), "--jwks-uri: Only an application that uses private_key_jwt"),
        (("--auth-method", "private_key_jwt", "--jwks", "/nowhere"), "--jwks: /nowhere can't be read"),
        (("--auth-method", "private_key_jwt", "--jwks-uri", "file:///a"), "--jwks-uri: Begin the address with https"),
        (("--grant", "password"), "An application of type web can’t use password"),
        (("--user-flow", "Nothing"), "There are: “Sign up and sign in”"),
        (("--auth-method", "none"), "every other kind authenticates"),
        (("--secret-days", "9000000000"), "--secret-days: Write a whole number from 1 to"),
        (("--scope", "two words"), "--scope"),
    ],
)
def test_what_is_not_possible_is_refused_and_leaves_nothing(run: Run, acme: Tenant, words: Any, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence.replace("*", r"\*")):
        run(*WEB, *words)

    with tenant_context(acme):
        assert not Application.objects.filter(name="Shop").exists()


def test_it_can_be_told_of_sign_outs(run: Run, acme: Tenant) -> None:
    answer = run(*WEB, "--backchannel-logout-uri", "https://shop.example/signed-out")

    assert answer.keys() == {"client_id", "client_secret", "issuer"}
    with tenant_context(acme):
        registered = Application.objects.get(client_id=answer["client_id"])
    assert registered.backchannel_logout_uri == "https://shop.example/signed-out"


def test_a_service_uses_client_credentials_alone(run: Run, acme: Tenant) -> None:
    with pytest.raises(CommandError, match="only: client_credentials"):
        run(*WEB[:4], "--name", "Shop", "--type", "service", "--grant", "authorization_code")

    assert run(*WEB[:4], "--name", "Shop", "--type", "service", "--grant", "client_credentials")["client_secret"]


def test_the_list_holds_the_tenants_own(run: Run, acme: Tenant, bookshop: Application, gadgets: Application) -> None:
    names = [row["name"] for row in run("application", "list", "--tenant", "acme")["applications"]]

    assert "Bookshop" in names
    assert "Gadgets" not in names


def grants_of(client_id: Any) -> Any:
    return set(Application.objects.get(client_id=client_id).grant_types)


def test_without_a_choice_it_may_use_what_is_usual_for_its_type(run: Run, acme: Tenant) -> None:
    usual = {
        "web": {"authorization_code", "refresh_token", "client_credentials"},
        "spa": {"authorization_code", "refresh_token"},
        "native": {"authorization_code", "refresh_token"},
        "service": {"client_credentials"},
    }
    for kind, grants in usual.items():
        answer = run("application", "register", "--tenant", "acme", "--name", kind, "--type", kind)
        with tenant_context(acme):
            assert grants_of(answer["client_id"]) == grants


def test_o36_it_may_use_the_grants_named_and_no_others(run: Run, acme: Tenant) -> None:
    one = run(*WEB, "--grant", "authorization_code")
    long_names = run(*WEB, "--grant", "authorization_code", "--grant", DEVICE_CODE, "--grant", TOKEN_EXCHANGE)
    with tenant_context(acme):
        assert grants_of(one["client_id"]) == {"authorization_code"}
        assert grants_of(long_names["client_id"]) == {"authorization_code", DEVICE_CODE, TOKEN_EXCHANGE}


def test_grants_are_shown_narrowed_and_turned_on_and_off(run: Run, acme: Tenant) -> None:
    device = run("application", "register", "--tenant", "acme", "--name", "TV", "--type", "native", "--device-code")
    change = ("application", "grants", "--tenant", "acme", "--client-id", device["client_id"])
    assert run(*change)["grant_types"] == ["authorization_code", "refresh_token", DEVICE_CODE]
    assert run(*change, "--no-device-code")["grant_types"] == ["authorization_code", "refresh_token"]
    assert run(*change, "--device-code")["grant_types"] == ["authorization_code", "refresh_token", DEVICE_CODE]
    assert run(*change, "--grant", DEVICE_CODE)["grant_types"] == [DEVICE_CODE]
    assert run(*change)["grant_types"] == [DEVICE_CODE]


def test_second_factors_are_chosen_by_command_as_on_the_settings_page(run: Run, acme: Tenant) -> None:
    chosen = ("--ask-second-factor", "always", "--second-factor", "passkey", "--second-factor", "app")
    shop = run(*WEB, *chosen)["client_id"]
    of_shop = ("application", "second-factor", "--tenant", "acme", "--client-id", shop)
    assert run(*of_shop) == {"client_id": shop, "second_factor": "always", "second_factors": ["app", "passkey"]}
    never = run(*of_shop, "--ask-second-factor", "never", "--second-factor", "as-the-flow")
    assert never == {"client_id": shop, "second_factor": "never", "second_factors": []}
    assert run(*of_shop, "--ask-second-factor", "as-the-flow")["second_factor"] == ""


@pytest.mark.parametrize(
    "words",
    [
        (*WEB[:4], "--name", "Shop", "--type", "native", "--token-exchange"),
        (*WEB[:4], "--name", "Shop", "--type", "spa", "--device-code"),
        (*WEB, "--grant", "password"),
        (*WEB, "--grant", "refresh_token"),
    ],
)
def test_grants_that_make_no_sense_are_refused(run: Run, acme: Tenant, words: Any) -> None:
    with pytest.raises(CommandError, match=r"^--grant: "):
        run(*words)
    with tenant_context(acme):
        assert not Application.objects.filter(name="Shop").exists()


def test_a_customer_is_found_by_the_id_that_an_application_knows_them_by(
    run: Run, acme: Tenant, bookshop: Application, carol: Account
) -> None:
    named = ("application", "subjects", "--tenant", "acme", "--client-id", bookshop.client_id)
    assert run(*named, "--email", carol.email)["subject"] == str(carol.pk)
    own = run(*named, "--subject-type", "pairwise", "--email", carol.email)
    assert (own["subject_type"], own["subject"] != str(carol.pk)) == ("pairwise", True)
    assert run(*named, "--subject", own["subject"])["email"] == carol.email
    with pytest.raises(CommandError, match="knows no customer by this ID"):
        run(*named, "--subject", str(carol.pk))
    with tenant_context(acme):
        Application.objects.update(last_used_on="2026-11-29")
    with pytest.raises(CommandError, match="treat each as someone new"):
        run(*named, "--subject-type", "public")
    assert run(*named, "--subject-type", "public", "--accept-new-subjects")["subject_type"] == "public"


def test_fapi_is_turned_on_once_nothing_stands_in_the_way(run: Run, acme: Tenant, tmp_path: Path) -> None:
    shop = run(*WEB)["client_id"]
    fapi = ("application", "fapi", "--tenant", "acme", "--client-id", shop)
    with pytest.raises(CommandError, match=r"FAPI 2\.0 requires: It proves who it is"):
        run(*fapi, "--turn", "on")
    assert (run(*fapi)["follows_fapi"], run(*fapi)["unmet"][0]) == (False, "auth_method")
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [ECKey.generate_key("P-256").as_dict(private=False)]}))
    uris = ("--redirect-uri", "https://bank.example/callback")
    bank = (*WEB[:4], "--name", "Bank", "--type", "web", *uris, "--auth-method", "private_key_jwt", "--jwks", str(keys))
    fapi = (*fapi[:-1], run(*bank)["client_id"])
    turned = run(*fapi, "--turn", "on", "--requires-signed-requests")
    assert (turned["follows_fapi"], turned["requires_signed_requests"], turned["unmet"]) == (True, True, [])
    assert run(*fapi, "--turn", "off", "--no-requires-signed-requests")["follows_fapi"] is False


def test_one_that_was_deleted_is_listed_restored_or_forgotten(
    run: Run, acme: Tenant, bookshop: Application, mobile: Application
) -> None:
    def about(verb: str, application: Application) -> Any:
        return run("application", verb, "--tenant", "acme", "--client-id", application.client_id)

    def names(verb: str) -> set[str]:
        return {row["name"] for row in run("application", verb, "--tenant", "acme")["applications"]}

    for application in (bookshop, mobile):
        about("delete", application)
    assert names("deleted") == {"Bookshop", "Mobile"}
    assert not {"Bookshop", "Mobile"} & names("list")

    assert about("restore", bookshop)["client_id"] == bookshop.client_id
    about("purge", mobile)

    assert not names("deleted")
    assert "Bookshop" in names("list")
    for verb in ("restore", "purge"):
        with pytest.raises(CommandError, match="within the last 30 days"):
            about(verb, mobile)
