"""What is kept about an operation is English, and read in the language of whoever looks at it."""

import pytest
from django.utils import translation
from django_tenants.utils import tenant_context

from audit.models import Event
from bulk.models import Operation
from bulk.reports import in_words
from tenants.models import Tenant
from tests.browser import Browser, as_read
from tests.bulk.files import checked, csv_of, uploaded

GERMAN = {"accept-language": "de"}


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("This address is already further up in the file.", "Diese Adresse steht weiter oben in der Datei schon."),
        ("mail: Enter one plain email address.", "mail: Geben Sie eine einzelne E-Mail-Adresse ein."),
        ("a: b: Write yes or no.", "a: b: Schreiben Sie yes oder no."),
        ("This line is longer than 64 KB.", "Diese Zeile ist länger als 64 KB."),
        ("city: Use 64 characters or fewer.", "city: Verwenden Sie höchstens 64 Zeichen."),
        (
            "A file can have at most 1,000,000 customers. Split it.",
            "Eine Datei darf höchstens 1.000.000 Kunden enthalten. Teilen Sie sie auf.",
        ),
        ("This file has more than , columns.", "This file has more than , columns."),
        (
            "The tenant has no room for more customers. 12,000 were brought in or updated.",
            "Der Mandant hat keinen Platz für weitere Kunden. 12.000 wurden importiert oder aktualisiert.",
        ),
        ("people.csv", "people.csv"),
        ("", ""),
        (": ", ": "),
    ],
)
def test_what_was_kept_in_english_is_read_in_german(kept: str, told: str) -> None:
    with translation.override("de"):
        assert as_read(in_words(kept)) == told
    with translation.override("en"):
        assert in_words(kept) == kept


def test_a_german_report_and_an_english_file(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        operation = checked(csv_of(["email", "country"], ["zoe@acme.example", "DE"], ["broken", "DE"]))
    page = f"/tenants/acme/imports/{operation.pk}/"

    told = as_read(ada_portal.get(page, headers=GERMAN).content.decode())
    assert "email: Geben Sie eine einzelne E-Mail-Adresse ein." in told
    assert "1 Kunden importieren" in told
    refused = ada_portal.get(f"{page}refused.csv", headers=GERMAN).getvalue()
    assert b"email: Enter one plain email address." in refused


@pytest.mark.parametrize(
    "name", ["This file has more than , columns.", "This line is longer than 64 KB.", "All customers"]
)
def test_a_file_is_called_as_it_is_called(ada_portal: Browser, acme: Tenant, name: str) -> None:
    with tenant_context(acme):
        uploaded(csv_of(["email"], ["zoe@acme.example"]), name=name)

    assert f"<bdi>{name}</bdi>" in ada_portal.get("/tenants/acme/operations/", headers=GERMAN).content.decode()


def test_what_a_german_administrator_does_is_kept_in_english(ada_portal: Browser, acme: Tenant) -> None:
    sent = {"whom": "found", "action": "block"}
    answer = ada_portal.post("/tenants/acme/customers/selection?state=active", sent, headers=GERMAN)
    ada_portal.post(f"{answer['Location']}start", headers=GERMAN)

    with tenant_context(acme):
        assert Operation.objects.get().subject == "State: Active"
        assert Event.objects.get(action="operation.started").target_name == "Block State: Active"
