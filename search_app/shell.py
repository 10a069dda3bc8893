"""What the command prints: pages, counts and outcomes as text, or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import msgspec

from indexer import ClusterInfo, CountTable, IndexInfo
from indexer.errors import shown
from indexer.fields import BY_NAME
from indexer.model import path_text
from indexer.query import All, Phrase, Term
from search_app.grouped import GroupedPage
from search_app.kwic import KwicPage, Line
from search_app.search import PageHit, SearchPage
from search_app.suggest import Suggestions
from search_app.summary import Summary
from search_app.syntax import parse

if TYPE_CHECKING:  # a search starts without what reading files takes
    from indexer.engines import StagePart
    from indexer.pipeline import Examined, Fate, Outcome
    from indexer.structure import Draft

_FATES: dict[Fate, str] = {
    "indexed": "已收入", "replaced": "已更新", "moved": "换了地方", "unchanged": "没有变", "removed": "已移除",
    "refused": "没有收",
}  # fmt: skip
MOST_NAMED = 50
"""Files that a run names one by one; --json always names all."""
_FACETS_SHOWN = ("year", "level", "region")


def as_json(value: object) -> str:
    """Any value of the product as JSON text."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def page(found: SearchPage, style: Callable[[str], str]) -> str:
    """A page of hits; ``style`` sets off what is marked."""
    times = _times(found.occurrences)
    head = f"{found.total:,} 段{times}（第 {found.page}/{found.pages} 页，用时 {found.took_ms} 毫秒）"
    words = [found.in_words] if found.mode == "loose" else _words(found)
    offered = [*_synonym_lines(found), *_mending_lines(found), *_instead_lines(found)]
    return "\n".join([*words, head, *_facet_lines(found), *offered, *(_hit(hit, style) for hit in found.hits)])


def _words(asked: SearchPage | Summary) -> list[str]:
    """The query in words, where it is more than one text to look for: so a reader sees what its operators did."""
    return [] if isinstance(parse(asked.query), All | Term | Phrase) else [asked.in_words]


def _synonym_lines(found: SearchPage) -> Iterable[str]:
    for each in found.synonyms:
        if not each.chosen:
            yield f"也查 {each.also}：{each.query}"


def _instead_lines(found: SearchPage) -> Iterable[str]:
    """What else could be asked where nothing was found."""
    if found.instead is None:
        return
    for word in found.instead.words:
        yield f"只查“{word.query}”：{word.units:,} 段"
    yield f"用宽松方式（--mode loose）：{found.instead.loose.units:,} 段"
    if found.instead.without_filters is not None:
        yield f"去掉全部筛选：{found.instead.without_filters.units:,} 段"


def _mending_lines(found: SearchPage) -> Iterable[str]:
    return (f"您要找的是不是：{each.query}（{each.units:,} 段，{each.why}）" for each in found.mendings)


def kwic(found: KwicPage, style: Callable[[str], str]) -> str:
    """Occurrences below one another, the keywords in line; Han characters count double."""
    head = _line_head(found.summary, f"{found.summary.occurrences:,} 处，在 {found.summary.total:,} 段里")
    before, after = (max(map(_width, map(side, found.lines)), default=0) for side in (_left, _keyword_on))
    rows = [
        f"{_pad(_left(line), before, False)} {style(_printable(line.keyword))} {_right(line)}"
        f"{' ' * (after - _width(_keyword_on(line)))}  {line.address}"
        for line in found.lines
    ]
    return "\n".join([*_words(found.summary), head, *([f"注意 {found.note}"] if found.note else []), *rows])


def grouped(found: GroupedPage, style: Callable[[str], str]) -> str:
    """Reports with their numbers, each with its best paragraphs."""
    head = f"{found.reports:,} 篇报告里有 {found.summary.total:,} 段"
    parts = [*_words(found.summary), _line_head(found.summary, head + _times(found.summary.occurrences))]
    for group in found.groups:
        parts.append(f"\n{group.report.name}  {group.report.id}  {group.units:,} 段{_times(group.occurrences)}")
        parts += [f"  第 {hit.unit.ordinal} 段  {_text(hit, style)}" for hit in group.best]
    return "\n".join(parts)


def _line_head(told: Summary, numbers: str) -> str:
    return f"{numbers}（第 {told.page}/{told.pages} 页，用时 {told.took_ms} 毫秒）"


