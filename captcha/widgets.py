"""What is known of the widgets of CAPTCHA providers, as values: none of them has code here.

All of them speak what began with reCAPTCHA: a script makes the widget out of an element that has a class and a site
key; the form carries what the widget has found in a field; and the provider's server says whether that is good.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

TURNSTILE, HCAPTCHA, RECAPTCHA, OTHER = "turnstile", "hcaptcha", "recaptcha", "other"
# What happens when the provider gives no answer: browsers solve a puzzle of ours instead, or nobody goes on.
PUZZLE, STOP = "puzzle", "stop"
MAX_NAME, MAX_URL, MAX_KEY, MAX_SECRET, MOST_ORIGINS = 64, 1024, 256, 1024, 10

CSS_CLASS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
# A source of the Content Security Policy (CSP level 3, section 2.3.1): a host, also all that are below it.
ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d{1,5})?")
VISIBLE = re.compile(r"[!-~]+")


@dataclass(frozen=True)
class Widget:
    """One provider's: its name for customers, what the page is made of, and who verifies what was found.

    `origins` are sources of a Content Security Policy, from which the page may load scripts, frames, styles and
    pictures. `privacy_url` is "" if the provider names none.
    """

    name: str
    script_url: str
    css_class: str
    response_field: str
    verify_url: str
    origins: tuple[str, ...]
    privacy_url: str = ""


WIDGETS: Mapping[str, Widget] = {
    TURNSTILE: Widget(
        name="Cloudflare Turnstile",
        script_url="https://challenges.cloudflare.com/turnstile/v0/api.js",
        css_class="cf-turnstile",
        response_field="cf-turnstile-response",
        verify_url="https://challenges.cloudflare.com/turnstile/v0/siteverify",
        origins=("https://challenges.cloudflare.com",),
        privacy_url="https://www.cloudflare.com/privacypolicy/",
    ),
    HCAPTCHA: Widget(
        name="hCaptcha",
        script_url="https://js.hcaptcha.com/1/api.js",
        css_class="h-captcha",
        response_field="h-captcha-response",
        verify_url="https://api.hcaptcha.com/siteverify",
        origins=("https://hcaptcha.com", "https://*.hcaptcha.com"),
        privacy_url="https://www.hcaptcha.com/privacy",
    ),
    RECAPTCHA: Widget(
        name="Google reCAPTCHA",
        script_url="https://www.google.com/recaptcha/api.js",
        css_class="g-recaptcha",
        response_field="g-recaptcha-response",
        verify_url="https://www.google.com/recaptcha/api/siteverify",
        # Whole hosts would let the page load whatever else they serve.
        origins=("https://www.google.com/recaptcha/", "https://www.gstatic.com/recaptcha/"),
        privacy_url="https://policies.google.com/privacy",
    ),
}


def origin_of(url: str) -> str:
    """Scheme and host of an address, as a policy names them; "" if it has none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
