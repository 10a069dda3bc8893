"""Citations: each style character by character, and the pages and files that offer them."""

from __future__ import annotations

import datetime
import re
import string
from dataclasses import replace
from urllib.parse import quote, unquote

import pytest
from faces import Page
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines import Engine
from indexer.model import Heading, Report, Source, Unit
from search_app import create_app
from search_app.cite import Citation, bibtex, cite_url, gbt7714, in_words, quoted, ris

DAY = datetime.date(2026, 9, 27)
SITE = "https://baogao.example.cn"
REPORT = Report(
    id="2021-郑州市-政府工作报告", title="政府工作报告", year=2021, level="市", region=("河南省", "郑州市"),
    type="政府工作报告", date=datetime.date(2021, 1, 30), organ="郑州市人民政府",
    source=Source("a.txt", "0" * 64, "txt", "utf-8"), complete=True, origins=(),
)  # fmt: skip
BARE = replace(REPORT, title=None, date=None, organ=None)
ADDRESS = f"{SITE}/report/2021-{quote('郑州市')}-{quote('政府工作报告')}"


def unit(text: str) -> Unit:
    return Unit(REPORT.id, 12, "paragraph", (Heading(1, "一、回顾"),), ("回顾",), text)


def citing(text: str | None = "开行中欧班列。", report: Report = REPORT) -> Citation:
    return Citation(report, None if text is None else unit(text), SITE, DAY)


class TestInWords:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("开行中欧班列。", "“开行中欧班列。”"),
            ("打造“双枢纽”，", "“打造‘双枢纽’，”"),
            ("他说：“这叫‘放管服’改革。”", "“他说：‘这叫“放管服”改革。’”"),
            ("“未完的引文", "“‘未完的引文”"),
            ("上段的引文”结束", "“上段的引文’结束”"),
            ("单用的‘小引号’不变", "“单用的‘小引号’不变”"),
            ("China’s “belt” it’s", "“China’s ‘belt’ it’s”"),
            ('"直引号"「直角」不变', '“"直引号"「直角」不变”'),
            ("PM_{2.5} 100%", "“PM_{2.5} 100%”"),
            ("两\r\n行", "“两 行”"),
        ],
    )
    def test_marks_inside_go_one_level_in_and_the_rest_is_the_sources_own(self, text: str, shown: str) -> None:
        assert quoted(citing(text)) == f"{shown}（2021年郑州市政府工作报告，第 12 段，{ADDRESS}#p12）"

    @pytest.mark.parametrize(
        ("report", "expected"),
        [
            (REPORT, f"2021年郑州市政府工作报告（郑州市人民政府，2021-01-30，{ADDRESS}）"),
            (BARE, f"2021年郑州市政府工作报告（{ADDRESS}）"),
            (replace(BARE, title="《纲要》评估报告"), f"《纲要》评估报告（{ADDRESS}）"),
        ],
    )
    def test_a_whole_report_is_named(self, report: Report, expected: str) -> None:
        assert quoted(citing(None, report)) == expected


class TestStandard:
    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({}, "郑州市人民政府. 2021年郑州市政府工作报告[R/OL]. (2021-01-30)[2026-09-27]. "),
            ({"organ": None}, "2021年郑州市政府工作报告[R/OL]. (2021-01-30)[2026-09-27]. "),
            ({"date": None}, "郑州市人民政府. 2021年郑州市政府工作报告[R/OL]. [2021][2026-09-27]. "),
            ({"title": None}, "郑州市人民政府. 2021年郑州市政府工作报告[R/OL]. (2021-01-30)[2026-09-27]. "),
            ({"title": "郑州市规划\n评估"}, "郑州市人民政府. 郑州市规划 评估[R/OL]. (2021-01-30)[2026-09-27]. "),
            ({"title": None, "date": None, "organ": None}, "2021年郑州市政府工作报告[R/OL]. [2021][2026-09-27]. "),
        ],
        ids=lambda change: str(change)[:30],
    )
    def test_an_electronic_report_of_gbt_7714(self, change: dict[str, object], expected: str) -> None:
        report = replace(REPORT, **change)
        assert gbt7714(citing(None, report)) == f"{expected}{ADDRESS}."
        assert gbt7714(citing("任意。", report)) == f"{expected}{ADDRESS}#p12."