def _times(occurrences: int) -> str:
    return f"，共 {occurrences:,} 处" if occurrences else ""


def _left(line: Line) -> str:
    return _printable("…" * line.cut_left + line.left)


def _right(line: Line) -> str:
    return _printable(line.right + "…" * line.cut_right)


def _keyword_on(line: Line) -> str:
    return _printable(line.keyword) + _right(line)


def _printable(text: str) -> str:
    """A text that takes one line of a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _facet_lines(found: SearchPage) -> Iterable[str]:
    for name in _FACETS_SHOWN:
        facet = found.facets[name]
        shown = "  ".join(
            f"{choice.value} {choice.units:,}" for choice in facet.choices if choice.units or choice.selected
        )
        if shown:
            yield f"{facet.label}：{shown}"


def _hit(hit: PageHit, style: Callable[[str], str]) -> str:
    path = " › ".join(heading.text for heading in hit.path)
    return f"\n{hit.report.name}  {hit.address}\n{path + chr(10) if path else ''}  {_text(hit, style)}"


def _text(hit: PageHit, style: Callable[[str], str]) -> str:
    pieces = enumerate(hit.snippet.fragments)
    styled = ((number, style(piece.text) if piece.marked else piece.text) for number, piece in pieces)
    text = "".join("…" * (number in hit.snippet.gaps) + piece for number, piece in styled)
    return f"{'…' * hit.snippet.cut_before}{text}{'…' * hit.snippet.cut_after}"


def suggestions(found: Suggestions) -> str:
    """Suggestions, one a line, with the units that hold each."""
    if not found.suggestions:
        return "没有可以补全的词；请换几个字或拼音"
    return "\n".join(_table([[each.query, f"{each.units:,} 段"] for each in found.suggestions], left=1))


def counts(table: CountTable) -> str:
    """A table of occurrences, one row a group, and the sum."""
    labels = [BY_NAME[name].label for name in table.request.group_by]
    head = [*labels, *table.request.terms, "段落", "字数", "报告"]
    rows = [
        [*row.group, *map(_thousands, (*row.occurrences, row.of_units, row.of_characters, row.of_reports))]
        for row in table.rows
    ]
    sums = (*table.total.occurrences, table.total.of_units, table.total.of_characters, table.total.of_reports)
    rows.append([*(["合计"] + [""] * (len(labels) - 1) if labels else []), *map(_thousands, sums)])
    note = "词下面是处数（同一段里出现几次算几处，互相重叠的不重复算）"
    return "\n".join([*_table([head, *rows], left=len(labels)), note])


def info(held: IndexInfo, cluster: ClusterInfo | None) -> str:
    """What an index holds, and how the cluster is, were there one."""
    years = f"{held.years[0]}–{held.years[-1]}" if held.years else "没有"
    rows = (
        ("索引", held.address), ("报告", f"{held.reports:,} 篇"), ("段落", f"{held.units:,} 段"),
        ("正文", f"{held.characters:,} 字"), ("年份", years), ("指纹", held.fingerprint),
    )  # fmt: skip
    return "\n".join(f"{label}：{value}" for label, value in (*rows, *(_of_cluster(cluster) if cluster else ())))


def _of_cluster(cluster: ClusterInfo) -> tuple[tuple[str, str], ...]:
    shards = f"{cluster.shards} 个，每个 {cluster.replicas} 个副本"
    health = f"{_HEALTH.get(cluster.health, cluster.health)}，{cluster.nodes} 个节点"
    return (
        ("集群", health), ("分片", shards), ("大小", f"{cluster.size / 1e6:,.1f} MB，连副本"),
        ("代次", f"第 {cluster.generation} 次提交"),
    )  # fmt: skip


_HEALTH = {"green": "正常", "yellow": "能用，但有副本不在", "red": "有分片不在，数不全的不答"}


def info_as_json(held: IndexInfo, cluster: ClusterInfo | None) -> str:
    """The same as JSON; ``cluster`` is null where a folder holds the index."""
    return as_json({**asdict(held), "cluster": cluster})


INDEX, PART = "索引里", "这一批的这一部分里"


def outcome(done: Outcome, where: str = INDEX) -> str:
    """What became of the files, and what the index (or what ``where`` says) holds now. Of many files only those are
    named that need a look."""
    named = [each for each in done.files if len(done.files) <= MOST_NAMED or each.fate in ("refused", "removed")]
    rows = [[_FATES[each.fate], _from_here(each.path), each.detail] for each in named]
    remarks = [f"注意 {_from_here(each.path)}：{remark}" for each in done.files for remark in each.remarks]
    notes = [f"注意 {note}" for note in done.notes]
    tally = "、".join(f"{label} {done.counts[fate]:,}" for fate, label in _FATES.items() if fate in done.counts)
    held = f"{where}现在有 {done.info.reports:,} 篇报告、{done.info.units:,} 段、{done.info.characters:,} 字"
    return "\n".join([*_table(rows, left=3), *remarks, *notes, f"{tally}；{held}"])


_PARTS = {"complete": "收完了", "writing": "正在收", "stopped": "没收完就停了", "outdated": "是另一个版本收的"}


def stages(held: Mapping[str, Sequence[StagePart]]) -> str:
    """The stages that wait to be published, and how far each machine's part is."""
    return "\n".join(line for stage in held.items() for line in _stage(*stage)) or "没有等着发布的"


