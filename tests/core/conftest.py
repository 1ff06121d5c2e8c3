"""One hypothesis profile: no deadlines, as tests do not time, and no database in the checkout."""

from hypothesis import settings

settings.register_profile("core", deadline=None, database=None, print_blob=True)
settings.load_profile("core")
