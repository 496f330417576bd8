"""The words of a page layout in one of the languages that customer pages speak."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.problems import Refused
from common.text.languages import Language
from common.versions import version_of
from frame.access import Need
from frame.forms import CHANGED_MEANWHILE
from frame.pages import PortalRequest, tenant_page
from frame.words import language_choices, translated_language_or_404, words_page
from tenants.models import Tenant
from userflows.flows.collectable import collectable_attributes
from userflows.flows.forms.layout import problems_by_row
from userflows.flows.forms.words import text_rows, words_from, words_of_flow
from userflows.flows.page_layout import Words
from userflows.flows.services import translate_page_layout
from userflows.flows.views.frame import flow_frame, flow_or_404
from userflows.models import UserFlow


@tenant_page(needs=Need.FLOWS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def layout_words(request: PortalRequest, tenant: Tenant, flow_id: UUID, language: str) -> HttpResponse:
    """The label and the texts of options of each row, in one language."""
    flow = flow_or_404(flow_id)
    spoken = translated_language_or_404(language)
    kept = words_of_flow(list(flow.attributes.all()), language)
    if request.method != "POST":
        return _words_page(request, tenant, flow, spoken, kept)
    words = words_from(request.POST)
    if request.POST.get("seen", version_of(kept)) != version_of(kept):
        return _words_page(request, tenant, flow, spoken, words, problems={"": str(CHANGED_MEANWHILE)})
    try:
        translate_page_layout(flow, language=language, words=words, actor=request.actor)
    except Refused as refusal:
        return _words_page(request, tenant, flow, spoken, words, problems=problems_by_row(refusal))
    told = _("Saved. Customers who read %(language)s see these words from now on.")
    messages.success(request, told % {"language": spoken.name})
    return redirect("portal:userflow-layout-words", tenant.slug, flow.pk, language)


def languages_of(tenant: Tenant, flow: UserFlow) -> dict[str, Any]:
    """Template variables of the list of languages above a page layout."""
    rows, known = list(flow.attributes.all()), collectable_attributes()
    return {
        "default_url": reverse("portal:userflow-layout", args=[tenant.slug, flow.pk]),
        "language_choices": language_choices(
            lambda code: text_rows(rows, known, words_of_flow(rows, code)),
            lambda code: reverse("portal:userflow-layout-words", args=[tenant.slug, flow.pk, code]),
        ),
    }


def _words_page(
    request: PortalRequest,
    tenant: Tenant,
    flow: UserFlow,
    language: Language,
    words: Mapping[str, Words],
    *,
    problems: Mapping[str, str] | None = None,
) -> HttpResponse:
    kept = list(flow.attributes.all())
    rows = text_rows(kept, collectable_attributes(), words, problems)
    with translation.override(language.code):
        # What a built-in attribute is called where nobody wrote a label.
        own_labels = {row.key: row.default for row in text_rows(kept, collectable_attributes(), words)}
    rows = [row if row.is_default_own else replace(row, default=str(own_labels[row.key])) for row in rows]
    general = [problem for key, problem in (problems or {}).items() if "." not in key]
    page = {
        **words_page(language, rows, seen=version_of(words_of_flow(kept, language.code)), problems=general),
        **languages_of(tenant, flow),
        **flow_frame(request, tenant, flow),
    }
    return render(request, "portal/userflows/words.html", page)
