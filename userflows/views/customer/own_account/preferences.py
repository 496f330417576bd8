"""In which language and time zone an account's owner reads pages and mails."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.identity.services.accounts import actor_of, update_profile
from accounts.models import Account
from branding.languages.offered import offer
from common.text.spoken import spoken_language
from common.web.language import remember_language
from userflows.forms.own_account import PreferencesForm
from userflows.journeys.addresses import see_other
from userflows.views.customer.own import is_proved, own_page, prove_first, show_own, typed_before, usual_zone


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def preferences(request: HttpRequest, account: Account) -> HttpResponse:
    """Choose both."""
    kept = {"language": account.language or spoken_language(), "time_zone": account.time_zone}
    initial = {**kept, **typed_before(request, account)}
    data = request.POST if request.method == "POST" else None
    form = PreferencesForm(account, data, usual=usual_zone(), initial=initial)
    if request.method == "POST" and not is_proved(request):
        return prove_first(request, account, keeps=form)
    if request.method != "POST" or not form.is_valid():
        return show_own(request, "preferences", form, status=400 if form.errors else 200)
    update_profile(account, attributes={}, **form.cleaned_data, actor=actor_of(account))
    response = see_other(f"{reverse('customer:profile')}?saved")
    if form.cleaned_data["language"] in offer().codes:
        remember_language(response, form.cleaned_data["language"])
    return response
