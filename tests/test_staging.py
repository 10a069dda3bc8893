"""Several machines fill one stage beside the index, which readers do not see before one command publishes it."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faces import BAOGAO, baogao, one_chinese_sentence, written
from opensearch import OpenSearch

from indexer.engines import CountRequest, Engine, discard, open_engine, stages
from indexer.engines.opensearch.cluster import Cluster
from indexer.engines.opensearch.layout import made_with
from indexer.errors import (
    IndexBusy,
    IndexDamaged,
    IndexForeign,
    IndexMissing,
    IndexOutdated,
    IndexUnavailable,
    NotFound,
)
from indexer.model import Document
from indexer.pipeline import Outcome, discover, index, publish, publishing, rebuild, stage
from search_app import progress

SPRING = "2026春"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two machines' folders, which share one report, and what was published before."""
    written(tmp_path / "old", "旧县.txt", "一、工作回顾\n创新有成效。")
    for name in ("甲县", "乙县", "丙县"):
        written(tmp_path / "a", f"{name}.txt", f"一、工作回顾\n{name}创新创新有成效。\n二、今年工作\n扩大开放。")
    for name in ("丙县", "丁县"):
        written(tmp_path / "b", f"{name}.txt", f"一、工作回顾\n{name}创新创新有成效。\n二、今年工作\n扩大开放。")
    return tmp_path


