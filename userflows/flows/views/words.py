"""The words of a page layout, and of the terms of use, in one of the languages that customer pages speak."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branding.languages.every import translated_language_or_404
from branding.languages.offered import offer
from common.problems import Refused
from common.text.languages import Language
from common.versions import version_of
from portal_frame.access import Need
from portal_frame.fields.words import language_choices, words_page
from portal_frame.forms import CHANGED_MEANWHILE
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant
from userflows.flows.collectable import collectable_attributes
from userflows.flows.forms.layout import problems_by_row
from userflows.flows.forms.words import TERMS_TEXT, terms_row, text_rows, words_from, words_of_flow
from userflows.flows.layouts.content import rows_of, seen_as
from userflows.flows.layouts.versions import Layout, draft_of
from userflows.flows.page_layout import RowWords
from userflows.flows.services import translate_terms, translated_layout
from userflows.flows.views.drafts import draft_frame, keep_layout
from userflows.flows.views.flow_page import flow_frame, flow_or_404
from userflows.models import FlowAttribute, UserFlow
from userflows.policies import LABEL


@tenant_page(needs=Need.FLOWS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def layout_words(request: PortalRequest, tenant: Tenant, flow_id: UUID, language: str) -> HttpResponse:
    """The label of each row, the texts of its options and what else it says, in one language."""
    flow = flow_or_404(flow_id)
    spoken = translated_language_or_404(language)
    draft = draft_of(flow)
    seen = _seen(flow, draft, language)
    if request.method != "POST":
        kept = words_of_flow(_rows(flow), language)
        return _words_page(request, tenant, flow, spoken, kept, terms_text=_terms_in(flow, language))
    words, terms_text = words_from(request.POST), request.POST.get(TERMS_TEXT, "").strip()
    if request.POST.get("seen", seen) != seen:
        problems = {"": str(CHANGED_MEANWHILE)}
        return _words_page(request, tenant, flow, spoken, words, terms_text=terms_text, problems=problems)
    try:
        _keep(request, flow, draft, spoken, words, terms_text=terms_text)
    except Refused as refusal:
        problems = problems_by_row(refusal)
        return _words_page(request, tenant, flow, spoken, words, terms_text=terms_text, problems=problems)
    return redirect("portal:userflow-layout-words", tenant.slug, flow.pk, language)


def languages_of(tenant: Tenant, flow: UserFlow) -> dict[str, Any]:
    """Template variables of the list of languages above a page layout."""
    rows, known = _rows(flow), collectable_attributes()
    return {
        "default_url": reverse("portal:userflow-layout", args=[tenant.slug, flow.pk]),
        "language_choices": language_choices(
            lambda code: [
                *text_rows(rows, known, words_of_flow(rows, code)),
                *terms_row(flow, _terms_in(flow, code)),
            ],
            lambda code: reverse("portal:userflow-layout-words", args=[tenant.slug, flow.pk, code]),
            offer().known,
        ),
    }


def _keep(
    request: PortalRequest,
    flow: UserFlow,
    draft: Layout,
    language: Language,
    words: Mapping[str, RowWords],
    *,
    terms_text: str,
) -> None:
    """The layout in these words, as a draft or at once; the sentence about the terms is no part of it, and holds at
    once. Raises `Refused`.
    """
    told = _("Saved. Customers who read %(language)s see these words from now on.") % {"language": language.name}
    with transaction.atomic():
        layout = translated_layout(draft, language=language.code, words=words)
        translate_terms(flow, language=language.code, text=terms_text, actor=request.actor)
        keep_layout(request, flow, layout, seen=seen_as(draft), told=told)


def _rows(flow: UserFlow) -> list[FlowAttribute]:
    """The rows of the draft."""
    return rows_of(draft_of(flow), flow)


def _terms_in(flow: UserFlow, language: str) -> str:
    return flow.terms_translations.get(language, {}).get(LABEL, "")


def _seen(flow: UserFlow, draft: Layout, language: str) -> str:
    """The state that somebody edits, by name: all of the draft, which is published with these words."""
    return version_of([seen_as(draft), _terms_in(flow, language)])


def _words_page(
    request: PortalRequest,
    tenant: Tenant,
    flow: UserFlow,
    language: Language,
    words: Mapping[str, RowWords],
    *,
    terms_text: str,
    problems: Mapping[str, str] | None = None,
) -> HttpResponse:
    kept = _rows(flow)
    rows = text_rows(kept, collectable_attributes(), words, problems)
    with translation.override(language.catalogue or language.code):
        # What a built-in attribute is called where nobody wrote a label.
        own_labels = {row.key: row.default for row in text_rows(kept, collectable_attributes(), words)}
    rows = [row if row.is_default_own else replace(row, default=str(own_labels[row.key])) for row in rows]
    rows += terms_row(flow, terms_text, (problems or {}).get("terms_text", ""))
    general = [problem for key, problem in (problems or {}).items() if "." not in key and key != "terms_text"]
    page = {
        **draft_frame(tenant, flow),
        **words_page(language, rows, seen=_seen(flow, draft_of(flow), language.code), problems=general),
        **languages_of(tenant, flow),
        **flow_frame(request, tenant, flow),
    }
    return render(request, "portal/userflows/words.html", page)
