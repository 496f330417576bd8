"""What needs attention and is no single package's: who manages the tenant, what the worker does, what figures say."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext
from django_tenants.utils import schema_context

from accounts.models import Account
from common.text.translation import grouped, percent
from figures.lookup.funnels import Ends, ends_in
from figures.lookup.ranges import DayRange
from figures.lookup.sums import Ledger, ledger, today_beside_last_week
from figures.policies import FAILURES
from hooks.models import Hook
from hooks.policies import FAILURES_IN_A_ROW
from mail.elsewhere import elsewhere
from mail.sending.transports import keeps_messages
from operations.administrators.people import has_one_owner
from operations.jobs import JobState, jobs_to_do
from portal_frame.access import Need
from portal_frame.attention import ATTENTION, Concern
from providers.lookup import known_providers
from providers.models import IdentityProvider
from tenants.limits import CUSTOMERS, most_of
from tenants.lookup import PUBLIC
from tenants.models import DomainClaim, Tenant
from tenants.work.jobs import living_workers
from userflows.lookup import known_flows
from userflows.state import method_of_provider

LEAST_FAILURES, TIMES_MORE = 20, 3
LEAST_BEGUN, RISE = 50, 0.10
ALONE = gettext_lazy(
    "Only one owner of this tenant. If they lose access, an operator of the installation has to appoint another."
)
ALONE_AT_HOME = gettext_lazy("Only one owner of this installation. If they lose access, only the command line helps.")
LOST_MORE = {
    "sign_up": gettext_lazy(
        "“%(flow)s” lost %(now)s at sign-up in the last 7 days, and %(before)s in the 7 days before."
    ),
    "sign_in": gettext_lazy(
        "“%(flow)s” lost %(now)s at sign-in in the last 7 days, and %(before)s in the 7 days before."
    ),
    "reset": gettext_lazy(
        "“%(flow)s” lost %(now)s at password reset in the last 7 days, and %(before)s in the 7 days before."
    ),
}


def too_few_owners(tenant: Tenant) -> Iterator[Concern]:
    """One owner alone, who may be ill, or go."""
    if has_one_owner(tenant):
        yield Concern(str(ALONE_AT_HOME if tenant.is_home else ALONE), _invite_url(tenant), gettext("Add another"))


def no_room_for_customers(tenant: Tenant) -> Iterator[Concern]:
    """As many customers as the tenant may have: nobody can sign up."""
    most = most_of(tenant, CUSTOMERS)
    if most is not None and Account.objects.order_by()[most - 1 : most].exists():
        url = f"{reverse('portal:customers', args=[tenant.slug])}?state=deleted"
        sentence = gettext("No one can sign up: the tenant has as many customers as it may have (%(most)s).")
        sentence %= {"most": grouped(most)}
        yield Concern(sentence, url=url, action=gettext("See deleted ones"), is_urgent=True)


def work_left_undone(tenant: Tenant) -> Iterator[Concern]:
    """Jobs of the tenant that have failed, and no worker that would do any."""
    with schema_context(PUBLIC):
        failed = jobs_to_do(JobState.FAILED, of=tenant)[:100].count()
    if failed:
        sentence = ngettext("%(number)d job of this tenant failed.", "%(number)d jobs of this tenant failed.", failed)
        url = f"{reverse('portal:jobs')}?state={JobState.FAILED}"
        yield Concern(sentence % {"number": failed}, url=url, action=gettext("See jobs"), is_urgent=True)


def domains_that_are_lost(tenant: Tenant) -> Iterator[Concern]:
    """Domains that were live, and aren't right any more: whoever has one now may pass for the tenant."""
    with schema_context(PUBLIC):
        lost = DomainClaim.objects.filter(tenant=tenant, failing_since__isnull=False).order_by("domain")
        domains = list(lost.values_list("domain", flat=True))
    for domain in domains:
        url = reverse("portal:tenant-domain", args=[tenant.slug, domain])
        sentence = gettext("The domain %(domain)s is no longer set up correctly.") % {"domain": domain}
        yield Concern(sentence, url=url, action=gettext("See why"), is_urgent=True)


def providers_that_fail(tenant: Tenant) -> Iterator[Concern]:
    """Identity providers in use that gave no good answer last: whoever has an account there alone can't sign in."""
    offered = {provider_id for flow in known_flows().values() for provider_id in flow.rules.providers}
    for provider in IdentityProvider.objects.filter(pk__in=offered, is_on=True, failing_since__isnull=False):
        url = reverse("portal:identity-provider", args=[tenant.slug, provider.pk])
        sentence = gettext("Customers couldn’t sign in with %(name)s last time. %(problem)s")
        told = sentence % {"name": provider.name, "problem": provider.problem}
        yield Concern(told, url=url, action=gettext("See why"), is_urgent=True)


