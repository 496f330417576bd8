"""Importing customers: the file, what its columns are, what would come of it, and how far it is."""

import json
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.identity.lookup import custom_attribute_types
from bulk.columns import VERIFIED
from bulk.forms.imports import FileForm, MappingForm
from bulk.imports import sample_files
from bulk.imports.judging import HIDDEN, Plan, shown
from bulk.imports.mapping import targets
from bulk.imports.pieces import MAX_FILE_BYTES, PIECE_BYTES, StoredFile, pieces_of
from bulk.imports.reading import FileRefused, records
from bulk.imports.refused import problems_of, refused_lines
from bulk.imports.services import add_piece, begin_import, bring_in, check_file, form_of, guessed, map_anew, unheeded
from bulk.models import Kind, Operation, State
from bulk.views.operation_page import TONES, mails_stay, operation_or_404, progress
from common.problems import Refused
from portal_frame.access import Need
from portal_frame.downloads import CSV, JSON_LINES, streamed
from portal_frame.forms import ProblemsShownAt, sent, show_problems
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant

RECENT = 10
LOOKED_AT = 20
SAMPLES = 3
LONGEST_SAMPLE = 40


@tenant_page(needs=Need.CUSTOMERS_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The latest imports, and the form for another. A browser without a script sends the file whole."""
    _not_at_home(tenant)
    form = FileForm(sent(request), request.FILES if request.method == "POST" else None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        with ProblemsShownAt(form):
            operation = begin_import(file_name=file.name, size=file.size, actor=request.actor)
            for number, content in enumerate(pieces_of(file.read())):
                add_piece(operation, number=number, content=content)
            return redirect("portal:import", tenant.slug, operation.pk)
    recent = Operation.objects.imports().order_by("-created_at", "-pk")[:RECENT]
    page = {
        "form": form,
        "rows": [(each, TONES.get(State(each.state), "")) for each in recent],
        "most_bytes": MAX_FILE_BYTES,
        "piece_bytes": PIECE_BYTES,
    }
    return render(request, "portal/bulk/imports.html", page)


@tenant_page(needs=Need.CUSTOMERS_IMPORT)
@require_POST
def begin(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Begin an import whose file comes in pieces. Tells a script where to send them."""
    _not_at_home(tenant)
    size = request.POST.get("size", "")
    try:
        operation = begin_import(
            file_name=request.POST.get("name", ""),
            size=int(size) if size.isascii() and size.isdigit() else 0,
            actor=request.actor,
        )
    except Refused as refusal:
        return JsonResponse({"problem": " ".join(refusal.messages)}, status=400)
    url = reverse("portal:import", args=[tenant.slug, operation.pk])
    return JsonResponse({"url": url}, status=201)


@tenant_page(needs=Need.CUSTOMERS_IMPORT)
@require_POST
def piece(request: PortalRequest, _tenant: Tenant, import_id: UUID, number: int) -> HttpResponse:
    """Take a piece of the file."""
    found = _import_or_404(request, import_id)
    try:
        is_whole = add_piece(found, number=number, content=request.body)
    except Refused as refusal:
        return JsonResponse({"problem": " ".join(refusal.messages)}, status=409)
    return JsonResponse({"is_whole": is_whole})


@tenant_page(needs=Need.CUSTOMERS_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: PortalRequest, tenant: Tenant, import_id: UUID) -> HttpResponse:
    """An import: what it waits for, or how far it is. Its form says what the columns are."""
    found = _import_or_404(request, import_id)
    if request.htmx and not found.is_at_work:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    if found.state == State.UPLOADED:
        return _columns(request, tenant, found)
    problems = problems_of(found)
    page = {
        **progress(found),
        "comes": found.good - (found.unchanged if found.chosen.get("existing") == "skip" else 0),
        "is_update": found.chosen.get("existing") == "update",
        "invites": found.chosen.get("invites", False),
        "mail_stays": mails_stay(found, mails=found.chosen.get("invites", False)),
        "problems": problems,
        "unheeded": unheeded(found),
        "is_list": "form" in found.chosen and form_of(found).is_list,
        "piece_bytes": PIECE_BYTES,
        "sent_bytes": found.position,
    }
    return render(request, "portal/bulk/import.html", page)


@tenant_page(needs=Need.CUSTOMERS_IMPORT, asks_for_proof=True)
@require_POST
def start(request: PortalRequest, tenant: Tenant, import_id: UUID) -> HttpResponse:
    """Bring the good lines in."""
    found = _import_or_404(request, import_id)
    try:
        bring_in(found, actor=request.actor)
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
    return redirect("portal:import", tenant.slug, found.pk)


@tenant_page(needs=Need.CUSTOMERS_IMPORT)
@require_POST
def map_columns_anew(request: PortalRequest, tenant: Tenant, import_id: UUID) -> HttpResponse:
    """Go back to what the columns are."""
    found = _import_or_404(request, import_id)
    try:
        map_anew(found)
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
    return redirect("portal:import", tenant.slug, found.pk)


@tenant_page(needs=Need.CUSTOMERS_IMPORT)
@require_safe
def refused(request: PortalRequest, tenant: Tenant, import_id: UUID) -> HttpResponse:
    """The lines that are refused, each with the reason, as a file to read. Password hashes are left out of it."""
    found = _import_or_404(request, import_id)
    if "form" not in found.chosen:
        return redirect("portal:import", tenant.slug, found.pk)
    return streamed(tenant, refused_lines(found), file_name=f"refused-lines-{found.created_at:%Y-%m-%d}.csv")


@tenant_page(needs=Need.CUSTOMERS_IMPORT)
@require_safe
def sample_csv(_request: PortalRequest, _tenant: Tenant) -> HttpResponse:
    """A file to begin with."""
    return _file(sample_files.sample_csv(), "customers.csv", CSV)


@tenant_page(needs=Need.CUSTOMERS_IMPORT)
@require_safe
def sample_json(_request: PortalRequest, _tenant: Tenant) -> HttpResponse:
    """The same as JSON lines."""
    return _file(sample_files.sample_json_lines(), "customers.jsonl", JSON_LINES)


def _file(content: bytes | str, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


def _not_at_home(tenant: Tenant) -> None:
    """People of the home tenant are administrators: they are invited."""
    if tenant.is_home:
        raise Http404


def _import_or_404(request: PortalRequest, import_id: UUID) -> Operation:
    found = operation_or_404(request, import_id)
    if found.kind != Kind.IMPORT:
        raise Http404
    return found


def _columns(request: PortalRequest, tenant: Tenant, found: Operation) -> HttpResponse:
    """The form that says what each column is, beside what stands in it."""
    headings = form_of(found).headings
    mapping = guessed(found)
    kept = {"verified": "file" if VERIFIED in mapping.values() else "no", **found.chosen, "mapping": mapping}
    form = MappingForm(sent(request), headings=headings, targets=targets(custom_attribute_types()), kept=kept)
    if form.is_valid():
        try:
            check_file(
                found,
                mapping=form.mapping,
                existing=form.cleaned_data["existing"],
                verified=form.cleaned_data["verified"],
                group_id=UUID(form.cleaned_data["group"]) if form.cleaned_data["group"] else None,
                invites=form.cleaned_data["invites"],
                salt_order=form.cleaned_data["salt_order"],
                firebase=form.cleaned_data["firebase"],
            )
        except Refused as refusal:
            show_problems(form, refusal, shown_at=form.field_of_heading)
        else:
            return redirect("portal:import", tenant.slug, found.pk)
    seen = _samples(found)
    columns = [(form[name], seen.get(heading, [])) for heading, name in form.field_of_heading.items()]
    page = {"operation": found, "form": form, "columns": columns}
    return render(request, "portal/bulk/columns.html", page)


def _samples(found: Operation) -> dict[str, list[str]]:
    """Some of what stands in each column. Of what looks like a password hash nothing is shown."""
    form = form_of(found)
    plan = Plan(guessed(found), "no")
    seen: dict[str, list[str]] = {}
    try:
        for record in islice(records(StoredFile(found.pk), form, form.begins_at, form.begins_on), LOOKED_AT):
            for heading, value in shown(record.values or {}, plan).items():
                _add_sample(seen.setdefault(heading, []), value)
    except FileRefused:
        # What can't be read is told when the file is checked.
        pass
    return seen


def _add_sample(seen: list[str], value: Any) -> None:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if text and len(seen) < SAMPLES:
        seen.append(text if len(text) <= LONGEST_SAMPLE else f"{text[:LONGEST_SAMPLE]}{HIDDEN}")
