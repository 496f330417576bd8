"""Which pages are asked for, and for what: whatever lists, finds, filters, counts or tells about the large tenant."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Model, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, CustomerEntry, Group, GroupMember
from audit.models import Category, Event
from bench.portal.meter import Page
from bench.portal.people import GIVEN, surnames
from bulk.models import Operation
from common.database.keyset import page_of
from mail.models import Message
from providers.models import IdentityProvider

PLACES = 5
RANKS = (0, 1, 2, 3, 5, 8, 12, 16, 24, 40, 80, 200, 1000, 5000)
PARTS = ("son", "ing", "ova", "berg", "mail", "an", "a", "@mail.example", "9", "12", "anna", "anna son", "zzz", "el ma")
PERIODS = ("1d", "7d", "30d", "all")


def pages(tenant: Any) -> Iterator[Page]:
    """All of them. The connection serves the tenant."""
    at = partial(_at, tenant)
    yield Page("overview", [at("tenant")])
    yield from _figures(at)
    yield from _customers(at)
    yield from _searches(at)
    yield from _one_customer(at)
    yield from _groups(at)
    yield from _logs(at)
    yield from _around(at)


def _figures(at: Any) -> Iterator[Page]:
    for name in ("7d", "30d", "90d", "12m"):
        yield Page(f"figures, {name}", [at("figures", range=name)])
    tables = ("days", "journeys", "methods", "applications", "reasons", "languages", "countries")
    yield Page("figures as a file, 12m", [at("figures-file", breakdown=name, _range="12m") for name in tables])


def _customers(at: Any) -> Iterator[Page]:
    week = timezone.now() - timedelta(days=7)
    yield Page("customers, newest", [at("customers")])
    for order, by in {"": "-created_at", "oldest": "created_at", "email": "account__canonical_email"}.items():
        deep = _cursors(CustomerEntry.objects.select_related("account"), by)
        yield Page(
            f"customers, deep in {order or 'newest'}", [at("customers", sort=order, after=each) for each in deep]
        )
    seen = CustomerEntry.objects.select_related("account", "account__activity").exclude(account__activity=None)
    deep = _cursors(seen, "-account__activity__last_sign_in_at")
    yield Page("customers, by last sign-in", [at("customers", sort="seen", after=each) for each in ["", *deep]])
    yield Page("customers, one filter", [at("customers", **each) for each in _filters()])
    two = [{"country": "FR", **each} for each in _filters() if "country" not in each]
    yield Page("customers, two filters", [at("customers", **each) for each in two])
    sorted_so = [{"sort": sort, **each} for sort in ("oldest", "seen", "email") for each in _filters()]
    yield Page("customers, filtered and sorted", [at("customers", **each) for each in sorted_so])
    yield Page("customers, three filters", [at("customers", **each) for each in _threes()])
    yield Page(
        "customers, all columns", [at("customers", columns="groups,sign_ins,language,id,attribute:tier", q="son")]
    )
    yield Page("customers since a week", [at("customers", up_from=f"{week:%Y-%m-%d}")])


def _filters() -> list[dict[str, Any]]:
    """What a list is narrowed to: what is common, what is rare, and what nobody has."""
    groups = Group.objects.annotate(size=Count("members")).order_by("-size").values_list("pk", flat=True)
    clients = CustomerEntry.objects.exclude(account__activity=None).values("account__activity__client_id")
    used = clients.annotate(n=Count("pk")).order_by("-n").values_list("account__activity__client_id", flat=True)
    sizes = Account.objects.values("country").annotate(n=Count("pk")).order_by("-n").values_list("country", flat=True)
    rare = Account.objects.order_by("-created_at").values_list("custom_attributes__loyaltyNumber", flat=True)[7]
    return [
        *({"state": state} for state in ("active", "invited", "blocked", "deleted", "locked")),
        *({"verified": answer} for answer in ("yes", "no")),
        *({"factor": each} for each in ("app", "passkey", "phone", "none")),
        *({"password": each} for each in ("has", "none", "foreign")),
        *({"group": group} for group in (groups[0], groups[1], groups[len(groups) - 1])),
        *({"application": client_id} for client_id in (used[0], used[len(used) - 1])),
        *({"country": country} for country in ("DE", "AF", "ZW", "AQ")),
        *({"country": country} for rank, country in enumerate(sizes) if rank in RANKS[3:]),
        *({"q": name.lower()} for name in (*GIVEN[::8], "Zoë")),
        *({"language": language} for language in ("en", "pt", "ja")),
        *({"attribute": f"{each}"} for each in ("tier=basic", "tier=platinum", f"loyaltyNumber={rare}", "points=77")),
        *({"attribute": f"{each}"} for each in ("city=Berlin", "postalCode=12345", "newsletter=true")),
        *({"up_from": "30d"}, {"up_from": "7d"}, {"up_from": "1d"}, {"up_before": "2020-01-01"}),
        *({"seen": "never"}, {"seen_from": "1d"}, {"seen_from": "30d"}),
        *({"seen_before": days} for days in ("60d", "85d", "89d")),
        *({"provider": provider} for provider in IdentityProvider.objects.values_list("pk", flat=True)),
        *({"operation": operation} for operation in Operation.objects.actions().values_list("pk", flat=True)),
    ]


def _threes() -> Iterator[dict[str, Any]]:
    """Three filters at once, in each order but the usual one."""
    first = [{"state": "deleted"}, {"state": "blocked"}, {"seen_from": "30d"}, {"up_from": "7d"}]
    second = [{"country": "AF"}, {"attribute": "city=Berlin"}, {"attribute": "newsletter=true"}]
    third: list[dict[str, Any]] = [{"password": "none"}, {"language": "pt"}, {"verified": "yes"}]
    third += [{"provider": IdentityProvider.objects.values_list("pk", flat=True)[0]}]
    third += [{"operation": Operation.objects.actions().values_list("pk", flat=True)[0]}]
    for number, three in enumerate(product(first, second, third)):
        merged = {name: value for each in three for name, value in each.items()}
        yield {"sort": ("oldest", "seen", "email")[(number + number // 3) % 3], **merged}


def _searches(at: Any) -> Iterator[Page]:
    known = surnames()
    terms = [known[rank].lower() for rank in RANKS if rank < len(known)] + [*PARTS] + [GIVEN[-1].lower()]
    terms += Account.objects.order_by("pk").values_list("email", flat=True)[:PLACES]
    yield Page("search", [at("customers", q=term) for term in terms])
    yield Page("search and a filter", [at("customers", q=term, country="FR") for term in terms])
    yield Page("search among deleted", [at("customers", q=term, state="deleted") for term in terms])
    yield Page("palette", [at("tenant-find", q=term) for term in terms])


def _one_customer(at: Any) -> Iterator[Page]:
    busiest = Event.objects.exclude(account_id=None).filter(pk__lt=100_000).values_list("account_id", flat=True)
    someone = [*Account.objects.kept().order_by("pk").values_list("pk", flat=True)[:PLACES]]
    someone += [busiest.annotate(n=Count("pk")).order_by("-n")[0]]
    for tab in ("customer", "customer-sign-in", "customer-applications", "customer-groups", "customer-activity"):
        yield Page(tab.replace("-", ", "), [at(tab, account_id=each) for each in someone])
    yield Page("customer, sign-in check", [at("customer-sign-in-check", account_id=each) for each in someone])
    deep = _cursors(Event.objects.of_account(someone[-1]), "-at")
    told = [at("customer-activity", account_id=someone[-1], _after=each) for each in deep]
    yield Page("customer, activity, deep", told)


def _groups(at: Any) -> Iterator[Page]:
    sizes = Group.objects.annotate(size=Count("members")).order_by("-size")
    largest = sizes[0]
    yield Page("groups", [at("groups")])
    yield Page("group", [at("group", group_id=each.pk) for each in (largest, sizes[1], sizes[10])])
    yield Page(
        "group, searched", [at("group", group_id=largest.pk, _q=term) for term in ("son", "anna", surnames()[0])]
    )
    assert GroupMember.objects.exists()  # noqa: S101 - what is measured is there


def _logs(at: Any) -> Iterator[Page]:
    yield Page("log", [at("logs", period=period) for period in PERIODS])
    yield Page("log of administration", [at("logs-audit", period=period) for period in PERIODS])
    deep = _cursors(Event.objects.activity(), "-at")
    yield Page("log, deep", [at("logs", period="all", after=each) for each in deep])
    one = _questions()
    for period in PERIODS:
        yield Page(f"log, one filter, {period}", [at("logs", period=period, **each) for each in one])
    both = [{"result": "failure", **each} for each in one if "result" not in each]
    yield Page("log, two filters, all", [at("logs", period="all", **each) for each in both])
    by = [{"administrator": each} for each in ("administrator10@portal.example", _administrator())]
    by += [{"action": each} for each in ("customer.disabled", "application.changed", "user_flow.deleted")]
    by += [{"ip": each} for each in ("10.0.3.3", "10.0.0.0/24")]
    told = [at("logs-audit", period=period, **each) for period in ("1d", "all") for each in by]
    yield Page("log of administration, filtered", told)
    newest = Event.objects.latest("pk")
    yield Page("log, what came since", [at("logs", newer_than=newest.pk - 50)])
    some = Event.objects.filter(pk__lte=newest.pk - 1000, category=Category.ACTIVITY).order_by("-pk")[:PLACES]
    yield Page("event", [at("log-event", event_id=each.pk) for each in some])


def _questions() -> list[dict[str, Any]]:
    """What the log is narrowed to, the rarest of each kind included."""
    event = Event.objects.activity().failures().exclude(account_id=None).order_by("-pk")[50]
    request, clients = event.request_id, Event.objects.filter(pk__lt=200_000).exclude(client_id="")
    used = clients.values("client_id").annotate(n=Count("pk")).order_by("-n").values_list("client_id", flat=True)
    return [
        *({"result": result} for result in ("success", "failure")),
        *({"reason": each} for each in ("password_wrong", "account_unknown", "account_disabled", "token_replayed")),
        *({"action": each} for each in ("customer.signed_in", "customer.consent_withdrawn", "tokens.replayed")),
        *({"customer": each} for each in (event.account_id, event.actor_name, "nobody77@mail.example", "none@at.all")),
        *({"application": client_id} for client_id in (used[0], used[len(used) - 1])),
        *({"flow": name} for name in ("default", "mobile", "partners", "none")),
        *({"method": name} for name in ("password", "code", "app-code", "recovery-code")),
        *({"step": name} for name in ("password", "code", "address")),
        *({"ip": each} for each in (event.ip, "10.0.3.0/24", "10.1.0.0/16", "10.0.0.0/8", "192.0.2.0/24")),
        *({"request": each} for each in (request, str(request)[:8])),
        {"journey": event.journey_id},
        {"administrator": _administrator()},
    ]


def _around(at: Any) -> Iterator[Page]:
    yield Page("tenants", [_home("tenants"), _home("tenants", q="lar")])
    yield Page("tenants to switch to", [_home("tenants-switcher")])
    yield Page("installation", [_home("installation")])
    yield Page("jobs", [_home("jobs")])
    yield Page("log of the installation", [_home("installation-logs")])
    yield Page(
        "outbox", [at("outbox"), *(at("outbox", after=each) for each in _cursors(Message.objects.all(), "-created_at"))]
    )
    yield Page("outbox, searched", [at("outbox", q=each) for each in ("anna", "zzz", "@mail.example")])
    for name in ("applications", "userflows", "administrators", "imports", "operations", "log-settings"):
        yield Page(name.replace("-", " "), [at(name)])
    yield Page("dangers of the tenant", [at("tenant-danger")])


def _administrator() -> str:
    found = Event.objects.administration().filter(actor_kind="administrator").order_by("-pk")
    return found.values_list("actor_id", flat=True)[0]


def _cursors(found: QuerySet[Any], by: str) -> Sequence[str]:
    """Cursors of places all over a list: near its beginning, in the middle, near its end."""
    name = by.removeprefix("-")
    edges = [found.order_by(sign + name).values_list(name, flat=True)[0] for sign in ("", "-")]
    return [page_of(found, by=by, cursor=cursor).next_cursor for cursor in _started(found, by, edges)]


def _started(found: QuerySet[Model], by: str, edges: Sequence[Any]) -> Iterator[str]:
    """So many cursors between the two ends of a list."""
    name, lookup = by.removeprefix("-"), "lte" if by.startswith("-") else "gte"
    for number in range(1, PLACES + 1):
        if isinstance(edges[0], str):
            middle: Any = "acdgmr"[number]
        else:
            middle = edges[0] + (edges[1] - edges[0]) * number / (PLACES + 1)
        yield page_of(found.filter(**{f"{name}__{lookup}": middle}), by=by).next_cursor


def _at(tenant: Any, name: str, **asked: Any) -> str:
    """The address of a page about the tenant; what isn't named in its path stands behind it."""
    path_names = {"account_id", "group_id", "event_id", "breakdown"}
    path = {key: value for key, value in asked.items() if key in path_names}
    url = reverse(f"portal:{name}", urlconf=settings.HOME_URLCONF, kwargs={"slug": tenant.slug, **path})
    return _with(url, {key.removeprefix("_"): value for key, value in asked.items() if key not in path_names})


def _home(name: str, **asked: Any) -> str:
    return _with(reverse(f"portal:{name}", urlconf=settings.HOME_URLCONF), asked)


def _with(url: str, asked: Mapping[str, Any]) -> str:
    told = {name: value for name, value in asked.items() if value not in ("", None)}
    return f"{url}?{urlencode(told)}" if told else url
