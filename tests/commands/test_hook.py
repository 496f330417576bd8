import pytest
from django.core.management import CommandError
from django_tenants.utils import tenant_context

from applications.models import Application
from hooks.models import Hook
from tenants.models import Tenant
from tests.commands.conftest import Run
from tests.hooks.receiver import Answered, Verifier, action, receiver

AT_ACME = ("--tenant", "acme")


def test_a_hook_is_added_tested_read_changed_and_deleted(run: Run, acme: Tenant, bookshop: Application) -> None:
    with receiver() as server:
        server.answers(action("provideClaimsForToken", claims={"tier": "gold"}), Answered(status=500))
        add = ("hook", "add", *AT_ACME, "--name", "Tiers", "--moment", "tokenIssuanceStart", "--url", server.url)
        with pytest.raises(CommandError, match="at least one application"):
            run(*add)
        with pytest.raises(CommandError, match="goes by applications"):
            run(*add, "--flow", "Sign up and sign in")
        added = run(*add, "--client-id", bookshop.client_id)
        assert (added["serves"], added["on_failure"], added["is_on"]) == ([bookshop.client_id], "continue", False)
        one = (*AT_ACME, "--id", "Tiers")

        assert run("hook", "test", *one)["answer"]["values"] == {"tier": "gold"}
        assert Verifier(added["secret"]).believes(server.asked[0])
        with pytest.raises(CommandError, match="status 500"):
            run("hook", "test", *one)
        failed, good = run("hook", "deliveries", *one)["deliveries"]
        assert (failed["status"], good["judgement"]) == (500, "provideClaimsForToken")
        server.answers(action("continueWithDefaultBehavior"))
        assert run("hook", "replay", *one, "--delivery", str(good["id"]))["answer"]
        assert server.asked[0].json == server.asked[2].json

        assert run("hook", "change", *one, "--on")["is_on"] is True
        assert run("hook", "change", *one, "--off", "--timeout-ms", "900")["is_on"] is False
        assert run("hook", "list", *AT_ACME)["hooks"][0]["timeout_ms"] == 900
        assert run("hook", "exchange-secret", *one)["secret"] != added["secret"]
        run("hook", "delete", *one)

    with tenant_context(acme):
        assert not Hook.objects.exists()
