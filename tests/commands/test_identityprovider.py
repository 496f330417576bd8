from pathlib import Path

import pytest
from django.core.management import CommandError
from django_tenants.utils import tenant_context

from providers.models import IdentityProvider
from providers.relying_party import fetched
from tenants.addressing import base_url
from tenants.models import Tenant
from tests.commands.conftest import Run
from tests.providers import saml
from tests.providers.elsewhere import CLIENT_ID, ISSUER, SECRET, Elsewhere, answer_of
from tests.providers.others import KEY_FILE, KEY_ID, SERVICES_ID, TEAM_ID
from userflows.models import UserFlow

AT_ACME = ("--tenant", "acme")


def test_a_provider_is_added_offered_tested_switched_off_and_deleted(
    run: Run, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Elsewhere()
    monkeypatch.setattr(fetched, "call", server.call)
    added = run(
        *("identityprovider", "add", *AT_ACME, "--name", "Elsewhere", "--issuer", ISSUER, "--client-id", CLIENT_ID),
        *(
            "--secret-stdin",
            "--claim",
            "givenName=given_name",
            "--trust",
            "domains",
            "--trusted-domain",
            "acme.example",
        ),
        typed=f"{SECRET}\n",
    )
    assert added["redirect_uris"] == [f"{base_url(acme)}/providers/{added['id']}/callback"]
    assert (added["claims"], added["trust"]) == ({"givenName": "given_name"}, "domains")
    one = (*AT_ACME, "--id", added["id"])

    run("userflow", "create", *AT_ACME, "--name", "Club", "--method", "code", "--method", added["method"])
    server.spoils = {"token": lambda: answer_of({"error": "invalid_grant"}, status=400)}
    tested = run("identityprovider", "test", *one)
    assert {finding["state"] for finding in tested["findings"]} == {"good"}
    server.spoils = {"token": lambda: answer_of({"error": "invalid_client"}, status=401)}
    with pytest.raises(CommandError, match="secret or key"):
        run("identityprovider", "test", *one)
    assert run("identityprovider", "change", *one, "--off")["is_on"] is False
    assert run("identityprovider", "list", *AT_ACME)["identity_providers"][0]["id"] == added["id"]

    run("identityprovider", "delete", *one)

    with tenant_context(acme):
        assert not IdentityProvider.objects.exists()
        assert UserFlow.objects.get(name="Club").methods == ["code"]


def test_apples_key_is_read_from_standard_input_and_no_kind_takes_what_it_does_not_have(run: Run, acme: Tenant) -> None:
    named = (*AT_ACME, "--client-id", SERVICES_ID)
    apples = ("--kind", "apple", "--team-id", TEAM_ID, "--key-id", KEY_ID, "--secret-stdin")
    added = run("identityprovider", "add", *named, *apples, typed=KEY_FILE)
    assert (added["name"], added["team_id"], added["trust"]) == ("Apple", TEAM_ID, "all")

    with pytest.raises(CommandError, match="--trust: A provider of the kind facebook has no such thing"):
        run("identityprovider", "add", *named, "--kind", "facebook", "--trust", "all", "--secret-stdin", typed="s3cret")


def test_a_saml_provider_is_added_by_a_file_and_tells_by_which_name_it_knows_us(
    run: Run, acme: Tenant, tmp_path: Path
) -> None:
    file = tmp_path / "metadata.xml"
    file.write_text(saml.Provider().metadata())
    named = (*AT_ACME, "--kind", "saml", "--name", "Elsewhere")
    added = run("identityprovider", "add", *named, "--metadata-file", str(file), "--sign-requests")
    assert added["issuer"] == saml.ENTITY_ID
    assert added["entity_id"] == f"{base_url(acme)}/providers/{added['id']}/metadata"
    assert (added["signs_requests"], added["metadata"]) == (True, saml.Provider().metadata())
    one = (*AT_ACME, "--id", added["id"])
    assert run("identityprovider", "change", *one, "--no-sign-requests")["signs_requests"] is False
    assert {each["state"] for each in run("identityprovider", "test", *one)["findings"]} == {"good"}

    with pytest.raises(CommandError, match="--metadata-file"):
        run("identityprovider", "change", *one, "--metadata-file", str(tmp_path / "none.xml"))
    with pytest.raises(CommandError, match="--scope: A provider of the kind saml has no such thing"):
        run("identityprovider", "change", *one, "--scope", "openid")