def on_machine(name: str, folder: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """A folder put into the stage by a machine of that name."""
    monkeypatch.setattr(platform, "node", lambda: name)
    return stage(SPRING, discover([folder]), address)


def with_words(folder: Path, word: str) -> Path:
    (folder / "lexicon").mkdir(exist_ok=True)
    (folder / "lexicon" / "words.txt").write_text(f"{word}\n", "utf-8")
    return folder


def with_synonyms(folder: Path, word: str) -> Path:
    (folder / "lexicon").mkdir(exist_ok=True)
    (folder / "lexicon" / "synonyms.tsv").write_text(f"创新\t{word}\n", "utf-8")
    return folder


def content(engine: Engine) -> set[tuple[str, tuple[str, ...]]]:
    return {(report.id, tuple(unit.text for unit in engine.document(report.id).units)) for report in engine.reports()}


def fates(outcome: Outcome) -> dict[str, int]:
    return {str(fate): many for fate, many in outcome.counts.items()}


def test_two_machines_at_once_make_what_one_run_makes(opensearch_index: str, folder: Path) -> None:
    index(discover([folder / "old"]), opensearch_index)
    reader = open_engine(opensearch_index)
    before = content(reader)
    index_to = [BAOGAO, "index", "--index", opensearch_index, "--stage", SPRING]
    running = [subprocess.Popen([*index_to, folder / each], stdout=subprocess.DEVNULL) for each in ("a", "b")]
    assert [process.wait(60) for process in running] == [0, 0]
    assert content(reader) == before
    assert [len(parts) for parts in stages(opensearch_index).values()] == [2]
    said = baogao("publish", SPRING, "--index", opensearch_index)
    assert (said.returncode, said.stderr) == (0, "")
    assert "没有收 1" in said.stdout and "已收入 4" in said.stdout
    index(discover([folder / each for each in ("old", "a", "b")]), str(folder / "once"))
    once = open_engine(str(folder / "once"))
    request = CountRequest(("创新", "开放"), ("year", "region"))
    assert content(reader) == content(once)
    assert reader.count(request).rows == once.count(request).rows
    assert stages(opensearch_index) == {}


def test_the_first_stage_makes_the_index(
    opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_machine("one", folder / "a", opensearch_index, monkeypatch)
    assert fates(publish(SPRING, opensearch_index)) == {"indexed": 3}


def test_what_is_published_already_stays_and_what_changed_is_replaced(
    opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(discover([folder / "a"]), opensearch_index)
    written(folder / "a", "甲县.txt", "一、工作回顾\n只有一段。")
    on_machine("one", folder / "a", opensearch_index, monkeypatch)
    assert fates(publish(SPRING, opensearch_index)) == {"unchanged": 2, "replaced": 1}
    texts = dict(content(open_engine(opensearch_index)))
    assert texts["2022-甲县-政府工作报告"][-1] == "只有一段。"


def test_two_texts_of_one_place_and_year_are_told_apart(
    opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_machine("one", folder / "a", opensearch_index, monkeypatch)
    written(folder / "b", "丙县.txt", "一、工作回顾\n另一篇。")
    on_machine("two", folder / "b", opensearch_index, monkeypatch)
    outcome = publish(SPRING, opensearch_index)
    assert fates(outcome) == {"indexed": 5}
    assert len({each.detail for each in outcome.files}) == 5
    assert sum(each.detail.startswith("2022-丙县-") for each in outcome.files) == 2


def test_what_another_machine_published_from_the_same_path_stays(
    opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = folder / "data"
    (folder / "a").rename(shared)
    on_machine("one", shared, opensearch_index, monkeypatch)
    publish(SPRING, opensearch_index)
    before = content(open_engine(opensearch_index))
    (shared / "乙县.txt").unlink()
    for name in ("甲县.txt", "丙县.txt"):
        written(shared, name, f"一、工作回顾\n另一地的{name}。")
    catalog = shared / "catalog.csv"
    catalog.write_text(catalog.read_text("utf-8").replace("郑州市", "洛阳市"), "utf-8")
    on_machine("two", shared, opensearch_index, monkeypatch)
    outcome = publish(SPRING, opensearch_index)
    assert fates(outcome) == {"indexed": 2}
    assert content(open_engine(opensearch_index)) > before
    (note,) = outcome.notes
    assert note.startswith("有 2 篇以前发布的报告和这批里别的报告路径相同，都留着：")


def test_synonyms_come_with_the_parts(
    opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_machine("a", with_synonyms(folder / "a", "革新"), opensearch_index, monkeypatch)
    on_machine("b", folder / "b", opensearch_index, monkeypatch)
    publish(SPRING, opensearch_index)
    assert open_engine(opensearch_index).synonyms() == (("创新", "革新"),)
    for machine in "ab":
        on_machine(machine, with_synonyms(folder / machine, f"革{machine}"), opensearch_index, monkeypatch)
    with pytest.raises(IndexOutdated, match="各部分的同义词表不同") as told:
        publish(SPRING, opensearch_index)
    assert one_chinese_sentence(told.value.message)


def test_a_part_has_the_lexicon_of_the_index(
    opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_machine("one", with_words(folder / "a", "创新创新"), opensearch_index, monkeypatch)
    on_machine("two", folder / "old", opensearch_index, monkeypatch)
    publish(SPRING, opensearch_index)
    on_machine("three", with_words(folder / "a", "创新创新"), opensearch_index, monkeypatch)
    with pytest.raises(IndexOutdated, match="词表和索引或这一批里已有的不同") as told:
        on_machine("four", with_words(folder / "b", "扩大开放"), opensearch_index, monkeypatch)
    assert one_chinese_sentence(told.value.message)
    assert fates(publish(SPRING, opensearch_index)) == {"unchanged": 3}


def test_parts_of_two_lexicons_are_not_published(
    opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_machine("one", with_words(folder / "a", "创新创新"), opensearch_index, monkeypatch)
    on_machine("two", with_words(folder / "b", "扩大开放"), opensearch_index, monkeypatch)
    with pytest.raises(IndexOutdated, match="词表和索引或这一批里已有的不同"):
        publish(SPRING, opensearch_index)
    with pytest.raises(IndexMissing):
        open_engine(opensearch_index)


@pytest.mark.parametrize("lost", ["unit", "report"])
def test_a_part_that_lost_something_is_not_published(
    opensearch: OpenSearch, opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    index(discover([folder / "old"]), opensearch_index)
    before = content(open_engine(opensearch_index))
    on_machine("one", folder / "a", opensearch_index, monkeypatch)
    (part,) = stages(opensearch_index)[SPRING]
    one = {"bool": {"filter": [{"term": {"kind": lost}}, {"term": {"report": "2022-乙县-政府工作报告"}}]}}
    asked = f"/{part.address.rpartition('/')[2]}/_delete_by_query?max_docs=1&refresh=true"
    assert opensearch.ask("POST", asked, {"query": one})["deleted"] == 1
    with pytest.raises(IndexDamaged, match="2022-乙县-政府工作报告 等 1 篇在集群上不完整") as told:
        publish(SPRING, opensearch_index)
    assert one_chinese_sentence(told.value.message)
    assert content(open_engine(opensearch_index)) == before


def test_a_part_that_was_broken_off_keeps_the_stage_back_until_it_is_run_again(
    opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(_: object) -> None:
        raise KeyboardInterrupt

    on_machine("one", folder / "a", opensearch_index, monkeypatch)
    monkeypatch.setattr(platform, "node", lambda: "two")
    with pytest.raises(KeyboardInterrupt):
        stage(SPRING, discover([folder / "b"]), opensearch_index, watch=broken_off)
    with pytest.raises(IndexUnavailable, match="没有收完就停了") as told:
        publish(SPRING, opensearch_index)
    assert one_chinese_sentence(told.value.message)
    assert sorted((part.fate, part.reports) for part in stages(opensearch_index)[SPRING]) == [
        ("complete", 3), ("stopped", 0),
    ]  # fmt: skip
    on_machine("two", folder / "b", opensearch_index, monkeypatch)
    assert fates(publish(SPRING, opensearch_index)) == {"indexed": 4, "refused": 1}


@pytest.mark.parametrize("after", [0, 1, 4])
def test_publishing_broken_off_shows_nothing_and_may_be_done_again(
    opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    index(discover([folder / "old"]), opensearch_index)
    for machine in "ab":
        on_machine(machine, folder / machine, opensearch_index, monkeypatch)
    reader = open_engine(opensearch_index)
    before = content(reader)
    with monkeypatch.context() as broken:
        broken.setattr(publishing._Arrival, "document", _failing(after))
        with pytest.raises(KeyboardInterrupt):
            publish(SPRING, opensearch_index)
    assert content(reader) == before
    assert fates(publish(SPRING, opensearch_index)) == {"indexed": 4, "refused": 1}
    assert len(content(reader)) == 5


def _failing(after: int) -> Callable[[publishing._Arrival], Document]:
    """What gives so many documents, and then is broken off: behind the last one when there are no more."""
    whole, given = publishing._Arrival.document, []

    def document(arrival: publishing._Arrival) -> Document:
        given.append(arrival)
        if len(given) > min(after, 3):
            raise KeyboardInterrupt
        return whole(arrival)

    return document


def test_a_part_that_is_being_written_is_neither_published_nor_discarded(
    opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_machine("one", folder / "a", opensearch_index, monkeypatch)
    (part,) = stages(opensearch_index)[SPRING]
    with open_engine(part.address).writing():
        assert [part.fate for part in stages(opensearch_index)[SPRING]] == ["writing"]
        with pytest.raises(IndexBusy, match="还有程序在写"):
            publish(SPRING, opensearch_index)
        ran = baogao("publish", SPRING, "--discard", "--index", opensearch_index)
        assert (ran.returncode, ran.stdout) == (1, "") and "还有程序在写" in ran.stderr
    assert fates(publish(SPRING, opensearch_index)) == {"indexed": 3}


def test_a_stage_can_be_let_go(opensearch_index: str, folder: Path) -> None:
    said = baogao("index", str(folder / "a"), "--stage", SPRING, "--index", opensearch_index).stdout
    assert said.endswith(f"运行：baogao publish '{SPRING}' --index {opensearch_index}\n")
    listed = f"{SPRING}：1 部分\n  收完了  3 篇  如 {folder}/a/丙县.txt\n"
    assert baogao("publish", "--index", opensearch_index).stdout == listed
    assert baogao("publish", SPRING, "--discard", "--index", opensearch_index).returncode == 0
    assert baogao("publish", "--index", opensearch_index).stdout == "没有等着发布的\n"
    with pytest.raises(NotFound, match="没有叫“2026春”的一批"):
        publish(SPRING, opensearch_index)


def test_a_part_that_was_hardly_begun_can_be_let_go(opensearch: OpenSearch, opensearch_index: str) -> None:
    name = opensearch_index.rpartition("/")[2]
    part = f"{name}.stage-mfra-00000000"
    opensearch.ask("PUT", f"/{part}-000001", {"aliases": {part: {}}, "mappings": {"_meta": made_with(())}})
    (stage_,) = stages(opensearch_index)
    with pytest.raises(IndexUnavailable, match="还没有收到报告"):
        publish(stage_, opensearch_index)
    discard(opensearch_index, stage_)
    assert stages(opensearch_index) == {}


def test_a_part_of_another_version_is_listed_as_such(
    opensearch: OpenSearch, opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_machine("one", folder / "a", opensearch_index, monkeypatch)
    (part,) = stages(opensearch_index)[SPRING]
    outdated = made_with(()) | {"schema": 1}
    opensearch.ask("PUT", f"/{part.address.rpartition('/')[2]}/_mapping", {"_meta": outdated})
    ((found,),) = stages(opensearch_index).values()
    assert (found.address, found.fate, found.reports) == (part.address, "outdated", 0)
    assert "是另一个版本收的" in baogao("publish", "--index", opensearch_index).stdout


def test_publishing_tells_how_far_it_is(
    opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_machine("one", folder / "a", opensearch_index, monkeypatch)
    told: list[tuple[int, int]] = []
    publish(SPRING, opensearch_index, watch=lambda *far: told.append(far))
    assert told == [(0, 3), (1, 3), (2, 3)]


def test_how_far_publishing_is_is_said_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    far = progress.Publishing()
    far(1, 3)
    monkeypatch.setattr(progress, "EVERY", 0.0)
    far(2, 3)
    assert capsys.readouterr().err == "发布到第 2/3 篇，还没有人看得见\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["publish", "无"], "没有叫“无”的一批"),
        (["publish", "无", "--discard"], "没有叫“无”的一批"),
        (["index", "a", "--stage", ""], "不能作名字"),
        (["index", "a", "--stage", "名" * 14], "1 到 13 个字"),
        (["index", "a", "--stage", "春", "--rebuild"], "不能和 --rebuild"),
        (["index", "a", "--stage", "春", "--prune"], "--prune"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_is_one_sentence(opensearch_index: str, folder: Path, command: list[str], said: str) -> None:
    ran = baogao(*command, "--index", opensearch_index, cwd=folder)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert said in ran.stderr and one_chinese_sentence(ran.stderr.strip())
    assert stages(opensearch_index) == {}


@pytest.mark.parametrize("command", [["index", "a", "--stage", "春"], ["publish", "春"], ["publish"]], ids=" ".join)
def test_a_folder_has_no_stages(folder: Path, command: list[str]) -> None:
    ran = baogao(*command, "--index", "here", cwd=folder)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "直接运行 baogao index" in ran.stderr and one_chinese_sentence(ran.stderr.strip())
    assert sorted(each.name for each in folder.iterdir()) == ["a", "b", "old"]


def test_nothing_is_asked_of_other_indices(
    opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role that may do all with the names of one index, and nothing with others, is enough: see docs/opensearch."""
    asked: list[str] = []

    def request(cluster: Cluster, method: str, path: str, body: Any, params: Any) -> Any:
        asked.append(path)
        return _request(cluster, method, path, body, params)

    _request = Cluster._request
    monkeypatch.setattr(Cluster, "_request", request)
    index(discover([folder / "old"]), opensearch_index)
    on_machine("甲", folder / "a", opensearch_index, monkeypatch)
    publish(SPRING, opensearch_index)
    rebuild(discover([folder / "old"]), opensearch_index)
    assert open_engine(opensearch_index).info().reports == 1
    name = opensearch_index.rpartition("/")[2]
    of_cluster = {"/", "/_msearch", "/_search", "/_search/point_in_time", "/_aliases"}
    assert {path for path in asked if not path.startswith(f"/{name}")} <= of_cluster


def test_a_stage_beside_another_programs_index_is_refused_before_anything_is_read(
    opensearch: OpenSearch, opensearch_index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opensearch.ask("PUT", f"/{opensearch_index.rpartition('/')[2]}", {})
    with pytest.raises(IndexForeign, match="别的程序"):
        on_machine("甲", folder / "a", opensearch_index, monkeypatch)
    assert stages(opensearch_index) == {}


def test_what_is_given_up_must_be_named(opensearch_index: str) -> None:
    said = baogao("publish", "--discard", "--index", opensearch_index)
    assert (said.returncode, said.stdout) == (1, "")
    assert "写出它的名字" in said.stderr and one_chinese_sentence(said.stderr.strip())
