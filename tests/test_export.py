"""Exports: every row that a scan by hand finds, in every format, read back by other programs' readers."""

from __future__ import annotations

import csv
import datetime
import gc
import io
import json
import re
import tempfile
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import openpyxl
import pytest
from faces import Page, one_chinese_sentence, written
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer import open_engine, pipeline
from indexer.engines import Engine
from indexer.errors import BadParameter, QuerySyntaxError, ReaderMistake
from indexer.model import Document
from indexer.text import fold
from search_app import Reports, create_app
from search_app.downloads import EXPORTS_AT_ONCE
from search_app.export import COLUMNS, FORMATS, Export, Provenance, Row, file_name
from search_app.export import workbook as workbooks
from search_app.export.comma_separated import harmless
from search_app.export.formats import stream

SITE = "https://baogao.example.cn"

Fits = Callable[[Document, str], bool]
ASKED: dict[str, tuple[dict[str, list[str]], tuple[str, ...], Fits]] = {
    "everything": ({}, (), lambda document, text: True),
    "a term": ({"q": ["中欧班列"]}, ("中欧班列",), lambda document, text: "中欧班列" in text),
    "two terms": ({"q": ["发展 创新"]}, ("发展", "创新"), lambda document, text: "发展" in text and "创新" in text),
    "without": ({"q": ["-发展"]}, (), lambda document, text: "发展" not in text),
    "with filters": (
        {"q": ["发展"], "year": ["2021", "2025"], "level": ["市"]}, ("发展",),
        lambda document, text: (
            "发展" in text and document.report.year in (2021, 2025) and document.report.level == "市"
        ),
    ),
    "nothing": ({"q": ["没有的词"]}, ("没有的词",), lambda document, text: False),
}  # fmt: skip
"""What is asked, the texts it seeks, and which units a scan takes."""

asked_each = pytest.mark.parametrize(("asked", "texts", "fits"), ASKED.values(), ids=ASKED)
format_each = pytest.mark.parametrize("form", FORMATS)


def by_hand(documents: tuple[Document, ...], texts: tuple[str, ...], fits: Fits) -> list[dict[str, Any]]:
    """The rows that belong in an export, found by looking at every unit."""
    ordered = sorted(documents, key=lambda document: (-document.report.year, document.report.id))
    return [
        {
            "地址": f"{report.id}#p{unit.ordinal}", "报告": f"{report.year}年{report.region[-1]}{report.type}",
            "年份": report.year, "级别": report.level, "地区": "/".join(report.region), "文种": report.type,
            "日期": str(report.date or ""), "机关": report.organ or "",
            "标题路径": " › ".join(heading.text for heading in unit.headings), "章节": "/".join(unit.section),
            "段号": unit.ordinal, "处数": sum(fold(unit.text).count(text) for text in texts), "文本": unit.text,
            "网址": f"{SITE}/report/{quote(report.id)}#p{unit.ordinal}",
        }
        for document in ordered for report in [document.report] for unit in document.units
        if fits(document, fold(unit.text))
    ]  # fmt: skip


def exported(engine: Engine, asked: dict[str, list[str]], form: str) -> bytes:
    return b"".join(stream(engine, asked, FORMATS[form], SITE))


