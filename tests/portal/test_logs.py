"""Logs: an administrator finds what happened and why, and takes it away as a file; nobody finds what isn't theirs."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account
from applications.models import Application
from audit.models import Category, Event, Result
from audit.sentences import SENTENCES
from common.database.brief import TookTooLong
from common.database.keyset import PAGE_SIZE
from common.web.current_request import reference_of
from logs import exporting
from portal.views.logs import log_pages
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Tenant
from tests.browser import Browser
from tests.portal.paging import pages
from tests.userflows.customer import Customer

pytestmark = pytest.mark.django_db
REQUEST = UUID("7d9bf051-3e69-4602-8cbb-7c11f5b426b1")
LOGS, AUDIT = "/tenants/acme/logs/", "/tenants/acme/logs/audit/"
GERMAN = {"accept-language": "de"}


def happened(tenant: Tenant, action: str = "customer.signed_in", **columns: Any) -> Event:
    usual = {
        "category": Category.ACTIVITY,
        "actor_kind": "customer",
        "actor_name": "zoe@acme.example",
        "result": Result.FAILURE if columns.get("reason") else Result.SUCCESS,
    }
    with tenant_context(tenant):
        event = Event(action=action, **{**usual, **columns})
        event.save(force_insert=True)
    return event


def ids(answer: Any) -> set[int]:
    page = answer.context["page"]
    return {event.pk for event in page.rows} if page else set()


def text(answer: Any) -> str:
    return answer.content.decode()


def test_a_failed_sign_in_is_found_and_leads_to_the_reason_and_what_to_do(
    acme: Tenant, carol: Account, ada_portal: Browser
) -> None:
    for number in range(6):
        Customer(acme).sign_in(carol.email, f"wrong {number}")
    found = ada_portal.get(LOGS, {"q": carol.email}, follow=True)
    assert "customer=carol%40acme.example" in found.redirect_chain[-1][0]
    assert text(found).count("Wrong password") >= 5
    first = re.search(r'class="row-link" href="([^"]+)"', text(found))
    assert first is not None
    page = " ".join(text(ada_portal.get(first[1])).split())
    assert "5 wrong passwords for this account within 5 minutes from 127.0.0.1 had used up this limit" in page
    assert "The customer can continue right away with a link sent to their mailbox" in page


def test_each_page_of_logs_has_a_title_of_its_own(ada_portal: Browser) -> None:
    pages = ("logs/", "logs/audit/", "settings/logs/")
    titles = [
        re.findall("<title>([^<]*)", ada_portal.get(f"/tenants/acme/{page}").content.decode())[0] for page in pages
    ]
    assert [title.removesuffix(" · Acme · CIAM Portal") for title in titles] == [
        "Sign-ins · Logs",
        "Audit · Logs",
        "Logs · Settings",
    ]


def test_the_list_is_of_the_last_day_unless_a_longer_time_is_chosen(acme: Tenant, ada_portal: Browser) -> None:
    old = happened(acme, at=timezone.now() - timedelta(days=3))
    assert old.pk not in ids(ada_portal.get(LOGS))
    assert old.pk in ids(ada_portal.get(LOGS, {"period": "7d"}))
    chosen = {"since": f"{timezone.now() - timedelta(days=4):%Y-%m-%dT%H:%M}", "zone": "UTC"}
    assert old.pk in ids(ada_portal.get(LOGS, chosen))


def test_times_are_those_of_the_readers_zone(acme: Tenant, ada_portal: Browser) -> None:
    event = happened(acme, at=datetime(2026, 1, 10, 12, 30, tzinfo=UTC))
    in_tokyo = {"since": "2026-01-10T21:00", "until": "2026-01-10T22:00", "zone": "Asia/Tokyo"}
    assert event.pk in ids(ada_portal.get(LOGS, in_tokyo))
    assert event.pk not in ids(ada_portal.get(LOGS, {**in_tokyo, "zone": "UTC"}))
    assert event.pk not in ids(ada_portal.get(LOGS, {**in_tokyo, "zone": "../../etc/passwd"}))


FILTERS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"reason": "password_wrong"}, {"reason": "password_wrong"}),
    ({"reason": "code_wrong"}, {"result": "failure", "reason": "code_wrong"}),
    ({"method": "password+code"}, {"method": "code"}),
    ({"user_flow": "Loyalty"}, {"flow": "Loyalty"}),
    ({"step": "details"}, {"step": "details"}),
    ({"ip": "192.0.2.77"}, {"ip": "192.0.2.77"}),
    ({"ip": "198.51.100.77"}, {"ip": "198.51.100.0/24"}),
    ({"ip": "2001:db8::7"}, {"ip": "2001:db8::/48"}),
    ({"client_id": "shop-1"}, {"application": "shop-1"}),
    ({"actor_name": "nobody@acme.example"}, {"customer": "Nobody@acme.example"}),
    ({"journey_id": UUID(int=7)}, {"journey": str(UUID(int=7))}),
    ({"action": "customer.signed_out"}, {"action": "customer.signed_out"}),
    ({"request_id": REQUEST}, {"request": "7D9B-F051"}),
    ({"request_id": UUID(int=9)}, {"request": str(UUID(int=9))}),
]


def test_each_filter_finds_what_has_the_value_and_nothing_else(acme: Tenant, ada_portal: Browser) -> None:
    made = [happened(acme, **columns).pk for columns, _ in FILTERS]
    for event_id, (_, query) in zip(made, FILTERS, strict=True):
        assert ids(ada_portal.get(LOGS, query)) == {event_id}, query
    assert set(made) <= ids(ada_portal.get(LOGS))


def test_administration_is_found_by_who_did_it(acme: Tenant, ada_portal: Browser) -> None:
    ada = {"category": Category.ADMINISTRATION, "actor_kind": "administrator", "actor_name": "ada@portal.example"}
    event = happened(acme, "branding.changed", **ada)
    assert ids(ada_portal.get(AUDIT, {"administrator": "Ada@portal.example"})) == {event.pk}
    assert ids(ada_portal.get(AUDIT, {"q": "ada@portal.example"}, follow=True)) == {event.pk}
    assert event.pk not in ids(ada_portal.get(LOGS))


def test_what_is_typed_into_the_search_becomes_the_filter_it_means(acme: Tenant, ada_portal: Browser) -> None:
    for typed, filtered in (
        ("carol@acme.example", "customer"),
        ("192.0.2.7", "ip"),
        ("2001:db8::/32", "ip"),
        ("7d9bf051", "request"),
        ("7D9B-F051", "request"),
        ("bookshop", "application"),
    ):
        assert f"?{filtered}=" in ada_portal.get(LOGS, {"q": typed})["Location"]


def test_a_uuid_is_a_client_id_a_customers_or_a_requests(
    acme: Tenant, carol: Account, bookshop: Application, ada_portal: Browser
) -> None:
    assert "?application=" in ada_portal.get(LOGS, {"q": bookshop.client_id})["Location"]
    assert "?customer=" in ada_portal.get(LOGS, {"q": str(carol.pk)})["Location"]
    assert "?request=" in ada_portal.get(LOGS, {"q": str(uuid4())})["Location"]


def test_what_means_nothing_is_said_to_and_stays_in_the_box(acme: Tenant, ada_portal: Browser) -> None:
    answer = text(ada_portal.get(LOGS, {"q": "why <b>"}))
    assert 'value="why &lt;b&gt;"' in answer
    assert "isn’t an email address, IP address, request ID, application or user flow" in answer


def test_words_lead_to_what_is_called_so(acme: Tenant, ada_portal: Browser) -> None:
    """One meaning is a filter at once; of several, the reader chooses."""
    assert ada_portal.get(LOGS, {"q": "wrong password"})["Location"] == f"{LOGS}?reason=password_wrong"
    assert ada_portal.get(AUDIT, {"q": "rotated signing"})["Location"] == f"{AUDIT}?action=signing_keys.rotated"
    answer = ada_portal.get(AUDIT, {"q": "Branding"})
    # What isn't narrowed yet would be taken for what was found.
    assert 'id="list"' not in answer.content.decode()
    several = text(answer)
    assert f'href="{AUDIT}?action=branding.changed"' in several
    assert f'href="{AUDIT}?action=branding.language_added"' in several
    assert "/tenants/acme/customers/?q=Branding" in several


def test_a_part_of_a_name_or_an_address_leads_to_the_customers_who_have_it(
    acme: Tenant, carol: Account, ada_portal: Browser
) -> None:
    assert ada_portal.get(LOGS, {"q": "carol"})["Location"] == f"{LOGS}?customer=carol%40acme.example"
    several = text(ada_portal.get(LOGS, {"q": "acme"}))
    assert f'href="{LOGS}?customer=carol%40acme.example"' in several
    assert f'href="{LOGS}?customer=dan%40acme.example"' in several


def test_what_narrows_nothing_does_not_stand_in_the_address(acme: Tenant, ada_portal: Browser) -> None:
    asked = {"ip": "", "flow": "Loyalty", "zone": "Europe/Berlin", "since": "", "customer": ""}
    assert ada_portal.get(LOGS, asked)["Location"] == f"{LOGS}?flow=Loyalty"
    assert ada_portal.get(LOGS, {"ip": "", "zone": "UTC"})["Location"] == LOGS
    assert ada_portal.get(LOGS, {"since": "2026-01-01T00:00", "zone": "Asia/Tokyo"}).status_code == 200


def test_actions_are_chosen_by_sentences_in_groups(acme: Tenant, ada_portal: Browser) -> None:
    page = text(ada_portal.get(AUDIT, {"action": "user_flow.changed"}))
    assert '<optgroup label="User flows and branding">' in page
    assert '<option value="user_flow.changed" selected>Changed the user flow … (user_flow.changed)</option>' in page
    assert "Action: <bdi>Changed the user flow …</bdi>" in page
    assert page.count("<option") - page.count('<option value=""') > len(SENTENCES)


def test_who_reads_sees_which_brand_was_changed_and_what_of_it(acme: Tenant, ada_portal: Browser) -> None:
    by_ada = {"category": Category.ADMINISTRATION, "actor_kind": "administrator", "actor_name": "ada@portal.example"}
    details = {"locale": "de", "fields": ["accent_color", "banner_logo"]}
    event = happened(acme, "branding.changed", target_name="branding for de", details=details, **by_ada)
    happened(acme, "group.changed", target_name="Friends", details={}, **by_ada)
    for path in (AUDIT, f"{LOGS}{event.pk}/"):
        page = re.sub(r"<[^>]+>", "", text(ada_portal.get(path)))
        assert "hanged the branding for de" in page
        assert re.search("Accent colour(, )?Banner logo", page)


def test_an_event_tells_the_reason_its_end_and_what_was_changed_in_the_readers_language(
    acme: Tenant, ada_portal: Browser
) -> None:
    block = happened(acme, "customer.disabled", details={"reason": "Chargebacks", "until": "2026-12-01T10:00:00+00:00"})
    profile = happened(acme, "customer.profile_changed", details={"attributes": ["givenName", "shoeSize"]})
    sessions = happened(
        acme, "sessions.rules_changed", details={"fields": ["idle_minutes"], "now": {"idle_minutes": 30}}
    )

    blocked, changed, kept = (
        text(ada_portal.get(f"{LOGS}{each.pk}/", headers=GERMAN)) for each in (block, profile, sessions)
    )

    assert "Chargebacks" in blocked
    assert "2026-12-01T10:00:00" in blocked
    assert "Vorname<br>shoeSize" in changed
    assert "Minuten ohne Aktivität: <bdi>30</bdi>" in kept
    assert "(Kunde)" in kept


def test_p21_what_cant_be_filtered_by_is_said_and_finds_nothing(acme: Tenant, ada_portal: Browser) -> None:
    happened(acme)
    for query in (
        {"ip": "abc"},
        {"request": "1"},
        {"since": "yesterday"},
        {"reason": "x' OR 1=1 --"},
        {"result": "maybe"},
        {"action": "customer.signed_in__startswith"},
        {"period": "1000000d"},
        {"journey": "1"},
        {"customer": "x" * 500},
    ):
        answer = ada_portal.get(LOGS, query)
        assert answer.status_code == 200, query
        assert ids(answer) == set(), query
        assert "Nothing was searched for" in text(answer), query


def test_p21_parameters_of_ones_own_making_change_nothing(acme: Tenant, ada_portal: Browser) -> None:
    about = {"category": Category.ADMINISTRATION, "target_name": "default branding"}
    happened(acme, "branding.changed", actor_kind="administrator", **about)
    for query in (
        {"actor_name__startswith": "z"},
        {"_connector": "OR", "category": "administration"},
        {"order_by": "details", "limit": "1000000000"},
        {"account_id": "1; DROP TABLE audit_event"},
        {"customer": "' OR ''='"},
        {"flow": "%"},
        {"newer_than": "9" * 30},
        {"newer_than": "-1"},
        {"newer_than": "x"},
        {"ip": "0.0.0.0/0"},
        {"ip": "::/0"},
        {"zone": "\u0000", "since": "2026-01-01T00:00"},
    ):
        answer = ada_portal.get(LOGS, query)
        assert answer.status_code == 200, query
        assert "hanged the default branding" not in text(answer), query


def test_p21_a_cursor_of_ones_own_making_is_no_page(ada_portal: Browser) -> None:
    for cursor in ("1", "x" * 200, "eyJhIjoxfQ=="):
        assert ada_portal.get(LOGS, {"after": cursor}).status_code == 404


def test_every_event_is_reached_once_page_by_page(acme: Tenant, ada_portal: Browser) -> None:
    moment = timezone.now() - timedelta(minutes=5)
    made = {happened(acme, user_flow="Long", at=moment).pk for _ in range(2 * PAGE_SIZE + 3)}
    read = [event.pk for page in pages(ada_portal, f"{LOGS}?flow=Long") for event in page.rows]
    assert read == sorted(made, reverse=True)


def test_the_list_reads_no_details(acme: Tenant, ada_portal: Browser) -> None:
    happened(acme, details={"much": "x" * 10_000})
    answer = ada_portal.get(LOGS)
    assert all("details" in event.get_deferred_fields() for event in answer.context["page"].rows)


def test_what_has_come_since_is_counted_and_not_shown(acme: Tenant, ada_portal: Browser) -> None:
    seen = str(happened(acme).pk)
    assert text(ada_portal.get(LOGS, {"newer_than": seen})).strip() == ""
    for _ in range(3):
        happened(acme)
    happened(acme, "branding.changed", category=Category.ADMINISTRATION, actor_kind="administrator")
    piece = text(ada_portal.get(LOGS, {"newer_than": seen, "period": "7d"}))
    assert "3 new" in piece
    assert "zoe@acme.example" not in piece
    assert "newer_than" not in piece
    assert "period=7d" in piece


def test_an_event_tells_what_else_happened_in_its_request_and_on_its_journey(acme: Tenant, ada_portal: Browser) -> None:
    request_id, journey_id = uuid4(), uuid4()
    first = happened(acme, "customer.sign_in_failed", reason="password_wrong", journey_id=journey_id)
    signed_up = happened(acme, "customer.signed_up", request_id=request_id, journey_id=journey_id)
    last = happened(acme, request_id=request_id, journey_id=journey_id, details={"it": "is <b>here</b>"})
    answer = ada_portal.get(f"{LOGS}{last.pk}/")
    assert [event.pk for event in answer.context["same_request"]] == [signed_up.pk]
    assert [event.pk for event in answer.context["same_journey"]] == [first.pk, signed_up.pk]
    assert reference_of(request_id) in text(answer)
    assert "is &lt;b&gt;here&lt;/b&gt;" in text(answer)


def test_p24_nothing_that_a_stranger_wrote_is_more_than_text(acme: Tenant, ada_portal: Browser) -> None:
    evil = "<script>alert(1)</script>\u202e{who}"
    told = ("actor_name", "target_name", "application", "user_flow")
    columns: dict[str, Any] = {
        **dict.fromkeys(told, evil),
        "browser": "<img src=x onerror=x>",
        "client_id": '"><svg onload=x>',
    }
    event = happened(acme, "customer.sign_in_failed", reason="password_wrong", details={"a": evil}, **columns)
    for url in (LOGS, f"{LOGS}{event.pk}/", f"{LOGS}?customer={evil}", f"{LOGS}?q={evil}"):
        page = text(ada_portal.get(url))
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<svg onload" not in page
    assert f"<bdi>{evil.replace('<', '&lt;').replace('>', '&gt;')}</bdi>" in text(ada_portal.get(LOGS))


def test_t20_the_log_of_another_tenant_is_nobodys_here(
    acme: Tenant, globex: Tenant, ada_portal: Browser, grace_portal: Browser
) -> None:
    theirs = [happened(globex, actor_name="eve@globex.example") for _ in range(40)][-1]
    assert ada_portal.get("/tenants/globex/logs/").status_code == 404
    assert ada_portal.get(f"/tenants/globex/logs/{theirs.pk}/").status_code == 404
    with tenant_context(acme):
        assert not Event.objects.filter(pk=theirs.pk).exists()
    assert ada_portal.get(f"{LOGS}{theirs.pk}/").status_code == 404
    assert "eve@globex.example" not in text(ada_portal.get(LOGS, {"period": "all"}))
    assert "eve@globex.example" in text(grace_portal.get("/tenants/globex/logs/"))


def test_what_takes_too_long_says_so_and_keeps_the_filters(
    acme: Tenant, ada_portal: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_args: object, **_kwargs: object) -> None:
        raise TookTooLong

    monkeypatch.setattr(log_pages, "list_page", slow)
    answer = text(ada_portal.get(LOGS, {"flow": "Loyalty"}))
    assert "That takes too long" in answer
    assert "User flow: <bdi>Loyalty</bdi>" in answer


def read_csv(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_what_became_of_a_form_stays_out_of_addresses_that_go_on_from_the_list(
    acme: Tenant, ada_portal: Browser
) -> None:
    happened(acme, user_flow="Loyalty")
    page = ada_portal.get(f"{LOGS}?flow=Loyalty&unsent=proof").content.decode().partition("<main")[2]
    assert f'{LOGS}export?flow=Loyalty"' in page
    assert "unsent=" not in page


def test_what_the_list_shows_is_taken_away_as_a_file_and_that_is_noted(acme: Tenant, ada_portal: Browser) -> None:
    happened(acme, user_flow="Other")
    made = [happened(acme, user_flow="Loyalty", details={"n": number}).pk for number in range(3)]
    answer = ada_portal.post(f"{LOGS}export?flow=Loyalty", {"format": "csv"})
    rows = read_csv(answer)
    assert [int(row["id"]) for row in rows] == made[::-1]
    assert rows[0]["sentence"] == "zoe@acme.example signed in"
    assert json.loads(rows[0]["details"]) == {"n": 2}
    assert answer["Content-Disposition"] == 'attachment; filename="acme-logs.csv"'
    with tenant_context(acme):
        event = Event.objects.get(action="log.exported")
    assert event.actor_name == "ada@portal.example"
    assert event.details == {"log": "activity", "format": "csv", "filters": {"User flow": "Loyalty"}}


def test_json_lines_tell_each_event_whole(acme: Tenant, ada_portal: Browser) -> None:
    event = happened(acme, user_flow="Loyalty", reason="password_wrong", at=datetime(2026, 1, 10, 12, 30, tzinfo=UTC))
    answer: Any = ada_portal.post(f"{LOGS}export?flow=Loyalty&period=all", {"format": "jsonl"})
    lines = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert [(line["id"], line["at"], line["reason"]) for line in lines] == [
        (event.pk, "2026-01-10T12:30:00Z", "password_wrong")
    ]
    assert lines[0]["why"].startswith("The account exists")


def test_a_file_longer_than_a_piece_has_every_event_once(
    acme: Tenant, ada_portal: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ROWS_AT_ONCE", 2)
    moment = timezone.now()
    made = [happened(acme, user_flow="Long", at=moment).pk for _ in range(5)]
    rows = read_csv(ada_portal.post(f"{LOGS}export?flow=Long", {"format": "csv"}))
    assert [int(row["id"]) for row in rows] == made[::-1]


def test_a_cell_that_a_spreadsheet_would_compute_is_text(acme: Tenant, ada_portal: Browser) -> None:
    happened(acme, user_flow="Loyalty", actor_name='=HYPERLINK("https://evil.example")', target_name="+49 30 1234")
    row = read_csv(ada_portal.post(f"{LOGS}export?flow=Loyalty", {"format": "csv"}))[0]
    assert row["actor_name"] == '\'=HYPERLINK("https://evil.example")'
    assert row["target_name"] == "+49 30 1234"


def test_t20_a_file_is_made_in_the_tenant_it_is_of_though_the_request_is_over(
    acme: Tenant, globex: Tenant, ada_portal: Browser
) -> None:
    """What makes it runs behind the middleware, when the connection serves whoever comes next."""
    happened(acme, user_flow="Both")
    happened(globex, user_flow="Both", actor_name="eve@globex.example")
    answer: Any = ada_portal.post(f"{LOGS}export?flow=Both", {"format": "csv"})
    pieces = iter(answer.streaming_content)
    next(pieces)
    with tenant_context(globex):
        rest = b"".join(pieces).decode()
        assert Event.objects.filter(user_flow="Both").get().actor_name == "eve@globex.example"
    assert "zoe@acme.example" in rest
    assert "eve@globex.example" not in rest


def test_nobody_takes_a_file_by_looking(ada_portal: Browser) -> None:
    assert ada_portal.get(f"{LOGS}export").status_code == 405
    assert ada_portal.get(f"{AUDIT}export").status_code == 405


def test_a_file_of_what_cant_be_looked_for_leads_back_to_what_is_wrong(acme: Tenant, ada_portal: Browser) -> None:
    answer = ada_portal.post(f"{LOGS}export?ip=abc", {"format": "csv"}, follow=True)
    assert "Enter an IP address" in text(answer)
    with tenant_context(acme):
        assert not Event.objects.filter(action="log.exported").exists()


def test_operators_read_what_concerns_the_installation(olga_portal: Browser, ada_portal: Browser) -> None:
    assert ada_portal.get("/logs/").status_code == 404
    page = text(olga_portal.get("/logs/", {"period": "all", "action": "tenant.created"}))
    assert "Created the tenant" in page
    assert "Acme" in page
    with schema_context(PUBLIC):
        event = InstallationEvent.objects.filter(action="tenant.created").latest("pk")
    assert "tenant.created" in text(olga_portal.get(f"/logs/{event.pk}/"))
    assert olga_portal.get("/logs/99999999999999999999999/").status_code == 404


def test_a_refused_tenant_is_told_to_operators_with_what_to_do(ada_portal: Browser, olga_portal: Browser) -> None:
    ada_portal.get("/tenants/globex/")
    page = text(olga_portal.get("/logs/", {"reason": "not_a_member"}))
    assert "Asked for a tenant that isn’t theirs" in page


def test_a_german_reads_german_and_the_file_stays_as_it_is_documented(acme: Tenant, ada_portal: Browser) -> None:
    about = {"application": "Bookshop", "method": "password", "reason": "password_wrong", "user_flow": "German"}
    event = happened(acme, "customer.sign_in_failed", **about)
    german: dict[str, Any] = {"headers": {"accept-language": "de"}}
    listed = re.sub(r"<[^>]+>", "", text(ada_portal.get(LOGS, {"flow": "German"}, **german)))
    assert "Konnte sich bei Bookshop mit einem Passwort nicht anmelden" in listed
    assert "Falsches Passwort" in listed
    assert "Das Konto gibt es und es darf sich anmelden" in text(ada_portal.get(f"{LOGS}{event.pk}/", **german))
    rows = read_csv(ada_portal.post(f"{LOGS}export?flow=German", {"format": "csv"}, **german))
    assert rows[0]["sentence"] == "zoe@acme.example couldn’t sign in to Bookshop with a password"
    with tenant_context(acme):
        assert Event.objects.get(action="log.exported").details["filters"] == {"User flow": "German"}


def test_a_german_reads_in_german_what_was_kept_in_english(acme: Tenant, ada_portal: Browser) -> None:
    about = {"category": Category.ADMINISTRATION, "actor_kind": "command", "actor_name": "Command line"}
    happened(acme, "branding.changed", target_kind="branding", target_name="default branding", **about)
    told = text(ada_portal.get(f"{LOGS}audit/", headers=GERMAN))
    assert "<bdi>Befehlszeile</bdi>" in told
    assert "Standardbranding" in told
    assert "Command line" not in told
    assert "efault branding" not in told

    event = happened(acme, method="password+app-code", step="password")
    told = text(ada_portal.get(f"{LOGS}{event.pk}/", headers=GERMAN))
    assert " + Authenticator-App</dd>" in told
    assert "password+app-code<" not in told

    kept = ["%(address)s answered with status %(status)s, not 200.", {"address": "https://id.example", "status": 503}]
    details = {"provider": "Elsewhere", "problem": "It answered with status 503.", "problem_kept": kept}
    event = happened(acme, "customer.sign_in_failed", reason="provider_failed", details=details)
    told = text(ada_portal.get(f"{LOGS}{event.pk}/", headers=GERMAN))
    assert "https://id.example hat mit Status 503 geantwortet, nicht mit 200." in told
