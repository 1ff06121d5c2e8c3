"""One session of Spark for all tests of this part: it takes seconds to start."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from zumik.logs.spark.spark_session import spark_session

PART_BYTES = "spark.sql.files.maxPartitionBytes"


@pytest.fixture(scope="session")
def _started() -> Iterator[Any]:
    pytest.importorskip("pyspark", reason="needs the extra spark")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("needs Java")
    with spark_session("local[2]") as session:
        session.conf.set("spark.sql.files.openCostInBytes", "0")
        yield session


@pytest.fixture
def spark(_started: Any) -> Any:
    """Cuts files into parts of kilobytes, as it would cut large ones."""
    _started.conf.set(PART_BYTES, "20000")
    return _started
