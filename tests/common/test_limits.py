from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from common.web.limits import Limit, TooManyAttempts
from tenants.models import Tenant

TRIES = Limit("tries", attempts=3, seconds=60)


@pytest.mark.django_db
def test_beyond_the_limit_one_is_told_when_to_come_back(acme: Tenant) -> None:
    with tenant_context(acme):
        for _ in range(3):
            TRIES.count("carol")
        with pytest.raises(TooManyAttempts) as refusal:
            TRIES.count("carol")
        assert 0 < refusal.value.retry_after <= 60
        TRIES.count("somebody else")


@pytest.mark.django_db
def test_one_tenants_counters_are_not_anothers(acme: Tenant, globex: Tenant) -> None:
    with tenant_context(acme):
        for _ in range(3):
            TRIES.count("carol")
    with tenant_context(globex):
        TRIES.count("carol")


@pytest.mark.django_db
def test_a34_a_limit_may_hold_across_tenants(acme: Tenant, globex: Tenant) -> None:
    everywhere = Limit("tries", attempts=1, seconds=60, everywhere=True)
    with tenant_context(acme):
        everywhere.count("192.0.2.1")
    with tenant_context(globex), pytest.raises(TooManyAttempts):
        everywhere.count("192.0.2.1")


@pytest.mark.django_db(transaction=True)
def test_a10_no_attempt_goes_uncounted_when_many_come_at_once(acme: Tenant) -> None:
    limit = Limit("parallel", attempts=10, seconds=60)

    def attempt(_: int) -> bool:
        try:
            with tenant_context(acme):
                limit.count("carol")
        except TooManyAttempts:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(40))) == 10
