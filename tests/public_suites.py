"""Public test suites, read from the folder that ZUMIK_SUITES names; they are not part of this one.

What our readers make of each case is the project's own, in a file beside the test.
"""

from __future__ import annotations

import os
import tarfile
from pathlib import Path, PurePosixPath

import pytest

# Read before the tests begin, because they run without any variable of zumik's.
FOLDER = os.environ.get("ZUMIK_SUITES")


def suite_files(archive: str) -> dict[PurePosixPath, bytes]:
    """The files of a suite, by their path inside its archive; skips the test without the suite."""
    if not FOLDER:
        pytest.skip("ZUMIK_SUITES does not name the folder of the public suites")
    files: dict[PurePosixPath, bytes] = {}
    with tarfile.open(Path(FOLDER) / archive) as suite:
        for member in suite:
            # Links file the same cases under tags and names.
            if member.isfile() and (content := suite.extractfile(member)):
                files[PurePosixPath(member.name)] = content.read()
    return files
