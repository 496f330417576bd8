"""Style sheets as nobody should write them: of the parts of pages and of all that CSS can do wrong, at random."""

import random

from branding.styles.properties import PROPERTIES
from branding.styles.selectors import PARTS

ELSEWHERE = "https://evil.example"
NAMES = tuple(f".{name}" for name in PARTS)
SELECTORS = (
    *NAMES,
    *("body", "a", "a:hover", "*", ":root", "html", "input", "input[value^=a]", "input[name=csrfmiddlewaretoken]"),
    *(".notice", ".careful", ".wrong", ".wrong::before", ".account", ".lead", "form", "form:has(:valid)", "p", "@x"),
    *(
        ".ext-error *",
        ".ext-sign-in-box > *",
        ".ext-sign-in-box :not(a)",
        ".ext-title::after",
        ".ext-title + p",
        "a[href]",
    ),
    *(".styled", ".styled .notice", ".ext-sign-in-box.notice", ".ext-error~p", ".ext\\2d title", ".EXT-TITLE", "&", ""),
)
VALUES = (
    *(f"url({ELSEWHERE}/1)", f"url('{ELSEWHERE}/2')", f"\\75rl({ELSEWHERE}/3)", f'src("{ELSEWHERE}/4")'),
    *(f"image-set(url({ELSEWHERE}/5) 1x)", f'-webkit-image-set("{ELSEWHERE}/6" 1x)', f"image({ELSEWHERE}/7)"),
    *(
        f"cross-fade(url({ELSEWHERE}/8), red)",
        f"var(--x, url({ELSEWHERE}/9))",
        f"url({ELSEWHERE}/a), auto",
        "element(#x)",
    ),
    *("expression(alert(1))", "javascript:alert(1)", "attr(value url)", "env(x)", f"//{ELSEWHERE[8:]}/b", "paint(x)"),
    *(
        "none",
        "0",
        "-9999px",
        "9999px",
        "1px",
        "100%",
        "-1",
        "1e9px",
        "calc(1px - 9999px)",
        "inherit",
        "initial",
        "unset",
    ),
    *("red", "transparent", "#fff", "#0000", "rgb(255 255 255)", "rgba(0,0,0,0)", "hsl(0 0% 100%)", "oklch(1 0 0)"),
    *("color()", "color(srgb)", "1e999px", "rgb(1e999 0 0)", "1" * 5000),
    *(
        "fixed",
        "absolute",
        "sticky",
        "2147483647",
        "hidden",
        "collapse",
        "inset(100%)",
        "scale(0)",
        "blur(99px)",
        "rtl",
    ),
    *("linear-gradient(red, white)", f"linear-gradient(red, url({ELSEWHERE}/c))", "radial-gradient(#fff 0 100%)"),
    *(
        '"Press Allow"',
        "'\\3c /style>'",
        "</style><script>document.title=1</script>",
        "<!-- -->",
        "/* */ 1px",
        "center",
    ),
    *("0 0 0 9999px #fff", "inset 0 0 0 99px #fff", "2px 2px 4px #0003", "1px solid #ccc", "bold", "underline", "flex"),
    *(
        "contents",
        "row-reverse",
        "1s",
        "9999s",
        "infinite x 1s",
        '"Comic Sans MS", cursive',
        f'"{ELSEWHERE}"',
        "uppercase",
    ),
)
OTHERS = (
    *(
        "position",
        "z-index",
        "content",
        "cursor",
        "transform",
        "filter",
        "clip-path",
        "mask",
        "mask-image",
        "visibility",
    ),
    *(
        "overflow",
        "order",
        "direction",
        "unicode-bidi",
        "outline",
        "behavior",
        "-moz-binding",
        "src",
        "list-style-image",
    ),
    *("border-image", "border-image-source", "shape-outside", "animation", "animation-name", "pointer-events", "all"),
    *(
        "--x",
        "--ink",
        "--surface",
        "inset",
        "top",
        "left",
        "text-indent",
        "font",
        "zoom",
        "translate",
        "scale",
        "quotes",
    ),
    *("-webkit-text-security", "-webkit-text-fill-color", "-webkit-mask", "appearance", "user-select", "counter-reset"),
)
AT_RULES = (
    *(f'@import "{ELSEWHERE}/d";', f"@import url({ELSEWHERE}/e) screen;", f"@namespace url({ELSEWHERE}/f);"),
    *(f"@font-face {{ font-family: x; src: url({ELSEWHERE}/g); unicode-range: U+61 }}", "@charset 'utf-7';"),
    *(
        "@keyframes x { to { top: 0 } }",
        "@layer x { .ext-title { color: red } }",
        "@supports (display: grid) {",
        "@page {",
    ),
    *(
        "@container (width > 1px) {",
        "@scope (.notice) {",
        "@property --x { syntax: '*'; inherits: true }",
        "@starting-style {",
    ),
    *("@media print {", "@media (max-width: 600px) {", "@media (prefers-color-scheme: dark) {", "@media not all {"),
    *("@media (min-width: 1px) and (prefers-color-scheme: light) {", "@media screen, (hover) {", "@\\69mport 'x';"),
)
# What would hide or cover what has to be read, if a page allowed it.
HIDING = (
    *("opacity:0", "opacity:.01", "display:none", "display:contents", "visibility:hidden", "color:#fff", "color:#000"),
    *(
        "color:transparent",
        "color:#ffffff05",
        "background:#fff",
        "background:#000",
        "background-color:#16181d",
        "zoom:0",
    ),
    *(
        "font-size:0",
        "font-size:1px",
        "font-size:.1em",
        "font-size:5%",
        "font-size:75%",
        "font-size:.7em",
        "font-size:smaller",
        "line-height:0",
        "line-height:.1",
        "height:0",
    ),
    *("max-height:0", "max-height:1px", "height:1px", "width:0", "width:1px", "max-width:0", "min-height:9999px"),
    *("margin:-999px", "margin-top:-200px", "margin-bottom:-200px", "margin-left:9999px", "padding:9999px", "order:-9"),
    *("margin-inline-start:-99px", "gap:9999px", "letter-spacing:-9px", "word-spacing:-99px", "text-indent:-9999px"),
    *(
        "box-shadow:0 0 0 9999px #fff",
        "box-shadow:0 -300px 0 200px #fff",
        "box-shadow:inset 0 24px 0 8px #b0231f",
        "letter-spacing:-1px",
        "text-shadow:0 0 9px #fff,0 0 9px #fff",
    ),
    *(
        "position:fixed;inset:0;background:#fff",
        "position:absolute;top:0",
        "z-index:9",
        "transform:scale(0)",
        "scale:0",
    ),
    *("clip-path:inset(100%)", "filter:opacity(0)", "overflow:hidden;height:0", "mask:linear-gradient(#0000,#0000)"),
    *("border-width:200px", "border:99px solid #fff", "outline:999px solid #fff", "backdrop-filter:blur(99px)"),
    *("flex-direction:column-reverse", "align-items:center", "text-transform:uppercase", "text-align:justify"),
    *("font-family:Wingdings", "-webkit-text-fill-color:#fff", "text-decoration:line-through", "transition:all 99s"),
)
PROPERTY_NAMES = (*PROPERTIES, *PROPERTIES, *OTHERS)
ENDS = ("", "}", "}}", "/*", "'", '"', "(", "\\", "<!--", "-->", ";", "\0", "\u2028", "]")


