"""From a folder to the index: what becomes of every file, the first time and the times after."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from made import docx_file, zip_file

from indexer.catalog import CatalogEntry, read_catalog, write_catalog
from indexer.engines import Engine, SearchRequest, open_engine
from indexer.engines.columnar.engine import ColumnarEngine
from indexer.errors import CatalogError, NothingToIndex
from indexer.model import Document
from indexer.pipeline import Options, Outcome, Progress, catalog_of, discover, examine, index, indexing, rebuild, rules
from indexer.query import Term

SEEDS = {
    "000_7e8be75c3b448164.txt": "2023-郑州市-政府工作报告摘编",
    "001_dbb9741114ef63d7.txt": "2021-郑州市-政府工作报告",
    "002_07fe77ea2e16e151.txt": "2025-荥阳市-政府工作报告",
    "003_5e20c90e839245d8.txt": "2024-河南省-政府工作报告摘编",
    "004_9c47fab449c60e99.txt": "2025-郑州市-规划评估报告",
}


def report(year: int, place: str, text: str) -> str:
    return f"政府工作报告\n——{year}年1月30日在{place}第十五届人民代表大会第四次会议上\n{text}\n"


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder with two reports."""
    folder = tmp_path / "reports"
    folder.mkdir()
    write(folder / "hn.txt", report(2021, "河南省", "全省经济平稳运行。"))
    write(folder / "zz.txt", report(2022, "郑州市", "全市经济平稳运行。"))
    return folder


def write(path: Path, text: str, encoding: str = "utf-8") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding=encoding)


def fates(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(Path(each.path).name, each.fate, each.detail) for each in outcome.files]


def ids(address: str) -> set[str]:
    engine = open_engine(address)
    try:
        return {each.id for each in engine.reports()}
    finally:
        engine.close()


def sources(address: str) -> set[str]:
    engine = open_engine(address)
    try:
        return {each.source.path for each in engine.reports()}
    finally:
        engine.close()


def found(address: str, text: str) -> set[str]:
    engine = open_engine(address)
    try:
        return {hit.report.id for hit in engine.search(SearchRequest(Term(text))).hits}
    finally:
        engine.close()


def commits(address: str) -> set[str]:
    """Names the last commit."""
    return {path.name for path in Path(address).glob("*.toc")}


# -- what is found -----------------------------------------------------------------------------------------------------


def test_a_folder_gives_its_files_in_order_and_those_of_its_folders(reports: Path) -> None:
    write(reports / "2020" / "a.txt", "")
    assert [path.relative_to(reports).as_posix() for path in discover([reports]).files] == [
        "2020/a.txt", "hn.txt", "zz.txt",
    ]  # fmt: skip


def test_hidden_files_the_catalogue_and_the_lexicon_are_no_reports(reports: Path) -> None:
    before = discover([reports]).files
    for name in (".DS_Store", ".git/a.txt", "2020/.a.txt", "lexicon/words.txt", "lexicon/stop.txt"):
        write(reports / name, "政府工作报告")
    write(reports / "catalog.csv", "file\n")
    assert discover([reports]).files == before


def test_what_systems_and_programs_leave_in_a_folder_is_no_report(reports: Path, fresh_index: str) -> None:
    before = discover([reports]).files
    for name in ("~$zz.docx", "Thumbs.db", "2020/desktop.ini", "__MACOSX/zz.txt"):
        write(reports / name, "政府工作报告")
    index(discover([reports]), str(reports / "baogao-index"))
    assert (discover([reports]).files, discover([reports]).unread) == (before, ())


def test_an_index_is_no_folder_of_reports(reports: Path, fresh_index: str) -> None:
    index(discover([reports]), fresh_index)
    with pytest.raises(NothingToIndex, match="是索引，不是报告；请给出报告所在的文件夹"):
        discover([Path(fresh_index)])


def test_links_are_followed_to_files_alone_and_the_others_are_told(reports: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "kf.txt", report(2021, "开封市", "经济平稳运行。"))
    (reports / "a.txt").symlink_to(tmp_path / "elsewhere" / "kf.txt")
    (reports / "folder").symlink_to(tmp_path / "elsewhere")
    (reports / "lost.txt").symlink_to(tmp_path / "nowhere")
    found = discover([reports])
    assert [path.name for path in found.files] == ["a.txt", "hn.txt", "zz.txt"]
    assert [(Path(each.path).name, each.reason) for each in found.unread] == [
        ("folder", "这是到另一个文件夹的链接，没有跟进去；里面有报告，请直接给出那个文件夹"),
        ("lost.txt", "这个链接指向的文件不在了；请放回文件，或去掉链接"),
    ]


@pytest.mark.parametrize("given", ["郑州.txt", "."], ids=["a file", "a folder"])
def test_what_lies_in_a_folder_with_a_catalogue_and_words_has_both(reports: Path, fresh_index: str, given: str) -> None:
    write(reports / "catalog.csv", "file,year\n郑州.txt,2019\n开封.txt,2018\n")
    write(reports / "lexicon" / "words.txt", "双枢纽\n")
    write(reports / "2021" / "郑州.txt", report(2021, "郑州市", "全市经济平稳运行。"))
    found = discover([reports / "2021" / given])
    assert found.lexicon == ("双枢纽",)
    outcome = index(found, fresh_index)
    assert fates(outcome) == [("郑州.txt", "indexed", "2019-郑州市-政府工作报告")]
    assert outcome.notes == (f"用了上层文件夹 {reports} 里的目录表、词表",)


