"""What pages wear and say in Chromium: many at once, each in a frame as wide as a desktop."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Page

from tests.screens import wait_until

Worn = Mapping[str, Any]
SECONDS = 10
FRAMES = """(pages) => document.body.replaceChildren(...Object.entries(pages).map(([name, html]) =>
    Object.assign(document.createElement("iframe"),
        { name, srcdoc: html, sandbox: "allow-same-origin", width: 1000, height: 600 })))"""
LOADED = """() => [...document.querySelectorAll("iframe")].every((frame) =>
    frame.contentDocument.readyState === "complete" && frame.contentDocument.querySelector("h1"))"""
# What each of them wears and says, once nothing moves any more. Pictures are told by the colour of their first pixel,
# whatever size and format they are served in.
WORN = """async () => {
    const asked = new Map();
    const drawn = async (url) => {
        const picture = Object.assign(new Image(), { src: url });
        await picture.decode();
        const canvas = new OffscreenCanvas(1, 1).getContext("2d");
        canvas.drawImage(picture, 0, 0);
        return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    };
    const colorOf = (url) => {
        if (!asked.has(url)) asked.set(url, drawn(url));
        return asked.get(url);
    };
    const worn = async ({ name, contentDocument: page, contentWindow: window }) => {
        page.getAnimations().forEach((each) => each.finish());
        const style = (each) => window.getComputedStyle(each);
        const seen = (selector) => [...page.querySelectorAll(selector)].filter((each) => each.checkVisibility());
        const each = (selector, ask) => [...new Set(seen(selector).map(ask))];
        const colors = (urls) => Promise.all(urls.map(colorOf));
        const pictures = (selector) => colors(each(selector, (image) => image.currentSrc));
        const sides = (part) => part.getBoundingClientRect();
        const behind = each("body.full, .split .picture", (place) => style(place).backgroundImage);
        return [name, {
            language: page.documentElement.lang,
            direction: page.documentElement.dir,
            heading: page.querySelector("h1").innerText,
            cards: each(".card", (card) => style(card).backgroundColor),
            buttons: each(".primary:not(.danger), a.button", (button) =>
                [style(button).backgroundColor, style(button).color, style(button).borderTopLeftRadius].join(" ")),
            links: each("main .link, main .quiet a, .mail .card a:not(.button)", (link) => style(link).color),
            fonts: each("body", (root) => style(root).fontFamily.split(",")[0]),
            behind: each("body.full, .split .picture, body:has(> .mail)", (place) => style(place).backgroundColor),
            bars: each(".masthead, .mail .bar", (bar) => style(bar).backgroundColor + " " + style(bar).color),
            logos: await pictures(".brand img"),
            headers: await pictures(".masthead img, .mail .bar img"),
            wide: seen(".mail *").filter((part) => sides(part).right > sides(part.parentElement).right + 0.5)
                .map((part) => part.outerHTML),
            backgrounds: await colors(behind.flatMap((image) => image.match(/(?<=url\\(")[^"]+/g) ?? [])),
            icons: await colors([...page.querySelectorAll("link[rel=icon]")].map((icon) => icon.href)),
            legal: each(".foot nav a", (link) => link.innerText + " " + link.href),
            texts: each(".texts", (text) => text.innerText),
            hints: each("#email[placeholder]", (input) => input.placeholder),
        }];
    };
    return Promise.all([...document.querySelectorAll("iframe")].map(worn));
}"""


def put(window: Page, pages: Mapping[str, str]) -> None:
    """Show all of them, each in a frame where nothing runs and nothing leads on."""
    window.evaluate(FRAMES, dict(pages))
    wait_until(window, LOADED)


def differing(window: Page, about: Callable[[str, Worn], Worn], *, is_dark: bool) -> dict[str, Worn]:
    """By the pages' names, what is other than it should be, once pictures have come: `about` says of a page what is."""
    window.emulate_media(color_scheme="dark" if is_dark else "light")
    until = time.monotonic() + SECONDS
    while True:
        wrong = {name: found for name, worn in window.evaluate(WORN) if (found := about(name, worn))}
        if not wrong or time.monotonic() > until:
            return wrong
        window.wait_for_timeout(100)
