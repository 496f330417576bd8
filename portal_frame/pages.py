"""How somebody gets to a page of the portal, and in which tenant it works. `access` says who may.

A portal view is a function of the request and, for pages about one tenant, that tenant; it runs and renders inside the
managed tenant's schema. Someone without a membership gets the same 404 as for a tenant that doesn't exist.

A page that does something dangerous `asks_for_proof`: whoever last proved who they are more than five minutes ago signs
in once more before its form is taken, and before it is shown where it is there for that alone. Then they are back. A
view that learns from what was sent how dangerous it is goes by `way_to_proof`.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache, wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, get_resolver, is_valid_path, resolve, reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails
from django_tenants.utils import schema_context, tenant_context

from audit.reasons import Reason
from audit.services import Actor, record
from common.web.language import speak, told_in
from common.web.limits import Limit, TooManyAttempts
from common.web.proof import proved_at
from portal_frame.access import NOTHING, Need, allowed, needed
from tenants.lookup import PUBLIC
from tenants.memberships import operator_role_of, tenant_with_role_of
from tenants.models import InstallationEvent, Tenant, TenantQuerySet

View = Callable[..., HttpResponse]
# Enough to see what somebody is up to; not enough to fill the list of events with.
REFUSALS_NOTED = Limit("refused tenants by administrator", 30, 60 * 60)
MAX_SLUG_LENGTH = 26
RECENT, MOST_RECENT = "recent_tenants", 5
LOOKING = {"GET", "HEAD"}
UNSENT = "unsent"
"""In an address: why a form that was sent from there had to wait; forms.js takes it out."""
PROOF_COUNTS_FOR = timedelta(minutes=5)
_lacking: list[Callable[[HttpRequest], bool]] = []
# Why what was sent from a page wasn't taken: nobody was signed in any more, or a proof was asked for first.
SIGNED_OUT, NOT_PROVED = "", "proof"


class NotInRole(Http404):
    """A page of the portal that somebody's role doesn't include, whatever there is behind its address."""


class PortalRequest(HttpRequest):
    """A request by a signed-in administrator."""

    administrator: Any
    actor: Actor
    # Their role in the home tenant, and in the tenant the page is about; "" for none.
    operator_role: str
    tenant_role: str
    allowed: Need
    managed_tenant: Tenant | None


def portal_page(*, needs: Need, asks_for_proof: bool = False) -> Callable[[View], View]:
    """A page about no single tenant; the view runs in the home tenant's schema."""

    def decorated(view: View) -> View:
        @wraps(view)
        def page(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refusal = _admit(request)
            if refusal:
                return refusal
            _require(needs, request)
            if asks_for_proof and _lacks_proof(needs, request):
                return _private(_to_sign_in(request, again=True))
            return _private(_or_page_above(request, _rendered(view(request, *args, **kwargs))))

        return _telling(page, needs=needs, asks_for_proof=asks_for_proof)

    return decorated


def tenant_page(*, needs: Need, also_if_deleted: bool = False, asks_for_proof: bool = False) -> Callable[[View], View]:
    """A page about the tenant named by the URL's `slug`, run inside that tenant's schema.

    Of a deleted tenant hardly any opens: the others lead to its overview, which tells so and offers to restore it.
    """

    def decorated(view: View) -> View:
        @wraps(view)
        def page(request: PortalRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            refusal = _admit(request)
            if refusal:
                return refusal
            tenant = request.managed_tenant = _managed_tenant(request, slug)
            request.allowed = allowed(as_operator=request.operator_role, in_the_tenant=request.tenant_role)
            _require(needs, request)
            if tenant.state == Tenant.State.DELETED and not also_if_deleted:
                return _private(redirect("portal:tenant", tenant.slug))
            if asks_for_proof and _lacks_proof(needs, request):
                return _private(_to_sign_in(request, again=True))
            with tenant_context(tenant):
                return _private(_or_page_above(request, _rendered(view(request, tenant, *args, **kwargs))))

        return _telling(page, needs=needs, asks_for_proof=asks_for_proof)

    return decorated


def way_to_proof(request: PortalRequest) -> HttpResponse | None:
    """The way to show once more that it is still they, and back to the form that was sent; None if that was of late."""
    return None if _has_proved(request) else _to_sign_in(request, again=True)


def may_open(request: PortalRequest, url_name: str) -> bool:
    """Whether the portal's page of this URL name opens to whoever is looking at the page asked for."""
    return _needs_of(url_name) in request.allowed


def opens(request: HttpRequest, path: str) -> bool:
    """Whether the page at this path opens to whoever is looking at the page asked for."""
    needs: Need = getattr(resolve(path, urlconf=settings.HOME_URLCONF).func, "needs", NOTHING)
    return needs in getattr(request, "allowed", NOTHING)


def may_send(request: HttpRequest, path: str = "") -> bool:
    """Whether the form of the page at this path, or of the page asked for, is taken from whoever looks at it."""
    match = resolve(path, urlconf=settings.HOME_URLCONF) if path else request.resolver_match
    needs = getattr(match.func, "needs", None) if match else None
    return needs is None or needed(needs, sends_a_form=True) in getattr(request, "allowed", NOTHING)


@cache
def _needs_of(url_name: str) -> Need:
    _, portal = get_resolver(settings.HOME_URLCONF).namespace_dict["portal"]
    patterns = (each for each in portal.url_patterns if isinstance(each, URLPattern))
    needs: Need = next(each.callback for each in patterns if each.name == url_name).needs  # type: ignore[attr-defined]
    return needs


def _telling(page: View, **told: Any) -> View:
    """The page, which whoever wants to know can ask for its needs, and whether it asks for proof."""
    for name, value in told.items():
        setattr(page, name, value)
    return page


def _require(needs: Need, request: PortalRequest) -> None:
    """To whoever isn't allowed what the page needs, it doesn't exist."""
    if needed(needs, sends_a_form=request.method not in LOOKING) not in request.allowed:
        raise NotInRole


def _lacks_proof(needs: Need, request: PortalRequest) -> bool:
    """Whether its owner may no longer sit at this browser, and something is about to be done."""
    if _has_proved(request):
        return False
    return request.method not in LOOKING or needs == needed(needs, sends_a_form=True)


def _has_proved(request: PortalRequest) -> bool:
    moment = proved_at(request.session)
    return moment is not None and timezone.now() - moment < PROOF_COUNTS_FOR


def ask_before_admission(lacks_proof: Callable[[HttpRequest], bool]) -> None:
    """Let the floor that signs people in say whether a signed-in administrator has to prove more before any page."""
    _lacking.append(lacks_proof)


def _admit(request: PortalRequest) -> HttpResponse | None:
    """Recognise the administrator, while the connection still serves the home tenant."""
    account = request.user
    if not account.is_authenticated:
        return _to_sign_in(request)
    if any(lacks_proof(request) for lacks_proof in _lacking):
        return _to_sign_in(request, route="customer:sign-in-more")
    request.administrator = account
    speak(request, account.language)
    request.actor = Actor("administrator", str(account.pk), account.email)
    request.managed_tenant, request.tenant_role = None, ""
    with schema_context(PUBLIC):
        request.operator_role = operator_role_of(account.pk)
    request.allowed = allowed(as_operator=request.operator_role)
    return None


def _to_sign_in(request: HttpRequest, *, again: bool = False, route: str = "") -> HttpResponse:
    """The way to sign in and back: to the page, where a script of it asked for a piece."""
    details, proves = HtmxDetails(request), again or bool(route)
    back = (_page_around(details) if details else None) or _page_of(request, NOT_PROVED if proves else SIGNED_OUT)
    route = route or ("customer:sign-in-again" if again else "customer:sign-in")
    address = f"{reverse(route)}?{urlencode({'next': back})}"
    return HttpResponseClientRedirect(address) if details else redirect(address)


def _page_around(details: HtmxDetails) -> str | None:
    """The page whose script asks, without scheme and host; None if it says none that can be read, or of elsewhere."""
    try:
        return details.current_url_abs_path
    except ValueError:
        return None


def _page_of(request: HttpRequest, why: str) -> str:
    """The page asked for, or the one whose form was sent; that one's script brings back what was typed."""
    if request.method != "POST":
        return request.get_full_path()
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        page = urlsplit("")
    path, query = (page.path, page.query) if page.netloc == request.get_host() else (request.path, "")
    return f"{path}?{urlencode([*parse_qsl(query), (UNSENT, why)])}"


def _or_page_above(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The answer or, where somebody comes back to an address that only takes forms, the way to the page above it: their
    browser didn't say which page the form was on.
    """
    if answer.status_code != HTTPStatus.METHOD_NOT_ALLOWED or UNSENT not in request.GET:
        return answer
    above = _above(request.path)
    while above != "/" and not is_valid_path(above, settings.HOME_URLCONF):
        above = _above(above)
    return redirect(f"{above}?{request.GET.urlencode()}")


def _above(path: str) -> str:
    return f"{path.rstrip('/').rpartition('/')[0]}/"


def _managed_tenant(request: PortalRequest, slug: str) -> Tenant:
    """The tenant, if it is the administrator's, with their role in it. One statement, whether there is one or not."""
    with schema_context(PUBLIC):
        tenant, role = tenant_with_role_of(request.administrator.pk, slug=slug) or (None, "")
    if tenant is None or not (role or request.operator_role):
        _note_refusal(request, slug)
        raise Http404
    request.tenant_role = role
    _note_visit(request, tenant)
    return tenant


def tenants_managed(request: PortalRequest) -> TenantQuerySet:
    """The tenants that the administrator manages. Read them while public is served."""
    return Tenant.objects.managed_by(request.administrator.pk, is_operator=bool(request.operator_role))


def recent_tenants(request: HttpRequest) -> list[str]:
    """The IDs of the tenants that were looked at last in this session, the latest first."""
    return list(request.session.get(RECENT, []))


def _note_visit(request: HttpRequest, tenant: Tenant) -> None:
    """Remember the tenant as the latest; a session is written only where another one was it."""
    before, here = recent_tenants(request), str(tenant.pk)
    if before[:1] != [here]:
        request.session[RECENT] = [here, *(each for each in before if each != here)][:MOST_RECENT]


def _note_refusal(request: PortalRequest, slug: str) -> None:
    """Record who looked for a tenant that isn't theirs, whether there is one or not: so both take equally long."""
    try:
        REFUSALS_NOTED.count(str(request.administrator.pk))
    except TooManyAttempts:
        return
    with schema_context(PUBLIC):
        details = {"domain": slug[:MAX_SLUG_LENGTH]}
        record(
            "tenant.access_refused",
            actor=request.actor,
            reason=Reason.NOT_A_MEMBER,
            details=details,
            event_model=InstallationEvent,
        )


def _rendered(response: HttpResponse) -> HttpResponse:
    """Render now: a template rendered later would read the outer tenant's rows."""
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    return response


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, no_store=True, private=True)
    return told_in(response)
