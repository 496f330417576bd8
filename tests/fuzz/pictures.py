"""Pictures as somebody sends them who wants more than to be seen."""

import random

from tests.branding.pictures import DRAWING, bomb, noise, picture

_OUTSIDE = (
    "http://evil.example/x.png",
    "//evil.example/x.svg",
    "file:///etc/passwd",
    "/etc/passwd",
    "../../static/customer/icon.svg",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml;base64,PHN2Zy8+",
    "javascript:alert(1)",
    "#a",
)
_PIECES = (
    '<image {href} width="50" height="50"/>',
    "<use {href}/>",
    "<feImage {href}/>",
    '<filter id="f{n}"><feImage {href}/><feGaussianBlur stdDeviation="{n}"/></filter><rect filter="url(#f{n})"/>',
    "<script {href}>alert(1)</script>",
    '<rect width="9" height="9" onload="alert(1)" style="fill:url({address})"/>',
    '<style>@import url("{address}"); rect {{ fill: url({address}) }}</style>',
    "<foreignObject><iframe src='{address}' xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>",
    '<pattern id="a" {href} width="{n}" height="1e-9"><use href="#a"/></pattern><rect fill="url(#a)" width="90"/>',
    '<g id="a"><use href="#a"/><use href="#a"/></g>',
    '<path d="M0 0L{n}e30 {n}h-1e38z"/>',
    '<rect width="{n}e9" height="90" transform="rotate({n}) scale(1e9)" stroke-dasharray="1e-9" stroke="red"/>',
    "<a {href}><circle r='{n}'/></a>",
    '<mask id="m"><rect mask="url(#m)" width="9" height="9"/></mask>',
)
_BEFORE = (
    "",
    '<?xml version="1.0"?><?xml-stylesheet href="http://evil.example/x.css"?>',
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;">]>',
)


def hostile_picture(chance: random.Random) -> bytes:
    """An SVG of hostile pieces, or a file of another kind with some bytes exchanged."""
    if chance.random() < 0.6:
        return _drawing(chance)
    originals = (picture(64, 48), noise(40, 30), noise(40, 30, kind="JPEG"), noise(40, 30, kind="WEBP"), DRAWING)
    content = bytearray(chance.choice((*originals, bomb(chance.randrange(1, 20_000), chance.randrange(1, 2_000)))))
    for _ in range(chance.randint(0, 12)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content[: chance.randint(1, len(content))] if chance.random() < 0.3 else content)


def _drawing(chance: random.Random) -> bytes:
    inside = "".join(_piece(chance) for _ in range(chance.randint(1, 12)))
    box = chance.choice(('viewBox="0 0 100 50"', 'viewBox="0 0 1e5 1"', 'width="9" height="90"', 'viewBox="-1 -1 2 2"'))
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    entity = "<desc>&x;</desc>" if chance.random() < 0.2 else ""
    return f"{chance.choice(_BEFORE)}<svg {names} {box} onload='alert(1)'>{inside}{entity}</svg>".encode()


def _piece(chance: random.Random) -> str:
    address = chance.choice(_OUTSIDE)
    href = f'{chance.choice(("href", "xlink:href"))}="{address.replace("<", "&lt;")}"'
    return chance.choice(_PIECES).format(address=address.replace("<", "&lt;"), href=href, n=chance.randrange(1, 999))
