"""Rules for the configuration of a gateway, before a gateway reads it."""

from __future__ import annotations

from zumik.core.basics.findings import Rule, Severity

LITELLM_NOTHING_LIVE = Rule(
    "litellm-nothing-live",
    "export",
    Severity.ERROR,
    "No alias is live, so there is nothing to serve",
    "A configuration without models is loaded and answers nothing. Promote an alias, then "
    "export again.",
)
LITELLM_PROVIDER_UNKNOWN = Rule(
    "litellm-provider-unknown",
    "export",
    Severity.ERROR,
    "How LiteLLM names a model's provider is not known",
    "LiteLLM finds the provider by a prefix, and loads a file with a prefix that it does not "
    "know. Requests then fail one by one. Say which it is with --provider.",
)
LITELLM_PREFIX_UNKNOWN = Rule(
    "litellm-prefix-unknown",
    "export",
    Severity.ERROR,
    "LiteLLM has no provider of that name",
    "The name given with --provider is not one of LiteLLM's. What speaks OpenAI's API is "
    "openai, with its address in --api-base.",
)
LITELLM_UPSTREAM_MISSING = Rule(
    "litellm-upstream-missing",
    "export",
    Severity.ERROR,
    "What to ask the provider for is missing or cannot be meant",
    "LiteLLM would send an empty model id, or read a variable of its environment in its place. "
    "Set upstream in the catalog and make a release.",
)
LITELLM_TWO_UPSTREAMS = Rule(
    "litellm-two-upstreams",
    "export",
    Severity.ERROR,
    "Two live releases ask for different things by one model id",
    "LiteLLM would spread requests over both, and a receipt would name one. Promote the "
    "aliases to one release, then export again.",
)
LITELLM_NEWEST_PRICE = Rule(
    "litellm-newest-price",
    "export",
    Severity.NOTICE,
    "Two live releases have different prices for one model",
    "LiteLLM counts with one price for a model. It gets the newer one. Each release keeps its "
    "own, and what it decided stays as it was.",
)
LITELLM_PRICE_UNKNOWN = Rule(
    "litellm-price-unknown",
    "export",
    Severity.NOTICE,
    "A model is served whose price is not known",
    "LiteLLM counts such a request with its own price, or with nothing. Add the price to the "
    "catalog and make a release where spend matters.",
)
LITELLM_TIER_UNKNOWN = Rule(
    "litellm-tier-unknown",
    "export",
    Severity.NOTICE,
    "LiteLLM has no field for a price",
    "It has fields for four services and some lengths of input, and not for each rate of them. "
    "It counts such requests at the base price, so its spend is another than what they cost. What "
    "was decided here is not touched.",
)
LITELLM_FEES_UNKNOWN = Rule(
    "litellm-fees-unknown",
    "export",
    Severity.NOTICE,
    "LiteLLM does not count the fees of a model",
    "Its prices are those of tokens, so its spend is too low by what is charged for each call. "
    "What was decided here is not touched.",
)
LITELLM_PRICE_CHANGES = Rule(
    "litellm-price-changes",
    "export",
    Severity.NOTICE,
    "The price of a model changes on a later day",
    "LiteLLM counts with one price for a model on every day. Export again on that day.",
)
LITELLM_CONFIG_INCOMPLETE = Rule(
    "litellm-config-incomplete",
    "export",
    Severity.ERROR,
    "Your configuration of LiteLLM does not use what was exported",
    "The exported file only adds models. Your own file includes it, and names the callback and "
    "the bundle that it answers from; zumik never writes your file. Without these lines LiteLLM "
    "starts, and answers no alias.",
)
LITELLM_DEPLOYED_TWICE = Rule(
    "litellm-deployed-twice",
    "export",
    Severity.ERROR,
    "Your configuration of LiteLLM deploys an exported model too",
    "LiteLLM spreads requests over all deployments of one name, so a receipt would name a model "
    "that did not answer. Delete the deployment from your configuration, or give it another name.",
)
LITELLM_ALIAS_DEPLOYED = Rule(
    "litellm-alias-deployed",
    "export",
    Severity.WARNING,
    "Your configuration of LiteLLM has a live alias as a name of its own",
    "While the callback has no bundle, requests for the alias go to that deployment without a "
    "receipt. As a model_group_alias it also opens the alias to every key that may call the model "
    "it is written for.",
)
