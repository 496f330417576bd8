"""The words of a page layout in one of the languages that customer pages speak."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from common.languages import english_name, find_language
from common.versions import version_of
from frame.admission import PortalRequest, tenant_page
from frame.concurrency import CHANGED_MEANWHILE
from frame.needs import Need
from tenants.models import Tenant
from userflows.flows.collectable import collectable_attributes
from userflows.flows.forms.words import language_choices, words_from, words_of_flow, words_rows
from userflows.flows.page_layout import Words
from userflows.flows.services import translate_page_layout
from userflows.flows.views.frame import flow_frame, flow_or_404
from userflows.models import UserFlow


@tenant_page(needs=Need.FLOWS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def layout_words(request: PortalRequest, tenant: Tenant, flow_id: UUID, language: str) -> HttpResponse:
    """The label and the texts of options of each row, in one language."""
    flow = flow_or_404(flow_id)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    kept = words_of_flow(list(flow.attributes.all()), language)
    if request.method != "POST":
        return _words_page(request, tenant, flow, language, kept)
    words = words_from(request.POST)
    if request.POST.get("seen", version_of(kept)) != version_of(kept):
        return _words_page(request, tenant, flow, language, words, problems={"": CHANGED_MEANWHILE})
    try:
        translate_page_layout(flow, language=language, words=words, actor=request.actor)
    except ValidationError as error:
        problems = {key: " ".join(texts) for key, texts in error.message_dict.items()}
        return _words_page(request, tenant, flow, language, words, problems=problems)
    messages.success(request, f"Saved. Customers who read {english_name(language)} see these words from now on.")
    return redirect("portal:userflow-layout-words", tenant.slug, flow.pk, language)


def languages_of(flow: UserFlow) -> dict[str, Any]:
    """Template variables of the list of languages above a page layout."""
    rows = list(flow.attributes.all())
    codes = [code for code, _ in settings.LANGUAGES]
    return {"language_choices": language_choices(rows, collectable_attributes(), codes)}


def _words_page(
    request: PortalRequest,
    tenant: Tenant,
    flow: UserFlow,
    language: str,
    words: Mapping[str, Words],
    *,
    problems: Mapping[str, str] | None = None,
) -> HttpResponse:
    spoken = find_language(language)
    if spoken is None:
        raise LookupError(language)
    kept = list(flow.attributes.all())
    problems = problems or {}
    rows = words_rows(kept, collectable_attributes(), words, problems)
    with translation.override(language):
        # What a built-in attribute is called where nobody wrote a label.
        own_labels = {row.attribute.name: str(row.attribute.label) for row in rows if not row.needs_label}
    page = {
        "rows": [{"row": row, "otherwise": own_labels.get(row.attribute.name, row.default)} for row in rows],
        "problems": problems,
        "general_problems": [problem for key, problem in problems.items() if "." not in key],
        "seen": version_of(words_of_flow(kept, language)),
        "language": language,
        "language_name": spoken.english,
        "direction": spoken.direction,
        **languages_of(flow),
        **flow_frame(request, tenant, flow),
    }
    return render(request, "portal/userflows/words.html", page)
