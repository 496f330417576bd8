"""The editor: all sentences of customer pages and mails, found, said otherwise and seen in place."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from branding.languages.offered import offer
from branding.models import Theme
from branding.preview.samples import samples_by_group
from branding.views.addresses import BrandAt
from branding.views.drafts import draft_context
from branding.words.pages import PAGES, page_named
from branding.words.rows import SentenceRow, chosen, no_longer_said, rows_in
from branding.words.services import change_words
from common.problems import Code, Problem, Refused
from portal.forms.words import STATES, FileForm, SentenceQuery, asked_in, editor_row, seen_in, typed_in, wished_in
from portal_frame.access import Need
from portal_frame.forms import CHANGED_MEANWHILE as CHANGED_SINCE
from portal_frame.lists import ListPage
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant
from userflows.models import UserFlow

PAGE_SIZE = 20
PLACE = "from"


@tenant_page(needs=Need.BRANDING_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The sentences that are asked for, each with what customers read, and a box for other words."""
    asked = asked_in(request.GET)
    if request.method != "POST":
        return editor(request, tenant, asked)
    try:
        changed = change_words(
            language=asked.language.code,
            wished=wished_in(request.POST),
            where=asked.where,
            seen=seen_in(request.POST),
            actor=request.actor,
        )
    except Refused as refusal:
        return editor(request, tenant, asked, problems=refusal.problems)
    told = ngettext("%(count)d sentence saved.", "%(count)d sentences saved.", len(changed)) % {"count": len(changed)}
    messages.success(request, told if changed else _("Nothing was changed."))
    return redirect(request.get_full_path())


def editor(
    request: PortalRequest,
    tenant: Tenant,
    asked: SentenceQuery,
    *,
    problems: Sequence[Problem] = (),
    files: FileForm | None = None,
    file_problems: Sequence[str] = (),
) -> HttpResponse:
    """The page; with what was typed, where something is wrong with it."""
    language = asked.language
    rows = list(rows_in(language.code, asked.where))
    sent, typed = (typed_in(request.POST), wished_in(request.POST)) if problems else ({}, {})
    found = [row for row in rows if row.sentence.text in sent] if sent else chosen(rows, asked.wanted)
    place = 0 if sent else _place_in(request, found)
    shown = found if sent else found[place : place + PAGE_SIZE]
    in_page = page_named(asked.wanted.page)
    context: dict[str, Any] = {
        "asked": asked,
        "rows": [
            editor_row(row, language.code, typed=typed.get(row.sentence.text), problems=problems) for row in shown
        ],
        "page": _ways_from(request, place, len(shown), len(found)),
        "found": len(found),
        "changed": sum(bool(row.own) for row in rows),
        "outdated": sum(row.is_outdated for row in rows),
        "gone": no_longer_said(language.code, asked.where),
        "problems": _general(problems),
        "has_problems": bool(problems),
        "languages": offer().known,
        "places": [(_("User flows"), UserFlow.objects.order_by("name")), (_("Themes"), Theme.objects.order_by("name"))],
        "pages": PAGES,
        "states": STATES,
        "groups": samples_by_group(with_variants=True),
        "sample": in_page.sample if in_page else "",
        "query": request.GET.urlencode(),
        "files": files or FileForm(),
        "file_problems": file_problems,
    }
    told = draft_context(request, BrandAt(tenant, asked.theme))
    return TemplateResponse(request, "portal/words/editor.html", told | context | _addresses(tenant, asked))


def _addresses(tenant: Tenant, asked: SentenceQuery) -> dict[str, Any]:
    about = urlencode({"language": asked.language.code, "where": asked.place.pk if asked.place else ""})
    export_url = reverse("portal:words-export", args=[tenant.slug])
    return {
        "words_url": reverse("portal:words", args=[tenant.slug]),
        "preview_url": f"{reverse('portal:words-preview', args=[tenant.slug])}?{about}",
        "samples_url": f"{reverse('portal:words-samples', args=[tenant.slug])}?{about}",
        "export_url": export_url,
        "their_export_url": f"{export_url}?{about}&shape=entra",
        "import_url": f"{reverse('portal:words-import', args=[tenant.slug])}?{about}",
    }


def _general(problems: Sequence[Problem]) -> list[str]:
    """What is wrong with no single sentence."""
    return [
        str(CHANGED_SINCE) if problem.code == Code.CHANGED_MEANWHILE else problem.sentence
        for problem in problems
        if problem.field in {"", "language"}
    ]


def _place_in(request: PortalRequest, found: Sequence[SentenceRow]) -> int:
    """From which of the sentences found the page goes on."""
    asked = request.GET.get(PLACE, "")
    place = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < len("10000") else 0
    return min(place, max(0, len(found) - 1)) // PAGE_SIZE * PAGE_SIZE


def _ways_from(request: PortalRequest, place: int, shown: int, found: int) -> ListPage[Any]:
    """Where other pages of the list are."""

    def address(other: int) -> str:
        kept = {name: value for name, value in request.GET.items() if name != PLACE and value}
        return f"{request.path}?{urlencode(kept | ({PLACE: str(other)} if other else {}))}"

    return ListPage(
        [],
        first_url=address(0) if place else "",
        next_url=address(place + PAGE_SIZE) if place + shown < found else "",
        previous_url=address(place - PAGE_SIZE) if place else "",
    )
