"""Eve signs in to an application while it is being deleted: what she gets then is gone with it, too."""

import threading
import time

import pytest
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from applications.models import Application, DeletedApplication
from applications.services.deletion import delete_application, restore_application
from audit.services import Actor
from oidc.models import RefreshToken
from tests.oidc.relying_party import RelyingParty, refused

pytestmark = pytest.mark.django_db(transaction=True)
COMMAND = Actor.command()


def test_o27_what_is_given_while_it_is_being_deleted_is_worthless_once_it_is_restored(shop: RelyingParty) -> None:
    tenant = shop.browser.tenant
    shop.tokens()
    is_held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        """A refresh that is under way: the deletion waits for its row. So it does where there are many."""
        with tenant_context(tenant), transaction.atomic():
            RefreshToken.objects.select_for_update().first()
            is_held.set()
            let_go.wait(20)
        connection.close()

    def delete() -> None:
        with tenant_context(tenant):
            delete_application(Application.objects.get(client_id=shop.client_id), actor=COMMAND)
        connection.close()

    threads = [threading.Thread(target=hold), threading.Thread(target=delete)]
    threads[0].start()
    assert is_held.wait(5)
    threads[1].start()
    time.sleep(1)
    tokens, code = shop.tokens(), shop.code()
    let_go.set()
    for thread in threads:
        thread.join()

    with tenant_context(tenant):
        restore_application(DeletedApplication.objects.get(), actor=COMMAND)

    assert refused(shop.exchange(code))
    assert refused(shop.refresh(tokens["refresh_token"]))
