"""What an index tells of itself: how much it holds, of which years and places, and what names its content."""

from __future__ import annotations

from pathlib import Path

from indexer.engines.base import IndexInfo
from indexer.engines.columnar.folder import Settings
from indexer.engines.columnar.view import View
from indexer.engines.fingerprint import fingerprint
from indexer.fields import PATH_SEPARATOR
from indexer.model import Report, path_text


def information(folder: Path, settings: Settings, view: View) -> IndexInfo:
    """Of one committed state."""
    reports = newest_first(view)
    return IndexInfo(
        address=path_text(folder),
        fingerprint=fingerprint(settings.lexicon, reports),
        reports=len(reports),
        units=view.units,
        characters=view.characters,
        years=tuple(sorted({report.year for report in reports})),
        regions=tuple(sorted({PATH_SEPARATOR.join(report.region) for report in reports})),
    )


def newest_first(view: View) -> tuple[Report, ...]:
    """The reports, those of one year by their ids."""
    reports = map(view.report, view.reports.values())
    return tuple(sorted(reports, key=lambda report: (-report.year, report.id)))
