"""`python -m bench.portal [--customers N] [--events N] [--only WORD]`: measure the portal where a tenant is large.

The exit status is 1 if something is over its budget.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.portal.place import place
from tools.installation import ROOT


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(prog="bench.portal", description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--only", default="", help="only what has this in its name: a page, export, import")
    parser.add_argument("--readings", type=int, default=20, help="of each kind of page, at least")
    parser.add_argument("--imported", type=int, default=100_000, help="so many customers are brought in from a file")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench-portal")
    options = parser.parse_args(arguments)
    folder = options.folder / f"{options.customers}-{options.events}"
    with place(folder) as there:
        # What knows the product's models can be loaded now.
        from bench.portal.filling import fill
        from bench.portal.walk import measure_export, measure_import, measure_pages

        tenant = fill(there, folder, customers=options.customers, events=options.events)
        kept = [
            measure_pages(there, tenant, only=options.only, readings=options.readings),
            *([measure_export(there, tenant)] if options.only in "export" else []),
            *([measure_import(there, tenant, rows=options.imported)] if options.only in "import" else []),
        ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
