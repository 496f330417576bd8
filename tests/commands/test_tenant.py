from typing import Any

import pytest
from django.core.management import CommandError
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account
from audit.models import Event
from oidc.models import SigningKey
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Membership, Tenant
from tests.commands.conftest import Run
from tests.dns_server import serving_dns
from userflows.models import UserFlow


def test_a_new_tenant_works_and_says_where(run: Run, ada: Account) -> None:
    answer = run(
        "tenant", "create", "--name", "Contoso Ltd", "--domain", "Contoso", "--country", "de", "--owner", ada.email
    )

    assert answer["domain"] == "contoso"
    assert answer["name"] == "Contoso Ltd"
    assert answer["issuer"] == f"{answer['base_url']}/oidc"
    with schema_context(PUBLIC):
        tenant = Tenant.objects.get(pk=answer["id"])
        assert tenant.country == "DE"
        assert Membership.objects.get(tenant=tenant).account_id == ada.pk
        assert InstallationEvent.objects.filter(action="tenant.created", actor_kind="command").exists()
    with tenant_context(tenant):
        assert SigningKey.objects.exists()
        assert UserFlow.objects.get(is_default=True).allows_sign_up
        assert Event.objects.exists()


@pytest.mark.parametrize(
    ("domain", "sentence"),
    [("acme", "is taken"), ("a-b", "--domain: Use 1 to 26 letters"), ("admin", "is reserved")],
)
def test_a_domain_that_cannot_be_had_is_refused(run: Run, acme: Tenant, domain: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("tenant", "create", "--name", "Another", "--domain", domain)


def test_a_country_may_be_named(run: Run) -> None:
    run("tenant", "create", "--name", "Another", "--domain", "another", "--country", "Germany")
    assert run("tenant", "show", "--tenant", "another")["country"] == "DE"


@pytest.mark.parametrize("country", ["ZZ", "UK", "Utopia"])
def test_a_country_that_does_not_exist_is_refused(run: Run, country: str) -> None:
    with pytest.raises(CommandError, match="--country: Choose a country or region by its two letters"):
        run("tenant", "create", "--name", "Another", "--domain", "another", "--country", country)


def test_an_owner_nobody_knows_stops_the_founding(run: Run) -> None:
    with pytest.raises(CommandError, match=r"no administrator with the address nobody@portal\.example"):
        run("tenant", "create", "--name", "Another", "--domain", "another", "--owner", "nobody@portal.example")

    with schema_context(PUBLIC):
        assert not Tenant.objects.filter(slug="another").exists()


def test_the_list_begins_with_the_home_tenant(run: Run, say: Any, acme: Tenant, globex: Tenant) -> None:
    tenants = run("tenant", "list")["tenants"]

    assert [tenant["domain"] for tenant in tenants] == ["home", "acme", "globex"]
    assert "globex" in say("tenant", "list")


def test_show_tells_all_about_one(run: Run, acme: Tenant) -> None:
    answer = run("tenant", "show", "--tenant", "acme")

    assert answer["id"] == str(acme.pk)
    assert answer["state"] == "active"


def test_a_tenant_is_suspended_and_resumed(run: Run, acme: Tenant) -> None:
    assert run("tenant", "suspend", "--tenant", "acme")["state"] == "suspended"
    with pytest.raises(CommandError, match="The tenant is already suspended"):
        run("tenant", "suspend", "--tenant", "acme")
    assert run("tenant", "resume", "--tenant", "acme")["state"] == "active"


def test_a_deletion_wants_a_yes_and_can_be_taken_back(run: Run, acme: Tenant) -> None:
    with pytest.raises(CommandError, match="Say --yes"):
        run("tenant", "delete", "--tenant", "acme")
    assert run("tenant", "show", "--tenant", "acme")["state"] == "active"

    assert run("tenant", "delete", "--tenant", "acme", "--yes")["state"] == "deleted"
    with pytest.raises(CommandError, match="Restore it first"):
        run("customer", "create", "--tenant", "acme", "--email", "late@acme.example")
    assert run("tenant", "restore", "--tenant", "acme")["state"] == "active"


def test_the_home_tenant_stays(run: Run, home: Tenant) -> None:
    with pytest.raises(CommandError, match="can’t be suspended or deleted"):
        run("tenant", "delete", "--tenant", "home", "--yes")


def test_a_tenant_nobody_knows_is_named(run: Run) -> None:
    with pytest.raises(CommandError, match="no tenant with the domain “nowhere”"):
        run("tenant", "show", "--tenant", "nowhere")


def test_how_long_sessions_last_is_shown_and_changed(run: Run, acme: Tenant) -> None:
    assert run("tenant", "sessions", "--tenant", "home")["idle_minutes"] == 120
    before = run("tenant", "sessions", "--tenant", "acme")
    assert before == {
        "offers_stay": True,
        "idle_minutes": 1440,
        "lifetime_minutes": 10080,
        "stay_days": 30,
        "offers_several": True,
    }

    run("tenant", "sessions", "--tenant", "acme", "--idle-minutes", "30", "--no-offer-stay", "--no-several-accounts")
    changed = {"idle_minutes": 30, "offers_stay": False, "offers_several": False}
    assert run("tenant", "sessions", "--tenant", "acme") == before | changed
    with pytest.raises(CommandError, match="--several-accounts: Administrators can have only one account in a browser"):
        run("tenant", "sessions", "--tenant", "home", "--several-accounts")

    with pytest.raises(CommandError, match="--stay-days: Choose 1 to 365 days"):
        run("tenant", "sessions", "--tenant", "acme", "--stay-days", "400")


def test_what_passwords_have_to_be_like_is_shown_and_changed(run: Run, acme: Tenant) -> None:
    before = run("tenant", "passwords", "--tenant", "acme")
    assert before["min_length"] == 8
    assert before["blocked_words"] == []

    words = ("--blocked-word", "Bookshop", "--blocked-word", "reading club")
    chosen = run("tenant", "passwords", "--tenant", "acme", "--min-length", "12", "--no-refuse-names", *words)
    assert chosen == before | {
        "min_length": 12,
        "refuses_names": False,
        "blocked_words": ["bookshop", "reading club"],
    }
    assert run("tenant", "passwords", "--tenant", "acme", "--blocked-word", "")["blocked_words"] == []

    with pytest.raises(CommandError, match="--history: Choose 0 to 10"):
        run("tenant", "passwords", "--tenant", "acme", "--history", "11")


def test_a_tenants_own_mail_server_is_chosen_shown_and_dropped(run: Run, acme: Tenant) -> None:
    assert run("tenant", "mail", "--tenant", "acme") == {"host": None}
    with pytest.raises(CommandError, match="--sender-address: Enter the address"):
        run("tenant", "mail", "--tenant", "acme", "--host", "smtp.acme.example")

    chosen = ("--host", "smtp.acme.example", "--sender-address", "login@acme.example")
    shown = run("tenant", "mail", "--tenant", "acme", *chosen)
    assert (shown["host"], shown["port"], shown["has_password"]) == ("smtp.acme.example", 587, False)
    assert run("tenant", "mail", "--tenant", "acme", "--sender-name", "Books")["sender_name"] == "Books"

    here = ("--host", "127.0.0.1", "--port", "9", "--test-to", "ada@portal.example")
    with pytest.raises(CommandError, match="Nothing listens at port 9"):
        run("tenant", "mail", "--tenant", "acme", *here)
    assert run("tenant", "mail", "--tenant", "acme")["host"] == "smtp.acme.example"

    with serving_dns() as zone:
        zone.say("acme.example", "TXT", "v=spf1 a:smtp.acme.example -all")
        checked = run("tenant", "mail", "--tenant", "acme", "--check", "--dkim-selector", "s1")
    assert checked["sender"] == "login@acme.example"
    assert [(each["title"], each["state"]) for each in checked["records"]] == [
        ("SPF", "good"),
        ("DKIM", "bad"),
        ("DMARC", "bad"),
    ]
    assert run("tenant", "mail", "--tenant", "acme")["dkim_selector"] == ""

    assert run("tenant", "mail", "--tenant", "acme", "--drop") == {"host": None}


def test_a_tenants_own_domains_are_added_checked_and_removed(run: Run, acme: Tenant) -> None:
    with pytest.raises(CommandError, match="Leave out the port"):
        run("tenant", "domain", "--tenant", "acme", "--add", "auth.acme.example:443")
    added = run("tenant", "domain", "--tenant", "acme", "--add", "AUTH.acme.example")["domains"]
    assert [(each["domain"], each["state"]) for each in added] == [("auth.acme.example", "waiting")]
    assert added[0]["records"][0]["name"] == "_ciam-challenge.auth.acme.example"

    checked = run("tenant", "domain", "--tenant", "acme", "--check", "auth.acme.example")["domains"][0]
    assert checked["records"][0]["advice"] == "No DNS server answered in time."
    with pytest.raises(CommandError, match="Say --yes"):
        run("tenant", "domain", "--tenant", "acme", "--issuer", "auth.acme.example")
    with pytest.raises(CommandError, match="isn’t live yet"):
        run("tenant", "domain", "--tenant", "acme", "--issuer", "auth.acme.example", "--yes", "--unreached")
    with pytest.raises(CommandError, match="has no domain"):
        run("tenant", "domain", "--tenant", "acme", "--remove", "other.acme.example")
    assert run("tenant", "domain", "--tenant", "acme", "--remove", "auth.acme.example")["domains"] == []


def test_a_tenant_moves_to_another_time_zone(run: Run, acme: Tenant) -> None:
    assert run("tenant", "show", "--tenant", "acme")["time_zone"] == "UTC"
    changed = run("tenant", "change", "--tenant", "acme", "--time-zone", "Europe/Berlin")
    assert (changed["time_zone"], changed["name"], changed["country"]) == ("Europe/Berlin", "Acme", "DE")
    for wrong in ("Berlin", "Europe/Nowhere", "../../etc/passwd", ""):
        with pytest.raises(CommandError, match="--time-zone: Choose a time zone"):
            run("tenant", "change", "--tenant", "acme", "--time-zone", wrong)


def test_limits_are_shown_and_changed_for_all_and_for_one(run: Run, acme: Tenant) -> None:
    usual = {"customers": None, "applications": None, "administrators": None, "domains": 20}
    assert run("tenant", "limits") == run("tenant", "limits", "--tenant", "acme") == usual
    assert run("tenant", "limits", "--applications", "9", "--domains", "0") == usual | {
        "applications": 9,
        "domains": None,
    }
    assert run("tenant", "limits", "--tenant", "acme", "--administrators", "2")["administrators"] == 2
    assert run("tenant", "limits", "--tenant", "acme", "--applications", "0")["applications"] is None
    assert run("tenant", "limits", "--tenant", "acme", "--customers", "7")["applications"] is None
    assert run("tenant", "limits", "--tenant", "acme", "--applications", "as-for-all")["applications"] == 9
    with pytest.raises(CommandError, match="--domains: Write a number"):
        run("tenant", "limits", "--domains", "many")
