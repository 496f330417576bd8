"""What customers' pages and mails show of an application."""

from django.urls import reverse
from django.utils.http import urlencode

from applications.lookup.clients import RegisteredClient


def appearance_for_customers(client: RegisteredClient, *, issuer: str) -> dict[str, str]:
    """What pages and mails show of the application, or lead to, by name; that only which it has.

    A mail is the tenant's word: one that named itself could write there what it likes, and mail programs make links.
    """
    begin = client.initiate_login_uri
    look = {
        "logo_url": reverse("application-brand:logo", args=[client.logo_digest]) if client.logo_digest else "",
        "name_in_mails": "" if client.registered_dynamically else client.name,
        "policy_uri": client.policy_uri,
        "tos_uri": client.tos_uri,
        # OpenID Connect Core section 4.
        "start_url": f"{begin}{'&' if '?' in begin else '?'}{urlencode({'iss': issuer})}"
        if begin
        else client.client_uri,
    }
    return {name: shown for name, shown in look.items() if shown}
