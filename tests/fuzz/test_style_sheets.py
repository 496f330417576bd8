"""Thousands of hostile style sheets: none fetches, runs or hides anything, and none brings the product down."""

from dataclasses import replace
from typing import Any

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from branding.look import resolve
from branding.looks.choices import DARK, LIGHT
from branding.preview.samples import html_of_sample
from branding.styles.contrast import judge
from branding.styles.parts import pages_by_scheme
from branding.styles.properties import PROPERTIES
from branding.styles.writing import SCOPE, css_of
from branding.words.in_force import TenantsWords
from tenants.models import Tenant
from tests.branding.brands import DEFAULT, NOTHING
from tests.browser import Browser
from tests.fuzz.style_sheets import style_sheet
from tests.screens import DESK, PHONE

A_BATCH = 100
# Of so many the preview is asked as well.
ASKED_OF_THE_PREVIEW = 40
WARNINGS = """
    <p class="notice">Your session has ended.</p><p class="careful">Only continue if you started this.</p>
    <div class="notice" role="alert"><p class="wrong"><span>This code is wrong.</span></p></div>
    <p class="wrong"><span>Enter the code.</span> <a href="#">Request a new one</a></p>
"""
# What is wrong with each sheet of a batch, by what the browser makes of it.
JUDGE = """async ([sheets, allowed]) => {
    const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = (rgb) => rgb.slice(0, 3).map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const ground = (element) => {
        const found = numbers(getComputedStyle(element).backgroundColor);
        return found.length === 4 && found[3] === 0 ? ground(element.parentElement) : found;
    };
    const contrast = (one, other) => {
        const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const seen = (element) => {
        element.scrollIntoView({ block: "center" });
        const box = element.getBoundingClientRect();
        const at = document.elementFromPoint(box.left + Math.min(box.width, 60) / 2, box.top + box.height / 2);
        const style = getComputedStyle(element);
        if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return "not visible";
        if (box.width < 60 || box.height < 12) return "too small";
        if (!at || !(element.contains(at) || at.contains(element))) return `covered by ${at?.outerHTML.slice(0, 80)}`;
        if (parseFloat(style.fontSize) < 10) return "too small to read";
        if (parseFloat(style.lineHeight) < parseFloat(style.fontSize)) return "lines over each other";
        if (style.letterSpacing !== "normal" || style.textTransform !== "none") return "garbled";
        if (style.boxShadow !== "none") return "a shadow over its ground";
        if (contrast(numbers(style.color), ground(element)) < 4.4) return `${style.color} can't be read`;
        return "";
    };
    const style = document.head.appendChild(document.createElement("style"));
    const told = [];
    for (const [number, css, rules] of sheets) {
        style.textContent = css;
        document.getAnimations().forEach((each) => each.finish());
        const kept = [...style.sheet.cssRules]
            .flatMap((rule) => (rule instanceof CSSMediaRule ? [...rule.cssRules] : rule));
        if (kept.length !== rules) told.push([number, `${kept.length} rules, not ${rules}`]);
        for (const rule of kept) {
            if (!(rule instanceof CSSStyleRule) || rule.cssRules.length) told.push([number, rule.cssText]);
            const strange = [...rule.style].filter((name) => !allowed.some((known) => name.startsWith(known)));
            if (strange.length) told.push([number, `${strange}`]);
        }
        for (const warning of document.querySelectorAll(".notice:not(:empty), .careful, .wrong, .account, .wrong a")) {
            const wrong = seen(warning);
            if (wrong) told.push([number, `${warning.className}: ${wrong}`]);
        }
        if (document.title !== "Fuzz") told.push([number, "a script ran"]);
    }
    style.remove();
    return told;
}"""
"""What a property is called once a browser has taken a shorthand apart begins with one of these."""
EXPANDED = (*PROPERTIES, "text-wrap", "row-gap", "column-gap", "transition-", "font-variant")


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_b16_to_b21_no_style_sheet_fetches_runs_or_hides_anything(
    pytestconfig: pytest.Config, acme: Tenant, ada_portal: Browser, chromium: Chromium
) -> None:
    seed, total = pytestconfig.getoption("--fuzz-seed"), pytestconfig.getoption("--fuzz-sheets")
    asked: list[str] = []
    pages = [(scheme, _page(chromium, acme, scheme, asked)) for scheme in (LIGHT, DARK)]
    found: list[Any] = []
    for first in range(0, total, A_BATCH):
        numbers = range(first, min(first + A_BATCH, total))
        scheme, page = pages[first // A_BATCH % 2]
        read = ((number, css_of(style_sheet(seed, number), scheme=scheme)) for number in numbers)
        written = [(number, css, css.count("{") - css.count("@media")) for number, css in read]
        found += page.evaluate(JUDGE, [written, EXPANDED])
        assert not asked, f"seed {seed}, numbers {numbers}: {asked}"
    assert not found, f"seed {seed}: {len(found)} faults\n" + "\n".join(map(str, found[:20]))
    for number in range(0, total, max(1, total // ASKED_OF_THE_PREVIEW)):
        answer = ada_portal.post(f"{DEFAULT}preview", NOTHING | {"custom_css": style_sheet(seed, number)})
        assert answer.status_code == 200, f"seed {seed}, number {number}"
        # Told or not, it is judged without a fault.
        judge(style_sheet(seed, number), pages_by_scheme({}, layout="split", has_picture=True, header=""))


def _page(chromium: Chromium, tenant: Tenant, scheme: str, asked: list[str]) -> Page:
    """A page on which everything stands that a customer has to read, without the policy that pages are served with.

    A light one on a phone, a dark one beside a picture on a desk. What it asks for is noted.
    """
    is_dark = scheme == DARK
    with tenant_context(tenant):
        look = resolve([], tenant_name=tenant.name, scheme=scheme)
        look = replace(look, custom_css="a {}", layout="split" if is_dark else look.layout)
        html = html_of_sample("code", look=look, language="en", words=TenantsWords([]))
    page = chromium.new_page(viewport=DESK if is_dark else PHONE)
    page.set_content(html.replace("</main>", f"{WARNINGS}</main>"))
    page.evaluate("document.title = 'Fuzz'")
    assert page.locator(SCOPE).count() == 1
    page.on("request", lambda request: asked.append(request.url))
    return page
