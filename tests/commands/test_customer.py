"""`manage.py customer`: what administrators do to one customer in the portal, without it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from accounts.factors.phones import set_phone
from accounts.finding.services import save_view
from accounts.identity.services.accounts import update_profile
from accounts.identity.services.groups import add_to_group, create_group
from accounts.models import Account, Block
from applications.models import Application
from audit.models import Event
from audit.services import Actor
from providers.description import usual
from providers.models import LinkedIdentity
from providers.services import create_provider
from tenants.models import Tenant
from tests.commands.conftest import Run
from tests.userflows.customer import Customer, mails_to
from tests.userflows.factors.authenticator import Authenticator, with_passkey
from tests.worker import run_jobs
from userflows.factors.recoveries import begin
from userflows.rows.mail_links import MailLink

KIM = "kim@acme.example"
DEEDS = (
    "unblock",
    "unlock",
    "send-password-link",
    "require-new-password",
    "remove-password",
    "end-sessions",
    "delete",
    "restore",
)


def to(verb: str, email: str, *more: str, tenant: str = "acme") -> tuple[str, ...]:
    return ("customer", verb, "--tenant", tenant, "--email", email, *more)


def test_a_customer_is_invited_and_the_invitation_withdrawn(run: Run, acme: Tenant) -> None:
    answer = run(*to("invite", KIM, "--attribute", "givenName=Kim", "--language", "fr"))
    run(*to("invite-again", KIM))
    run_jobs()

    assert answer["state"] == "invited"
    with tenant_context(acme):
        assert len(mails_to(KIM)) == 1
    assert run(*to("withdraw-invitation", KIM))["email"] == KIM
    with pytest.raises(CommandError, match="No customer of this tenant has the address"):
        run(*to("show", KIM))


def test_no_one_reads_that_a_link_is_on_its_way_while_nothing_leaves(
    say: Callable[..., str], acme: Tenant, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, several = to("send-password-link", carol.email), ("customer", "bulk", "send-password-link", "--tenant", "acme")
    assert "stays in the outbox and reaches no one" in say(*one)
    assert "these emails stay in the outbox" in say(*several, "--search", "carol")
    for place in ("commands.management.commands.customer", "commands.customers.several"):
        monkeypatch.setattr(f"{place}.keeps_messages", lambda: False)
    assert f"A link is on its way to {carol.email}." in say(*one)
    assert "outbox" not in say(*several, "--search", "carol")


def test_an_invitation_says_something_and_leads_to_an_application(
    run: Run, acme: Tenant, bookshop: Application
) -> None:
    run(*to("invite", KIM, "--message", "Your books wait.", "--client-id", bookshop.client_id))
    run_jobs()
    with tenant_context(acme):
        assert "> Your books wait." in mails_to(KIM)[0].text
        assert MailLink.objects.get().client_id == bookshop.client_id
    with pytest.raises(CommandError, match="--client-id: Choose an application that customers sign in to"):
        run(*to("invite", "lee@acme.example", "--client-id", "bookshop"))


def test_a_customer_is_named_by_their_user_name(run: Run, acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(user_name="carol.c")
    assert run(*to("show", "Carol.C"))["email"] == carol.email
    with pytest.raises(CommandError, match="No customer of this tenant has the user name"):
        run(*to("show", "eve"))


def test_a_customer_is_found_changed_and_renamed(run: Run, acme: Tenant, carol: Account) -> None:
    run(*to("change", carol.email, "--attribute", "surname=Cooper", "--attribute", "loyaltyNumber="))
    found = run("customer", "find", "--tenant", "acme", "--search", "cooper")["customers"]
    assert [row["email"] for row in found] == [carol.email]

    assert run(*to("change-email", carol.email, "--to", "carol@new.example"))["email_verified"] is False
    assert (
        run("customer", "find", "--tenant", "acme", "--state", "blocked")["customers"][0]["email"] == "dan@acme.example"
    )


def test_customers_are_found_and_exported_by_the_filters_of_the_list(
    run: Run, acme: Tenant, carol: Account, dan: Account, tmp_path: Path
) -> None:
    with tenant_context(acme):
        set_phone(carol, number="+441632960001", actor=Actor.command())
        update_profile(carol, attributes={"country": "FR"}, actor=Actor.command())
        provider = create_provider(
            replace(usual("github"), client_id="acme", name="GitHub"), secret="s" * 40, actor=Actor.command()
        )
        LinkedIdentity.objects.create(provider=provider, issuer=provider.issuer, subject="carol", account=carol)
        group = create_group(name="Wholesale", actor=Actor.command())
        add_to_group(group, account=carol, actor=Actor.command())
    all_of_it = (
        *("--factor", "phone", "--country", "France", "--provider", "GitHub", "--group", "wholesale"),
        *("--attribute", "loyaltyNumber=c-1001", "--verified", "yes", "--password", "has"),
        *("--signed-up-since", "2020-01-01", "--never-signed-in", "--search", "carol", "--state", "active"),
    )

    found = run("customer", "find", "--tenant", "acme", *all_of_it)["customers"]
    assert [row["email"] for row in found] == [carol.email]
    rest = run("customer", "find", "--tenant", "acme", "--factor", "none")["customers"]
    assert [row["email"] for row in rest] == [dan.email]
    file = tmp_path / "french.csv"
    run("customer", "export", str(file), "--tenant", "acme", "--column", "email", "--country", "FR")
    assert file.read_text(encoding="utf-8-sig").split() == ['"email"', f'"{carol.email}"']
    with tenant_context(acme):
        assert Event.objects.get(action="customers.exported").details["filter"] == "country=FR"


def test_a_view_is_asked_for_by_its_name_whoever_has_it(
    run: Run, acme: Tenant, ada: Account, olga: Account, carol: Account, dan: Account, tmp_path: Path
) -> None:
    def save(owner: Account, name: str, query: str, *, is_shared: bool) -> None:
        save_view(administrator_id=owner.pk, name=name, query=query, is_shared=is_shared, actor=Actor.command())

    def find(*words: str) -> list[str]:
        return [row["email"] for row in run("customer", "find", "--tenant", "acme", *words)["customers"]]

    with tenant_context(acme):
        save(ada, "Trouble", "state=blocked&sort=email&columns=id", is_shared=True)
        save(ada, "Mine", "attribute=loyaltyNumber%3DC-1001", is_shared=False)
        save(ada, "Gone", f"group={carol.pk}", is_shared=True)
    assert find("--view", "trouble") == [dan.email]
    assert find("--view", "Mine", "--as", ada.email) == [carol.email]
    file = tmp_path / "trouble.csv"
    run("customer", "export", str(file), "--tenant", "acme", "--column", "email", "--view", "Trouble")
    assert file.read_text(encoding="utf-8-sig").split() == ['"email"', f'"{dan.email}"']
    with tenant_context(acme):
        assert "state=blocked" in Event.objects.get(action="customers.exported").details["filter"]
        save(olga, "Trouble", "state=active", is_shared=True)
    assert find("--view", "Trouble", "--as", olga.email) == [carol.email]
    with CaptureQueriesContext(connection) as asked:
        find("--view", "Trouble", "--as", olga.email)
    # Home may be at another release's state, with other columns.
    assert not [each["sql"] for each in asked if 'canonical_email" =' in each["sql"] and "given_name" in each["sql"]]
    for words, sentence in {
        ("--view", "Mine"): "no view “Mine” is shared",
        ("--view", "Mine", "--as", olga.email): "has no view “Mine”",
        ("--view", "Trouble"): "several administrators share",
        ("--view", "Gone"): "a filter can't be read any more: Group: ",
        ("--view", "Mine", "--country", "FR"): "in the place of other filters",
        ("--as", ada.email): "say by --view",
    }.items():
        with pytest.raises(CommandError, match=sentence):
            find(*words)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--operation", "x"], "There is no bulk operation with this ID"),
        (["--attribute", "shoe=42"], "--attribute: write the name of an attribute"),
        (["--country", "Atlantis"], "--country: "),
        (["--language", "tlh"], "--language: there is no language tlh"),
        (["--group", "nobody"], "There is no group nobody"),
        (["--provider", "x' OR 1=1"], "There is no identity provider"),
        (["--application", "x"], "There is no application with this client ID"),
        (["--signed-in-since", "soon"], "--signed-in-since: "),
    ],
)
def test_a_filter_that_nobody_can_mean_is_refused(run: Run, acme: Tenant, words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("customer", "find", "--tenant", "acme", *words)


def test_a_customer_is_blocked_with_a_reason_and_for_a_time(run: Run, acme: Tenant, carol: Account) -> None:
    assert run(*to("block", carol.email, "--reason", "Chargebacks", "--for", "1d"))["state"] == "blocked"

    with tenant_context(acme):
        assert Block.objects.get(account=carol).reason == "Chargebacks"
        assert Account.objects.get(pk=carol.pk).blocked_until
    assert run(*to("unblock", carol.email))["state"] == "active"
    assert Customer(acme).sign_in(carol.email).status_code == 200


def test_each_deed_is_noted_as_done_by_a_command(run: Run, acme: Tenant, carol: Account) -> None:
    for verb in DEEDS:
        assert run(*to(verb, carol.email))["email"] == carol.email
    run(*to("purge", carol.email))

    with tenant_context(acme):
        noted = Event.objects.filter(target_id=str(carol.pk)).exclude(action="customer.created")
        assert {event.actor_kind for event in noted} == {"command"}
        assert noted.count() == len(DEEDS) + 1
        assert not Account.objects.filter(pk=carol.pk).exists()


@pytest.mark.parametrize("verb", [*DEEDS, "invite", "block", "purge", "show"])
def test_p29_no_word_reaches_an_administrator(run: Run, home: Tenant, ada: Account, verb: str) -> None:
    with pytest.raises(CommandError, match="administrators"):
        run(*to(verb, ada.email, tenant="home"))


def test_lost_passkeys_are_taken_away(run: Run, acme: Tenant, carol: Account) -> None:
    laptop = Authenticator()
    for _ in range(2):
        with_passkey(acme, carol, laptop)
    assert run(*to("show", carol.email))["has_passkey"] is True
    assert run(*to("remove-passkeys", carol.email))["has_passkey"] is False
    run_jobs()
    with tenant_context(acme):
        assert len(mails_to(carol.email)) == 2


def test_one_passkey_is_taken_away_and_the_others_stay(run: Run, acme: Tenant, carol: Account) -> None:
    lost, kept = (with_passkey(acme, carol, Authenticator()) for _ in range(2))
    named = run(*to("show", carol.email))["passkeys"]
    assert [each["id"] for each in named] == [str(lost.pk), str(kept.pk)]

    with pytest.raises(CommandError, match=f"2 passkeys “{lost.name}”. Name one by its ID: {lost.pk}"):
        run(*to("remove-passkey", carol.email, "--passkey", lost.name))
    assert run(*to("remove-passkey", carol.email, "--passkey", str(lost.pk), "--reason", "Lost"))["has_passkey"] is True
    assert [each["id"] for each in run(*to("show", carol.email))["passkeys"]] == [str(kept.pk)]
    assert run(*to("remove-passkey", carol.email, "--passkey", kept.name))["has_passkey"] is False
    with pytest.raises(CommandError, match="has no passkeys “Laptop”"):
        run(*to("remove-passkey", carol.email, "--passkey", "Laptop"))
    run_jobs()
    with tenant_context(acme):
        assert len(mails_to(carol.email)) == 2


def test_a_provider_is_unlinked_and_its_customer_told(run: Run, acme: Tenant, carol: Account, dan: Account) -> None:
    with tenant_context(acme):
        wished = replace(usual("github"), client_id="acme", name="GitHub")
        provider = create_provider(wished, secret="s" * 40, actor=Actor.command())
        for account, subject in ((carol, "carol"), (dan, "dan")):
            LinkedIdentity.objects.create(
                provider=provider, issuer=provider.issuer, subject=subject, account=account, email=account.email
            )
    [identity] = run(*to("show", carol.email))["identities"]
    assert (identity["provider"], identity["subject"]) == (provider.name, "carol")
    # Another customer's identity can't be named.
    with pytest.raises(CommandError, match="has no identities"):
        run(*to("unlink-provider", dan.email, "--identity", identity["id"]))

    run(*to("unlink-provider", carol.email, "--identity", provider.name))

    run_jobs()
    assert run(*to("show", carol.email))["identities"] == []
    assert len(run(*to("show", dan.email))["identities"]) == 1
    with tenant_context(acme):
        assert len(mails_to(carol.email)) == 1


def test_a_recovery_is_ended_and_taken_back_from_the_shell(run: Run, acme: Tenant, carol: Account) -> None:
    with_passkey(acme, carol, Authenticator())
    assert run("tenant", "recovery", "--tenant", "acme", "--wait-hours", "24") == {"wait_hours": 24, "accounts": 0}
    for verb, is_over in (("stop-recovery", False), ("hasten-recovery", True)):
        with tenant_context(acme):
            begin(Account.objects.get(pk=carol.pk), from_where="")
        assert run(*to("show", carol.email))["recovers_at"]
        answer = run(*to(verb, carol.email))
        assert (answer["recovers_at"], answer["has_passkey"]) == (None, not is_over)
    assert run(*to("return-factors", carol.email))["has_passkey"] is True