def hooks_that_fail(tenant: Tenant) -> Iterator[Concern]:
    """Hooks that stop customers, and those that have failed several times in a row or rest while they go on."""
    for hook in Hook.objects.filter(is_on=True, failing_since__isnull=False).order_by("failing_since"):
        stops = hook.on_failure == Hook.OnFailure.STOP
        if not stops and not hook.rests and hook.failures < FAILURES_IN_A_ROW:
            continue
        if stops:
            words = ngettext(
                "The hook %(name)s failed %(count)d time, and the customer couldn’t continue. %(why)s",
                "The hook %(name)s failed %(count)d times, and no one can continue. %(why)s",
                hook.failures,
            )
        else:
            words = gettext("The hook %(name)s failed %(count)d times, and sign-ins continue without it. %(why)s")
        told = words % {"name": hook.name, "count": hook.failures, "why": hook.error}
        url = reverse("portal:hook", args=[tenant.slug, hook.pk])
        yield Concern(told, url=url, action=gettext("See why"), is_urgent=stops)


def flows_without_a_way_in(tenant: Tenant) -> Iterator[Concern]:
    """User flows that offer nothing but identity providers that are switched off."""
    closed = {method_of_provider(each.pk) for each in known_providers().values() if not each.is_on}
    for flow in known_flows().values() if closed else ():
        if set(flow.methods) <= closed:
            sentence = gettext(
                "No one can sign in with the user flow %(name)s: its identity providers are switched off."
            )
            url = reverse("portal:userflow", args=[tenant.slug, flow.pk])
            told = sentence % {"name": flow.name}
            yield Concern(told, url=url, action=gettext("Choose another method"), is_urgent=True)


def no_worker(_: Tenant) -> Iterator[Concern]:
    """Without a worker no mail leaves and nothing is counted."""
    with schema_context(PUBLIC):
        workers = living_workers()
    if not workers:
        yield Concern(gettext("No worker is running: no email is sent, and nothing is counted."), is_urgent=True)


def no_mail_server(tenant: Tenant) -> Iterator[Concern]:
    """Customers are asked to read mail, and none leaves."""
    if not any(flow.rules.takes_addresses for flow in known_flows().values()):
        return
    if keeps_messages() and not elsewhere().takes_codes():
        sentence = gettext("No mail server is set up: codes and links for customers stay in the outbox.")
        yield Concern(sentence, url=reverse("portal:tenant-mail", args=[tenant.slug]), action=gettext("Set one up"))


def figures_that_stand_out(tenant: Tenant) -> Iterator[Concern]:
    """What the figures of today and of this week say that those before didn't."""
    books = ledger()
    yield from _more_failures_than_usual(tenant, books)
    yield from _flows_that_lose_more(tenant, books)


def _more_failures_than_usual(tenant: Tenant, books: Ledger) -> Iterator[Concern]:
    """Three times as many failed attempts as on the same weekday last week by this time."""
    today, before = today_beside_last_week(books)[FAILURES]
    if today >= LEAST_FAILURES and today >= TIMES_MORE * before:
        sentence = gettext("%(today)s attempts failed today, and %(before)s by this time a week ago.")
        yield Concern(
            sentence % {"today": grouped(today), "before": grouped(before)},
            url=f"{_figures_url(tenant)}?range=7d#tables-title",
            action=gettext("See why"),
            is_urgent=True,
        )


def _flows_that_lose_more(tenant: Tenant, books: Ledger) -> Iterator[Concern]:
    """User flows that lose a tenth more of those who begin than in the week before."""
    for (flow_id, aim), (now, before) in ends_in(DayRange("7d", books.today)).items():
        flow = known_flows().get(flow_id)
        if flow and min(now.begun, before.begun) >= LEAST_BEGUN and now.dropped - before.dropped >= RISE:
            yield _lost_more(tenant, flow.name, aim, now, before)


def _lost_more(tenant: Tenant, name: str, aim: str, now: Ends, before: Ends) -> Concern:
    sentence = LOST_MORE[aim] % {"flow": name, "now": percent(now.dropped), "before": percent(before.dropped)}
    return Concern(sentence, url=f"{_figures_url(tenant)}?range=7d#ways-title", action=gettext("See where"))


def _invite_url(tenant: Tenant) -> str:
    return reverse("portal:administrator-invite", args=[tenant.slug])


def _figures_url(tenant: Tenant) -> str:
    return reverse("portal:figures", args=[tenant.slug])


def add_checks() -> None:
    """Add these checks to a tenant's overview."""
    # Those that look into public stand together: going there and back is a statement each.
    ATTENTION.add(no_worker, needs=Need.OVERVIEW_READ)
    ATTENTION.add(domains_that_are_lost, needs=Need.DOMAINS_READ)
    ATTENTION.add(work_left_undone, needs=Need.JOBS_READ)
    ATTENTION.add(too_few_owners, needs=Need.ADMINISTRATORS_READ)
    ATTENTION.add(no_room_for_customers, needs=Need.CUSTOMERS_READ)
    ATTENTION.add(providers_that_fail, needs=Need.PROVIDERS_READ)
    ATTENTION.add(hooks_that_fail, needs=Need.HOOKS_READ)
    ATTENTION.add(flows_without_a_way_in, needs=Need.FLOWS_READ)
    ATTENTION.add(no_mail_server, needs=Need.MAIL_READ)
    ATTENTION.add(figures_that_stand_out, needs=Need.FIGURES_READ)
