"""Codes that a hook sends to phones in our place, instead of a text message of ours."""

import re
from collections.abc import Callable

from common.elsewhere import Elsewhere, HandedOver
from hooks.calls.asking import try_to_ask
from hooks.lookup import hook_for
from hooks.models import Hook
from hooks.policies import TEXT
from hooks.wire.requests import About, code_request

# The last line of a message binds its code to our host (https://wicg.github.io/sms-one-time-codes/).
BOUND_CODE = re.compile(r"^@\S+ #(\d+)$", flags=re.MULTILINE)


def _has_hook() -> bool:
    return hook_for(TEXT) is not None


def _hand_over(to: str, text: str, has_left: Callable[[], None]) -> HandedOver:
    hook, found = hook_for(TEXT), BOUND_CODE.search(text)
    if hook is None or found is None:
        # It was switched off meanwhile, or this brings no code.
        return HandedOver(is_taken=False, is_ours=True)
    request = code_request(hook, About(), to=to, code=found[1], message=text)
    answer, problem = try_to_ask(hook, request, on_answer=has_left)
    goes_on = hook.on_failure == Hook.OnFailure.GO_ON
    return HandedOver(answer is not None, problem, is_ours=answer is None and goes_on)


BY_HOOK = Elsewhere(_has_hook, _hand_over)
