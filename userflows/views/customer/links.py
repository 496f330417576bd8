"""The page a mailed link leads to. To look at it changes nothing: programs that look through mail open links too."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from userflows.links.entry import follow
from userflows.links.services import opened
from userflows.lookup import default_flow
from userflows.pages import render_customer
from userflows.rows.mail_links import MailLink


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Say whose account it opens, and open it once that is confirmed."""
    if request.method == "POST" and (response := follow(request, token)):
        return response
    found = opened(token)
    if found is None:
        return render_customer(request, "customer/link_over.html", status=410)
    mailed, account = found
    context = {
        "is_invitation": mailed.kind == MailLink.Kind.INVITATION,
        "takes_passwords": default_flow().rules.has_passwords,
        "email": account.email,
    }
    return render_customer(request, "customer/link.html", context)
