"""From a file's bytes to its lines, or to the sentence that says why not."""

from __future__ import annotations

import codecs
import random
import re
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import FileRefused
from indexer.readers import RawText, Refused, files, read
from indexer.readers.decoding import decode

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


def only(path: Path) -> RawText:
    """The one report in a file."""
    (raw,) = read(path)
    assert isinstance(raw, RawText), raw
    return raw


def reason(path: Path) -> str:
    """Why a file was refused."""
    (refused,) = read(path)
    assert isinstance(refused, Refused)
    assert refused.path == path.as_posix()
    return refused.reason


def written(folder: Path, data: bytes, name: str = "report.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("data", "encoding"), ENCODINGS)
def test_text_is_read_in_the_encodings_reports_come_in(tmp_path: Path, data: bytes, encoding: str) -> None:
    raw = only(written(tmp_path, data))
    assert raw.source.encoding == encoding
    assert tuple(line.text for line in raw.lines) == (LINES if len(data) > 20 else ("昊𠮷表㐀",))


def test_the_source_names_the_path_the_format_and_the_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.encode(), "郑州 2021.TXT")
    source = only(path).source
    assert (source.path, source.format) == (path.as_posix(), "txt")
    assert source.sha256 == sha256(TEXT.encode()).hexdigest()


def test_a_text_file_that_ends_with_the_old_mark_of_dos_is_read(tmp_path: Path) -> None:
    assert only(written(tmp_path, "政府工作报告\x1a".encode())).lines[0].text.startswith("政府工作报告")


@pytest.mark.parametrize(
    ("data", "why"),
    [pytest.param(*row, id=f"{why}: {row[0][:8]!r}") for why, rows in REFUSED.items() for row in rows],
)
def test_what_is_not_chinese_text_is_refused_with_its_reason(tmp_path: Path, data: bytes, why: str) -> None:
    said = reason(written(tmp_path, data))
    assert why in said
    assert "；请" in said


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert re.search("打不开这个文件（没有这个文件或文件夹）；请检查", reason(tmp_path / "report.txt"))


def test_a_folder_with_the_suffix_of_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.txt").mkdir()
    assert re.search("打不开这个文件（这是一个文件夹）", reason(tmp_path / "report.txt"))


def test_a_link_that_leads_nowhere_is_refused_with_what_the_system_says(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.symlink_to(path)
    assert re.search(r"打不开这个文件（系统说：.+）；请检查", reason(path))


def test_a_file_without_permission_to_read_it_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.encode())
    path.chmod(0)
    try:
        path.read_bytes()
    except PermissionError:
        assert re.search("打不开这个文件（没有权限）；请检查", reason(path))
    else:
        pytest.skip("this user may read every file")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.epub", "还不能读 .epub 文件"),
        ("a.txt.gz", "还不能读 .gz 文件"),
        ("报告", "文件名没有后缀，看不出是什么文件"),
    ],
)
def test_a_suffix_no_reader_knows_is_refused_and_the_ones_they_know_are_named(
    tmp_path: Path, name: str, shown: str
) -> None:
    said = reason(written(tmp_path, TEXT.encode(), name))
    assert shown in said
    assert "；请另存为能读的一种：.txt" in said


WAYS_OUT = {
    "docx": ("doc", "wps", "rtf"),
    "xlsx": ("xls", "et"),
    "html": ("mhtml", "mht"),
    ".txt": ("md",),
    "docx 或 PDF": ("ppt", "pptx", "dps"),
    "zip": ("rar", "7z"),
    "PDF": ("ofd", "caj"),
    "docx 或 txt": ("jpg", "jpeg", "png", "bmp", "gif", "tif", "tiff", "webp", "heic"),
}


@pytest.mark.parametrize(("suffix", "way"), [(each, way) for way, many in WAYS_OUT.items() for each in many])
def test_a_known_suffix_that_no_reader_knows_is_refused_with_a_way_out(tmp_path: Path, suffix: str, way: str) -> None:
    said = reason(written(tmp_path, TEXT.encode(), f"报告.{suffix.upper()}"))
    assert f"（.{suffix}）" in said
    assert re.search(rf"读不了；请.*{re.escape(way)}$", said)


def test_a_file_is_read_up_to_the_largest_size_and_refused_beyond(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, TEXT.encode())
    monkeypatch.setattr(files, "MAX_BYTES", len(TEXT.encode()))
    assert tuple(line.text for line in only(path).lines) == LINES
    monkeypatch.setattr(files, "MAX_BYTES", len(TEXT.encode()) - 1)
    assert re.search("请拆开或只留正文", reason(path))


beginnings = st.sampled_from([data[:9] for data, _ in ENCODINGS])


@given(st.binary() | st.builds(bytes.__add__, beginnings, st.binary()))
def test_any_bytes_end_in_chinese_text_or_in_a_refusal(data: bytes) -> None:
    try:
        text, _ = decode(data)
    except FileRefused as refusal:
        assert "；请" in refusal.message
    else:
        assert any("一" <= char <= "鿿" for char in text)


@given(st.text(alphabet=st.sampled_from("政府工作报告，。2021\n GDP")))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_chinese_text_comes_back_as_it_was_written_in_every_encoding(encoding: str, text: str) -> None:
    mostly_han = text + "政府工作报告" * (len(text) + 4)
    assert decode(mostly_han.encode(encoding))[0] == mostly_han


def test_traditional_text_in_big5_is_read_without_a_declaration() -> None:
    written = "各位代表：現在，我代表國務院，向大會作政府工作報告，請予審議。我國國民經濟和社會發展取得新的成就。"
    assert decode(written.encode("big5hkscs")) == (written, "big5hkscs")


def test_a_wrong_declaration_does_not_mislead() -> None:
    assert decode(TEXT.encode("gb18030"), "utf-8") == (TEXT, "gb18030")
    assert decode(TEXT.encode("utf-8"), "gb2312") == (TEXT, "utf-8")


def test_a_broken_byte_in_a_long_text_is_let_through_and_seen() -> None:
    text, encoding = decode(TEXT.encode() * 20 + b"\xff" + TEXT.encode() * 20)
    assert encoding == "utf-8"
    assert text.count("\ufffd") == 1


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_a_long_text_is_read_in_every_encoding_and_one_that_ends_in_rubbish_in_none(encoding: str) -> None:
    text = "各位代表：现在，我代表市人民政府，向大会报告工作，请予审议。" * 10_000
    assert decode(text.encode(encoding)) == (text, encoding)
    with pytest.raises(FileRefused):
        decode(text.encode(encoding) + random.Random(1).randbytes(1_000_000))


def test_a_text_that_begins_in_another_language_is_judged_by_what_is_visible() -> None:
    script = f"<script>{'var a = 1;' * 50_000}</script>"
    page = f"{script}{TEXT * 20}".encode("gb18030")
    assert decode(page, visible=lambda text: re.sub("<script>.*?(</script>|$)", "", text))[1] == "gb18030"
