"""One hypothesis profile: nothing is timed, on however slow a machine, and nothing left behind."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "core",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
    print_blob=True,
)
settings.load_profile("core")
