"""What customers are told of an application beside its name: its logo and links."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications.description import LINKS
from applications.forms.appearance import AppearanceForm
from applications.models import Application, ApplicationLogo
from applications.policies.appearance import LOGO
from applications.services.application import NewLogo, change
from applications.views.application_page import application_frame, application_or_404
from branding.errors import ImageRefused
from branding.pictures.encoding import PreparedImage
from branding.pictures.images import prepare_image
from branding.themes.services import theme_of
from branding.views.customer import unchanging
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant


@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """The logo of one of this tenant's applications."""
    return _image(request, digest)


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_safe
def portal_logo(request: PortalRequest, _: Tenant, digest: str) -> HttpResponse:
    return _image(request, digest)


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def appearance(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    page = application_frame(request, tenant, application)
    if application.kind == Application.Kind.SERVICE:
        raise Http404
    kept = {name: getattr(application, name) for name in LINKS}
    form = AppearanceForm(sent(request), files=request.FILES if request.method == "POST" else None, kept=kept)
    if form.is_valid() and _save(form, application, request):
        messages.success(request, _("Saved. Customers see it from now on."))
        return redirect("portal:application-appearance", tenant.slug, application.client_id)
    theme = theme_of(str(application.client_id))
    page |= {"form": form, "logo": _logo_on_page(form, application, tenant), "theme": theme}
    return render(request, "portal/applications/appearance.html", page)


def _save(form: AppearanceForm, application: Application, request: PortalRequest) -> bool:
    """Both or neither; the form then says all that is wrong."""
    image = _uploaded(form)
    links = {name: form.cleaned_data[name] for name in LINKS}
    logo = NewLogo(image) if image or form.cleaned_data["remove_logo"] else None
    with ProblemsShownAt(form), transaction.atomic():
        change(application, lambda now: now.with_values(**links), logo=logo, actor=request.actor)
        # The picture was refused; what is wrong with the links is said along with it.
        transaction.set_rollback(bool(form.errors))
    return not form.errors


def _uploaded(form: AppearanceForm) -> PreparedImage | None:
    """The logo that was sent, if it will do."""
    upload = form.cleaned_data["logo"]
    try:
        return prepare_image(upload, LOGO) if upload else None
    except ImageRefused as refusal:
        form.add_error("logo", str(refusal))
        return None


def _logo_on_page(form: AppearanceForm, application: Application, tenant: Tenant) -> dict[str, object]:
    kept = ApplicationLogo.objects.filter(application=application).defer("content").first()
    own = kept and {
        "url": reverse("portal:application-logo", args=[tenant.slug, kept.digest]),
        "width": kept.width,
        "height": kept.height,
    }
    return {"field": form["logo"], "remove": form["remove_logo"], "own": own}


def _image(request: HttpRequest, digest: str) -> HttpResponse:
    found = ApplicationLogo.objects.filter(digest=digest).only("content", "content_type").first()
    if found is None:
        raise Http404
    return unchanging(request, digest, content=bytes(found.content), content_type=found.content_type)
