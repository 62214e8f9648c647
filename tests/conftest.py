"""What holds for every test: nothing depends on the clock, and what is drawn by default is drawn alike every time."""

from hypothesis import settings

from tests.sampling import WHOLE

settings.register_profile("sample", deadline=None, derandomize=True)
settings.register_profile("whole", deadline=None)
settings.load_profile("whole" if WHOLE else "sample")
