"""`manage.py tenant captcha`: which CAPTCHA provider a tenant has."""

from dataclasses import asdict, replace
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.services import Actor
from captcha.description import describe
from captcha.models import CaptchaSettings
from captcha.services import choose_captcha, try_captcha
from captcha.widgets import OTHER, PUZZLE, STOP, WIDGETS
from commands.answers import Answer, password_from_stdin
from commands.named import serving

NONE = "none"
CHOSEN = ("site_key", "on_failure", "name", "script_url", "css_class", "response_field", "verify_url", "privacy_url")


def add_captcha_options(parser: CommandParser) -> None:
    """What may be chosen, by the names of the description."""
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    parser.add_argument("--provider", choices=[*WIDGETS, OTHER, NONE], help="whose widget user flows may ask")
    parser.add_argument("--site-key", help="the public key that the provider has given")
    parser.add_argument("--secret-stdin", action="store_true", help="read the secret from standard input")
    parser.add_argument("--on-failure", choices=[PUZZLE, STOP], help="what happens when the provider can't be asked")
    parser.add_argument("--name", help="of another provider, as customers read it")
    parser.add_argument("--script-url", help="the script that makes its widget")
    parser.add_argument("--css-class", help="of the element that the script fills")
    parser.add_argument("--response-field", help="in which the form carries what the widget has found")
    parser.add_argument("--verify-url", help="where that is verified")
    parser.add_argument("--privacy-url", help="its privacy policy")
    parser.add_argument("--origin", action="append", help="from which the widget loads besides; repeatable; or none")
    parser.add_argument("--test", action="store_true", help="ask the provider, with these values, and save nothing")


def captcha(options: dict[str, Any]) -> Answer:
    """Show which provider it is, choose it, or test it. Raises `CommandError`."""
    chosen = _chosen(options)
    with serving(options["tenant"]):
        wished = replace(describe(), **chosen)
        secret = password_from_stdin() if options["secret_stdin"] else ""
        if options["test"]:
            trial = try_captcha(wished, secret=secret)
            if trial.problem:
                raise CommandError(trial.problem)
            return Answer({"name": trial.name}, f"{trial.name} answers, and knows the secret.")
        if chosen or secret:
            choose_captcha(wished, secret=secret, actor=Actor.command())
        facts = asdict(describe()) | {"has_secret": CaptchaSettings.objects.exclude(sealed_secret="").exists()}
    return Answer(facts, "\n".join(f"{name:14}  {value}" for name, value in facts.items()))


def _chosen(options: dict[str, Any]) -> dict[str, Any]:
    chosen = {name: options[name] for name in CHOSEN if options[name] is not None}
    if options["provider"]:
        chosen["provider"] = "" if options["provider"] == NONE else options["provider"]
    if options["origin"]:
        chosen["origins"] = () if options["origin"] == [NONE] else tuple(options["origin"])
    return chosen