def test_a_table_above_that_is_no_catalogue_is_none_of_ours(reports: Path) -> None:
    write(reports.parent / "catalog.csv", "sku,price\n1,2\n")
    assert discover([reports]).catalog == {}


def test_a_file_given_twice_is_read_once(reports: Path) -> None:
    assert discover([reports / "zz.txt", reports, reports]).files == (reports / "zz.txt", reports / "hn.txt")


def test_a_folder_brings_its_catalogue_and_its_lexicon(seeds_folder: Path) -> None:
    brought = discover([seeds_folder])
    assert set(brought.catalog) == set(SEEDS)
    assert brought.lexicon is not None
    assert "中欧班列" in brought.lexicon
    assert not any(word.startswith("#") or word != word.strip() or not word for word in brought.lexicon)


def test_without_a_folder_that_brings_one_there_is_no_lexicon_and_no_catalogue(reports: Path) -> None:
    brought = discover([reports])
    assert (brought.lexicon, brought.catalog) == (None, {})


def test_the_lexicons_of_several_folders_are_taken_together(reports: Path, tmp_path: Path) -> None:
    write(reports / "lexicon" / "words.txt", "# 说明\n双枢纽\n\n 免申即享 \n", "utf-8-sig")
    write(tmp_path / "more" / "lexicon" / "words.txt", "放管服")
    assert discover([reports, tmp_path / "more"]).lexicon == ("双枢纽", "免申即享", "放管服")


def test_a_catalogue_given_by_name_has_the_last_word(reports: Path, tmp_path: Path) -> None:
    write(reports / "catalog.csv", "file,year\nzz.txt,2019\nhn.txt,2018\n")
    write(tmp_path / "mine.csv", "file,year\nzz.txt,2020\n")
    catalog = discover([reports], tmp_path / "mine.csv").catalog
    assert (catalog["zz.txt"].year, catalog["hn.txt"].year) == (2020, 2018)


def test_a_catalogue_may_name_a_file_by_its_path_where_its_name_is_not_enough(reports: Path) -> None:
    for place in ("甲", "乙"):
        write(reports / place / "2021.txt", "全市经济平稳运行。")
    write(reports / "catalog.csv", "file,year,region\n甲/2021.txt,2021,甲市\n2021.txt,2021,乙市\n")
    drafts = [each.draft for each in examine(discover([reports])) if each.path.endswith("2021.txt")]
    assert {draft.metadata.region for draft in drafts if draft} == {("甲市",), ("乙市",)}


def test_a_missing_path_is_told(tmp_path: Path) -> None:
    with pytest.raises(NothingToIndex) as mistake:
        discover([tmp_path / "nowhere"])
    assert mistake.value.message == f"找不到 {tmp_path / 'nowhere'}；请检查路径"


@pytest.mark.parametrize("name", [None, ".hidden.txt", "catalog.csv", "lexicon/words.txt"])
def test_a_folder_without_reports_is_told_which_files_can_be_one(tmp_path: Path, name: str | None) -> None:
    if name:
        write(tmp_path / name, "file\n")
    with pytest.raises(NothingToIndex, match=r"没有找到报告；支持的文件有 \.txt"):
        discover([tmp_path])


def test_a_lexicon_in_another_encoding_is_told(reports: Path) -> None:
    write(reports / "lexicon" / "words.txt", "双枢纽", "gb18030")
    with pytest.raises(NothingToIndex, match="请另存为 UTF-8 编码的 txt，一行一个词"):
        discover([reports])


def test_a_bad_catalogue_is_told_before_anything_is_indexed(reports: Path) -> None:
    write(reports / "catalog.csv", "file,year\nzz.txt,去年\n")
    with pytest.raises(CatalogError, match=r"catalog\.csv 第 2 行"):
        discover([reports])


# -- what becomes of it ------------------------------------------------------------------------------------------------


def test_every_seed_is_indexed_under_a_readable_id(seeds_folder: Path, fresh_index: str) -> None:
    outcome = index(discover([seeds_folder]), fresh_index)
    assert fates(outcome) == [(name, "indexed", report_id) for name, report_id in SEEDS.items()]
    assert outcome.info.reports == 5
    assert ids(fresh_index) == set(SEEDS.values())


def test_the_index_holds_what_was_structured(engine: Engine, documents: tuple[Document, ...]) -> None:
    assert {engine.document(each.report.id) for each in documents} == set(documents)


def test_a_second_run_changes_nothing_and_commits_nothing(reports: Path, fresh_index: str) -> None:
    first = index(discover([reports]), fresh_index)
    before = commits(fresh_index)
    second = index(discover([reports]), fresh_index)
    assert [each.fate for each in second.files] == ["unchanged", "unchanged"]
    assert [each.detail for each in second.files] == [each.detail for each in first.files]
    assert second.info == first.info
    assert commits(fresh_index) == before


def test_a_file_that_changed_replaces_its_report(reports: Path, fresh_index: str) -> None:
    index(discover([reports]), fresh_index)
    write(reports / "zz.txt", report(2022, "郑州市", "全市经济稳中有进。"))
    outcome = index(discover([reports]), fresh_index)
    assert [each.fate for each in outcome.files] == ["unchanged", "replaced"]
    assert found(fresh_index, "平稳") == {"2021-河南省-政府工作报告"}
    assert found(fresh_index, "稳中有进") == {"2022-郑州市-政府工作报告"}
    assert outcome.info.reports == 2