class TestBibtex:
    def test_a_paragraph(self) -> None:
        assert bibtex(citing("占50%，R&D投入 #1_a $2^3 ~ {左 \\ 右}")) == (
            "@techreport{baogao-2021-d12603a9-p12,\n"
            "  author = {{郑州市人民政府}},\n"
            "  title = {{2021年郑州市政府工作报告}},\n"
            "  institution = {郑州市人民政府},\n"
            "  type = {政府工作报告},\n"
            "  year = {2021},\n"
            "  date = {2021-01-30},\n"
            "  note = {第 12 段},\n"
            "  abstract = {占50\\%，R\\&D投入 \\#1\\_a \\$2\\textasciicircum{}3 \\textasciitilde{} "
            "\\textbraceleft{}左 \\textbackslash{} 右\\textbraceright{}},\n"
            f"  url = {{{ADDRESS}#p12}},\n"
            "  urldate = {2026-09-27},\n"
            "  langid = {chinese},\n"
            "}\n"
        )

    def test_what_is_not_known_is_left_out(self) -> None:
        entry = bibtex(citing(None, BARE))
        assert entry.startswith("@misc{baogao-2021-d12603a9,\n  title = {{2021年郑州市政府工作报告}},\n")
        assert re.findall(r"^  (\w+)", entry, re.M) == ["title", "type", "year", "url", "urldate", "langid"]

    @given(st.text())
    def test_braces_balance_and_lines_are_fields_whatever_the_text(self, text: str) -> None:
        entry = bibtex(citing(text, replace(REPORT, organ=text or None, title=text)))
        depth = 0
        for sign in entry:
            depth += {"{": 1, "}": -1}.get(sign, 0)
            assert depth >= 0
        assert depth == 0
        assert all(re.match(r"@|  [a-z]+ = \{|\}$", line) for line in entry.splitlines() if line)
        assert not re.search(r"(?<!\\)[%&#_$^~]", re.sub(r"  url = .*", "", entry))

    def test_a_key_is_ascii_and_each_unit_has_its_own(self) -> None:
        keys = [citing(text).key for text in (None, "段。")] + [citing(None, replace(REPORT, id="2021-x")).key]
        assert len(set(keys)) == 3
        assert all(re.fullmatch(r"[a-z0-9-]+", key) for key in keys)


class TestRis:
    def test_a_paragraph(self) -> None:
        assert ris(citing("一段，\r\n两行。")).split("\r\n") == [
            "TY  - RPRT", "AU  - 郑州市人民政府", "TI  - 2021年郑州市政府工作报告", "PB  - 郑州市人民政府",
            "PY  - 2021", "DA  - 2021/01/30", "M3  - 政府工作报告", "N1  - 第 12 段", "AB  - 一段， 两行。",
            f"UR  - {ADDRESS}#p12", "Y2  - 2026/09/27", "LA  - zh", "ER  - ", "",
        ]  # fmt: skip

    def test_what_is_not_known_is_left_out(self) -> None:
        tags = [line[:2] for line in ris(citing(None, BARE)).splitlines()]
        assert tags == ["TY", "TI", "PY", "M3", "UR", "Y2", "LA", "ER"]

    @given(st.text())
    def test_every_line_is_a_tag_whatever_the_text(self, text: str) -> None:
        record = ris(citing(text, replace(REPORT, organ=text, title=text)))
        lines = record.removesuffix("\r\n").split("\r\n")
        assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)
        assert not re.search(r"[\r\n]", "".join(lines))


@pytest.fixture(params=["", "/12"], ids=["report", "unit"])
def url(request: pytest.FixtureRequest) -> str:
    return f"/cite/{REPORT.id}{request.param}"


def here(client: FlaskClient, url: str) -> Citation:
    """What ``url`` cites, by way of the API."""
    document = client.get(f"/api/v1/report/{REPORT.id}").json
    text = document["units"][11]["text"] if url.endswith("12") else None
    return Citation(REPORT, unit(text) if text else None, "http://localhost", datetime.date.today())


