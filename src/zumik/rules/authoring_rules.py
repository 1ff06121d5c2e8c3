"""Rules for policy and catalog: their shape, and what their values mean together."""

from __future__ import annotations

from zumik.core.basics.findings import Rule, Severity

UNKNOWN_KEY = Rule(
    "unknown-key",
    "authoring",
    Severity.ERROR,
    "A key that zumik does not know",
    "zumik would ignore a misspelt key, and the value that it was meant to change would stay as "
    "it is. The hint names the known keys, and so does the schema, which editors offer. Correct "
    "the key or remove it.",
)
MISSING_KEY = Rule(
    "missing-key",
    "authoring",
    Severity.ERROR,
    "A required key is missing",
    "zumik fills in no fact that the file does not state. The hint says what the key means. Add "
    "it.",
)
BAD_KEY = Rule(
    "bad-key",
    "authoring",
    Severity.ERROR,
    "A name has a form that no such name has",
    "Names of aliases, models and metrics become file names, log fields and parts of "
    "addresses, so their characters are few. The hint says which. Choose another name.",
)
WRONG_TYPE = Rule(
    "wrong-type",
    "authoring",
    Severity.ERROR,
    "A value has the wrong type",
    "A number in quotes is text, and a single number is not a list with one number in it. The "
    "message says which type is expected. Write the value in that form.",
)
BAD_VALUE = Rule(
    "bad-value",
    "authoring",
    Severity.ERROR,
    "A value is not one of the allowed ones",
    "The field takes a few words or one form; zumik does not guess what another value means. The "
    "message lists what is allowed.",
)
OUT_OF_RANGE = Rule(
    "out-of-range",
    "authoring",
    Severity.ERROR,
    "A value is too large, too small or too long",
    "No real value lies there, so it is most often a slip of unit or of a digit. Correct it.",
)
EMPTY_VALUE = Rule(
    "empty-value",
    "authoring",
    Severity.ERROR,
    "A value is empty that must not be",
    "An empty list or text could mean all, none or forgotten. Write what is meant, or remove "
    "the key.",
)
UNREAD_FILE = Rule(
    "unread-file",
    "authoring",
    Severity.ERROR,
    "A file of the workspace is not read",
    "What is read: zumik.yaml, policy/NAME.yaml and catalog/NAME.yaml, as files and not through "
    "links. An alias or a model in another file would be missing, and winners would change. Rename "
    "or move what is meant to be read, and move everything else out of the workspace. A file that "
    "does not look like input, such as an editor's backup, is a warning.",
    lesser=Severity.WARNING,
)
PLACEHOLDER = Rule(
    "placeholder",
    "authoring",
    Severity.ERROR,
    "A text that another tool was to replace",
    "Nothing is replaced in these files, because a release must follow from what was reviewed. "
    "Run the other tool first and commit its output, or write the value. In a description or a "
    "note, which people read, it is a warning.",
    lesser=Severity.WARNING,
    about=("TEXT",),
)
DUPLICATE_TIER = Rule(
    "duplicate-tier",
    "authoring",
    Severity.ERROR,
    "Two price tiers begin at the same length of input",
    "Only one of them can apply, and nothing says which. Keep the one that the provider's page "
    "has.",
)
IDLE_EXCLUSION = Rule(
    "idle-exclusion",
    "authoring",
    Severity.WARNING,
    "An exclusion takes away no candidate",
    "It names models that the alias does not select, so that it changes nothing. It may be meant "
    "for another alias, or misspelt. Correct it or remove it.",
    about=("ALIAS", "GLOB"),
)
UNUSED_MEASURE = Rule(
    "unused-measure",
    "authoring",
    Severity.NOTICE,
    "A measure that no alias uses",
    "It changes no ranking. An alias that was to use it may name another. Use it or remove it.",
)
UNUSED_ACKNOWLEDGEMENT = Rule(
    "unused-acknowledgement",
    "authoring",
    Severity.NOTICE,
    "An acknowledgement that no warning needs",
    "The warning is over, or the entry under 'acknowledged' names another thing than it. One that "
    "stays would also accept the warning if it comes back for another reason. Remove the entry, or "
    "write what the warning is about: zumik check --format json has that as 'about'.",
)
DUPLICATE_ITEM = Rule(
    "duplicate-item",
    "authoring",
    Severity.ERROR,
    "An item is in a list twice",
    "The second one changes nothing, and may have been meant to be another. Remove one of them.",
)
EXCLUDING_KEYS = Rule(
    "excluding-keys",
    "authoring",
    Severity.ERROR,
    "Keys stand together that exclude each other",
    "Each says in its own way what the other says too, and they could disagree. Keep one.",
)
SHAPE = Rule(
    "shape",
    "authoring",
    Severity.ERROR,
    "A value does not have the shape it should",
    "The published schema does not allow it, and programs that read by the schema would "
    "stumble. Hold it against the schema, which most editors can do while you type.",
)
MALFORMED = Rule(
    "malformed",
    "authoring",
    Severity.ERROR,
    "A value cannot be read",
    "The value has the right type and no meaning here, or it contradicts a value beside it. The "
    "message says what is expected. Correct it.",
)
DUPLICATE_DEFINITION = Rule(
    "duplicate-definition",
    "authoring",
    Severity.ERROR,
    "A name is defined in two places",
    "Policy and catalog may have any number of files, so neither of the two goes before the "
    "other. The hint says where the first is. Keep one of them.",
)
RESERVED_WORD = Rule(
    "reserved-word",
    "authoring",
    Severity.ERROR,
    "A measure has the name of a computed one",
    "expected_cost, expected_latency and listed are worked out from the workload, prices and "
    "order, and mean the same in every workspace. Choose another word; 'latency' is what "
    "expected_latency is measured by.",
)
UNKNOWN_METRIC = Rule(
    "unknown-metric",
    "authoring",
    Severity.ERROR,
    "A metric is used that catalog/metrics.yaml does not declare",
    "Without a declaration the metric has no unit, no range and no better end. Declare it in "
    "catalog/metrics.yaml, or use a metric that is declared there.",
)
WRONG_UNIT = Rule(
    "wrong-unit",
    "authoring",
    Severity.ERROR,
    "Latency is measured by a metric that is not in seconds",
    "expected_latency is compared with bounds in seconds and shown in seconds. Use a metric in "
    "seconds, or first_token together with tokens_per_second.",
)
UNKNOWN_MEASURE = Rule(
    "unknown-measure",
    "authoring",
    Severity.ERROR,
    "A policy uses a measure that is not declared",
    "A measure's word is tied to a metric under 'measures', so that policies keep their words "
    "when benchmarks change. Declare it, or use one that is declared.",
)
WORSE_END_PREFERRED = Rule(
    "worse-end-preferred",
    "authoring",
    Severity.WARNING,
    "A policy prefers the worse end of a metric",
    "The metric says which end is better, and the policy asks for the other. This is most "
    "often maximize and minimize mixed up. If it is meant, leave it.",
    about=("ALIAS", "METRIC"),
)
BOUND_OUT_OF_RANGE = Rule(
    "bound-out-of-range",
    "authoring",
    Severity.ERROR,
    "A requirement asks for what the metric cannot be",
    "Every candidate would meet the bound, or none. It is most often a share written as a "
    "percentage, or the other way round. Write it in the metric's unit.",
)
MISSING_WORKLOAD = Rule(
    "missing-workload",
    "authoring",
    Severity.ERROR,
    "A policy uses expected cost and has no workload",
    "What a request costs depends on how many tokens go in and out. Nothing is assumed for it. "
    "Add the workload as it is in your traffic.",
)
UNKNOWN_MODEL = Rule(
    "unknown-model",
    "authoring",
    Severity.ERROR,
    "A policy names a model that the catalog does not have",
    "The model is misspelt, or its facts are not written down yet. A model without facts "
    "cannot be compared. Correct the name, or add the model to the catalog.",
    lesser=Severity.WARNING,
    about=("ALIAS", "MODEL"),
)
GLOB_MATCHES_NOTHING = Rule(
    "glob-matches-nothing",
    "authoring",
    Severity.ERROR,
    "A glob selects no model",
    "The glob is meant to add or to remove candidates and does neither. Only * and ? are "
    "special, upper and lower case differ, and the whole id has to match. Correct the glob or "
    "remove it.",
    lesser=Severity.WARNING,
    about=("ALIAS", "GLOB"),
)
UNKNOWN_REPLACEMENT = Rule(
    "unknown-replacement",
    "authoring",
    Severity.ERROR,
    "replaced_by names an alias that the policy does not have",
    "Users of the deprecated alias are sent to the other one and would find nothing there. The "
    "name is misspelt, or the other alias is not written yet. Correct it, or drop replaced_by if "
    "nothing replaces the alias.",
)
REPLACEMENT_CIRCLE = Rule(
    "replacement-circle",
    "authoring",
    Severity.ERROR,
    "Deprecated aliases replace each other in a circle",
    "Each of these aliases sends its users to the next one, and the last one sends them back. "
    "All of them are to end, so that none is left to use. Name an alias that stays.",
)
REPLACEMENT_DEPRECATED = Rule(
    "replacement-deprecated",
    "authoring",
    Severity.WARNING,
    "A deprecated alias is replaced by one that is deprecated too",
    "A caller who moves now must move again when the next alias ends. If there is an alias that "
    "stays, name that one. If the order is meant, leave it.",
    about=("ALIAS", "REPLACEMENT"),
)
SUNSET_PASSED = Rule(
    "sunset-passed",
    "authoring",
    Severity.WARNING,
    "The day on which an alias was to end has passed",
    "Nothing ends by itself: the alias still answers, and its users will not believe the next "
    "date. End it with zumik alias retire, which says what to use instead, and remove it from "
    "the policy. If it is still needed, set a later day.",
    about=("ALIAS",),
)
OTHER_PROVIDER = Rule(
    "other-provider",
    "authoring",
    Severity.ERROR,
    "A candidate is of a provider that the settings leave out",
    "providers in zumik.yaml names the providers that this workspace uses, and no alias may choose "
    "a model of another one. A glob such as * never takes such a model; a candidate that names one "
    "could never answer. Remove it from the candidates, or add its provider to the settings.",
)
REQUIREMENT_NOBODY_MEETS = Rule(
    "requirement-nobody-meets",
    "authoring",
    Severity.ERROR,
    "No candidate meets a requirement",
    "The alias cannot be frozen, because no model would answer. The bound is too strict, or the "
    "catalog lacks the facts that it asks for: an unknown fact never meets a requirement. Relax "
    "the bound or add the facts. Where it is revision or pinned, no source says which revision the "
    "id serves, and that the provider keeps it. Then write floating_allowed: true in the alias's "
    "'require', which lets such models in; or revision and pinned: true in the catalog, from a "
    "source that states them. pinned: false records that the provider may re-point the id.",
)
NO_ELIGIBLE_MODEL = Rule(
    "no-eligible-model",
    "authoring",
    Severity.ERROR,
    "Every candidate fails a requirement",
    "The alias cannot be frozen, because no model would answer. No requirement excludes all "
    "candidates alone; zumik plan shows for each candidate what it failed. Relax a requirement, "
    "or add candidates.",
)
PREFERENCE_MOSTLY_UNKNOWN = Rule(
    "preference-mostly-unknown",
    "authoring",
    Severity.WARNING,
    "Most candidates have no figure for a preference",
    "They are not compared, so the few with a figure win among themselves, and those are often "
    "the older ones. Add the facts, choose a measure that covers them, or let people list the "
    "order.",
    about=("ALIAS", "MEASURE"),
)
FLOATING_WINNER = Rule(
    "floating-winner",
    "authoring",
    Severity.WARNING,
    "A winner's revision may change under the same id",
    "The provider can serve another model tomorrow without a new release here, and no log line "
    "would show it. Where pinned is absent in the catalog, no source says whether the provider may "
    "re-point the id; pinned: false says that it may, pinned: true that it promises not to. Such a "
    "model wins only where the policy says floating_allowed: true. Remove that where a pinned "
    "revision matters, and freeze again when a change is observed.",
    about=("ALIAS", "MODEL"),
)
WINNER_RETIRES_SOON = Rule(
    "winner-retires-soon",
    "authoring",
    Severity.WARNING,
    "A winner retires within the horizon of the settings",
    "From that day its requests fail, or another model answers them. outlives_days in 'require' "
    "chooses a model that stays. Plan the move now, before it is an incident.",
    about=("ALIAS", "MODEL"),
)
WINNER_PRICE_CHANGES = Rule(
    "winner-price-changes",
    "authoring",
    Severity.NOTICE,
    "The price of a winner changes within the horizon of the settings",
    "The dated price decides from its day on, and another model may win then. A release that is "
    "frozen before keeps its winner. zumik catalog upcoming shows each such day and who wins then.",
)
PLANNED_PRICE_NOT_CONFIRMED = Rule(
    "planned-price-not-confirmed",
    "authoring",
    Severity.WARNING,
    "A planned price is in force, and no source has confirmed it since",
    "A price of a day to come is a plan, and providers have taken plans back. Its day has come, "
    "and it decides. Check the provider's page: write confirmed_on with the day on which you did, "
    "or remove the dated price. An import of a source that states the price confirms it.",
    about=("MODEL",),
)
PRICE_FROM_THE_FUTURE = Rule(
    "price-from-the-future",
    "authoring",
    Severity.WARNING,
    "A price of a day to come stands as the price of today",
    "The price itself holds now, also where it names a later day. One that begins later belongs "
    "in 'dated', with the price of now beside it.",
    about=("MODEL",),
)
ENDS_BEFORE_RELEASE = Rule(
    "ends-before-release",
    "authoring",
    Severity.WARNING,
    "A model ends before it was released",
    "One of the two days is wrong, and the day of the end keeps the model out of every alias. "
    "Check both against the provider's page.",
    about=("MODEL",),
)
UNKNOWN_SUCCESSOR = Rule(
    "unknown-successor",
    "authoring",
    Severity.NOTICE,
    "A successor without a source is not in the catalog",
    "A successor decides nothing, but one that is written otherwise here names nothing. Correct "
    "it, add the model with zumik catalog import --add MODEL, or name the source of the lifecycle.",
)
UNKNOWN_SERVICE = Rule(
    "unknown-service",
    "authoring",
    Severity.ERROR,
    "A workload names a service that no model has",
    "tier is 'standard' or the name of a service that the price of a model has, such as 'batch' or "
    "'flex'. No model costs anything by another name, so none could be chosen.",
)
OUTPUT_LIMIT_UNKNOWN = Rule(
    "output-limit-unknown",
    "authoring",
    Severity.WARNING,
    "A ranked model has no limits.output_tokens",
    "A request with max_tokens is answered only by a model that is known to give so many tokens, "
    "and most applications send max_tokens. Where the limit is unknown, such a request goes to the "
    "next in the ranking, and fails where none is left. Write the limit into the catalog, with a "
    "source.",
    about=("MODEL",),
)
LIVE_MODEL_RETIRES = Rule(
    "live-model-retires",
    "authoring",
    Severity.WARNING,
    "A live alias answers a model that has retired, or will within the horizon",
    "A release never changes, so what is live goes on naming the model after its provider stops "
    "serving it, and requests fail. Freeze and promote a release that chooses another, or drain "
    "the model so that the next in the ranking answers.",
    about=("ALIAS", "MODEL"),
)
UNRELEASED_CHANGES = Rule(
    "unreleased-changes",
    "authoring",
    Severity.NOTICE,
    "Policy and catalog differ from the newest release",
    "An edit changes no answer until it is frozen and promoted. That is usual between two "
    "releases, and it explains why an edit shows no effect. zumik plan shows what freezing would "
    "change.",
)
FIGURE_OUT_OF_RANGE = Rule(
    "figure-out-of-range",
    "authoring",
    Severity.ERROR,
    "A figure lies outside its metric's range",
    "It would win or lose every comparison by a slip. It is most often a share written as a "
    "percentage, or the other way round. Write it in the metric's unit.",
)
NEGATIVE_PRICE = Rule(
    "negative-price",
    "authoring",
    Severity.ERROR,
    "A price is below zero",
    "No provider pays for requests, and such a price would win every comparison of cost. "
    "Correct it, or leave it out if it is unknown.",
)
SWAPPED_PRICE = Rule(
    "swapped-price",
    "authoring",
    Severity.WARNING,
    "Input costs more than output",
    "Sources have swapped the pair before, and cost would be compared by the wrong one. Check "
    "it against the provider's page. If it is right, leave it.",
    about=("MODEL",),
)
ZERO_PRICE = Rule(
    "zero-price",
    "authoring",
    Severity.WARNING,
    "A price is zero",
    "Zero wins every comparison of cost, and price lists write it for what they do not know. "
    "If the price is unknown, leave it out. If it is free, leave it.",
    about=("MODEL",),
)
FACT_FROM_THE_FUTURE = Rule(
    "fact-from-the-future",
    "authoring",
    Severity.ERROR,
    "A fact is dated after the day of the release",
    "The fact was not known on that day, and a release that holds it would mislead its readers. "
    "Correct the date, or freeze on a later day.",
)