def test_files_added_later_leave_the_others_alone(reports: Path, fresh_index: str) -> None:
    index(discover([reports / "hn.txt"]), fresh_index)
    outcome = index(discover([reports / "zz.txt"]), fresh_index)
    assert [each.fate for each in outcome.files] == ["indexed"]
    assert ids(fresh_index) == {"2021-河南省-政府工作报告", "2022-郑州市-政府工作报告"}


def test_a_correction_in_the_catalogue_that_changes_the_id_moves_the_report(reports: Path, fresh_index: str) -> None:
    index(discover([reports]), fresh_index)
    write(reports / "catalog.csv", "file,year\nzz.txt,2023\n")
    outcome = index(discover([reports]), fresh_index)
    assert fates(outcome)[1] == ("zz.txt", "replaced", "2023-郑州市-政府工作报告")
    assert ids(fresh_index) == {"2021-河南省-政府工作报告", "2023-郑州市-政府工作报告"}
    assert [each.fate for each in index(discover([reports]), fresh_index).files] == ["unchanged", "unchanged"]


def test_a_correction_that_leaves_the_id_replaces_the_report(reports: Path, fresh_index: str) -> None:
    before = index(discover([reports]), fresh_index)
    write(reports / "catalog.csv", "file,organ\nzz.txt,郑州市人民政府\n")
    outcome = index(discover([reports]), fresh_index)
    assert fates(outcome)[1] == ("zz.txt", "replaced", "2022-郑州市-政府工作报告")
    assert outcome.info.fingerprint != before.info.fingerprint


def test_two_files_that_would_have_one_id_both_stay(reports: Path, fresh_index: str) -> None:
    write(reports / "zz2.txt", report(2022, "郑州市", "另一种文本。"))
    first = index(discover([reports]), fresh_index)
    _, (_, _, plain), (_, fate, hashed) = fates(first)
    assert (fate, plain) == ("indexed", "2022-郑州市-政府工作报告")
    assert hashed.startswith(f"{plain}-")
    assert found(fresh_index, "另一种文本") == {hashed}
    assert found(fresh_index, "全市经济") == {plain}
    second = index(discover([reports]), fresh_index)
    assert [each.fate for each in second.files] == ["unchanged"] * 3
    assert [each.detail for each in second.files] == [each.detail for each in first.files]


def test_a_copy_of_a_file_is_refused_with_the_name_of_the_one_it_repeats(reports: Path, fresh_index: str) -> None:
    shutil.copy(reports / "zz.txt", reports / "zz copy.txt")
    for fate in ("indexed", "unchanged"):
        outcome = index(discover([reports]), fresh_index)
        copied, copy = outcome.files[1:]
        assert (Path(copied.path).name, copied.fate) == ("zz copy.txt", fate)
        assert (Path(copy.path).name, copy.fate) == ("zz.txt", "refused")
        assert copied.path in copy.detail
        assert outcome.info.reports == 2


def test_a_copy_that_lies_in_the_wrong_place_is_told_so_too(reports: Path, fresh_index: str) -> None:
    shutil.copy(reports / "zz.txt", reports / "开封市2022.txt")
    (copy,) = (each for each in index(discover([reports]), fresh_index).files if each.path.endswith("开封市2022.txt"))
    assert copy.fate == "refused"
    assert any("文件名说是河南省/开封市" in remark for remark in copy.remarks)


@pytest.mark.parametrize("together", [True, False], ids=["in one run", "one after the other"])
def test_the_same_text_in_another_format_is_refused(reports: Path, fresh_index: str, together: bool) -> None:
    if not together:
        index(discover([reports]), fresh_index)
    lines = (reports / "zz.txt").read_text(encoding="utf-8").splitlines()
    (reports / "zz.docx").write_bytes(docx_file(lines))
    outcome = index(discover([reports]), fresh_index)
    (refused,) = (each for each in outcome.files if each.fate == "refused")
    assert "正文完全相同" in refused.detail
    assert outcome.info.reports == 2


def test_what_a_report_lacks_is_remarked_when_it_comes_in(reports: Path, fresh_index: str) -> None:
    text = (reports / "zz.txt").read_text(encoding="utf-8") + "\n（下转三版）\n"
    (reports / "zz.txt").write_text(text, encoding="utf-8")
    outcome = index(discover([reports]), fresh_index)
    assert "正文在别的版面上还有接续，这里没有" in outcome.files[1].remarks
    assert index(discover([reports]), fresh_index).files[1].remarks == ()


def test_a_copy_that_the_catalogue_says_is_another_report_is_one(reports: Path, fresh_index: str) -> None:
    index(discover([reports]), fresh_index)
    shutil.copy(reports / "zz.txt", reports / "zz copy.txt")
    write(reports / "catalog.csv", "file,region\nzz copy.txt,河南省/开封市\n")
    for _ in range(2):
        index(discover([reports]), fresh_index)
        assert ids(fresh_index) == {
            "2021-河南省-政府工作报告", "2022-郑州市-政府工作报告", "2022-开封市-政府工作报告",
        }  # fmt: skip


def test_of_two_copies_that_the_catalogue_tells_apart_neither_replaces_the_other(
    reports: Path, fresh_index: str
) -> None:
    shutil.copy(reports / "zz.txt", reports / "zz copy.txt")
    write(reports / "catalog.csv", "file,region\nzz copy.txt,河南省/开封市\n")
    assert fates(index(discover([reports]), fresh_index))[1:] == [
        ("zz copy.txt", "indexed", "2022-开封市-政府工作报告"),
        ("zz.txt", "indexed", "2022-郑州市-政府工作报告"),
    ]


