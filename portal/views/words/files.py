"""Words as files: taken along, and brought in."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from branding.languages.locales import name_of_locale
from branding.words.files import Read, all_words, placed, read_words, told_in, words_in_their_shape
from branding.words.services import change_words_everywhere
from common.problems import Code, Problem, Refused
from common.text.texts import shortened
from portal.forms.words import FileForm, asked_in
from portal.views.words.editor import editor
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant

MOST_BYTES = 1024 * 1024
MOST_TOLD = 20
THEIRS = "entra"


@tenant_page(needs=Need.BRANDING_READ)
@require_safe
def export(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """All that the tenant says otherwise, as a file; or what is read in one language and place, in the other shape."""
    if request.GET.get("shape") == THEIRS:
        asked = asked_in(request.GET)
        told: dict[str, Any] = words_in_their_shape(asked.language.code, asked.where)
        name = f"words-{tenant.slug}-{asked.language.tag}.json"
    else:
        told, name = all_words(), f"words-{tenant.slug}.json"
    text = json.dumps(told, ensure_ascii=False, indent=2)
    return HttpResponse(
        text, content_type="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@tenant_page(needs=Need.BRANDING_CHANGE)
@require_POST
def take(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Import the words of a file: all of it, or nothing."""
    asked, form = asked_in(request.GET), FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return editor(request, tenant, asked, files=form)
    try:
        told = _json_of(form.cleaned_data["file"])
        read = read_words(told, language=asked.language.code)
        changed = change_words_everywhere(placed(read, asked.where), actor=request.actor)
    except Refused as refusal:
        return editor(request, tenant, asked, files=form, file_problems=_told(refusal))
    _say(request, read, changed)
    return redirect(f"{reverse('portal:words', args=[tenant.slug])}?{request.GET.urlencode()}")


def _json_of(file: Any) -> Any:
    if file.size > MOST_BYTES:
        raise Refused([Problem(Code.TOO_LONG, "", _("Choose a file of at most 1 MB."))])
    return told_in(file.read())


def _told(refusal: Refused) -> list[str]:
    told = []
    for problem in refusal.problems[:MOST_TOLD]:
        where = f"{name_of_locale(problem.item)}, " if problem.item else ""
        told.append(f"{where}“{shortened(problem.field)}”: {problem.sentence}" if problem.field else problem.sentence)
    return told


def _say(request: PortalRequest, read: Read, changed: int) -> None:
    told = ngettext("%(count)d sentence saved.", "%(count)d sentences saved.", changed) % {"count": changed}
    if read.unknown:
        names = ", ".join(shortened(name) for name in read.unknown[:MOST_TOLD])
        told += " " + _("Unknown keys: %(names)s.") % {"names": names}
    messages.success(request, told)
