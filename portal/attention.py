"""What needs attention and is no single package's: who manages the tenant, what the worker does, what figures say."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from figures.lookup.funnels import Funnel, funnels_in
from figures.lookup.ranges import DayRange
from figures.lookup.sums import ledger, today_beside_last_week
from figures.policies import FAILURES
from frame.access import Need
from frame.attention import ATTENTION, Concern
from operations.jobs import JobState, jobs_to_do
from providers.models import IdentityProvider
from tenants.jobs import living_workers
from tenants.lookup import PUBLIC
from tenants.models import DomainClaim, Membership, Tenant
from userflows.models import UserFlow
from userflows.state import method_of_provider

LEAST_FAILURES, TIMES_MORE = 20, 3
LEAST_BEGUN, RISE = 50, 0.10
PURPOSES = {"sign_up": "sign-up", "sign_in": "sign-in", "reset": "password reset"}


def too_few_owners(tenant: Tenant) -> Iterator[Concern]:
    """One owner alone, who may be ill, or go."""
    with schema_context(PUBLIC):
        alone = Membership.objects.owners().filter(tenant=tenant).order_by()[:2].count() == 1
    if alone:
        of = "this installation" if tenant.is_home else "this tenant"
        url = reverse("portal:administrators", args=[tenant.slug])
        yield Concern(f"Only one owner of {of}. If they lose access, nobody can let them in again.", url, "Add another")


def work_left_undone(tenant: Tenant) -> Iterator[Concern]:
    """Jobs of the tenant that have failed, and no worker that would do any."""
    with schema_context(PUBLIC):
        failed = jobs_to_do(JobState.FAILED, of=tenant)[:100].count()
    if failed:
        many = f"{failed} job{'' if failed == 1 else 's'} of this tenant"
        url = f"{reverse('portal:jobs')}?state={JobState.FAILED}"
        yield Concern(f"{many} failed.", url=url, action="See jobs", is_urgent=True)


def domains_that_are_lost(tenant: Tenant) -> Iterator[Concern]:
    """Domains that were live, and aren't right any more: whoever has one now may pass for the tenant."""
    with schema_context(PUBLIC):
        claims = list(DomainClaim.objects.filter(tenant=tenant, failing_since__isnull=False).order_by("domain"))
    for claim in claims:
        url = reverse("portal:tenant-domain", args=[tenant.slug, claim.domain])
        yield Concern(f"The domain {claim.domain} isn’t right any more.", url=url, action="See why", is_urgent=True)


def providers_that_fail(tenant: Tenant) -> Iterator[Concern]:
    """Identity providers that gave no good answer last: whoever has an account there alone can't sign in."""
    for provider in IdentityProvider.objects.filter(is_on=True, failing_since__isnull=False):
        url = reverse("portal:identity-provider", args=[tenant.slug, provider.pk])
        sentence = _("Customers couldn’t sign in with %(name)s last time. %(problem)s")
        told = sentence % {"name": provider.name, "problem": provider.error}
        yield Concern(told, url=url, action=_("See why"), is_urgent=True)


def flows_without_a_way_in(tenant: Tenant) -> Iterator[Concern]:
    """User flows that offer nothing but identity providers that are switched off."""
    off = IdentityProvider.objects.filter(is_on=False).values_list("pk", flat=True)
    closed = {method_of_provider(provider_id) for provider_id in off}
    for flow in UserFlow.objects.all() if closed else ():
        if set(flow.methods) <= closed:
            sentence = _("Nobody can sign in by the user flow %(name)s: its identity providers are switched off.")
            url = reverse("portal:userflow", args=[tenant.slug, flow.pk])
            yield Concern(sentence % {"name": flow.name}, url=url, action=_("Choose another method"), is_urgent=True)


def no_worker(_: Tenant) -> Iterator[Concern]:
    """Without a worker no mail leaves and nothing is counted."""
    with schema_context(PUBLIC):
        workers = living_workers()
    if not workers:
        yield Concern("No worker is running: no email leaves, and nothing is counted.", is_urgent=True)


def more_failures_than_usual(tenant: Tenant) -> Iterator[Concern]:
    """Three times as many failed attempts as on the same weekday last week by this time."""
    today, before = today_beside_last_week(ledger())[FAILURES]
    if today >= LEAST_FAILURES and today >= TIMES_MORE * before:
        yield Concern(
            f"{today:,} attempts failed today, and {before:,} by this time a week ago.",
            url=f"{_figures_url(tenant)}?range=7d#tables-title",
            action="See why",
            is_urgent=True,
        )


def flows_that_lose_more(tenant: Tenant) -> Iterator[Concern]:
    """User flows that lose a tenth more of those who begin than in the week before."""
    days = DayRange("7d", ledger().today)
    before = {(funnel.flow.pk, funnel.purpose): funnel for funnel in funnels_in(days.before)}
    for funnel in funnels_in(days):
        earlier = before.get((funnel.flow.pk, funnel.purpose))
        if earlier and min(funnel.begun, earlier.begun) >= LEAST_BEGUN and funnel.dropped - earlier.dropped >= RISE:
            yield _lost_more(tenant, funnel, earlier)


def _lost_more(tenant: Tenant, funnel: Funnel, earlier: Funnel) -> Concern:
    sentence = (
        f"“{funnel.flow.name}” lost {funnel.dropped:.0%} at {PURPOSES[funnel.purpose]} in the last 7 days, "
        f"and {earlier.dropped:.0%} in the 7 days before."
    )
    return Concern(sentence, url=f"{_figures_url(tenant)}?range=7d#ways-title", action="See where")


def _figures_url(tenant: Tenant) -> str:
    return reverse("portal:figures", args=[tenant.slug])


def add_checks() -> None:
    """Have a tenant's overview ask these."""
    ATTENTION.add(no_worker, needs=Need.OVERVIEW_READ)
    ATTENTION.add(domains_that_are_lost, needs=Need.DOMAINS_READ)
    ATTENTION.add(providers_that_fail, needs=Need.PROVIDERS_READ)
    ATTENTION.add(flows_without_a_way_in, needs=Need.FLOWS_READ)
    ATTENTION.add(work_left_undone, needs=Need.JOBS_READ)
    ATTENTION.add(too_few_owners, needs=Need.ADMINISTRATORS_READ)
    ATTENTION.add(more_failures_than_usual, needs=Need.FIGURES_READ)
    ATTENTION.add(flows_that_lose_more, needs=Need.FIGURES_READ)