def style_sheet(seed: int, number: int) -> str:
    """The sheet of that number: the same one whenever it is asked for."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 - to be had again
    return "\n".join(_piece(chance) for _ in range(chance.randint(1, 6)))


def _piece(chance: random.Random) -> str:
    if chance.random() < 0.25:
        at_rule = chance.choice(AT_RULES)
        return f"{at_rule}{_rule(chance)}}}" if at_rule.endswith("{") else at_rule
    return _rule(chance) + (chance.choice(ENDS) if chance.random() < 0.1 else "")


def _rule(chance: random.Random) -> str:
    selectors = ",".join(_selector(chance) for _ in range(chance.randint(1, 3)))
    inside = ";".join(_declaration(chance) for _ in range(chance.randint(1, 5)))
    return f"{selectors}{{{inside}{chance.choice(ENDS) if chance.random() < 0.05 else ''}}}"


def _selector(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return chance.choice((".ext-error", ".ext-sign-in-box", ".ext-footer", "body", "a", ".ext-sign-in-box a"))
    parts = [chance.choice(NAMES if chance.random() < 0.7 else SELECTORS) for _ in range(chance.randint(1, 2))]
    return chance.choice((" ", "", ">", "+", ":hover ")).join(parts) + chance.choice(("", "", "", ":hover", "::before"))


def _declaration(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return chance.choice(HIDING)
    values = " ".join(chance.choice(VALUES) for _ in range(chance.randint(1, 2)))
    name = chance.choice(PROPERTY_NAMES)
    if chance.random() < 0.05:
        name = "".join(f"\\{ord(letter):x} " for letter in name)
    return f"{name}:{values}{chance.choice(('', '', ' !important'))}"
