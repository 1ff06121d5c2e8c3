"""Result files of evaluation tools, made by us in their formats: invented models and questions."""

from __future__ import annotations

import io
import json
import zipfile
from copy import deepcopy
from typing import Any

SECRET = "sk-abcdefghijklmnopqrstuvwxyz012345"
QUESTION = "What does the ticket of Ms Example say?"

_SAMPLES = [
    {
        "id": f"{QUESTION} {number}",
        "input": QUESTION,
        "output": {"model": "small-2026-03-15", "choices": [{"stop_reason": "stop"}]},
        "events": [{"event": "model", "call": {"key": SECRET}}],
    }
    for number in range(4)
]

INSPECT: dict[str, Any] = {
    "version": 2,
    "status": "success",
    "eval": {
        "created": "2026-05-02T23:30:00-02:00",
        "task": "tickets",
        "task_version": 3,
        "dataset": {"name": "tickets", "samples": 4},
        "model": "openai-api/desk/small",
        "model_generate_config": {},
        "config": {"epochs": 1},
        "packages": {"inspect_ai": "0.3.285"},
    },
    "results": {
        "total_samples": 4,
        "completed_samples": 4,
        "scores": [
            {
                "name": "match",
                "scorer": "match",
                "scored_samples": 4,
                "unscored_samples": 0,
                "params": {},
                "metrics": {"accuracy": {"value": 0.75}, "stderr": {"value": 0.25}},
            }
        ],
    },
    "stats": {"started_at": "2026-05-02T23:30:00-02:00"},
    "samples": _SAMPLES,
}

LM_EVAL: dict[str, Any] = {
    "results": {
        "tickets": {
            "alias": "tickets",
            "exact_match,none": 0.75,
            "exact_match_stderr,none": 0.25,
            "chrf,none": 71.5,
            "chrf_stderr,none": "N/A",
        }
    },
    "configs": {"tickets": {"repeats": 1, "generation_kwargs": {"until": [QUESTION]}}},
    "versions": {"tickets": 1.5},
    "n-shot": {"tickets": 0},
    "higher_is_better": {"tickets": {"exact_match": True, "chrf": True}},
    "n-samples": {"tickets": {"original": 4, "effective": 4}},
    "config": {
        "model": "local-chat-completions",
        "model_args": {"model": "small", "base_url": f"https://desk.example/?key={SECRET}"},
        "limit": None,
        "use_cache": None,
    },
    "date": 1777766400.25,
    "lm_eval_version": "0.4.13",
    "model_name": "small",
}


def _row(number: int, passes: bool, place: int = 0) -> dict[str, Any]:
    return {
        "promptIdx": place,
        "vars": {"question": f"{QUESTION} {number}"},
        "provider": {"id": "openai:chat:small", "label": ""},
        "response": {"output": SECRET, "cached": False},
        "success": passes,
        "namedScores": {"right": int(passes)},
        "failureReason": 0 if passes else 1,
        "testCase": {"assert": [{"type": "contains", "value": SECRET}]},
    }


PROMPTFOO: dict[str, Any] = {
    "results": {
        "version": 3,
        "prompts": [
            {
                "provider": "openai:chat:small",
                "raw": QUESTION,
                "metrics": {
                    "testPassCount": 3,
                    "testFailCount": 1,
                    "testErrorCount": 0,
                    "namedScores": {"right": 3},
                    "namedScoresCount": {"right": 4},
                },
            }
        ],
        "results": [_row(number, number > 0) for number in range(4)],
        "stats": {"durationMs": 900},
    },
    "config": {
        "tests": [{"vars": {}} for _ in range(4)],
        "providers": [{"id": "openai:chat:small", "config": {"apiKey": SECRET}}],
    },
    "metadata": {
        "promptfooVersion": "0.123.1",
        "evaluationCreatedAt": "2026-05-03T04:30:37.489Z",
    },
    "runtimeOptions": {"repeat": 1, "cache": False},
}

CSV = (
    "model,metric,value,samples,standard_error,date,revision\n"
    "desk/small,own.tickets,0.75,4,0.25,2026-05-03,small-2026-03-15\n"
)

TOOLS = {"inspect": INSPECT, "lm_eval": LM_EVAL, "promptfoo": PROMPTFOO}


def changed(tool: str, path: str, value: object) -> dict[str, Any]:
    """A run with the value at a path, as in `results.scores.0.name`; None at the end removes."""
    tree = deepcopy(TOOLS[tool])
    *above, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    inside: Any = tree
    for step in above:
        inside = inside[step]
    if value is ...:
        del inside[last]
    else:
        inside[last] = value
    return tree


def json_bytes(tree: object) -> bytes:
    return json.dumps(tree).encode()


def eval_bytes(tree: dict[str, Any], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A log as `.eval`: its header, and a member for each sample."""
    tree = dict(tree)
    samples = tree.pop("samples", [])
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as members:
        members.writestr("header.json", json.dumps(tree))
        for sample in samples:
            members.writestr(f"samples/{sample['id']}_epoch_1.json", json.dumps(sample))
    return file.getvalue()
