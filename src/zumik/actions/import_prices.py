"""Import prices: take what LiteLLM's price file knows about models into the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from zumik.actions.authored_edit import write_edited
from zumik.actions.catalog_models import read_catalog
from zumik.actions.imported_files import imported_files
from zumik.actions.session import Session
from zumik.bounded_file import read_bounded
from zumik.core.reviews.outcomes import ImportedPrices
from zumik.errors import UsageError
from zumik.sources.litellm_prices import read_litellm
from zumik.sources.merge import plan_import

MAX_IMPORT_BYTES = 64 * 1024 * 1024


def import_prices(
    session: Session,
    file: Path,
    *,
    version: str,
    observed_on: str,
    only: Sequence[str],
    add: Sequence[str],
    accept_questioned: bool,
    dry_run: bool,
) -> ImportedPrices:
    """Write what the price file of one LiteLLM version changes in the catalog; commit nothing.

    `only` and `add` are globs of model ids. Raises UsageError, Invalid where the catalog is not
    valid, CannotRun and IntegrityError.
    """
    authored = read_catalog(session.store)
    observed = _day(observed_on)
    data = read_bounded(file.resolve(), MAX_IMPORT_BYTES)
    plan = plan_import(
        authored.catalog,
        read_litellm(data, source=f"litellm {version}", observed_on=observed),
        only=only,
        add=add,
        precedence=session.settings.source_precedence,
        today=session.now().date(),
        accept_questioned=accept_questioned,
        locate=authored.locate,
    )
    files = imported_files(session.store, authored, plan)
    return ImportedPrices(plan, write_edited(session, files, dry_run=dry_run), dry_run)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("--observed-on takes a date", hint="--observed-on 2026-11-12") from None
