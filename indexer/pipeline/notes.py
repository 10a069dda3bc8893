"""What a run has to tell that concerns no file alone: of the catalogue's rows, and of reports without a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from indexer.model import Report, path_text
from indexer.pipeline.discovery import Found
from indexer.pipeline.examination import row_of
from indexer.pipeline.outcome import FileOutcome

_NAMED = 5
"""Files that a note names; the others are counted."""


def rows_without_a_file(found: Found, files: Sequence[FileOutcome]) -> Iterator[str]:
    """A note on the catalogue's rows that no file answers to."""
    matched = {row_of(each.path, found.catalog) for each in files}
    alone = [row for row in found.catalog if row in found.rows and row not in matched]
    if alone:
        yield f"目录表里有 {len(alone)} 行没有对上文件：{_some(alone)}；请检查文件名"


def rows_of_many_files(found: Found, files: Sequence[FileOutcome]) -> Iterator[str]:
    """A note on each row of the catalogue that several files answer to."""
    of_row: defaultdict[str, list[str]] = defaultdict(list)
    for each in files:
        row = row_of(each.path, found.catalog)
        if row is not None and each.fate != "removed":
            of_row[row].append(each.path)
    for row, paths in of_row.items():
        if len(paths) > 1:
            yield f"目录表里的“{row}”对上了 {len(paths)} 个文件：{_some(paths)}；只指其中一个，请连文件夹一起写"


def from_above(found: Found) -> Iterator[str]:
    """A note on each folder above a path given whose catalogue or words were used."""
    for folder in found.above:
        yield f"用了上层文件夹 {path_text(folder)} 里的目录表、词表"


def kept_though_broken(reports: Sequence[Report]) -> Iterator[str]:
    """A note on the reports whose files cannot be read any more."""
    if reports:
        yield f"有 {len(reports)} 篇报告的文件现在读不了，索引里还是以前读的：{_paths(reports)}"


def kept_without_a_file(reports: Sequence[Report], files: Sequence[FileOutcome]) -> Iterator[str]:
    """A note on the reports whose files are gone, and one on those whose files hold something else now."""
    there = {each.path for each in files}
    gone = [report for report in reports if report.source.path not in there]
    changed = [report for report in reports if report.source.path in there]
    if gone:
        yield f"有 {len(gone)} 篇报告的文件不在了，报告还留着：{_paths(gone)}；要去掉，请加 --prune"
    if changed:
        yield f"有 {len(changed)} 个文件换成了别的内容，原来的报告还留着：{_paths(changed)}；要去掉，请加 --prune"


def kept_beside(reports: Sequence[Report]) -> Iterator[str]:
    """A note on the reports published before from the paths of others that were published now."""
    if reports:
        yield f"有 {len(reports)} 篇以前发布的报告和这批里别的报告路径相同，都留着：{_paths(reports)}"


def left_out(found: Found, reports: Sequence[Report]) -> Iterator[str]:
    """A note on the reports an index had from elsewhere, which are not in the one made in its place."""
    elsewhere = [report for report in reports if not found.reaches(report.source.path)]
    if elsewhere:
        had = f"原来的索引里有 {len(elsewhere)} 篇报告来自别的文件夹，新的里没有：{_paths(elsewhere)}"
        yield f"{had}；还要它们，请再运行 baogao index，给出那些文件夹"


def _paths(reports: Sequence[Report]) -> str:
    return _some([report.source.path for report in reports])


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMED]) + (f"等 {len(names)} 个" if len(names) > _NAMED else "")
