"""`python -m bench [--requests N] [--tenants N] [--only sign-ins]`: measure an installation made for it, print that."""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.births import Birth, births
from bench.crowd import sign_in_at_once
from bench.inside import sign_in_by_request
from bench.load import Cost
from bench.machine import Installation, installation, web_server
from bench.scenarios import Shop, run_at_many, run_endpoints, run_sign_ins
from bench.setting import PASSWORD, add_customers, code_mailed_to, set_up, set_up_configured_shop, set_up_shop
from bench.use import kept_by_backends, use

BORN = 8
PEOPLE = [f"crowd{number}@shop.example" for number in range(32)]
SHOPS, MORE_SHOPS = 24, 80


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--requests", type=int, default=1200, help="of the cheap kinds; dearer ones run less often")
    parser.add_argument("--tenants", type=int, default=200, help="of which some are chosen at random")
    parser.add_argument(
        "--only", choices=("sign-ins",), help="the sign-ins alone, by one tenant and by one that has configured much"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ciam-bench-") as folder, installation(Path(folder)) as made:
        shop, configured = set_up(), set_up_configured_shop("configured")
        if options.only:
            with web_server(made) as machine:
                _print(run_sign_ins(machine, shop, configured, _code_of(configured), options.requests))
            _print_by_request(made, shop, configured, options.requests // 10)
        else:
            _measure_all(made, shop, configured, requests=options.requests, tenants=options.tenants)


def _measure_all(made: Installation, shop: Shop, configured: Shop, *, requests: int, tenants: int) -> None:
    add_customers(PEOPLE)
    first = births(BORN, _bear("first"))
    shops = [set_up_shop(f"shop{number}") for number in range(max(tenants, MORE_SHOPS))]
    last = births(BORN, _bear("last"))
    with web_server(made) as machine:
        before = machine.memory()
        _print(
            [
                *run_endpoints(machine, shop, requests),
                *run_sign_ins(machine, shop, configured, _code_of(configured), requests),
                *run_at_many(machine, shops, requests),
            ]
        )
        _print_crowd(shop, processes=1)
        print(f"\nmemory, MB: {before:.0f} at the start, {machine.memory():.0f} after all this")  # noqa: T201
    _print_by_request(made, shop, configured, requests // 10)
    _print_yardsticks()
    _print_births({"  at 1 tenant": first, f"  at {len(shops)} tenants": last})
    _print_memory(made, shop, shops[:MORE_SHOPS])


def _code_of(shop: Shop) -> Callable[[], str]:
    return lambda: code_mailed_to(shop.email, slug=shop.base.rpartition("/")[2])


def _bear(prefix: str) -> Callable[[int], object]:
    from audit.services import Actor
    from operations.onboarding import onboard_tenant

    actor = Actor.command()
    return lambda number: onboard_tenant(name=f"Tenant {number}", slug=f"{prefix}{number}", actor=actor)


def _print_by_request(made: Installation, shop: Shop, configured: Shop, times: int) -> None:
    plain, with_all = sign_in_by_request(made, shop, configured, _code_of(configured), times)
    for said, costs in (("", plain), (", configured", with_all)):
        print(f"\na password sign-in{said}, in one process without HTTP and hash")  # noqa: T201
        _print(costs)


def _print_births(measured: dict[str, Birth]) -> None:
    print(f"\n{'creating a tenant, ms':<28}{'clock':>9}{'own CPU':>10}{'database':>10}{'CPU':>8}")  # noqa: T201
    for name, birth in measured.items():
        print(  # noqa: T201
            f"{name:<28}{birth.clock:>9.1f}{birth.own:>10.1f}{birth.database:>10.1f}{birth.total:>8.1f}"
        )


def _print(costs: list[Cost]) -> None:
    print(f"{'CPU ms an operation':<28}{'server':>9}{'database':>10}{'total':>8}{'statements':>12}{'n':>7}")  # noqa: T201
    for cost in costs:
        print(  # noqa: T201
            f"{cost.name:<28}{cost.server:>9.2f}{cost.database:>10.2f}{cost.total:>8.2f}"
            f"{cost.statements:>12.2f}{cost.operations:>7}"
        )


def _print_crowd(shop: Shop, *, processes: int) -> None:
    crowd = sign_in_at_once(shop, PEOPLE)
    print(  # noqa: T201
        f"\n{len(PEOPLE)} sign in at once, web processes: {processes}. Signed in: {crowd.signed_in}, "
        f"refused: {crowd.refused}; the longest wait for a page: {max(crowd.waits):.1f} s"
    )


def _print_memory(made: Installation, shop: Shop, shops: Sequence[Shop]) -> None:
    """What two web processes hold after tenants were in use and a crowd signed in; and what backends keep.

    For the latter the web process has as few threads as can be, so that each of its connections serves every tenant.
    """
    from tenants.postgresql.base import MOST_TENANTS

    with web_server(made, workers=2) as machine:
        before = machine.memory()
        use(shops[:SHOPS])
        _print_crowd(shop, processes=2)
        after = machine.memory()
    print(  # noqa: T201
        f"\nmemory of two web processes, MB: {before:.0f} at the start, "
        f"{after:.0f} after this and {SHOPS} tenants in use"
    )
    with web_server(made, settings={"CIAM_WEB_THREADS": "2"}) as machine:
        kept = kept_by_backends(machine, shops)
    print(  # noqa: T201
        f"memory of the largest backend, MB: {kept.first:.1f} after one tenant, {kept.most:.1f} at the most, when one "
        f"gave way after {MOST_TENANTS}, {kept.last:.1f} after {len(shops)}"
    )


def _print_yardsticks() -> None:
    """What unavoidable work costs here: how quick the machine is, and how much of a sign-in is the hash."""
    from accounts.credentials.hashers import BoundedArgon2PasswordHasher
    from oidc.keys.loaded import RS256, new_key

    hasher, key = BoundedArgon2PasswordHasher(), new_key(RS256)
    print(f"\n{'yardsticks, CPU ms':<28}")  # noqa: T201
    print(f"{'  one Argon2id hash':<28}{_cpu_ms(lambda: hasher.encode(PASSWORD, hasher.salt()), times=20):>9.2f}")  # noqa: T201
    print(f"{'  one RSA-2048 signature':<28}{_cpu_ms(lambda: key.sign(b'signed'), times=200):>9.2f}")  # noqa: T201


def _cpu_ms(work: Callable[[], object], *, times: int) -> float:
    begun = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begun) / times * 1000


if __name__ == "__main__":
    main()
