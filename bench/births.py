"""How long a tenant takes to be born, with few tenants present and with many."""

import os
import time
from statistics import median


def births(count: int, *, prefix: str) -> tuple[float, float]:
    """Make `count` tenants. Returns the median of milliseconds on the clock, and of this process's CPU."""
    from audit.services import Actor
    from operations.onboarding import onboard_tenant

    clock, cpu = [], []
    for number in range(count):
        started, used = time.perf_counter(), sum(os.times()[:2])
        onboard_tenant(name=f"Tenant {number}", slug=f"{prefix}{number}", actor=Actor.command())
        clock.append((time.perf_counter() - started) * 1000)
        cpu.append((sum(os.times()[:2]) - used) * 1000)
    return median(clock), median(cpu)
