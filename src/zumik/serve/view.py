"""The view: one bundle, ready to be shown. A request takes one view, and sees no part of the next.

An answer to a caller without a key leaves out confidential providers. `released` then searches the
bytes of every answer for their names, and withholds it where one is found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.decisions.alias_table import Rederived, rederive
from zumik.core.decisions.drained_decision import DrainedDecision, answered, steady
from zumik.core.facts.catalog import Model
from zumik.core.facts.hidden import Hidden
from zumik.core.live.bundle import Bundle
from zumik.core.live.drains import Drain
from zumik.core.releases.release import Content, VerifiedRelease
from zumik.core.reviews.disclosure import Disclosure
from zumik.core.reviews.visibility import public
from zumik.resolver import Resolver
from zumik.serve.answers import Answer, Refusal, to_json, withheld
from zumik.serve.release_source import ReleaseSource

_MOST_ANSWERS = 4096
"""How many rendered answers are kept. Callers can cut pages in very many ways."""


def now() -> datetime:
    """The clock of answers and log lines, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class Known(NamedTuple):
    """A model, and the newest release that holds it."""

    model: Model
    source: VerifiedRelease


class View:
    """One bundle with its releases, and the answers that were rendered from it.

    `authenticated` says that the caller has a key, and sees confidential facts too.
    """

    def __init__(
        self, bundle: Bundle, releases: ReleaseSource, *, list_aliases: bool = False
    ) -> None:
        self.bundle = bundle
        self.releases = releases
        self.list_aliases = list_aliases
        self.models: Mapping[ModelId, Known] = {
            name: Known(model, frozen.source)
            for frozen in bundle.releases.values()
            for name, model in frozen.source.models.items()
        }
        self.hidden = releases.hidden
        self.resolver = Resolver(lambda _: bundle, lambda: None, check_every=math.inf)
        self._answers: dict[tuple[object, ...], Answer] = {}
        self._released: set[bytes] = set()
        self._contents: dict[ReleaseId, tuple[dict[str, object], bool]] = {}
        self._everything = Disclosure(Hidden())
        models = [known.model for known in self.models.values()]
        self._public = Disclosure(self.hidden, list(bundle.pointers), models)

    def remembered(self, key: tuple[object, ...], make: Callable[[], Answer]) -> Answer:
        """An answer, rendered once; by two requests at the same time perhaps twice, alike."""
        found = self._answers.get(key)
        if found is None:
            found = make()
            if len(self._answers) < _MOST_ANSWERS:
                self._answers[key] = found
        return found

    def span(self, at: datetime) -> tuple[datetime | None, datetime | None]:
        """The time around a moment in which no drain begins or ends, so that answers hold."""
        return steady(self.bundle.drains, at)

    def answered(
        self, source: VerifiedRelease, alias: AliasName, at: datetime, authenticated: bool
    ) -> DrainedDecision:
        """What an alias answers at a time, for a caller who may see it. Raises CannotRun."""
        found = answered(self.bundle.drains, source, alias, at)
        return found._replace(drains=self.visible_drains(found.drains, authenticated))

    def seen(self, authenticated: bool) -> Disclosure:
        """What a caller may see."""
        return self._everything if authenticated else self._public

    def visible_drains(self, drains: Iterable[Drain], authenticated: bool) -> tuple[Drain, ...]:
        """Drains as the caller may see them: without a reason that names what is confidential."""
        return self.seen(authenticated).drains(drains)

    def live(self, alias: AliasName) -> VerifiedRelease | None:
        """The release that an alias points to; None where it has no pointer, or was retired."""
        return self.bundle.live_release(alias)

    @cached_property
    def known_as(self) -> Mapping[ModelId, tuple[Model, ...]]:
        """Every model that any release has, once for each revision, the newest facts first.

        It is made once, because a caller could otherwise have every release read for each line.
        """
        found: dict[ModelId, dict[str | None, Model]] = {}
        for release in reversed(self.releases.ids):
            for name, model in self.release(release).models.items():
                found.setdefault(name, {}).setdefault(model.revision, model)
        return {name: tuple(revisions.values()) for name, revisions in found.items()}

    def hint_of_meant(self, text: str, authenticated: bool, otherwise: str) -> str:
        """The hint that names the alias or model a text means, among those the caller may see."""
        # Imported here because most requests ask for names that exist.
        from zumik.core.facts.meant_name import meant_name

        # An alias that has no live pointer any more is not what was meant.
        aliases = [name for name in self.bundle.pointers if self.live(name) and name != text]
        models = {
            name: facts[0]
            for name, facts in self.known_as.items()
            if self.shows(name, authenticated)
        }
        return meant_name(text, aliases, models, otherwise)

    def shows(self, model: ModelId, authenticated: bool) -> bool:
        """Whether a caller may see a model."""
        return self.seen(authenticated).shows(model)

    def shows_alias(self, source: VerifiedRelease, alias: AliasName, authenticated: bool) -> bool:
        """Whether a caller may see how a release ranks an alias."""
        return self.seen(authenticated).shows_alias(source, alias)

    def table(self, source: VerifiedRelease, alias: AliasName, authenticated: bool) -> Rederived:
        """An alias, derived again; without a key it leaves out hidden models and their effects.

        Call it only for an alias that the caller may see. Raises CannotRun.
        """
        return self.seen(authenticated).table(source, rederive(source, alias))

    def public_content(self, source: VerifiedRelease) -> tuple[dict[str, object], bool]:
        """A release's content for callers without a key, and whether that is all of it."""
        release = source.ref.id
        if release not in self._contents:
            seen = self._public
            self._contents[release] = seen.content(source), seen.is_whole(source)
        return self._contents[release]

    def public_model(self, model: Model) -> object:
        """A public model's facts, without sentences that name a hidden one."""
        models = public(Content({}, {}, {}, {model.id: model}), self.hidden)["models"]
        assert isinstance(models, dict)
        return models[model.id]

    @property
    def hides(self) -> bool:
        """Whether any provider is confidential."""
        return self._public.hides

    def speaks(self, text: str) -> bool:
        """Whether a text names a hidden provider or one of its models."""
        return self._public.speaks(text)

    def discreet(self, tree: dict[str, object], authenticated: bool) -> dict[str, object] | None:
        """The tree; None where it names what this caller may not see."""
        if authenticated or not self.hides:
            return tree
        return None if self.speaks(to_json(tree).decode()) else tree

    def released(self, answer: Answer, authenticated: bool) -> Answer:
        """An answer as it may leave the server: the one place that every answer passes.

        The routes drop what is confidential part by part. This holds for what they forget. Raises
        Refusal.
        """
        if authenticated or not self.hides or answer.etag in self._released:
            return answer
        if self.speaks(answer.body.decode()):
            raise withheld("this answer")
        if answer.etag is not None and len(self._released) < _MOST_ANSWERS:
            # An etag is a hash of the body, so the same one need not be searched again.
            self._released.add(answer.etag)
        return answer

    def released_refusal(self, refusal: Refusal, asked: str, authenticated: bool) -> Refusal:
        """A refusal as it may leave the server. It may repeat words that the caller asked with."""
        if authenticated or not self.hides:
            return refusal
        text = to_json(refusal.to_json("")).decode()
        named = self._public.named
        if named(text) <= named(asked):
            return refusal
        return withheld("the reason")

    def release(self, release: ReleaseId) -> VerifiedRelease:
        """Any release of the source. Raises CannotRun and IntegrityError."""
        return self.releases.frozen(release).source
