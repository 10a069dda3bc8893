"""Real texts as documents: the reports of the State Council and the provinces, and laws; without them, the samples."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

from bench.serving import SEEDS
from indexer import Document, Heading, Report, Source, Unit
from indexer.pipeline import discover, examine

CORPORA = Path(__file__).parent.parent.parent / "shared" / "corpora"
REPORTS = (CORPORA / "national", CORPORA / "provinces-2026")
LAWS = CORPORA / "scale" / "laws.jsonl.gz"
YEAR = 2021
"""Of a law that tells none."""

_MARKDOWN = re.compile(r"(#+)\s*(.+)")


def reports() -> Iterator[Document]:
    """The reports, read as ``baogao index`` reads them."""
    folders = [folder for folder in REPORTS if folder.is_dir()] or [SEEDS]
    drafts = [each.draft for each in examine(discover(folders))]
    return (draft.document(f"{draft.plain_id}-{n}") for n, draft in enumerate(drafts) if draft is not None)


def laws(path: Path = LAWS) -> Iterator[Document]:
    """The laws; none where the corpora are absent."""
    for number, (title, year, lines) in enumerate(law_lines(path)):
        yield law(f"{title}-{number}", year, lines)


def law_lines(path: Path = LAWS) -> Iterator[tuple[str, int, list[str]]]:
    """Title, year and lines of each law that is one: from its name on, without comments."""
    if not path.exists():
        return
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            lines = [line.strip() for line in row["text"].splitlines()]
            lines = [line for line in lines if line and not line.startswith("<!--")]
            start = next((at for at, line in enumerate(lines) if line.startswith("# ")), len(lines))
            if len(lines) - start > 5:
                yield row["title"], int(row["year"] or YEAR), lines[start:]


def law(law_id: str, year: int, lines: list[str]) -> Document:
    """A unit a line; ``#`` marks the headings, the law's name the outermost of them."""
    units: list[Unit] = []
    path: tuple[Heading, ...] = ()
    for ordinal, line in enumerate(lines, start=1):
        marked = _MARKDOWN.fullmatch(line)
        if marked:
            depth = len(marked[1])
            path = (*(above for above in path if above.depth < depth), Heading(depth, marked[2]))
        kind, text = ("heading" if marked else "paragraph"), (marked[2] if marked else line)
        units.append(Unit(law_id, ordinal, kind, path, ("未标",), text))  # type: ignore[arg-type]
    source = Source("", law_id, "txt", "utf-8")
    report = Report(law_id, path[0].text, year, "国家", ("全国",), "其他", None, None, source, True, ())
    return Document(report, tuple(units))
