"""An example of each command, shown below its help."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typer._click import Command

EXAMPLES = {
    "init": "zumik init --provider openai,google,mistral --ci github",
    "status": "zumik status",
    "validate": "zumik validate",
    "plan": "zumik plan code.fast",
    "catalog": "zumik catalog list 'anthropic/*'",
    "catalog list": "zumik catalog list 'openai/*' 'google/*'",
    "catalog show": "zumik catalog show anthropic/claude-haiku-4-5",
    "catalog diff": "zumik catalog diff alr_2026_06_09_003",
    "catalog upcoming": "zumik catalog upcoming --within 90",
    "catalog import": "zumik catalog import --from litellm --only 'openai/*' --dry-run",
    "catalog refresh": "zumik catalog refresh --branch refresh",
    "metrics": "zumik metrics import run.eval --model openai/gpt-5-mini --metric own.bugs",
    "metrics import": "zumik metrics import run.eval --model openai/gpt-5-mini --metric own.bugs",
    "release": "zumik release create --note 'A cheaper code.fast'",
    "release create": "zumik release create --note 'A cheaper code.fast'",
    "release list": "zumik release list",
    "release show": "zumik release show alr_2026_06_09_003",
    "release diff": "zumik release diff alr_2026_06_09_001 alr_2026_06_09_003",
    "release refreeze": "zumik release refreeze",
    "release sign": "zumik release sign --key ~/.ssh/id_ed25519",
    "release withdraw": "zumik release withdraw alr_2026_06_09_003 --reason 'INC-42'",
    "alias": "zumik alias promote code.fast --latest --reason 'Cheaper'",
    "alias new": "zumik alias new support.eu --candidates 'openai/*' --prefer listed",
    "alias list": "zumik alias list",
    "alias show": "zumik alias show code.fast",
    "alias promote": "zumik alias promote code.fast --latest --reason 'Cheaper'",
    "alias rollback": "zumik alias rollback code.fast --reason 'INC-42'",
    "alias retire": "zumik alias retire code.slow --reason 'Unused' --use code.fast",
    "alias history": "zumik alias history code.fast --at 2026-06-09",
    "resolve": "zumik resolve code.fast --input-tokens 3000",
    "explain": "zumik explain code.fast@alr_2026_06_09_003",
    "replay": "zumik replay decisions.jsonl --against live",
    "logs": "zumik logs mix logs --by day",
    "logs mix": "zumik logs mix logs --output mix.html",
    "logs observe": "zumik logs observe logs --write --dry-run",
    "logs workload": "zumik logs workload logs",
    "drain": "zumik drain 'anthropic/*' --until 4h --reason 'INC-42'",
    "undrain": "zumik undrain 'anthropic/*'",
    "check": "zumik check --base origin/main",
    "recover": "zumik recover",
    "bundle": "zumik bundle -o live.json",
    "serve": "zumik serve --bundle live.json",
    "pages": "zumik pages build --out site",
    "pages build": "zumik pages build --out site",
    "export": "zumik export litellm --bundle live.json -o config.yaml",
    "export litellm": "zumik export litellm --bundle live.json -o config.yaml",
}
"""By the words of the command; each is a command that runs where there is what it names."""


def show_example(name: str, command: Command) -> None:
    """Let the help of a command, and of those below it, end with its example."""
    for below, nested in getattr(command, "commands", {}).items():
        show_example(f"{name} {below}", nested)
    example = EXAMPLES.get(name)
    if example is not None:
        # \b keeps the line whole, so that it can be pasted.
        command.epilog = f"\b\nExample:\n  {example}"
