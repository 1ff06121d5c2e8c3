"""A session of Spark under Ctrl-C: nothing of what Spark and py4j log then reaches the terminal."""

from __future__ import annotations

import subprocess
import sys

import pytest

INTERRUPTED = """
import os, signal, threading
from zumik.logs.spark.spark_session import spark_session, translated

with spark_session("local[1]") as session:
    tracker = session.sparkContext.statusTracker()

    def interrupt():
        while not tracker.getActiveJobsIds():
            pass
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    try:
        # PySpark may fail in its own clean-up after that, which commands too leave to this.
        with translated():
            session.range(10**13).selectExpr("sum(id % 7)").collect()
    except KeyboardInterrupt:
        print("interrupted")
"""


@pytest.mark.usefixtures("spark")
def test_ctrl_c_inside_a_query_ends_it_without_a_word() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted\n", "")
