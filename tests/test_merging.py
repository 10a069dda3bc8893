"""Segments: they stay few, large ones stay as they are, what is removed goes; every commit's work is bounded."""

from __future__ import annotations

from pathlib import Path

import pytest
import whoosh.index

from indexer.engines import create_engine
from indexer.engines.columnar import merging
from indexer.model import Document, Report, Source, Unit


def document(name: str, units: int) -> Document:
    source = Source(name, name, "txt", "utf-8")
    report = Report(name, None, 2021, "市", ("河南省", "郑州市"), "政府工作报告", None, None, source, True, ())
    texts = (f"{name}的第{n}段" for n in range(1, units + 1))
    return Document(report, tuple(Unit(name, n, "paragraph", (), ("未标",), text) for n, text in enumerate(texts, 1)))


def sizes(folder: Path) -> list[int]:
    """The units that are left of each segment."""
    index = whoosh.index.open_dir(str(folder))
    return sorted(segment.doc_count() for segment in index._segments())


@pytest.fixture(autouse=True)
def small_enough_to_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "FULL", 20)


def test_small_segments_stay_few_and_every_report_is_there(tmp_path: Path) -> None:
    engine = create_engine(str(tmp_path / "index"))
    for number in range(60):
        engine.update([document(f"r{number}", 1)])
        small = [size for size in sizes(tmp_path / "index") if size < merging.FULL / 2]
        assert len(small) <= merging.MANY + 1
    assert sum(sizes(tmp_path / "index")) == 60
    assert {report.id for report in engine.reports()} == {f"r{number}" for number in range(60)}
    engine.close()


def test_what_is_put_in_at_once_lies_in_full_segments(tmp_path: Path) -> None:
    engine = create_engine(str(tmp_path / "index"))
    engine.update(document(f"r{number}", 3) for number in range(60))
    assert sizes(tmp_path / "index") == [18] * 10
    engine.close()


@pytest.mark.parametrize("units", [10, 19, 20, 50])
def test_a_segment_half_full_or_fuller_is_not_written_again(tmp_path: Path, units: int) -> None:
    engine = create_engine(str(tmp_path / "index"))
    for number in range(30):
        engine.update([document(f"r{number}", units)])
    assert sizes(tmp_path / "index") == [units] * 30
    engine.close()


@pytest.mark.parametrize("units", [1, 4, 9])
def test_no_commit_makes_more_of_segments_than_a_full_one(tmp_path: Path, units: int) -> None:
    engine = create_engine(str(tmp_path / "index"))
    for number in range(40):
        engine.update([document(f"r{number}", units)])
        assert max(sizes(tmp_path / "index")) <= merging.FULL
    assert sum(sizes(tmp_path / "index")) == 40 * units
    engine.close()


def test_a_segment_of_which_nothing_is_left_goes(tmp_path: Path) -> None:
    engine = create_engine(str(tmp_path / "index"))
    for edition in range(3):
        for number in range(5):
            engine.update([document(f"r{number}", merging.FULL + edition)])
    assert len(sizes(tmp_path / "index")) == 5
    engine.update([], [f"r{number}" for number in range(5)])
    engine.update([document("last", 1)])
    assert sizes(tmp_path / "index") == [1]
    engine.close()


def test_what_is_left_of_full_segments_is_put_together(tmp_path: Path) -> None:
    engine = create_engine(str(tmp_path / "index"))
    engine.update(document(f"r{number}", 1) for number in range(merging.FULL * 12))
    engine.update([], [f"r{number}" for number in range(merging.FULL * 12) if number % 20])
    assert sum(sizes(tmp_path / "index")) == 12
    assert len(sizes(tmp_path / "index")) <= merging.MANY
    engine.close()
