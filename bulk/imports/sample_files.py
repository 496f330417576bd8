"""Files to begin with: columns that are known by themselves, and one customer with a password that is carried over."""

import json

from common.text.spreadsheets import csv_file

# Of a password that nobody knows.
HASH = "$2b$10$O3uzrk7zB6WGgoFBNAiuSenjW.4Pyl53IJ8AGyZQ5.dubbfh8XsES"

SAMPLE = (
    {
        "email": "maya@customer.example",
        "emailVerified": "yes",
        "passwordHash": "",
        "language": "en",
        "givenName": "Maya",
        "surname": "Okafor",
        "postalCode": "BS1 4ND",
        "city": "Bristol",
        "country": "GB",
    },
    {
        "email": "jonas@customer.example",
        "emailVerified": "no",
        "passwordHash": HASH,
        "language": "de",
        "givenName": "Jonas",
        "surname": "Brandt",
        "postalCode": "50667",
        "city": "Köln",
        "country": "DE",
    },
)


def sample_csv() -> bytes:
    """The sample as CSV."""
    return csv_file([[*SAMPLE[0]], *([*row.values()] for row in SAMPLE)])


def sample_json_lines() -> str:
    """The sample as JSON lines."""
    return "".join(
        json.dumps({name: value for name, value in row.items() if value}, ensure_ascii=False) + "\n" for row in SAMPLE
    )
