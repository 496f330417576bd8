"""A style sheet written for the model product's pages: what of it holds on ours, and what is told as left out."""

import re

from branding.styles.reading import read_sheet
from branding.styles.selectors import ANYWHERE, INPUT, PARTS, TEXT_BOX
from tests.branding.styles.css import OLD_FILE, written

# Links and fields, as they are written.
A, FIELD = ANYWHERE["a"], PARTS[INPUT] + PARTS[TEXT_BOX]
KEPT = """\
body{font-family:"Acme","Segoe UI",sans-serif}
a{text-decoration:none}
@media (prefers-color-scheme:light){
a{color:#0067b8;text-decoration:none}
}
a{font-weight:600}
a:hover,a:focus{text-decoration:underline}
@media (prefers-color-scheme:light){
a:focus:active{color:#004578}
:is(.full,.split .picture){background-color:#f3f2f1}
}
.masthead{padding:8px 24px}
@media (prefers-color-scheme:light){
.masthead{background-color:#ffffff;padding:8px 24px}
}
:is(.masthead img){max-width:245px}
.page{padding:5%}
:is(.split .page){justify-content:center}
:is(.split .picture){background-position:center}
.card{width:440px;padding:44px}
@media (prefers-color-scheme:light){
.card{box-shadow:0 2px 6px #00000033}
}
:is(.card h1){font-size:1.5rem;line-height:28px}
.lead{font-size:15px}
:is(.primary,.secondary).primary{border-radius:2px}
@media (prefers-color-scheme:light){
:is(.primary,.secondary).primary{background-color:#0067b8;border-radius:2px}
:is(.primary,.secondary).primary:hover{background-color:#005da6}
}
:is(.primary,.secondary).primary:focus{text-decoration:underline}
:is(.primary,.secondary).secondary{min-width:108px}
@media (prefers-color-scheme:light){
:is(.primary,.secondary).secondary:hover{background-color:#b2b2b2}
}
:is(.primary,.secondary).secondary:focus,:is(.primary,.secondary).secondary:active{border-width:2px}
.wrong{font-size:13px}
@media (prefers-color-scheme:light){
.wrong{color:#a4262c;font-size:13px}
}
field{padding:6px 10px}
@media (prefers-color-scheme:light){
field[aria-invalid=true]{border-color:#a4262c}
field:hover{border-color:#323130}
field:focus{border-color:#0067b8}
}
.texts{margin-top:16px}
.providers{gap:8px}
@media (prefers-color-scheme:light){
.foot{background-color:#00000099}
}
:is(.foot nav){gap:16px}
:is(.foot nav a){font-size:12px}
.reference{display:none}
@media (max-width:600px){
.card{padding:24px}
.masthead{display:none}
}
"""
TOLD = [
    (1, "Pages don’t support @charset here."),
    (2, "Pages don’t support @import here."),
    (5, "Pages don’t support @font-face here."),
    (17, 'background can’t be “url("https://acme.example/hill.jpg") center / cover” here.'),
    (23, "Pages don’t support “vertical-align”."),
    (29, "Pages don’t support “position”."),
    (39, "Pages don’t support “outline”."),
    (43, "Pages don’t support “transform”."),
    (56, "Pages don’t support “bottom”."),
    (60, "Pages don’t support “float”."),
    (69, "Pages support min-width, max-width and prefers-color-scheme, but not “print”."),
]


def test_every_selector_and_whatever_harms_nobody_is_kept_and_each_line_that_is_not_is_told() -> None:
    """Comments and `!important` make no difference, states and widths of the window are kept, nothing is fetched."""
    assert _by_line(written(OLD_FILE)) == KEPT
    assert [(each.line, each.reason) for each in read_sheet(OLD_FILE).left_out] == TOLD
    dropped = [number for number, line in enumerate(OLD_FILE.splitlines(), start=1) if "/* dropped */" in line]
    assert [line for line, _ in TOLD] == dropped


def _by_line(css: str) -> str:
    """Each rule on a line of its own, with short names for links and fields."""
    named = css.replace(A, "a").replace(FIELD, "field").replace("}", "}\n")
    return re.sub(r"(@media [^{]*{)", r"\1\n", named).replace("\n\n", "\n")
