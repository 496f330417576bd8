"""Style sheets as they are typed, and as browsers load them."""

from branding.styles.writing import GUARD, css_of

OLD_FILE = """\
@charset "UTF-8"; /* dropped */
@import url("https://fonts.example/brand.css"); /* dropped */
/* Acme, for its sign-in
   pages */
@font-face { /* dropped */
  font-family: Acme;
  src: url(https://fonts.example/acme.woff2);
}
body {
  font-family: Acme, "Segoe UI", sans-serif !important;
}
a { color: #0067b8; text-decoration: none; }
a:link { font-weight: 600; }
a:hover, a:focus { text-decoration: underline; }
a:focus:active { color: #004578; }
.ext-background-image {
  background: url("https://acme.example/hill.jpg") center / cover; /* dropped */
  background-color: #f3f2f1;
}
.ext-header { background-color: #fff !important; padding: 8px 24px; }
.ext-header-logo { max-width: 245px; }
.ext-middle {
  vertical-align: middle; /* dropped */
  padding: 5%;
}
.ext-vertical-split-main-section { justify-content: center; }
.ext-vertical-split-background-image-container { background-position: center; }
.ext-sign-in-box {
  position: relative; /* dropped */
  width: 440px;
  padding: 44px /* all around */;
  box-shadow: 0 2px 6px rgba(0, 0, 0, 0.2);
}
.ext-title { font-size: 1.5rem; line-height: 28px; }
.ext-subtitle { font-size: 15px; }
.ext-button.ext-primary { background-color: #0067b8; border-radius: 2px; }
.ext-button.ext-primary:hover { background-color: #005da6; }
.ext-button.ext-primary:focus {
  outline: 2px solid #000; /* dropped */
  text-decoration: underline;
}
.ext-button.ext-primary:active {
  transform: scale(0.98); /* dropped */
}
.ext-button.ext-secondary { min-width: 108px; }
.ext-button.ext-secondary:hover { background-color: #b2b2b2; }
.ext-button.ext-secondary:focus, .ext-button.ext-secondary:active { border-width: 2px; }
.ext-error { color: #a4262c; font-size: 13px; }
.ext-input.ext-text-box { padding: 6px 10px; }
.ext-input.ext-text-box.ext-has-error { border-color: #a4262c; }
.ext-input.ext-text-box:hover { border-color: #323130; }
.ext-input.ext-text-box:focus { border-color: #0067b8; }
.ext-boilerplate-text { margin-top: 16px; }
.ext-promoted-fed-cred-box { gap: 8px; }
.ext-footer {
  bottom: 0; /* dropped */
  background-color: rgba(0, 0, 0, 0.6);
}
.ext-footer-links {
  float: right; /* dropped */
  gap: 16px;
}
.ext-footer-item { font-size: 12px; }
.ext-debug-item { display: none; }
@media only screen and (max-width: 600px) {
  .ext-sign-in-box { padding: 24px !important; }
  .ext-header { display: none; }
}
@media print { /* dropped */
  .ext-footer { display: none; }
}
"""
"""One for the model product's pages; what pages here don't use of it is marked."""


def written(source: str) -> str:
    """What browsers load of it, without what pages add."""
    return css_of(source).partition(GUARD)[0].replace(".styled.styled ", "").strip()
