"""What the columns of a file are: guessed by their headings, chosen by whoever imports, kept for the next file."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from django.utils.functional import Promise

from accounts.attributes import EMAIL
from bulk.columns import HASH, LABELS, LANGUAGE, SALT, VERIFIED

CUSTOM = "custom:"
"""Before the name of a custom attribute, which might be called as something else is."""

# Headings as files of other products have them, in small letters without anything but letters and digits.
ALIASES = {
    EMAIL: "email mail emailaddress useremail primaryemail primaryemailaddress emailadresse mailadresse emailid"
    " correo correoelectronico courriel adressemail userprincipalname username upn login",
    VERIFIED: "emailverified verified isemailverified emailconfirmed customverified",
    HASH: "passwordhash password passworddigest hashedpassword passwordencrypted encryptedpassword hash phc"
    " custompasswordhash credentials passwordhashvalue userpass",
    SALT: "salt passwordsalt hashsalt",
    LANGUAGE: "language locale lang sprache preferredlanguage langue idioma",
    "displayName": "displayname name nickname fullname anzeigename",
    "givenName": "givenname firstname given vorname prenom nombre forename",
    "surname": "surname lastname familyname nachname nom apellidos family",
    "preferred_username": "preferredusername useralias signinname",
    "jobTitle": "jobtitle title position",
    "streetAddress": "streetaddress street address strasse rue addressline1 addressstreetaddress",
    "postalCode": "postalcode zip zipcode plz postcode codepostal addresspostalcode",
    "city": "city town ort stadt ville ciudad addresslocality addresscity",
    "state": "state province region addressregion bundesland addressstate",
    "country": "country countryorregion land pays pais countrycode addresscountry",
}
TARGET_OF_ALIAS = {alias: target for target, aliases in ALIASES.items() for alias in aliases.split()}


def targets(custom_names: Iterable[str]) -> dict[str, str | Promise]:
    """All that a column may be, with what it is called."""
    return LABELS | {f"{CUSTOM}{name}": name for name in sorted(custom_names)}


def guess(headings: Iterable[str], *, kept: Mapping[str, str], custom_names: Iterable[str]) -> dict[str, str]:
    """What each column probably is; "" for those that are left out. No two are the same."""
    custom = {_plain(name): f"{CUSTOM}{name}" for name in custom_names}
    possible = targets(custom_names)
    found: dict[str, str] = {}
    for heading in headings:
        plain = _plain(heading)
        target = kept.get(heading, custom.get(plain) or TARGET_OF_ALIAS.get(plain, ""))
        found[heading] = target if target in possible and target not in found.values() else ""
    return found


def _plain(heading: str) -> str:
    letters = unicodedata.normalize("NFKD", heading.casefold())
    return re.sub(r"[^a-z0-9]", "", letters)
