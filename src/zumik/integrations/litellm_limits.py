"""What a key may, by LiteLLM: its limits and budgets for an alias and for the model that answers.

LiteLLM checks a budget before the callback, by the name that was asked, and counts what was spent
by the model that answered; it counts requests after the callback, by the model alone. So neither
name would meet both. What is missing is asked of LiteLLM's own counters here: before a request, the
budgets of both names and the rate limits of the alias; after it, the spend and the tokens of the
alias. A pinned alias counts as its alias.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from zumik.core.decisions.decision import Decision
from zumik.integrations.litellm_proxy import budget_limiter, limit_refusal, rate_limiter

_OF_ONE_MODEL = ("model_per_key", "model_per_team", "model_per_organization")
"""The kinds of rate limit that LiteLLM keeps for one model. All others it counts by itself."""

_BUDGETS = (
    "model_max_budget",
    "team_model_max_budget",
    "user_model_max_budget",
    "end_user_model_max_budget",
    "team_member_model_max_budget",
)


class Counted(NamedTuple):
    """What an answer is counted against: its alias's budgets, and counters of tokens.

    A counter is LiteLLM's kind of limit, with the holder and the name that it counts for.
    """

    alias: str
    budgets: bool
    token_counters: tuple[tuple[str, str], ...]


async def affordable(token: Any, decision: Decision, fallbacks: list[str]) -> list[str]:
    """The fallbacks that the key's budgets leave.

    Raises LiteLLM's BudgetExceededError where a budget for the alias, or for the model that was
    chosen, is spent: another model than the release says is not chosen for its price.
    """
    from litellm.exceptions import BudgetExceededError

    if not _has_budgets(token):
        return fallbacks
    for name in (decision.alias, decision.model):
        if name is not None:
            await _require_budget(token, str(name))
    left = []
    for model in fallbacks:
        try:
            await _require_budget(token, model)
        except BudgetExceededError:
            continue
        left.append(model)
    return left


def _has_budgets(token: Any) -> bool:
    return any(getattr(token, name, None) for name in _BUDGETS)


async def _require_budget(token: Any, name: str) -> None:
    """Every check of LiteLLM for the budgets that this key has."""
    limiter = budget_limiter()
    key, team, user, end_user, member = (getattr(token, field, None) for field in _BUDGETS)
    if key and token.token:
        await limiter.is_key_within_model_budget(token, name)
    if user and token.user_id:
        await limiter.is_user_within_model_budget(token.user_id, user, name)
    if end_user and token.end_user_id:
        await limiter.is_end_user_within_model_budget(token.end_user_id, end_user, name)
    if team and token.team_id:
        await limiter.is_team_within_model_budget(token.team_id, team, key, name)
    if member and token.user_id and token.team_id:
        await limiter.is_team_member_within_model_budget(token.user_id, token.team_id, member, name)


def allow_fallbacks(token: Any, data: Mapping[str, Any]) -> None:
    """Let a key that may call an alias fall back to the models that the alias ranks.

    LiteLLM asks the key again before each fallback, by the model's name, and a key that lists
    aliases alone would never fall back. The fallbacks of this one request are added to a copy of
    the key; what it may ask by itself stays as it was.
    """
    lists = {name: getattr(token, name, None) for name in ("models", "team_models")}
    wider = {name: [*given, *data["fallbacks"]] for name, given in lists.items() if given}
    if not wider or not data["fallbacks"]:
        return
    copy = token.model_copy(update=wider)
    for name in ("metadata", "litellm_metadata"):
        holder = data.get(name)
        if isinstance(holder, dict) and "user_api_key_auth" in holder:
            holder["user_api_key_auth"] = copy


async def count_request(token: Any, alias: str) -> Counted:
    """Count a request for an alias against its rate limits.

    LiteLLM's reservation of tokens is not made: a request counts its tokens when it ends. Raises
    LiteLLM's error of status 429 where a limit is reached.
    """
    limiter = rate_limiter()
    limits = [] if limiter is None else _limits_of(limiter, token, alias)
    if limits:
        found = await limiter.should_rate_limit(limits)
        for status in found["statuses"]:
            if status["code"] == "OVER_LIMIT":
                raise limit_refusal(
                    f"{alias}: the limit of {status['current_limit']} {status['rate_limit_type']} "
                    f"in {limiter.window_size} seconds is reached ({status['descriptor_key']})",
                    limiter.window_size,
                )
    counters = tuple(
        (one["key"], one["value"])
        for one in limits
        if one["rate_limit"].get("tokens_per_unit") is not None
    )
    return Counted(alias, _has_budgets(token), counters)


def _limits_of(limiter: Any, token: Any, alias: str) -> list[Any]:
    """The rate limits that are written for an alias: all others LiteLLM counts by itself."""
    made = [
        *limiter.create_rate_limit_descriptors(token, {"model": alias}, None, None, False),
        *limiter.create_organization_rate_limit_descriptor(token, alias),
    ]
    return [
        one for one in made if one["key"] in _OF_ONE_MODEL and one["value"].endswith(f":{alias}")
    ]


async def count_answer(
    counted: Counted | None, kwargs: Mapping[str, Any], *answered: object
) -> None:
    """Add what an answer took to the alias's counters: `answered` is it, its start and its end."""
    payload = kwargs.get("standard_logging_object")
    if counted is None or payload is None:
        return
    if counted.token_counters:
        await _count_tokens(counted, payload)
    if counted.budgets:
        # LiteLLM looks a budget up by the name that it is written for, so one for the model, which
        # LiteLLM has charged, is not charged again.
        of_alias = {**payload, "model_group": counted.alias}
        await budget_limiter().async_log_success_event(
            {**kwargs, "standard_logging_object": of_alias}, *answered
        )


async def _count_tokens(counted: Counted, payload: Mapping[str, Any]) -> None:
    limiter = rate_limiter()
    kind = {"output": "completion_tokens", "input": "prompt_tokens"}
    tokens = payload.get(kind.get(limiter.get_rate_limit_type(), "total_tokens")) or 0
    if tokens <= 1:  # one was counted with the request
        return
    # LiteLLM 1.110 has other types for these than 1.108; both make them so.
    added = limiter._build_reservation_aware_tpm_ops(
        targets=counted.token_counters,
        reserved_scopes=frozenset(),
        actual_tokens=tokens - 1,
        reserved_tokens=0,
    )
    await limiter.async_increment_tokens_with_ttl_preservation(added)