def test_a_file_that_moved_is_still_the_same_report(reports: Path, fresh_index: str, tmp_path: Path) -> None:
    index(discover([reports]), fresh_index)
    moved = reports.rename(tmp_path / "moved")
    outcome = index(discover([moved]), fresh_index)
    assert [each.fate for each in outcome.files] == ["moved", "moved"]
    assert outcome.info.reports == 2
    assert sources(fresh_index) == {(moved / name).as_posix() for name in ("hn.txt", "zz.txt")}
    assert index(discover([moved]), fresh_index, Options(prune=True)).counts == {"unchanged": 2}


@pytest.mark.parametrize("renamed", ["zz-old.txt", "a-zz-old.txt"], ids=["read after", "read before"])
def test_a_file_renamed_and_written_anew_leaves_both_texts(reports: Path, fresh_index: str, renamed: str) -> None:
    index(discover([reports]), fresh_index)
    (reports / "zz.txt").rename(reports / renamed)
    write(reports / "zz.txt", report(2022, "郑州市", "新写的文本。"))
    for _ in range(2):
        outcome = index(discover([reports]), fresh_index)
        assert outcome.info.reports == 3
        named = {name: report_id for name, _, report_id in fates(outcome)}
        assert found(fresh_index, "全市经济") == {named[renamed]}
        assert found(fresh_index, "新写的文本") == {named["zz.txt"]}
    assert {each.fate for each in outcome.files} == {"unchanged"}


def test_files_that_changed_names_with_each_other_keep_both_texts(reports: Path, fresh_index: str) -> None:
    write(reports / "zz2.txt", report(2022, "郑州市", "另一种文本。"))
    before = index(discover([reports]), fresh_index)
    (reports / "zz.txt").rename(reports / "swap")
    (reports / "zz2.txt").rename(reports / "zz.txt")
    (reports / "swap").rename(reports / "zz2.txt")
    outcome = index(discover([reports]), fresh_index)
    assert outcome.info.reports == 3
    assert {each.detail for each in outcome.files} == {each.detail for each in before.files}
    assert len(found(fresh_index, "另一种文本") | found(fresh_index, "全市经济")) == 2


def test_a_file_saved_in_another_encoding_under_another_name_goes_on(reports: Path, fresh_index: str) -> None:
    before = index(discover([reports]), fresh_index)
    write(reports / "a.txt", (reports / "zz.txt").read_text(encoding="utf-8"), "gb18030")
    (reports / "zz.txt").unlink()
    outcome = index(discover([reports]), fresh_index, Options(prune=True))
    assert fates(outcome) == [
        ("a.txt", "replaced", "2022-郑州市-政府工作报告"), ("hn.txt", "unchanged", before.files[0].detail),
    ]  # fmt: skip


def test_a_text_that_moved_is_known_before_its_old_place_goes_to_another(reports: Path, fresh_index: str) -> None:
    index(discover([reports]), fresh_index)
    write(reports / "zzz.txt", (reports / "zz.txt").read_text(encoding="utf-8"), "gb18030")
    write(reports / "zz.txt", report(2022, "郑州市", "新写的文本。"))
    outcome = index(discover([reports]), fresh_index)
    assert fates(outcome)[2] == ("zzz.txt", "replaced", "2022-郑州市-政府工作报告")
    assert found(fresh_index, "全市经济") == {"2022-郑州市-政府工作报告"}
    assert outcome.info.reports == 3


def test_what_a_file_repeated_may_become_another_report_in_the_same_run(reports: Path, fresh_index: str) -> None:
    shutil.copy(reports / "zz.txt", reports / "zzz.txt")
    write(reports / "catalog.csv", "file,region\nzz.txt,河南省/郑州市\nzzz.txt,河南省/开封市\n")
    index(discover([reports]), fresh_index)
    write(reports / "catalog.csv", "file,region\nzz.txt,河南省/开封市\nzzz.txt,河南省/洛阳市\n")
    assert fates(index(discover([reports]), fresh_index))[1:] == [
        ("zz.txt", "replaced", "2022-开封市-政府工作报告"), ("zzz.txt", "replaced", "2022-洛阳市-政府工作报告"),
    ]  # fmt: skip


@pytest.mark.parametrize("again", [False, True], ids=["elsewhere", "given too"])
def test_a_copy_in_another_folder_is_refused_while_the_first_is_there(
    reports: Path, fresh_index: str, tmp_path: Path, again: bool
) -> None:
    index(discover([reports]), fresh_index)
    (tmp_path / "a").mkdir()
    shutil.copy(reports / "zz.txt", tmp_path / "a" / "zz.txt")
    outcome = index(discover([tmp_path / "a", *([reports] if again else [])]), fresh_index, Options(prune=True))
    assert (outcome.files[0].fate, outcome.info.reports) == ("refused", 2)
    assert str(reports / "zz.txt") in outcome.files[0].detail


def test_a_file_that_became_the_copy_of_another_leaves_its_report_to_prune(reports: Path, fresh_index: str) -> None:
    index(discover([reports]), fresh_index)
    shutil.copy(reports / "hn.txt", reports / "zz.txt")
    outcome = index(discover([reports]), fresh_index)
    assert [each.fate for each in outcome.files] == ["unchanged", "refused"]
    assert outcome.notes == (
        f"有 1 个文件换成了别的内容，原来的报告还留着：{reports / 'zz.txt'}；要去掉，请加 --prune",
    )
    assert index(discover([reports]), fresh_index, Options(prune=True)).info.reports == 1