class TestOverHttp:
    def test_the_page_shows_every_style_to_copy_and_the_way_back(self, client: FlaskClient, url: str) -> None:
        page, citation = Page(client.get(url).text), here(client, url)
        boxes = {box["id"]: box.text for box in page.all("textarea")}
        assert boxes == {
            "cite-quoted": quoted(citation), "cite-gbt7714": gbt7714(citation), "cite-bibtex": bibtex(citation),
            "cite-ris": ris(citation),
        }  # fmt: skip
        assert all("readonly" in box.attributes for box in page.all("textarea"))
        assert {label["for"] for label in page.all("label")} >= boxes.keys()
        assert encoded(citation.url.removeprefix("http://localhost")) in page.links
        assert {encoded(f"{url}.{suffix}") for suffix in ("bib", "ris", "txt")} <= set(page.links)

    @pytest.mark.parametrize(
        ("suffix", "style", "media_type"),
        [
            ("bib", bibtex, "application/x-bibtex; charset=utf-8"),
            ("ris", ris, "application/x-research-info-systems; charset=utf-8"),
            ("txt", in_words, "text/plain; charset=utf-8"),
        ],
    )
    def test_a_file_holds_one_style(
        self, client: FlaskClient, url: str, suffix: str, style: object, media_type: str
    ) -> None:
        answer = client.get(f"{url}.{suffix}")
        assert answer.data.decode() == style(here(client, url))  # type: ignore[operator]
        assert answer.content_type == media_type
        plain, _, named = answer.headers["Content-Disposition"].partition("; filename*=UTF-8''")
        assert plain == f'attachment; filename="baogao.{suffix}"'
        assert unquote(named) == f"{REPORT.id}{'-p12' if url.endswith('12') else ''}.{suffix}"

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/cite/没有", 404),
            ("/cite/没有/1.bib", 404),
            *((f"/cite/{REPORT.id}/{ordinal}", 404) for ordinal in ("0", "42", "-1", "x", "012", "１２", "9" * 5000)),
            (f"/cite/{REPORT.id}/12.pdf", 404),
            (f"/cite/{REPORT.id}/12?q=x", 400),
            (f"/cite/{REPORT.id}.ris?q=x", 400),
        ],
    )
    def test_what_is_not_there_is_said_in_a_sentence(self, client: FlaskClient, path: str, status: int) -> None:
        answer = client.get(path)
        assert answer.status_code == status
        assert re.search("[一-鿿]{4}", Page(answer.text).one("p.message").text)

    def test_every_paragraph_of_a_report_and_every_hit_leads_to_its_citation(self, client: FlaskClient) -> None:
        links = Page(client.get(f"/report/{REPORT.id}").text).links
        units = client.get(f"/api/v1/report/{REPORT.id}").json["units"]
        for each in units:
            assert (encoded(cite_url(REPORT.id, each["ordinal"])) in links) == (each["kind"] == "paragraph")
        assert encoded(cite_url(REPORT.id)) in links
        hits = client.get("/api/v1/search?q=中欧班列").json["hits"]
        shown = Page(client.get("/search?q=中欧班列").text).links
        for hit in hits:
            assert encoded(cite_url(hit["report"]["id"], hit["unit"]["ordinal"])) in shown


def encoded(address: str) -> str:
    """An address as a browser asks for it."""
    return quote(address, safe=string.punctuation)


GOOD_HOSTS = ["localhost", "127.0.0.1:8000", "baogao.example.cn", "[::1]:8000", "my_host:80", ".".join(["a" * 60] * 4)]
BAD_HOSTS = [
    "", "a b", "evil.example\r\nX: y", "evil.example/path", "user@evil.example", "evil.example?x", "evil.example#",
    'evil"onload=', "<script>", "a:b", "a:123456", "[::1", "郑州.cn", "a" * 254, "%65vil",
]  # fmt: skip
ABSOLUTE = [f"/cite/{REPORT.id}/12", f"/cite/{REPORT.id}/12.bib", "/export.csv", "/export.jsonl", "/feed.atom"]


class TestHost:
    @pytest.mark.parametrize("url", ABSOLUTE)
    @pytest.mark.parametrize("host", GOOD_HOSTS, ids=lambda host: host[:20])
    def test_addresses_begin_with_the_host_that_was_asked(self, client: FlaskClient, url: str, host: str) -> None:
        answer = client.get(url, headers={"Host": host}, buffered=True)
        assert answer.status_code == 200
        assert f"http://{host}/report/" in answer.text

    @pytest.mark.parametrize("url", ABSOLUTE)
    @pytest.mark.parametrize("host", BAD_HOSTS, ids=ascii)
    def test_what_is_no_host_is_refused(self, client: FlaskClient, url: str, host: str) -> None:
        answer = client.get(url, environ_overrides={"HTTP_HOST": host})
        assert answer.status_code == 400
        assert "http://evil" not in answer.text and "http://<" not in answer.text

    @pytest.mark.parametrize("url", ABSOLUTE)
    def test_no_cache_keeps_them_for_another_and_no_forwarded_host_is_believed(
        self, client: FlaskClient, url: str
    ) -> None:
        forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Forwarded-Proto": "gopher"}
        answer = client.get(url, headers=forged, buffered=True)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "evil" not in answer.text and "gopher" not in answer.text

    @pytest.mark.parametrize("url", ABSOLUTE)
    def test_a_site_that_was_named_is_the_only_one(self, engine: Engine, url: str) -> None:
        client = create_app(engine, SITE).test_client()
        for host in ("localhost", "evil.example", "a b"):
            answer = client.get(url, environ_overrides={"HTTP_HOST": host}, buffered=True)
            assert f"{SITE}/report/" in answer.text
            assert "evil" not in answer.text
