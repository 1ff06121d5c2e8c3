"""Rules for what a price list offers, before a person takes it over."""

from __future__ import annotations

from zumik.core.basics.findings import Rule, Severity

UNUSABLE_ENTRY = Rule(
    "unusable-entry",
    "import",
    Severity.WARNING,
    "An entry of the price list could not be read",
    "The entry was left out and the others were read. A format that changed looks like this, "
    "for many entries at once. If the model matters, write its facts by hand.",
)
UNUSABLE_FIELD = Rule(
    "unusable-field",
    "import",
    Severity.WARNING,
    "A field of the price list could not be read",
    "The field was left out and the rest of the entry was read, so a date of retirement beside a "
    "malformed number still counts. If the field matters, write it by hand with its source.",
)
AMBIGUOUS_ENTRY = Rule(
    "ambiguous-entry",
    "import",
    Severity.WARNING,
    "The price list has two entries for one model, which differ",
    "Lists carry a model under several keys, and one of them may be old. Check the value "
    "against the provider's page before it is accepted.",
)
ALREADY_RETIRED = Rule(
    "already-retired",
    "import",
    Severity.WARNING,
    "The price list says that a model has retired",
    "The day is taken, because an alias whose winner has retired fails for its users. Lists have "
    "had wrong days: check it against the provider's page, and write the right one by "
    "hand, with its source.",
)
NO_LONGER_SERVED = Rule(
    "no-longer-served",
    "import",
    Severity.WARNING,
    "The source says that a model is no longer served, without a day",
    "Some sources mark a model as retired and name no day, and some of them do it months after or "
    "before it happened. Without a day the mark is no fact to freeze. Check the provider's page, "
    "and write retires_on by hand with its source.",
)
FACT_LOOSENED = Rule(
    "fact-loosened",
    "import",
    Severity.WARNING,
    "The price list takes back a fact that keeps a model out",
    "A later retirement, a higher limit or another revision would make a model eligible where a "
    "stated fact excludes it. What excludes a model is taken at once, and what lets it in waits "
    "for a person. Check it against the provider's page before it is accepted.",
)
METRICS_MAY_BE_OLD = Rule(
    "metrics-may-be-old",
    "import",
    Severity.WARNING,
    "A model whose id is not pinned has changed, and keeps its figures",
    "Providers serve a new revision under an id that they do not pin, with another price or other "
    "inputs. Figures that were measured before may not be those of the revision that is served. "
    "Check the provider's page, and remove the figures of the revision before.",
)
TINY_PRICE = Rule(
    "tiny-price",
    "import",
    Severity.WARNING,
    "A first price is far below the others of its provider",
    "Lists have had prices in thousands of tokens for prices of tokens. A price that is a thousand "
    "times too low wins every comparison of cost. Check it against the provider's page before it "
    "is accepted.",
)
PRICE_JUMP = Rule(
    "price-jump",
    "import",
    Severity.WARNING,
    "A price would move by a large factor",
    "Such a move has been a slip of unit as often as a change of price: a factor of a thousand "
    "is tokens for thousands of tokens. Check it against the provider's page before it is "
    "accepted.",
)
CAPABILITY_DENIED = Rule(
    "capability-denied",
    "import",
    Severity.WARNING,
    "The price list says no to what the catalog lists",
    "A stated no is taken where the catalog's list has no better source; what a price list does "
    "not mention stays. The model may have lost the capability, or never had it. Check it against "
    "the provider's page, and write the list by hand, with its source, where this one is wrong.",
)
SOURCE_CONFLICT = Rule(
    "source-conflict",
    "import",
    Severity.WARNING,
    "An imported value differs from one whose source goes before it",
    "source_precedence in zumik.yaml says whose word counts between the sources that it names, "
    "and the other value is shown. A value that a person wrote, with or without a source, is "
    "overwritten only where a person accepts it.",
    lesser=Severity.NOTICE,
)
OLDER_SOURCE = Rule(
    "older-source",
    "import",
    Severity.NOTICE,
    "The catalog has a newer value than the price list",
    "An import never replaces a value by an older one, so the catalog's stays. Import the newest "
    "version of the list, or leave it.",
)
PRICE_LACKS_A_PART = Rule(
    "price-lacks-a-part",
    "import",
    Severity.WARNING,
    "The price list has charges that no rate or fee of the catalog can hold",
    "A price here has rates for tokens and fees for calls. A charge by the image, the character or "
    "the second has no place in it, and expected_cost is too low with it. The import names it in "
    "the price's also_charged. Each expected_cost of the model is then a lower bound, and decides "
    "only where the policy says incomplete_cost_allowed. A charge that only some requests have is "
    "a notice.",
    lesser=Severity.NOTICE,
)
RATE_DROPPED = Rule(
    "rate-dropped",
    "import",
    Severity.WARNING,
    "A rate of a price tier would go with the threshold of its tier",
    "The list has tiers at other thresholds and does not state this rate for any of them. Accept "
    "the new tiers, and add the rate by hand where you know it.",
)
RATE_NOT_STATED = Rule(
    "rate-not-stated",
    "import",
    Severity.NOTICE,
    "A price moves, and the list does not state all of its rates",
    "An import takes no rate away that the list does not state, such as that of a batch or of a "
    "cache. The rate may have moved with the others: check it against the provider's page.",
)
TIER_NOT_STATED = Rule(
    "tier-not-stated",
    "import",
    Severity.NOTICE,
    "The catalog has a price tier that the list does not state",
    "Lists leave tiers for long requests out more often than providers drop them, so an import "
    "keeps the catalog's. If the provider has dropped the tier, remove it by hand.",
)
PLAN_WITHDRAWN = Rule(
    "plan-withdrawn",
    "import",
    Severity.WARNING,
    "A source no longer states a price that it planned",
    "A price of a day to come is a plan, and providers have taken plans back. Silence is no "
    "statement: the planned price stays until a person accepts that it goes. Check the provider's "
    "page.",
)
PLANNED_PRICE_DIFFERS = Rule(
    "planned-price-differs",
    "import",
    Severity.WARNING,
    "A planned price is in force, and a source states another",
    "No source has confirmed the plan on its day or later, and this one contradicts it: the plan "
    "may have been taken back, or the source may be late. Check the provider's page. Accepting "
    "puts the source's price in its place.",
)
PRICE_OF_OTHER_HOURS = Rule(
    "price-of-other-hours",
    "import",
    Severity.NOTICE,
    "A source has the price of other hours of the day than the catalog",
    "Some providers charge less beside the hours of the peak, and sources list one price or the "
    "other. A workload has no hours, so the price of the peak is the safe one; one of basis "
    "off_peak is a lower bound. The two are not compared.",
)
