"""From a file's bytes to its lines, or to the sentence that says why not."""

from __future__ import annotations

import codecs
import random
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import indexer.readers
from indexer.errors import FileRefused
from indexer.readers import read
from indexer.readers.txt import read_txt

TEXT = "政府工作报告\r\n\n　　各位代表：\r国内生产总值增长５％，PM2.5 浓度下降。\n"
LINES = ("政府工作报告", "", "　　各位代表：", "国内生产总值增长５％，PM2.5 浓度下降。")

ENCODINGS = [
    (TEXT.encode("utf-8"), "utf-8"),
    (codecs.BOM_UTF8 + TEXT.encode("utf-8"), "utf-8"),
    (TEXT.encode("gb18030"), "gb18030"),
    ("昊𠮷表㐀".encode("gb18030"), "gb18030"),
    (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16"),
    (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
]

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x02\x00\x00\x00\x02\x00\x08\x06\x00\x00\x00" + bytes(range(256)) * 4
ELF = b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 8 + b"\x03\x00\x3e\x00" + bytes(range(256)) * 4
ZIP = b"PK\x03\x04\x14\x00\x06\x00\x08\x00" + bytes(range(255, -1, -1)) * 4

REFUSED: dict[str, list[tuple[bytes, str]]] = {
    "an empty file": [(b"", "文件是空的")],
    "a file of blanks": [(b" \r\n\t\n", "文件是空的"), ("\u3000\n\u3000".encode(), "不是中文文本")],
    "a file of nothing but a mark": [(codecs.BOM_UTF8, "不是中文文本"), (codecs.BOM_UTF16_LE, "不是中文文本")],
    "another kind of file under the suffix of text": [
        (PNG, "不是中文文本"),
        (ELF, "不是中文文本"),
        (ZIP, "不是中文文本"),
        (random.Random(1).randbytes(10_000), "不是中文文本"),
        (random.Random(2).randbytes(101), "不是中文文本"),
    ],
    "text of another language": [
        (b"The Government's work report, delivered in plain English.", "不是中文文本"),
        ("Отчёт о работе правительства".encode("cp1251"), "不是中文文本"),
    ],
    "text cut in the middle of a character": [(codecs.BOM_UTF8 + "政府".encode()[:-1], "不是中文文本")],
    "text with control characters": [("政府\x00工作报告".encode(), "不是中文文本")],
}


def written(folder: Path, data: bytes, name: str = "report.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("data", "encoding"), ENCODINGS)
def test_text_is_read_in_the_encodings_reports_come_in(tmp_path: Path, data: bytes, encoding: str) -> None:
    raw = read(written(tmp_path, data))
    assert raw.source.encoding == encoding
    assert raw.lines == (LINES if len(data) > 20 else ("昊𠮷表㐀",))


def test_the_source_names_the_path_the_format_and_the_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.encode(), "郑州 2021.TXT")
    source = read(path).source
    assert (source.path, source.format) == (path.as_posix(), "txt")
    assert source.sha256 == sha256(TEXT.encode()).hexdigest()


def test_a_text_file_that_ends_with_the_old_mark_of_dos_is_read(tmp_path: Path) -> None:
    assert read(written(tmp_path, "政府工作报告\x1a".encode())).lines[0].startswith("政府工作报告")


@pytest.mark.parametrize(
    ("data", "reason"),
    [pytest.param(*row, id=f"{why}: {row[0][:8]!r}") for why, rows in REFUSED.items() for row in rows],
)
def test_what_is_not_chinese_text_is_refused_with_its_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(written(tmp_path, data))
    assert reason in refusal.value.message
    assert "；请" in refusal.value.message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="打不开这个文件（没有这个文件或文件夹）；请检查"):
        read(tmp_path / "report.txt")


def test_a_folder_with_the_suffix_of_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.txt").mkdir()
    with pytest.raises(FileRefused, match="打不开这个文件（这是一个文件夹）"):
        read(tmp_path / "report.txt")


def test_a_link_that_leads_nowhere_is_refused_with_what_the_system_says(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.symlink_to(path)
    with pytest.raises(FileRefused, match=r"打不开这个文件（系统说：.+）；请检查"):
        read(path)


def test_a_file_without_permission_to_read_it_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.encode())
    path.chmod(0)
    try:
        path.read_bytes()
    except PermissionError:
        with pytest.raises(FileRefused, match="打不开这个文件（没有权限）；请检查"):
            read(path)
    else:
        pytest.skip("this user may read every file")


@pytest.mark.parametrize(("name", "shown"), [("a.pdf", ".pdf"), ("a.txt.gz", ".gz"), ("报告", "没有后缀的")])
def test_a_suffix_no_reader_knows_is_refused_and_the_ones_they_know_are_named(
    tmp_path: Path, name: str, shown: str
) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(written(tmp_path, TEXT.encode(), name))
    assert shown in refusal.value.message
    assert ".txt" in refusal.value.message


def test_a_file_is_read_up_to_the_largest_size_and_refused_beyond(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, TEXT.encode())
    monkeypatch.setattr(indexer.readers, "MAX_BYTES", len(TEXT.encode()))
    assert read(path).lines == LINES
    monkeypatch.setattr(indexer.readers, "MAX_BYTES", len(TEXT.encode()) - 1)
    with pytest.raises(FileRefused, match="请拆开或只留正文"):
        read(path)


beginnings = st.sampled_from([data[:9] for data, _ in ENCODINGS])


@given(st.binary() | st.builds(bytes.__add__, beginnings, st.binary()))
def test_any_bytes_end_in_chinese_text_or_in_a_refusal(data: bytes) -> None:
    try:
        text, encoding = read_txt(data)
    except FileRefused as refusal:
        assert "；请" in refusal.message
    else:
        assert text.encode(encoding) in (data, data.removeprefix(codecs.BOM_UTF8)) or encoding == "utf-16"
        assert any("一" <= char <= "鿿" for char in text)
        assert "\x00" not in text


@given(st.text(alphabet=st.sampled_from("政府工作报告，。2021\n GDP")))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_text_comes_back_as_it_was_written_in_every_encoding(encoding: str, text: str) -> None:
    mostly_han = text + "政" * (len(text) + 1)
    assert read_txt(mostly_han.encode(encoding))[0] == mostly_han
