"""The way back to the application that has sent its customer to a page of their account."""

from django.http import HttpRequest

from userflows.own_account.way_back import application_at

RETURN_TO, WAY_BACK = "return_to", "way_back"


def keep_way_back(request: HttpRequest) -> None:
    """Keep where an application wants its customer back, as long as they are signed in, if the address is its own."""
    address = request.GET.get(RETURN_TO, "")
    if address and (name := application_at(address)):
        request.session[WAY_BACK] = {"name": name, "url": address}


def way_back(request: HttpRequest) -> dict[str, str]:
    """The name of the application that the customer came from, and its address; empty if they came by themselves."""
    return dict(request.session.get(WAY_BACK, {}))
