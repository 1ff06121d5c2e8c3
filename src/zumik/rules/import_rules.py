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
    "A model that has retired is not eligible any more, and lists have had wrong days. Check "
    "it against the provider's page before it is accepted.",
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
    "An import adds and never takes away, because a list often omits what is true. The "
    "model may have lost the capability, or never had it. Check it against the provider's "
    "page, and edit the catalog.",
)
SOURCE_CONFLICT = Rule(
    "source-conflict",
    "import",
    Severity.WARNING,
    "An imported value differs from one whose source goes before it",
    "source_precedence in zumik.yaml says whose word counts, and the value that is there has "
    "the better source. Nothing is overwritten without a person. Accept it if the list is "
    "right, or leave it.",
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
    "The price list has charges that no rate of the catalog can hold",
    "A price here is a rate for each token of text. A fee for each request or search, and rates "
    "for audio, images or characters, are not in expected_cost, which is too low with them. The "
    "import names them in the price's also_charged. Each expected_cost of the model is then shown "
    "as a lower bound, with what it leaves out. A charge that only some requests have is a notice.",
    lesser=Severity.NOTICE,
)
RATE_DROPPED = Rule(
    "rate-dropped",
    "import",
    Severity.NOTICE,
    "A rate of the old price is not in the new one",
    "A price is taken as a whole, because a rate of an old price beside rates of a new one would "
    "be a price that no provider ever had. The list does not state this rate. Add it by hand where "
    "you know it.",
)
TIER_NOT_STATED = Rule(
    "tier-not-stated",
    "import",
    Severity.NOTICE,
    "The catalog has a price tier that the list does not state",
    "Lists leave tiers for long requests out more often than providers drop them, so an import "
    "keeps the catalog's. If the provider has dropped the tier, remove it by hand.",
)
