"""What an application offers others: its name as an API, and its scopes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications.description import Scope
from applications.forms.apis import IdentifierForm, NewScopeForm, ScopeForm, kept_of_scope, text_rows
from applications.lookup.listing import with_application
from applications.models import ApiScope, Application, ScopePermission
from applications.policies.apis import default_identifier_uri
from applications.services.apis import add_api_scope, change_api_scope, delete_api_scope
from applications.services.application import change_application
from applications.views.application_page import application_frame, application_or_404
from branding.languages.every import translated_language_or_404
from branding.languages.offered import offer
from common.problems import Refused
from common.text.languages import Language
from common.text.words import with_texts
from common.versions import version_of
from portal_frame.access import Need
from portal_frame.confirmation import is_confirmed
from portal_frame.fields.words import language_choices, words_page
from portal_frame.forms import CHANGED_MEANWHILE, ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def api(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    """The identifier URI and the scopes. One that is no API yet is proposed a name."""
    application = application_or_404(client_id)
    identifier = application.identifier_uri
    form = IdentifierForm(
        sent(request), kept={"identifier_uri": identifier or default_identifier_uri(application.client_id)}
    )
    consequences = _what_stops(application, form.cleaned_data["identifier_uri"]) if form.is_valid() else []
    if form.is_valid() and is_confirmed(request, consequences):
        with ProblemsShownAt(form):
            change_application(application, **form.cleaned_data, actor=request.actor)
            is_api, is_none = (
                _("Saved. It applies from the next request."),
                _("This application is no longer an API."),
            )
            messages.success(request, is_api if application.identifier_uri else is_none)
            return redirect("portal:application-api", tenant.slug, application.client_id)
    page = {
        **application_frame(request, tenant, application),
        "form": form,
        "consequences": consequences,
        "scopes": application.api_scopes.all(),
    }
    return render(request, "portal/applications/api.html", page)


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_scope(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    form = NewScopeForm(sent(request))
    if form.is_valid():
        with ProblemsShownAt(form):
            scope = add_api_scope(application, form.scope(), actor=request.actor)
            messages.success(
                request, _("The scope %(name)s is added. Permit applications to ask for it.") % {"name": scope.name}
            )
            return redirect("portal:application-api", tenant.slug, application.client_id)
    return render(request, "portal/applications/scope.html", {"form": form, "application": application})


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def scope(request: PortalRequest, tenant: Tenant, client_id: UUID, scope_id: UUID) -> HttpResponse:
    application, found = _scope_or_404(client_id, scope_id)
    form = ScopeForm(sent(request), kept=kept_of_scope(found))
    if form.is_valid():
        with ProblemsShownAt(form):
            wanted = form.scope(found.name, translations=found.translations)
            change_api_scope(application, wanted, actor=request.actor)
            messages.success(request, _("The scope %(name)s is saved.") % {"name": found.name})
            return redirect("portal:application-api", tenant.slug, application.client_id)
    page = {"form": form, "application": application, "scope": found, **_languages_of(tenant, found)}
    return render(request, "portal/applications/scope.html", page)


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def scope_words(request: PortalRequest, tenant: Tenant, client_id: UUID, scope_id: UUID, language: str) -> HttpResponse:
    """What customers read of a scope, in one of the languages that customer pages speak."""
    application, found = _scope_or_404(client_id, scope_id)
    spoken = translated_language_or_404(language)
    texts = found.translations.get(language, {})
    seen, problems = version_of(texts), []
    if request.method == "POST":
        texts = {name: request.POST.get(name, "") for name in ("name", "description")}
        if request.POST.get("seen", seen) != seen:
            problems = [str(CHANGED_MEANWHILE)]
        else:
            problems = _say(application, found, language, texts, request)
        if not problems:
            messages.success(
                request,
                _("Saved. Customers who read %(language)s see these words from now on.") % {"language": spoken.name},
            )
            return redirect("portal:api-scope-words", tenant.slug, application.client_id, found.pk, language)
    page = {
        "application": application,
        "scope": found,
        **words_page(spoken, text_rows(found, texts, _read_as(spoken)), seen=seen, problems=problems),
        **_languages_of(tenant, found),
    }
    return render(request, "portal/applications/scope_words.html", page)


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_scope(request: PortalRequest, tenant: Tenant, client_id: UUID, scope_id: UUID) -> HttpResponse:
    application, found = _scope_or_404(client_id, scope_id)
    if request.method == "POST":
        delete_api_scope(application, found.name, actor=request.actor)
        messages.success(request, _("The scope %(name)s is deleted.") % {"name": found.name})
        return redirect("portal:application-api", tenant.slug, application.client_id)
    asking = with_application(ScopePermission.objects.filter(scope=found).order_by("application__name"))
    page = {
        "application": application,
        "title": _("Delete the scope %(name)s?") % {"name": found.name},
        "button": _("Delete scope"),
        "loses": [permission.application.label for permission in asking],
        "consequence": _("Applications no longer get tokens with it; tokens already issued keep it until they expire."),
        "back_url": "portal:application-api",
    }
    return render(request, "portal/applications/delete_part.html", page)


def _what_stops(application: Application, identifier_uri: str) -> list[str]:
    """What no longer works for those who ask for this API by the name it has now."""
    if not application.identifier_uri or identifier_uri == application.identifier_uri:
        return []
    asking: dict[str, list[str]] = {}
    permissions = ScopePermission.objects.filter(scope__application=application)
    in_order = permissions.select_related("scope").order_by("application__name", "scope__name")
    for permission in with_application(in_order):
        asking.setdefault(permission.application.label, []).append(permission.scope.full_name)
    lines = [
        _("%(name)s is refused when it asks for %(scopes)s.") % {"name": name, "scopes": ", ".join(scopes)}
        for name, scopes in asking.items()
    ]
    unasked = ", ".join(scope.name for scope in application.api_scopes.all())
    if lines or not unasked:
        return lines
    return [_("No application can ask for %(scopes)s by the name it has now.") % {"scopes": unasked}]


def _say(
    application: Application, scope: ApiScope, language: str, texts: Mapping[str, str], request: PortalRequest
) -> list[str]:
    """Keep a scope's words of one language. Returns what is wrong with them."""
    words = with_texts(scope.translations, language, texts)
    wanted = Scope(name=scope.name, **kept_of_scope(scope), translations=words)
    try:
        change_api_scope(application, wanted, actor=request.actor)
    except Refused as refusal:
        return [problem.sentence for problem in refusal.problems]
    return []


def _read_as(language: Language) -> list[str]:
    """The codes of the language, and of the one that it falls back to."""
    return [code for code in (language.code, language.catalogue) if code]


def _languages_of(tenant: Tenant, scope: ApiScope) -> dict[str, Any]:
    """Template variables of the list of languages above a scope."""
    place = [tenant.slug, scope.application.client_id, scope.pk]
    return {
        "default_url": reverse("portal:api-scope", args=place),
        "language_choices": language_choices(
            lambda code: text_rows(scope, scope.translations.get(code, {}), [code]),
            lambda code: reverse("portal:api-scope-words", args=[*place, code]),
            offer().known,
        ),
    }


def _scope_or_404(client_id: UUID, scope_id: UUID) -> tuple[Application, ApiScope]:
    application = application_or_404(client_id)
    return application, get_object_or_404(ApiScope, pk=scope_id, application=application)