def csv_rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def sheets(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    try:
        return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    finally:
        book.close()


class TestRows:
    @asked_each
    def test_csv_holds_every_row_that_a_scan_finds(
        self,
        engine: Engine,
        documents: tuple[Document, ...],
        asked: dict[str, list[str]],
        texts: tuple[str, ...],
        fits: Fits,
    ) -> None:
        rows = csv_rows(exported(engine, asked, "csv"))
        expected = by_hand(documents, texts, fits)
        assert len(rows) == len(expected)
        for row, wanted in zip(rows, expected, strict=True):
            assert {name: row[name] for name in wanted} == {name: str(value) for name, value in wanted.items()}

    @asked_each
    def test_a_workbook_holds_them_with_numbers_as_numbers_and_days_as_days(
        self,
        engine: Engine,
        documents: tuple[Document, ...],
        asked: dict[str, list[str]],
        texts: tuple[str, ...],
        fits: Fits,
    ) -> None:
        head, *rows = sheets(exported(engine, asked, "xlsx"))["段落"]
        assert list(head) == [column.label for column in COLUMNS]
        expected = by_hand(documents, texts, fits)
        assert len(rows) == len(expected)
        for cells, wanted in zip(rows, expected, strict=True):
            row = dict(zip(head, cells, strict=False))
            day = row["日期"]
            assert day is None or isinstance(day, datetime.datetime)
            read = row | {
                "日期": str(day.date()) if day else "",
                "机关": row["机关"] or "",
                "标题路径": row["标题路径"] or "",
            }
            assert {name: read[name] for name in wanted} == wanted

    @asked_each
    def test_json_lines_hold_them_with_paths_as_lists(
        self,
        engine: Engine,
        documents: tuple[Document, ...],
        asked: dict[str, list[str]],
        texts: tuple[str, ...],
        fits: Fits,
    ) -> None:
        _, *rows = [json.loads(line) for line in exported(engine, asked, "jsonl").decode().splitlines()]
        expected = by_hand(documents, texts, fits)
        assert len(rows) == len(expected)
        for row, wanted in zip(rows, expected, strict=True):
            assert [
                row["address"], row["report"], row["year"], row["level"], "/".join(row["region"]), row["type"],
                row["date"] or "", row["organ"] or "", " › ".join(row["headings"]), "/".join(row["section"]),
                row["ordinal"], row["occurrences"], row["text"], row["url"],
            ] == list(wanted.values())  # fmt: skip

    @asked_each
    def test_the_numbers_are_those_of_the_search(
        self, engine: Engine, asked: dict[str, list[str]], texts: tuple[str, ...], fits: Fits
    ) -> None:
        del texts, fits
        page = Reports(engine).search(**{name: given if name != "q" else given[0] for name, given in asked.items()})
        head, *rows = map(json.loads, exported(engine, asked, "jsonl").decode().splitlines())
        assert (head["export"]["rows"], head["export"]["occurrences"]) == (page.total, page.occurrences)
        assert (len(rows), sum(row["occurrences"] for row in rows)) == (page.total, page.occurrences)


class TestProvenance:
    GIVEN = {"q": ["  中欧班列  OR 创新"], "year": ["2025", "2021"], "level": ["市"]}  # noqa: RUF012
    IN_WORDS = "年份：2021、2025；级别：市"

    def test_json_lines_begin_with_it(self, engine: Engine) -> None:
        first = json.loads(exported(engine, self.GIVEN, "jsonl").partition(b"\n")[0])["export"]
        moment = datetime.datetime.fromisoformat(first.pop("time"))
        assert moment.tzinfo is not None
        assert abs(datetime.datetime.now(datetime.UTC) - moment) < datetime.timedelta(minutes=1)
        page = Reports(engine).search("中欧班列 OR 创新", year=["2021", "2025"], level="市")
        assert first == {
            "query": "中欧班列 OR 创新",
            "filters": [
                {"field": "year", "values": ["2021", "2025"], "excluded": []},
                {"field": "level", "values": ["市"], "excluded": []},
            ],
            "url": SITE + Reports(engine).search(self.GIVEN["q"][0], year=["2021", "2025"], level="市").state.url(),
            "fingerprint": engine.info().fingerprint, "rows": page.total, "occurrences": page.occurrences,
            "version": version("baogao"),
        }  # fmt: skip

    def test_every_row_of_a_table_carries_it(self, engine: Engine) -> None:
        rows = csv_rows(exported(engine, self.GIVEN, "csv"))
        told = {tuple(row[name] for name in ("查询", "筛选", "索引指纹", "总段数", "程序版本")) for row in rows}
        fingerprint, total = engine.info().fingerprint, str(len(rows))
        assert told == {("中欧班列 OR 创新", self.IN_WORDS, fingerprint, total, version("baogao"))}
        (moment,) = {row["导出时间"] for row in rows}
        assert datetime.datetime.fromisoformat(moment).tzinfo is not None

    def test_a_workbook_begins_with_a_sheet_that_tells_it_and_what_the_columns_mean(self, engine: Engine) -> None:
        held = sheets(exported(engine, self.GIVEN, "xlsx"))
        assert list(held) == ["说明", "段落"]
        at = held["说明"].index(("列", "意思"))
        told, columns = dict(held["说明"][:at]), held["说明"][at + 1 :]
        assert told["查询"] == "中欧班列 OR 创新" and told["筛选"] == self.IN_WORDS
        assert told["索引指纹"] == engine.info().fingerprint and told["段数"] == len(held["段落"]) - 1
        assert columns == [(column.label, column.meaning) for column in COLUMNS]

    def test_an_export_of_nothing_tells_it_too(self, engine: Engine) -> None:
        nothing = {"q": ["没有的词"]}
        assert ("段数", 0) in sheets(exported(engine, nothing, "xlsx"))["说明"]
        assert json.loads(exported(engine, nothing, "jsonl"))["export"]["rows"] == 0
        assert csv_rows(exported(engine, nothing, "csv")) == []


SOURCE = Provenance("q", (), "/search?q=q", "f" * 16, "2026-09-27T08:00:00+08:00", 1, 1, "0.1.0")
ROW = Row(
    "2021-a#p1", "2021年甲", 2021, "市", ("甲",), "其他", None, None, (), ("未标",), 1, 1, "文", "/report/2021-a#p1"
)


def written_as(form: str, *texts: str) -> bytes:
    return b"".join(FORMATS[form].write(Export(SOURCE, (replace(ROW, text=text) for text in texts))))


def texts_in(form: str, data: bytes) -> list[str]:
    if form == "csv":
        return [row["文本"] for row in csv_rows(data)]
    if form == "jsonl":
        return [json.loads(line)["text"] for line in data.decode().split("\n")[1:-1]]
    at = [column.label for column in COLUMNS].index("文本")
    return [row[at] for title, rows in sheets(data).items() if title != "说明" for row in rows[1:]]


FORMULAS = [
    ("=1+1", "'=1+1"),
    ("=HYPERLINK(\"http://x\",\"点\")", "'=HYPERLINK(\"http://x\",\"点\")"),
    ("+86", "'+86"),
    ("-2%", "'-2%"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'\t=1"),
    ("\r=1", "'\r=1"),
    ("\n=1", "'\n=1"),
    ("＝1+1", "'＝1+1"),
    ("＋1", "'＋1"),
    ("－1", "'－1"),
    ("＠x", "'＠x"),
    ("增长=5", "增长=5"),
    ("——副标题", "——副标题"),
    ("'=1", "'=1"),
    (" =1", " =1"),
    ("", ""),
    ("#N/A", "#N/A"),
]  # fmt: skip


class TestFormulas:
    @pytest.mark.parametrize(("text", "cell"), FORMULAS)
    def test_what_a_spreadsheet_would_run_gets_an_apostrophe_in_csv(self, text: str, cell: str) -> None:
        assert harmless(text) == cell
        assert texts_in("csv", written_as("csv", text)) == [cell]

    @pytest.mark.parametrize("number", [-5, 0, 2021])
    def test_numbers_stay_numbers(self, number: int) -> None:
        assert harmless(number) == str(number)

    @pytest.mark.parametrize("text", [text for text, _ in FORMULAS if text])
    def test_in_a_workbook_a_text_is_a_text_and_unchanged(self, text: str) -> None:
        book = openpyxl.load_workbook(io.BytesIO(written_as("xlsx", text)))
        cell = book["段落"].cell(2, [column.label for column in COLUMNS].index("文本") + 1)
        assert (cell.data_type, cell.value) == ("s", text)

    @pytest.mark.parametrize("text", [text for text, _ in FORMULAS])
    def test_json_lines_change_nothing(self, text: str) -> None:
        assert texts_in("jsonl", written_as("jsonl", text)) == [text]

    @format_each
    @pytest.mark.parametrize("field", ["report", "organ", "headings", "region", "address"])
    def test_no_column_is_forgotten(self, form: str, field: str) -> None:
        evil: Any = ("=1+1",) if field in ("headings", "region") else "=1+1"
        source = replace(SOURCE, query="=1+1")
        data = b"".join(FORMATS[form].write(Export(source, iter([replace(ROW, **{field: evil})]))))
        if form == "csv":
            assert sum(cell == "'=1+1" for cell in csv_rows(data)[0].values()) == 2
        if form == "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(data))
            cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
            assert sum(cell.value == "=1+1" for cell in cells) == 3
            assert "f" not in {cell.data_type for cell in cells}


class TestForm:
    @format_each
    @given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters='\n\t,"'), min_size=1))
    def test_any_text_comes_back_as_it_went(self, form: str, text: str) -> None:
        back = texts_in(form, written_as(form, text, "尾"))
        unwritable = "\ufffe\uffff"
        expected = (
            text
            if form == "jsonl"
            else harmless(text)
            if form == "csv"
            else text.translate(dict.fromkeys(map(ord, unwritable)))
        )
        assert back == [expected or None, "尾"]

    def test_csv_is_rfc_4180_in_utf_8_with_a_bom(self) -> None:
        data = written_as("csv", '甲,"乙"\n丙', "丁")
        assert data.startswith(b"\xef\xbb\xbf" + "地址,报告".encode())
        lines = data.decode("utf-8-sig").split("\r\n")
        assert len(lines) == 4 and lines[-1] == ""
        assert '"甲,""乙""\n丙"' in lines[1]

    def test_a_workbook_leaves_out_what_no_workbook_can_hold(self) -> None:
        assert texts_in("xlsx", written_as("xlsx", "甲\x00\x0b乙\x1f\ufffe\U0001f600")) == ["甲乙\U0001f600"]

    @pytest.mark.parametrize("text", ["长" * 32_767, "\U0001f600" * 16_383])
    def test_the_longest_text_of_a_cell_is_whole(self, text: str) -> None:
        assert texts_in("xlsx", written_as("xlsx", text)) == [text]

    @pytest.mark.parametrize("text", ["长" * 32_768, "\U0001f600" * 16_384])
    def test_a_longer_one_is_refused_and_never_cut(
        self, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with pytest.raises(ReaderMistake) as caught:
            written_as("xlsx", "短", text)
        assert one_chinese_sentence(caught.value.message) and "CSV" in caught.value.message
        assert list(tmp_path.iterdir()) == []
        for form in ("csv", "jsonl"):
            assert texts_in(form, written_as(form, text)) == [text]

    def test_more_rows_than_a_sheet_holds_go_on_in_the_next(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workbooks, "MOST_ROWS", 4)
        texts = [f"第{n}段" for n in range(7)]
        data = written_as("xlsx", *texts)
        assert {title: len(rows) for title, rows in sheets(data).items() if title != "说明"} == {
            "段落": 4, "段落2": 4, "段落3": 2,
        }  # fmt: skip
        assert texts_in("xlsx", data) == texts

    @pytest.mark.parametrize("form", ["csv", "jsonl"])
    def test_the_first_piece_comes_long_before_the_last_row_is_taken(self, form: str) -> None:
        """The rows never end: who waited for the last would wait for good."""
        taken = count(1)
        pieces = FORMATS[form].write(Export(SOURCE, (replace(ROW, ordinal=next(taken)) for _ in iter(int, 1))))
        for _ in range(3):
            assert 60_000 < len(next(pieces)) < 70_000
        assert next(taken) < 3000


@pytest.fixture(scope="class")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An index of its own with more text than a few pieces hold."""
    folder = tmp_path_factory.mktemp("growing")
    written(folder / "in", "新密市.txt", "\n".join(f"第{n}项，开行中欧班列{n}列。" for n in range(1500)))
    pipeline.index(pipeline.discover([folder / "in"]), str(folder / "index"))
    opened = open_engine(str(folder / "index"))
    yield opened
    opened.close()


class TestOverHttp:
    @format_each
    def test_the_answer_is_the_file_with_a_name_in_chinese(
        self, client: FlaskClient, engine: Engine, form: str
    ) -> None:
        answer = client.get(f"/export.{form}?q=中欧班列&year=2021")
        rows = texts_in(form, answer.data)
        assert rows == texts_in(form, exported(engine, {"q": ["中欧班列"], "year": ["2021"]}, form)) and len(rows) == 2
        assert answer.content_type == FORMATS[form].media_type
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        plain, _, named = answer.headers["Content-Disposition"].partition("; filename*=UTF-8''")
        assert plain == f'attachment; filename="baogao.{form}"' and named.isascii()
        assert unquote(named) == f"报告检索-中欧班列-{datetime.date.today()}.{form}"

    @format_each
    @pytest.mark.parametrize("prefix", ["", "/api/v1"], ids=["page", "api"])
    @pytest.mark.parametrize(
        "asked", ["page=2", "size=10", "sort=newest", "years=2021", "year=21", "q=(", "q=a&q=b", "region=郑州市"]
    )
    def test_a_mistake_is_answered_as_one_before_any_row(
        self, client: FlaskClient, form: str, prefix: str, asked: str
    ) -> None:
        answer = client.get(f"{prefix}/export.{form}?{asked}")
        assert answer.status_code == 400
        assert "Content-Disposition" not in answer.headers
        assert answer.content_type.startswith("application/json" if prefix else "text/html")

    @format_each
    def test_the_api_gives_the_same(self, client: FlaskClient, form: str) -> None:
        one, other = (client.get(f"{prefix}/export.{form}?q=创新") for prefix in ("", "/api/v1"))
        assert texts_in(form, one.data) == texts_in(form, other.data) != []
        assert one.headers["Content-Disposition"] == other.headers["Content-Disposition"]

    def test_the_page_of_hits_links_to_its_exports_without_how_it_is_shown(self, client: FlaskClient) -> None:
        links = Page(client.get("/search?q=创新&level=市&sort=oldest&size=5&page=2").text).links
        exports = [link for link in links if link.startswith("/export.")]
        assert [link.partition("?")[0] for link in exports] == [f"/export.{form}" for form in FORMATS]
        assert all(link.partition("?")[2] == f"q={quote('创新')}&level={quote('市')}" for link in exports)

    @format_each
    def test_head_gives_the_name_without_the_rows(self, client: FlaskClient, form: str) -> None:
        answer = client.head(f"/export.{form}?q=创新")
        assert (answer.status_code, answer.data) == (200, b"")
        assert "attachment" in answer.headers["Content-Disposition"]

    def test_it_is_of_one_state_though_commits_come_while_it_is_sent(self, growing: Engine, tmp_path: Path) -> None:
        client = create_app(growing).test_client()
        before = growing.info().fingerprint
        answer = client.get("/export.csv?q=中欧班列")
        sent = iter(answer.response)
        first = next(sent)
        written(tmp_path, "登封市.txt", "开行中欧班列。")
        pipeline.index(pipeline.discover([tmp_path]), growing.info().address)
        assert client.get("/api/v1/search?q=中欧班列").json["total"] == 1501
        rows = csv_rows(first + b"".join(sent))
        answer.close()
        assert len(rows) == 1500
        assert {row["索引指纹"] for row in rows} == {before} != {growing.info().fingerprint}

    def test_those_who_export_leave_room_for_those_who_read(self, growing: Engine) -> None:
        client = create_app(growing).test_client()
        begun = [client.get("/export.csv") for _ in range(EXPORTS_AT_ONCE)]
        for url in ("/export.csv", "/api/v1/export.jsonl"):
            refused = client.get(url)
            assert refused.status_code == 503 and "请过一会儿再试" in refused.text
        assert client.get("/search?q=中欧班列").status_code == 200
        begun.pop().close()
        assert client.get("/export.csv?q=没有").status_code == 200
        assert len(begun.pop().data) > 64 * 1024
        for _ in range(2 * EXPORTS_AT_ONCE):
            assert client.get("/export.csv?page=2").status_code == 400
            client.head("/export.csv").close()
        for answer in begun:
            answer.close()

    def test_a_reader_who_leaves_lets_the_state_go(self, growing: Engine) -> None:
        answer = create_app(growing).test_client().get("/export.csv")
        next(iter(answer.response))
        state: weakref.ref[object] = weakref.ref(growing._view)  # type: ignore[attr-defined]
        first, *others = growing.reports()
        growing.update([], [first.id])
        assert growing.reports() == tuple(others)
        assert state() is not None
        answer.close()
        gc.collect()
        assert state() is None


class TestNames:
    @pytest.mark.parametrize(
        ("query", "about"),
        [
            ("中欧班列", "中欧班列"),
            ("", "全部"),
            ('"重点 工作" OR a/b\\c:d*?<>|', "重点 工作 OR a b c d"),
            ("../../etc/passwd", "etc passwd"),
            ("a\r\nX-Evil: 1", "a X-Evil 1"),
            ("\u202etxt.exe", "txt.exe"),
            ("...", "全部"),
            ("很" * 100, "很" * 40),
        ],
    )
    def test_a_name_is_fit_for_every_system(self, query: str, about: str) -> None:
        assert file_name(query, "csv", datetime.date(2026, 9, 27)) == f"报告检索-{about}-2026-09-27.csv"

    @pytest.mark.parametrize("q", ['"a\r\nX-Evil: 1"', "甲;filename=evil.exe", "'", "%0d%0a"])
    def test_a_query_stays_inside_its_header(self, client: FlaskClient, q: str) -> None:
        answer = client.get("/export.csv", query_string={"q": q})
        assert answer.status_code == 200
        assert "X-Evil" not in answer.headers
        named = r"attachment; filename=\"baogao\.csv\"; filename\*=UTF-8''[A-Za-z0-9%._~-]+"
        assert re.fullmatch(named, answer.headers["Content-Disposition"])


class TestInPython:
    @format_each
    def test_to_a_file_and_to_a_stream(self, engine: Engine, tmp_path: Path, form: str) -> None:
        reports, out = Reports(engine), io.BytesIO()
        source = reports.export(tmp_path / "结果", form, "中欧班列", year=[2021, 2023], site=SITE)
        assert (source.rows, source.occurrences, source.query) == (3, 4, "中欧班列")
        reports.export(out, form, "中欧班列", year=[2021, 2023], site=SITE)
        assert texts_in(form, (tmp_path / "结果").read_bytes()) == texts_in(form, out.getvalue())
        assert [path.name for path in tmp_path.iterdir()] == ["结果"]

    @pytest.mark.parametrize(
        ("parameters", "name"),
        [
            ({"format": "pdf"}, "format"),
            ({"format": "csv", "page": 2}, "page"),
            ({"format": "csv", "year": 21}, "year"),
            ({"format": "csv", "site": "evil"}, "site"),
            ({"format": "csv", "site": "javascript://x"}, "site"),
        ],
    )
    def test_a_mistake_names_its_parameter_and_leaves_no_file(
        self, engine: Engine, tmp_path: Path, parameters: dict[str, Any], name: str
    ) -> None:
        with pytest.raises(BadParameter) as caught:
            Reports(engine).export(tmp_path / "结果.csv", **parameters)
        assert caught.value.name == name and one_chinese_sentence(caught.value.message)
        with pytest.raises(QuerySyntaxError):
            Reports(engine).export(tmp_path / "结果.csv", "csv", "(")
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_cannot_be_written_whole_leaves_what_was_there(
        self, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "结果.xlsx"
        path.write_text("原来的", encoding="utf-8")
        monkeypatch.setattr(workbooks, "LONGEST_CELL", 100)
        with pytest.raises(ReaderMistake):
            Reports(engine).export(path, "xlsx")
        assert path.read_text(encoding="utf-8") == "原来的"
        assert list(tmp_path.iterdir()) == [path]

    def test_a_place_that_cannot_be_written_is_said(self, engine: Engine, tmp_path: Path) -> None:
        for path in (tmp_path, tmp_path / "no" / "x.csv", tmp_path / ("长" * 300)):
            with pytest.raises(BadParameter) as caught:
                Reports(engine).export(path, "csv")
            assert caught.value.name == "output" and "请换一个地方" in caught.value.message
