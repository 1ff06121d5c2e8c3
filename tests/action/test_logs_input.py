"""The input `logs`: a job's logs in the review, which never make a check green."""

from __future__ import annotations

import json

import pytest
from tests.action.jobs import Forge, Job

DECISION = {"requested_model": "code.fast", "resolved_model": "acme/small"}
CALL = {
    "call_type": "acompletion",
    "litellm_call_id": "1",
    "status": "success",
    "prompt_tokens": 1000,
    "completion_tokens": 100,
    "metadata": {"spend_logs_metadata": DECISION},
}


def job_with(forge: Forge, text: str) -> Job:
    """A job that has downloaded a log beside what it checked out."""
    forge.freeze()
    job = forge.pull_request()
    logs = job.clone / "logs"
    logs.mkdir()
    (logs / "day.jsonl").write_text(text)
    return job


def test_the_review_has_the_logged_traffic(forge: Forge) -> None:
    said = job_with(forge, json.dumps(CALL) + "\n").run(CHECK_LOGS="\nlogs/day.jsonl\n")
    assert said.code == 0, said.log
    assert "### Logged traffic" in said.summary
    assert "another model would answer 0 of 1 request" in said.summary


def test_logs_that_give_no_answer_are_no_pass_and_the_report_is_there(forge: Forge) -> None:
    said = job_with(forge, "no log\n").run(CHECK_LOGS="logs/day.jsonl")
    assert said.code == 4
    assert not said.clean
    assert said.outputs["sarif"]
    assert "the logs were not weighed" in said.summary


def test_a_log_that_is_missing_is_no_pass(forge: Forge) -> None:
    said = job_with(forge, "").run(CHECK_LOGS="logs/night.jsonl")
    assert said.code == 4
    assert "the logs were not weighed" in said.summary


@pytest.mark.parametrize("path", ["../day.jsonl", "-x", "a;b"])
def test_a_path_that_leaves_the_workspace_is_refused(forge: Forge, path: str) -> None:
    said = job_with(forge, "").run(CHECK_LOGS=path)
    assert said.code == 4
    assert "logs: not a" in said.summary
