"""Codes that a hook sends in our place, instead of a mail of ours."""

from collections.abc import Callable

from common.elsewhere import Elsewhere, HandedOver
from hooks.calls.asking import try_to_ask
from hooks.lookup import hook_for
from hooks.models import Hook
from hooks.policies import MAIL
from hooks.wire.requests import About, code_request
from mail.bodies import Body


def _has_hook() -> bool:
    return hook_for(MAIL) is not None


def _hand_over(to: str, body: Body, has_left: Callable[[], None]) -> HandedOver:
    hook = hook_for(MAIL)
    if hook is None:
        # It was switched off meanwhile.
        return HandedOver(is_taken=False, is_ours=True)
    request = code_request(hook, About(language=body.language), to=to, code=body.code, link=body.link)
    answer, problem = try_to_ask(hook, request, on_answer=has_left)
    goes_on = hook.on_failure == Hook.OnFailure.GO_ON
    return HandedOver(answer is not None, problem, is_ours=answer is None and goes_on)


BY_HOOK = Elsewhere(_has_hook, _hand_over)