def _stage(name: str, parts: Sequence[StagePart]) -> list[str]:
    rows = [["", _PARTS[each.fate], f"{each.reports:,} 篇", each.path and f"如 {each.path}"] for each in parts]
    return [f"{shown(name)}：{len(parts)} 部分", *_table(rows, left=4)]


def _from_here(path: str) -> str:
    """A file's path as one would type it: from the folder one is in, if the file is in it."""
    return path.removeprefix(f"{path_text(Path.cwd())}/")


def examined(one: Examined) -> str:
    """How one file was read: what is known of it and from where, its headings, how much was left out."""
    return _examined(one, lambda draft: [f"略去 {len(draft.dropped)} 行（--dropped 列出）"] if draft.dropped else [])


def examined_with_dropped(one: Examined) -> str:
    """As ``examined``, with every line that was left out."""
    return _examined(one, lambda draft: [f"略去 {line}" for line in draft.dropped])


def _examined(one: Examined, dropped: Callable[[Draft], Iterable[str]]) -> str:
    if one.draft is None:
        return f"{_from_here(one.path)}\n  没有收：{one.refusal}\n"
    left_out = (f"  {line}" for line in dropped(one.draft))
    return "\n".join(
        [_from_here(one.path), *_known(one.draft), *_remarks(one.draft), *_outline(one.draft), *left_out, ""]
    )


def _known(draft: Draft) -> Iterable[str]:
    origins = dict(draft.metadata.origins)
    known = draft.metadata
    values = (
        ("标题", "title", known.title), ("年份", "year", known.year), ("级别", "level", known.level),
        ("地区", "region", "/".join(known.region)), ("文种", "type", known.type), ("日期", "date", known.date),
        ("机关", "organ", known.organ),
    )  # fmt: skip
    for label, name, value in values:
        yield f"  {label} {value}（{origins[name]}）" if value is not None else f"  {label} 未载明"
    paragraphs = sum(passage.kind == "paragraph" for passage in draft.passages)
    yield f"  文本 {'完整' if draft.complete else '不完整'}，{paragraphs} 个自然段，{draft.source.encoding}"


def _remarks(draft: Draft) -> Iterable[str]:
    return (f"  注意 {remark}" for remark in draft.remarks)


def _outline(draft: Draft) -> Iterable[str]:
    sections = {passage.headings: passage.section for passage in reversed(draft.passages) if passage.headings}
    shown = {path[-1]: section for path, section in sections.items()}
    for heading in draft.outline:
        yield f"  {'  ' * heading.depth}{heading.text}  [{'/'.join(shown.get(heading, ()))}]"


def _thousands(number: int) -> str:
    return f"{number:,}"


def _table(rows: Sequence[Sequence[str]], left: int) -> list[str]:
    """Columns in line, Han characters counted double; the first ``left`` columns to the left, the others right."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_pad(cell, widths[i], i < left) for i, cell in enumerate(row)).rstrip() for row in rows]


def _pad(cell: str, width: int, to_left: bool) -> str:
    blanks = " " * (width - _width(cell))
    return cell + blanks if to_left else blanks + cell


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
