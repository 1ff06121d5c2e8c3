"""Import facts: take what a source knows about models into the catalog."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from zumik.actions.authoring.authored_edit import write_edited
from zumik.actions.authoring.catalog_models import read_catalog
from zumik.actions.authoring.imported_files import imported_files
from zumik.actions.authoring.source_files import open_source
from zumik.actions.session import Session
from zumik.core.basics.display import shown
from zumik.core.basics.times import day_from_text
from zumik.core.reviews.outcomes import ImportedFacts
from zumik.errors import UsageError
from zumik.sources.merge import plan_import

_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){1,4}(?:[-.+]?[A-Za-z0-9]{1,20}){0,3}")
_LONGEST_VERSION = 40
_FIRST_DAY = date(2020, 1, 1)


def import_facts(
    session: Session,
    source: str,
    *,
    version: str | None = None,
    observed_on: str | None = None,
    only: Sequence[str] = (),
    add: Sequence[str] = (),
    accept: Sequence[str] = (),
    keep: Sequence[str] = (),
    dry_run: bool = False,
) -> ImportedFacts:
    """Write what a source changes in the catalog; commit nothing.

    `source` is NAME or NAME:PATH, with the `version` or the day of a file that does not state it.
    `only` and `add` are globs of model ids, `accept` and `keep` facts as GLOB#FIELD. Raises
    UsageError, Invalid where the catalog is not valid, CannotRun and IntegrityError.
    """
    authored = read_catalog(session.store)
    today = session.now().date()
    opened = open_source(
        source,
        version=None if version is None else _version(version),
        day=None if observed_on is None else _day(observed_on, today),
        today=today,
    )
    plan = plan_import(
        authored.catalog,
        opened.kind.read(opened.files, source=opened.source, observed_on=opened.observed_on),
        only=only,
        add=add,
        precedence=session.settings.source_precedence,
        providers=session.settings.providers,
        today=today,
        accept=accept,
        keep=keep,
        locate=authored.locate,
    )
    files = imported_files(session.store, authored, plan)
    return ImportedFacts(plan, write_edited(session, files, dry_run=dry_run), dry_run)


def _version(text: str) -> str:
    """The version as every fact will cite it, and as it is ordered. Raises UsageError."""
    version = text.removeprefix("v")
    if len(version) > _LONGEST_VERSION or not _VERSION.fullmatch(version):
        raise UsageError(
            f"--version {shown(text)} is no version of a source",
            hint="numbers joined by dots, as in --version 1.109.1",
        )
    return version


def _day(text: str, today: date) -> date:
    """The day as every fact will cite it. Raises UsageError, also for a day that cannot be."""
    try:
        day = day_from_text(text)
    except ValueError:
        raise UsageError("--observed-on takes a date", hint="--observed-on 2026-11-12") from None
    # Another clock may already be in tomorrow.
    if not _FIRST_DAY <= day <= today + timedelta(days=1):
        why = "in the future" if day > today else f"before {_FIRST_DAY}, when no such list was"
        raise UsageError(
            f"--observed-on {day} is {why}",
            hint=f"the day that this version is from, {today} at the latest",
        )
    return day
