"""A built site as text and JSON: what was written, and how large it is."""

from __future__ import annotations

from zumik.core.reviews.built_site import BuiltSite
from zumik.reports.blocks import Fields, Report, strong
from zumik.reports.text import plural, safe, short_count


def built_site_report(site: BuiltSite) -> Report:
    """The directory, and what was done."""
    rows = [
        ("files", f"{site.files:,}" if site.dry_run else f"{site.files:,}, {size_text(site.size)}"),
        ("written", f"at most {site.written:,}" if site.dry_run else f"{site.written:,}"),
        ("unchanged", f"{site.unchanged:,}"),
        ("removed", f"{site.removed:,}"),
        ("time", f"{site.seconds:,.1f} s"),
    ]
    if site.biggest is not None:
        name, size = site.biggest
        rows.insert(1, ("biggest", f"{safe(name)}, {size_text(size)}"))
    return [[f"{strong(safe(site.directory))}: {_done(site)}", Fields(rows, width=9)]]


def _done(site: BuiltSite) -> str:
    if not site.written and not site.removed:
        return "nothing would change" if site.dry_run else "nothing changed"
    if site.dry_run:
        return f"at most {plural(site.written, 'file')} to write, {site.removed:,} to remove"
    parts = [plural(site.written, "file") + " written"] if site.written else []
    parts += [f"{site.removed:,} removed"] if site.removed else []
    return ", ".join(parts)


def size_text(size: int) -> str:
    """Bytes in the unit that suits them: `840 B`, `12.4 kB`."""
    return f"{short_count(size)}B" if size >= 1000 else f"{size} B"


def built_site_to_json(site: BuiltSite) -> dict[str, object]:
    """The same for machines."""
    name, size = site.biggest or (None, None)
    return {
        "directory": site.directory,
        "files": site.files,
        "written": site.written,
        "unchanged": site.unchanged,
        "removed": site.removed,
        "bytes": site.size,
        "biggest": {"file": name, "bytes": size} if site.biggest else None,
        "seconds": round(site.seconds, 3),
    }
