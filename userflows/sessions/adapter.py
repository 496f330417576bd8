from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.models import Account
from common.web.http import client_ip

BACKEND = "accounts.credentials.backends.AccountBackend"


class FlowAdapter(DefaultAccountAdapter):
    """How allauth's flows behave in ours: no messages, no mails, no tables of their own, our pages at each end."""

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Nothing: what happened stands on the page that follows."""

    def get_login_stages(self) -> list[str]:
        """None: a journey has come through all its steps before it signs anybody in."""
        return []

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:
        """Back to the step, whose answer is the one for a wrong password."""
        return HttpResponseRedirect(request.get_full_path())

    def login(self, request: HttpRequest, user: Account) -> None:
        """Sign in under a new session key, also where the same account was signed in already (session fixation)."""
        user.backend = BACKEND
        if request.user.is_authenticated and request.user.pk == user.pk:
            request.session.cycle_key()
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse:
        """Straight to where the journey leads."""
        return HttpResponseRedirect(kwargs["redirect_url"])