def test_a_folder_that_cannot_be_looked_into_is_told_and_its_reports_stay(
    reports: Path, fresh_index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(reports / "内部" / "kf.txt", report(2021, "开封市", "经济平稳运行。"))
    index(discover([reports]), fresh_index)
    look = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("内部"):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = discover([reports])
    monkeypatch.undo()
    outcome = index(found, fresh_index, Options(prune=True))
    assert fates(outcome)[-1] == ("内部", "refused", "打不开这个文件夹（没有权限）；请检查权限")
    assert outcome.info.reports == 3


REFUSED = [
    ("empty.txt", b"", "文件是空的"),
    ("photo.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "不是中文文本"),
    ("slides.ppt", b"PK", "演示文稿（.ppt）读不了；请把文字另存为 docx 或 PDF"),
    ("unknown.txt", "全市经济平稳运行。".encode(), "看不出年份、地区；请在目录表 catalog.csv 里"),
    ("furniture.txt", "• 重点工作\n".encode(), "文件里没有正文"),
]


@pytest.mark.parametrize(("name", "data", "reason"), REFUSED)
def test_a_refused_file_is_named_with_its_reason_and_the_others_are_indexed(
    reports: Path, fresh_index: str, name: str, data: bytes, reason: str
) -> None:
    (reports / name).write_bytes(data)
    outcome = index(discover([reports]), fresh_index)
    (refused,) = (each for each in outcome.files if each.fate == "refused")
    assert refused.path == (reports / name).as_posix()
    assert reason in refused.detail
    assert len(ids(fresh_index)) == 2


def test_a_file_that_broke_leaves_its_report_as_it_was(reports: Path, fresh_index: str) -> None:
    index(discover([reports]), fresh_index)
    (reports / "zz.txt").write_bytes(b"")
    outcome = index(discover([reports]), fresh_index)
    assert [each.fate for each in outcome.files] == ["unchanged", "refused"]
    assert ids(fresh_index) == {"2021-河南省-政府工作报告", "2022-郑州市-政府工作报告"}


def test_files_that_are_all_refused_leave_an_index_of_nothing(tmp_path: Path, fresh_index: str) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a.txt").write_bytes(b"")
    outcome = index(discover([tmp_path / "reports"]), fresh_index)
    assert [each.fate for each in outcome.files] == ["refused"]
    assert outcome.info.reports == 0


def test_examining_tells_what_indexing_would_and_writes_nothing(
    seeds_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    drafts = {Path(each.path).name: each.draft for each in examine(discover([seeds_folder]))}
    assert {name: draft and draft.plain_id for name, draft in drafts.items()} == SEEDS
    assert list(tmp_path.iterdir()) == []


def test_a_rebuild_forgets_files_that_are_gone(reports: Path, fresh_index: str) -> None:
    index(discover([reports]), fresh_index)
    (reports / "zz.txt").unlink()
    assert index(discover([reports]), fresh_index).info.reports == 2
    assert rebuild(discover([reports]), fresh_index).info.reports == 1


def test_a_rebuild_of_the_same_files_has_the_same_fingerprint(reports: Path, fresh_index: str) -> None:
    before = index(discover([reports]), fresh_index)
    after = rebuild(discover([reports]), fresh_index)
    assert after.info == before.info


def test_a_rebuild_tells_what_the_old_index_had_from_elsewhere(reports: Path, fresh_index: str, tmp_path: Path) -> None:
    other = tmp_path / "others" / "kf.txt"
    write(other, report(2021, "开封市", "经济平稳运行。"))
    index(discover([reports, other]), fresh_index)
    assert rebuild(discover([reports]), fresh_index).notes == (
        f"原来的索引里有 1 篇报告来自别的文件夹，新的里没有：{other}；还要它们，请再运行 baogao index，给出那些文件夹",
    )
    assert rebuild(discover([reports]), fresh_index).notes == ()


def test_an_index_made_file_by_file_equals_one_made_at_once(
    seeds_folder: Path, fresh_index: str, engine: Engine
) -> None:
    whole = discover([seeds_folder])
    for path in reversed(whole.files):
        outcome = index(type(whole)((path,), whole.catalog, whole.lexicon), fresh_index)
    assert outcome.info.fingerprint == engine.info().fingerprint
    assert (outcome.info.units, outcome.info.characters) == (engine.info().units, engine.info().characters)


def test_what_was_understood_makes_a_catalogue_that_can_be_corrected_and_fed_back(
    reports: Path, fresh_index: str, tmp_path: Path
) -> None:
    (reports / "broken.pdf").write_bytes(b"%PDF")
    table = tmp_path / "table.csv"
    write_catalog(table, catalog_of(examine(discover([reports]))))
    catalog = read_catalog(table)
    assert catalog[(reports / "broken.pdf").as_posix()] == CatalogEntry()
    assert catalog[(reports / "zz.txt").as_posix()].region == ("河南省", "郑州市")
    write(table, table.read_text(encoding="utf-8-sig").replace("河南省/郑州市", "河南省/洛阳市"))
    index(discover([reports], table), fresh_index)
    assert "2022-洛阳市-政府工作报告" in ids(fresh_index)


def test_a_catalogue_handed_back_as_it_was_written_changes_nothing(
    reports: Path, fresh_index: str, tmp_path: Path
) -> None:
    write(reports / "河南省/开封市2020.txt", report(2021, "开封市", "全市经济平稳运行。"))
    (reports / "包.zip").write_bytes(zip_file({"郑州.txt": report(2020, "郑州市", "经济平稳运行。").encode()}))
    before = index(discover([reports]), fresh_index)
    write_catalog(tmp_path / "table.csv", catalog_of(examine(discover([reports]))))
    after = index(discover([reports], tmp_path / "table.csv"), fresh_index)
    assert (after.counts, after.notes, after.info) == ({"unchanged": 4}, (), before.info)


def test_only_what_a_person_corrected_is_said_to_come_from_the_catalogue(reports: Path) -> None:
    write(reports / "catalog.csv", "file,year,region\nzz.txt,2022,河南省/洛阳市\n")
    (draft,) = [each.draft for each in examine(discover([reports])) if each.path.endswith("zz.txt")]
    assert draft is not None
    assert dict(draft.metadata.origins)["year"] == "正文"
    assert dict(draft.metadata.origins)["region"] == "目录表"


# -- what has not changed is not read again ----------------------------------------------------------------------------


def recipes(address: str) -> set[str]:
    engine = open_engine(address)
    try:
        return {each.source.recipe for each in engine.reports()}
    finally:
        engine.close()


def test_a_report_keeps_the_recipe_it_was_made_by(reports: Path, fresh_index: str) -> None:
    index(discover([reports]), fresh_index)
    first = recipes(fresh_index)
    assert len(first) == 2
    write(reports / "zz.txt", report(2022, "郑州市", "全市经济稳中有进。"))
    index(discover([reports]), fresh_index)
    assert len(first & recipes(fresh_index)) == 1


def test_what_was_read_again_for_nothing_is_not_read_once_more(reports: Path, fresh_index: str) -> None:
    index(discover([reports]), fresh_index)
    first = recipes(fresh_index)
    write(reports / "catalog.csv", "file,year\nzz.txt,2022\n")
    for _ in range(2):
        assert index(discover([reports]), fresh_index).counts == {"unchanged": 2}
        assert len(recipes(fresh_index) - first) == 1


def test_a_text_that_stays_is_not_written_again(
    reports: Path, fresh_index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(discover([reports]), fresh_index)
    reports.rename(reports.parent / "moved")
    write(reports.parent / "moved" / "catalog.csv", "file,organ\nzz.txt,郑州市人民政府\n")
    monkeypatch.setattr(ColumnarEngine, "update", None)
    assert index(discover([reports.parent / "moved"]), fresh_index).counts == {"moved": 1, "replaced": 1}
    engine = open_engine(fresh_index)
    assert engine.document("2022-郑州市-政府工作报告").report.organ == "郑州市人民政府"
    engine.close()


def test_a_member_of_an_archive_that_changed_replaces_its_report_alone(reports: Path, fresh_index: str) -> None:
    texts = {f"{place}.txt": report(2021, place, "经济平稳运行。") for place in ("开封市", "洛阳市", "许昌市")}
    (reports / "包.zip").write_bytes(zip_file({name: text.encode() for name, text in texts.items()}))
    index(discover([reports]), fresh_index)
    texts["洛阳市.txt"] = report(2021, "洛阳市", "经济稳中有进。")
    (reports / "包.zip").write_bytes(zip_file({name: text.encode() for name, text in texts.items()}))
    outcome = index(discover([reports]), fresh_index)
    assert {Path(each.path).name: each.fate for each in outcome.files} == {
        "hn.txt": "unchanged", "zz.txt": "unchanged",
        "包.zip!开封市.txt": "unchanged", "包.zip!洛阳市.txt": "replaced", "包.zip!许昌市.txt": "unchanged",
    }  # fmt: skip


def test_two_members_of_one_name_are_two_files(reports: Path, fresh_index: str) -> None:
    import io
    import warnings
    from zipfile import ZipFile

    out = io.BytesIO()
    with ZipFile(out, "w") as packed, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in ("先来的文本，说的是旧事。", "后来的文本，说的是新事。"):
            packed.writestr("报告.txt", report(2021, "开封市", text))
    (reports / "包.zip").write_bytes(out.getvalue())
    for fate in ("indexed", "unchanged"):
        outcome = index(discover([reports]), fresh_index)
        assert [(Path(each.path).name, each.fate) for each in outcome.files][2:] == [
            ("包.zip!报告.txt", fate), ("包.zip!报告（2）.txt", fate),
        ]  # fmt: skip


def test_when_the_rules_of_reading_change_every_file_is_read_again(
    reports: Path, fresh_index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rules.rules_version() == rules.rules_version()
    monkeypatch.setattr(rules, "_ROOMS", ("text", "places", "readers"))
    rules.rules_version.cache_clear()
    narrower = rules.rules_version()
    monkeypatch.undo()
    rules.rules_version.cache_clear()
    assert narrower != rules.rules_version()


# -- copies ------------------------------------------------------------------------------------------------------------


def test_copies_are_kept_where_that_is_asked_for_and_told(reports: Path, fresh_index: str) -> None:
    shutil.copy(reports / "zz.txt", reports / "zz copy.txt")
    keep = Options(keep_duplicates=True)
    outcome = index(discover([reports]), fresh_index, keep)
    assert [each.fate for each in outcome.files] == ["indexed"] * 3
    assert outcome.files[2].remarks == (f"和 {reports / 'zz copy.txt'} 的正文完全相同，照你的要求收了",)
    assert outcome.info.reports == 3
    for options in (keep, Options()):
        again = index(discover([reports]), fresh_index, options)
        assert [each.fate for each in again.files] == ["unchanged"] * 3
    write(reports / "catalog.csv", "file,organ\nzz.txt,郑州市人民政府\nzz copy.txt,郑州市人民政府\n")
    corrected = index(discover([reports]), fresh_index, Options(prune=True))
    assert [each.fate for each in corrected.files] == ["unchanged", "replaced", "replaced"]


@pytest.mark.parametrize("name", ["zz copy.txt", "a copy.txt"], ids=["read after", "read before"])
def test_a_copy_of_what_is_in_the_index_is_kept_where_that_is_asked_for(
    reports: Path, fresh_index: str, name: str
) -> None:
    index(discover([reports]), fresh_index)
    shutil.copy(reports / "zz.txt", reports / name)
    outcome = index(discover([reports]), fresh_index, Options(keep_duplicates=True))
    assert {Path(each.path).name: each.fate for each in outcome.files} == {
        "hn.txt": "unchanged", name: "indexed", "zz.txt": "unchanged",
    }  # fmt: skip
    assert outcome.info.reports == 3


WORKS = ("产业升级", "科技创新", "乡村振兴", "城市更新", "生态环境", "教育医疗", "对外开放", "安全生产", "政务服务")
LONG = "".join(f"第{n}项工作，{work}取得新的进展，为全市发展打下坚实基础。\n" for n, work in enumerate(WORKS))
EDITED = LONG.replace("坚实基础", "良好基础")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (EDITED, "像是同一报告的另一个版本"),
        ("".join(line + "\n" for line in LONG.splitlines()[:4]), "像是它的摘编"),
    ],
    ids=["an edition", "a summary"],
)
@pytest.mark.parametrize("together", [True, False], ids=["in one run", "one after the other"])
def test_a_near_copy_is_told_and_both_are_kept(
    tmp_path: Path, fresh_index: str, other: str, told: str, together: bool
) -> None:
    folder = tmp_path / "reports"
    write(folder / "a.txt", report(2021, "郑州市", LONG))
    if not together:
        index(discover([folder]), fresh_index)
    write(folder / "b.txt", report(2021, "郑州市", other))
    outcome = index(discover([folder]), fresh_index)
    (remark,) = (remark for remark in outcome.files[1].remarks if "相同" in remark)
    assert remark.startswith(f"和 2021-郑州市-政府工作报告（{folder / 'a.txt'}）的文字有 ")
    assert told in remark
    assert outcome.info.reports == 2


def test_the_whole_beside_its_summary_is_told_as_that(tmp_path: Path, fresh_index: str) -> None:
    folder = tmp_path / "reports"
    write(folder / "a.txt", report(2021, "郑州市", "".join(line + "\n" for line in LONG.splitlines()[:4])))
    write(folder / "b.txt", report(2021, "郑州市", LONG))
    (_, whole) = index(discover([folder]), fresh_index).files
    assert any("它像是这一篇的摘编" in remark for remark in whole.remarks)


@pytest.mark.parametrize(
    ("year", "place", "text"),
    [(2022, "郑州市", EDITED), (2021, "洛阳市", EDITED), (2021, "郑州市", "别的话。" * 30)],
    ids=["another year", "another place", "another text"],
)
def test_what_only_sounds_alike_is_no_near_copy(
    tmp_path: Path, fresh_index: str, year: int, place: str, text: str
) -> None:
    folder = tmp_path / "reports"
    write(folder / "a.txt", report(2021, "郑州市", LONG))
    write(folder / "b.txt", report(year, place, text))
    outcome = index(discover([folder]), fresh_index)
    assert outcome.counts == {"indexed": 2}
    assert not any("相同" in remark for each in outcome.files for remark in each.remarks)


# -- files that are gone -----------------------------------------------------------------------------------------------


def test_reports_whose_files_are_gone_stay_and_are_told(reports: Path, fresh_index: str) -> None:
    index(discover([reports]), fresh_index)
    (reports / "zz.txt").unlink()
    outcome = index(discover([reports]), fresh_index)
    assert outcome.notes == (f"有 1 篇报告的文件不在了，报告还留着：{reports / 'zz.txt'}；要去掉，请加 --prune",)
    assert outcome.info.reports == 2


def test_reports_whose_files_are_gone_are_removed_where_that_is_asked_for(reports: Path, fresh_index: str) -> None:
    index(discover([reports]), fresh_index)
    (reports / "zz.txt").unlink()
    outcome = index(discover([reports]), fresh_index, Options(prune=True))
    assert fates(outcome) == [
        ("hn.txt", "unchanged", "2021-河南省-政府工作报告"), ("zz.txt", "removed", "2022-郑州市-政府工作报告"),
    ]  # fmt: skip
    assert outcome.notes == ()
    assert ids(fresh_index) == {"2021-河南省-政府工作报告"}


@pytest.mark.parametrize("break_", ["the text", "the archive"])
def test_a_file_that_broke_is_not_gone(reports: Path, fresh_index: str, break_: str) -> None:
    (reports / "包.zip").write_bytes(zip_file({"开封市.txt": report(2021, "开封市", "经济平稳运行。").encode()}))
    index(discover([reports]), fresh_index)
    (reports / {"the text": "zz.txt", "the archive": "包.zip"}[break_]).write_bytes(b"")
    outcome = index(discover([reports]), fresh_index, Options(prune=True))
    kept = reports / {"the text": "zz.txt", "the archive": "包.zip!开封市.txt"}[break_]
    assert outcome.notes == (f"有 1 篇报告的文件现在读不了，索引里还是以前读的：{kept}",)
    assert outcome.info.reports == 3


def test_only_what_lies_in_the_paths_given_can_be_gone(reports: Path, fresh_index: str, tmp_path: Path) -> None:
    write(tmp_path / "reports 2" / "kf.txt", report(2021, "开封市", "经济平稳运行。"))
    index(discover([reports, tmp_path / "reports 2"]), fresh_index)
    (tmp_path / "reports 2" / "kf.txt").unlink()
    assert index(discover([reports]), fresh_index, Options(prune=True)).info.reports == 3


def test_a_member_that_left_its_archive_is_gone(reports: Path, fresh_index: str) -> None:
    texts = {f"{place}.txt": report(2021, place, "经济平稳运行。").encode() for place in ("开封市", "洛阳市")}
    (reports / "包.zip").write_bytes(zip_file(texts))
    index(discover([reports]), fresh_index)
    (reports / "包.zip").write_bytes(zip_file({"洛阳市.txt": texts["洛阳市.txt"]}))
    outcome = index(discover([reports / "包.zip"]), fresh_index, Options(prune=True))
    assert [(Path(each.path).name, each.fate) for each in outcome.files] == [
        ("包.zip!洛阳市.txt", "unchanged"), ("包.zip!开封市.txt", "removed"),
    ]  # fmt: skip


def test_a_file_given_alone_in_the_folder_one_is_in_can_be_gone_too(
    reports: Path, fresh_index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(reports)
    index(discover([Path()]), fresh_index)
    Path("zz.txt").unlink()
    assert index(discover([Path()]), fresh_index, Options(prune=True)).counts == {"unchanged": 1, "removed": 1}


# -- what a run tells --------------------------------------------------------------------------------------------------


def test_rows_of_the_catalogue_that_no_file_answers_to_are_told(reports: Path, fresh_index: str) -> None:
    rows = "".join(f"{name}.txt,2020\n" for name in ("zz", *"abcdef"))
    write(reports / "catalog.csv", f"file,year\n{rows}")
    assert index(discover([reports]), fresh_index).notes == (
        "目录表里有 6 行没有对上文件：a.txt、b.txt、c.txt、d.txt、e.txt等 6 个；请检查文件名",
    )


def test_a_row_that_many_files_answer_to_is_told(reports: Path, fresh_index: str) -> None:
    write(reports / "旧" / "zz.txt", report(2020, "开封市", "经济稳中有进。"))
    write(reports / "catalog.csv", "file,organ\nzz.txt,郑州市人民政府\n")
    both = f"{reports / 'zz.txt'}、{reports / '旧/zz.txt'}"
    assert index(discover([reports]), fresh_index).notes == (
        f"目录表里的“zz.txt”对上了 2 个文件：{both}；只指其中一个，请连文件夹一起写",
    )


def test_a_run_tells_how_far_it_is_and_what_is_safe(
    reports: Path, fresh_index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 1)
    told: list[Progress] = []
    outcome = index(discover([reports]), fresh_index, watch=told.append)
    assert told == [Progress(1, 2, 1, 1), Progress(2, 2, 2, 2)]
    assert outcome.counts == {"indexed": 2}


def test_an_index_made_in_many_batches_equals_one_made_in_one(
    seeds_folder: Path, fresh_index: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 1)
    assert index(discover([seeds_folder]), fresh_index).info.fingerprint == engine.info().fingerprint


# -- whatever one stands in, however it is named -----------------------------------------------------------------------


def test_files_of_one_name_in_two_folders_are_two_files_wherever_one_stands(
    reports: Path, fresh_index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(reports.parent / "others" / "zz.txt", report(2023, "开封市", "全市经济平稳运行。"))
    for folder in (reports, reports.parent / "others"):
        monkeypatch.chdir(folder)
        outcome = index(discover([Path()]), fresh_index, Options(prune=True))
    assert outcome.info.reports == 3


@pytest.mark.parametrize("other", ["reports#旧", "reports!旧", "reports 2"])
def test_a_folder_whose_name_goes_on_is_another_folder(reports: Path, fresh_index: str, other: str) -> None:
    write(reports.parent / other / "kf.txt", report(2023, "开封市", "全市经济平稳运行。"))
    index(discover([reports.parent / other]), fresh_index)
    assert index(discover([reports]), fresh_index, Options(prune=True)).info.reports == 3


def test_a_part_whose_report_another_one_replaced_is_read_after_all(reports: Path, fresh_index: str) -> None:
    """The archive's b.txt and the file of that very name have one path."""
    member = report(2021, "开封市", "经济平稳运行。")
    (reports / "包.zip").write_bytes(zip_file({"b.txt": member.encode()}))
    write(reports / "包.zip!b.txt", report(2020, "洛阳市", "经济稳中有进。"))
    index(discover([reports]), fresh_index)
    write(reports / "包.zip!b.txt", report(2019, "洛阳市", "经济又有新的进展。"))
    for _ in range(3):
        outcome = index(discover([reports]), fresh_index)
        assert {each.fate for each in outcome.files} <= {"unchanged", "replaced", "indexed"}
        assert found(fresh_index, "经济平稳运行") >= {"2021-开封市-政府工作报告"}
