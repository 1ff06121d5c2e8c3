"""Rules for what a price list offers, before a person takes it over."""

from __future__ import annotations

from zumik.core.basics.findings import Rule


def _rule(code: str, title: str, why: str) -> Rule:
    return Rule(code, "import", title, why)


RULES = (
    _rule(
        "unusable-entry",
        "An entry of the price list could not be read",
        "The entry was left out and the others were read. A format that changed looks like this, "
        "for many entries at once. If the model matters, write its facts by hand.",
    ),
    _rule(
        "ambiguous-entry",
        "The price list has two entries for one model, which differ",
        "Lists carry a model under several keys, and one of them may be old. Check the value "
        "against the provider's page before it is accepted.",
    ),
    _rule(
        "already-retired",
        "The price list says that a model has retired",
        "A model that has retired is not eligible any more, and lists have had wrong days. Check "
        "it against the provider's page before it is accepted.",
    ),
    _rule(
        "price-jump",
        "A price would move by a large factor",
        "Such a move has been a slip of unit as often as a change of price: a factor of a "
        "thousand is tokens for thousands of tokens. Check it against the provider's page before "
        "it is accepted.",
    ),
    _rule(
        "capability-denied",
        "The price list says no to what the catalog lists",
        "An import adds and never takes away, because lists leave out more than they deny. The "
        "model may have lost the capability, or never had it. Check it against the provider's "
        "page, and edit the catalog.",
    ),
    _rule(
        "source-conflict",
        "An imported value differs from one whose source goes before it",
        "source_precedence in zumik.yaml says whose word counts, and the value that is there has "
        "the better source. Nothing is overwritten without a person. Accept it if the list is "
        "right, or leave it.",
    ),
)
