"""The pages: what is on them, that every link leads somewhere, and that nothing a reader or a report says is code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from faces import Page, plain, written
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer import open_engine, pipeline
from indexer.fields import FIELDS
from search_app import create_app
from search_app.cite import cite_url
from search_app.parameters import PARAMETERS
from search_app.state import SearchState, report_url
from search_app.syntax import SYNTAX, parse
from search_app.views import EXAMPLES

REPORT = "2021-郑州市-政府工作报告"
PAGES = {
    "home": "/",
    "search": "/search?q=中欧班列",
    "search chosen": "/search?q=中欧班列&year=2021&year=2023&level=市&sort=newest&size=1",
    "everything": "/search?page=2",
    "nothing found": "/search?q=没有的词&level=省",
    "facet": "/facet?field=region&q=中欧班列",
    "facet searched": "/facet?field=section&find=kaifang&order=name&section=回顾&not_level=省",
    "report": f"/report/{REPORT}",
    "report marked": f"/report/{REPORT}?q=中欧班列",
    "cite": f"/cite/{REPORT}/12",
    "cite report": f"/cite/{REPORT}",
    "no citation": f"/cite/{REPORT}/99",
    "by report": "/search?q=创新 OR 人才&view=reports",
    "kwic": "/search?q=创新 OR 人才&view=kwic&sort=left&context=60&level=市",
    "kwic of nothing": "/search?view=kwic",
    "report from a result": f"/report/{REPORT}?q=创新 OR 人才&year=2021&view=kwic&sort=right",
    "only hits": f"/report/{REPORT}?q=中欧班列&only=hits",
    "compare": f"/compare?left={REPORT}&right=2025-荥阳市-政府工作报告&q=中欧班列",
    "compare with nothing": f"/compare?left={REPORT}",
    "help": "/help",
    "mistake": "/search?q=(中欧班列",
    "bad parameter": "/search?year=21",
    "not found": "/report/没有",
    "no such page": "/nowhere",
}
OTHERS = {
    "static": "/static/style.css",
    "icon": "/static/icon.svg",
    "health": "/healthz",
    "no static": "/static/no.js",
    "feed": "/feed.atom",
    "export": "/export.csv",
    "bib": f"/cite/{REPORT}/12.bib",
}


@pytest.fixture(params=PAGES.values(), ids=PAGES)
def page(request: pytest.FixtureRequest, client: FlaskClient) -> Page:
    return Page(client.get(request.param).text)


def without_steps(text: str) -> str:
    """The text of a unit without what leads from one occurrence to the next, which is seen only where one is."""
    return re.sub(r"(‹ 上一处)?第 \d+ 处，共 \d+ 处(下一处 ›)?", "", text)


def only_our_scripts(page: Page) -> bool:
    """Whether every script is a file of ours, with nothing inside its element."""
    ours = re.compile(r"/static/[a-z]+\.js\?v=[0-9a-f]{8}")
    return all(ours.fullmatch(script["src"]) and not script.text for script in page.all("script"))


def weight(client: FlaskClient, address: str) -> int:
    """Bytes of an answer, not packed."""
    with client.get(address) as answer:
        return len(answer.data)


class TestEssentials:
    def test_home_shows_the_box_the_holdings_and_the_ways_in(self, client: FlaskClient) -> None:
        home = Page(client.get("/").text)
        assert [form["action"] for form in home.all("form")] == ["/search", "/years"]
        assert [plain(figure.text) for figure in home.all("dd")] == ["5 篇", "259 段", "49,224 字", "2021–2025"]
        assert len(home.all("td.num")) == 2 * 5
        assert {urlsplit(link).path for link in home.links if link.startswith("/report/")} == {
            report_url(f"{year}-{place}")
            for year, place in [
                (2021, "郑州市-政府工作报告"), (2023, "郑州市-政府工作报告摘编"), (2024, "河南省-政府工作报告摘编"),
                (2025, "郑州市-规划评估报告"), (2025, "荥阳市-政府工作报告"),
            ]
        }  # fmt: skip
        assert SearchState.read({"level": ["县"]}).url() + "#f-level" in home.links

    @pytest.mark.parametrize("example", EXAMPLES)
    def test_an_example_on_home_finds_something(self, client: FlaskClient, example: str) -> None:
        url = SearchState(q=example).url()
        assert url in Page(client.get("/").text).links
        assert Page(client.get(url).text).all("li.hit")

    def test_search_shows_numbers_facets_and_hits(self, client: FlaskClient) -> None:
        page = Page(client.get("/search?q=中欧班列").text)
        assert plain(page.one("h1").text).startswith("8 段，共 9 处")
        assert len(page.all("li.hit")) == 8
        assert {mark.text for mark in page.all("mark")} == {"中欧班列"}
        assert [facet.classes[1] for facet in page.all("details.facet")] == [f"facet-{field.name}" for field in FIELDS]
        assert page.all("title")[0].text == "中欧班列 · 报告检索"

    def test_the_box_keeps_the_query_and_the_rest_of_the_state(self, client: FlaskClient) -> None:
        page = Page(client.get(PAGES["search chosen"]).text)
        boxes = {(box["name"], box["value"]) for box in page.all("input")}
        assert boxes - {("from", ""), ("to", "")} == {
            ("q", "中欧班列"), ("year", "2021"), ("year", "2023"), ("level", "市"), ("sort", "newest"), ("size", "1"),
        }  # fmt: skip

    def test_pages_are_turned_with_everything_kept(self, client: FlaskClient) -> None:
        page = Page(client.get("/search?q=创新&level=市&size=2&page=7").text)
        state = SearchState.read({"q": ["创新"], "level": ["市"], "size": ["2"]})
        linked = zip(page.all("a"), page.links, strict=True)
        turns = {link["rel"] or plain(link.text): url for link, url in linked if "page=" in url}
        assert turns["prev"] == state.on_page(6).url()
        assert turns["next"] == state.on_page(8).url()
        assert turns["9"] == state.on_page(9).url()
        assert [here.text for here in page.all("span") if here["aria-current"] == "page"] == ["7"]

    def test_nothing_found_says_so_and_offers_a_way_on(self, client: FlaskClient) -> None:
        page = Page(client.get(PAGES["nothing found"]).text)
        assert "没有找到" in page.one("h1").text
        assert SearchState(q="没有的词").url() in page.links

    def test_a_report_shows_its_facts_outline_and_every_unit_with_its_address(self, client: FlaskClient) -> None:
        page = Page(client.get(f"/report/{REPORT}").text)
        assert page.one("h1").text == "2021年郑州市政府工作报告"
        units = page.all("div.unit")
        assert [unit["id"] for unit in units] == [f"p{n}" for n in range(1, 42)]
        anchors = [link["href"] for link in page.all("a.anchor")]
        assert anchors == [report_url(REPORT, anchor=f"p{n}") for n in range(1, 42)]
        outline = [link for link in page.links if link.startswith("#p")]
        assert outline and {link[1:] for link in outline} <= {unit["id"] for unit in units}

    def test_a_report_read_from_a_hit_marks_what_was_sought_and_leads_back(self, client: FlaskClient) -> None:
        page = Page(client.get(f"/report/{REPORT}?q=中欧班列").text)
        assert [mark.text for mark in page.all("mark")] == ["中欧班列"] * 3
        assert SearchState(q="中欧班列").url() in page.links
        assert page.one("input")["value"] == "中欧班列"
        assert plain(page.one("p.marked-count").text) == "“中欧班列”在这篇的 2 段里，共 3 处，已标出"

    @pytest.mark.parametrize(
        ("asked", "facets"),
        [
            ("q=没有的词", []),
            ("q=没有的词&level=省", ["级别"]),
            ("q=没有的词&not_year=2021&region=河南省", ["年份", "地区"]),
            ("q=没有的词&view=kwic", []),
            ("q=没有的词&view=reports&type=政府工作报告", ["文种"]),
        ],
    )
    def test_where_nothing_is_found_only_what_is_chosen_stays_among_the_facets(
        self, client: FlaskClient, asked: str, facets: list[str]
    ) -> None:
        page = Page(client.get(f"/search?{asked}").text)
        shown = [plain(each.text).partition("：")[0] for each in page.all("details.facet")]
        assert [text[:2] for text in shown] == facets
        assert not page.all("svg") and not page.all("details.numbers")
        assert len(page.all("aside")) == bool(facets)
        assert all({"selected", "excluded"} & {*choice.classes} for choice in page.all("li.depth-0"))

    def test_a_query_that_seeks_no_text_marks_nothing_and_claims_nothing(self, client: FlaskClient) -> None:
        page = Page(client.get(f"/report/{REPORT}?q=年:2021 -制造业").text)
        assert not page.all("mark") and not page.all("p.marked-count")
        assert "没有" in Page(client.get(f"/report/{REPORT}?q=没有的词").text).one("p.marked-count").text

    def test_every_unit_is_shown_as_the_source_has_it(self, client: FlaskClient) -> None:
        document = client.get(f"/api/v1/report/{REPORT}").json
        shown = Page(client.get(f"/report/{REPORT}?q=发展").text)
        texts = [without_steps(unit.text).split(maxsplit=1)[1] for unit in shown.all("div.unit")]
        assert ["".join(text.split()) for text in texts] == [
            "".join(unit["text"].split()) for unit in document["units"]
        ]

    def test_help_lists_the_language_the_facets_and_the_parameters(self, client: FlaskClient) -> None:
        page = Page(client.get("/help").text)
        cells = [cell.text for cell in page.all("td")]
        for row in SYNTAX:
            assert row.form in cells and row.meaning in cells
            assert SearchState(q=row.example).url() in page.links
        for field in FIELDS:
            assert {field.label, field.why, field.expectation()} <= set(cells)
        for parameter in PARAMETERS:
            assert {parameter.name, parameter.meaning} <= set(cells)

    @pytest.mark.parametrize("row", SYNTAX, ids=lambda row: row.form)
    def test_every_example_of_the_help_page_is_a_query(self, client: FlaskClient, row: object) -> None:
        example: str = row.example  # type: ignore[attr-defined]
        parse(example)
        assert client.get("/search", query_string={"q": example}).status_code == 200

    def test_a_result_page_says_the_query_in_words_as_text(self, client: FlaskClient) -> None:
        page = Page(client.get("/search?q=<b>中欧班列</b>&year=2021").text)
        assert page.one("p.in-words").text == "含“<b>中欧班列</b>”，年份 2021"

    def test_a_mistake_in_the_query_is_shown_where_it_stands(self, client: FlaskClient) -> None:
        answer = client.get("/search?q=中欧班列 (郑州&year=2021")
        page = Page(answer.text)
        assert answer.status_code == 400
        assert page.one("mark").text == "("
        assert plain(page.one("p.typed").text) == "中欧班列 (郑州"
        assert {(box["name"], box["value"]) for box in page.all("input")} == {("q", "中欧班列 (郑州"), ("year", "2021")}

    def test_the_page_of_a_long_query_with_all_it_loads_weighs_less_than_70_kb(self, client: FlaskClient) -> None:
        q = "(科技创新 OR 创新驱动 OR 人才) (平台 OR 产业 OR 项目) -房地产 年:2015..2026"
        answer = client.get("/search", query_string={"q": q, "level": "市", "region": "河南省"})
        page = Page(answer.text)
        assert len(page.all("li.hit")) >= 15 and len(page.all("details.facet")) == 5
        loads = [each["href"] for each in page.all("link") if each["rel"] in ("stylesheet", "icon")]
        loads += [each["src"] for each in page.all("script")]
        assert len(loads) == 3
        assert len(answer.data) + sum(weight(client, each) for each in loads) < 70_000

    def test_health_is_plain_text(self, client: FlaskClient) -> None:
        answer = client.get("/healthz")
        assert (answer.text, answer.content_type) == ("ok\n", "text/plain; charset=utf-8")

    def test_every_page_can_be_left_for_home_help_and_search(self, page: Page) -> None:
        assert {"/", "/help", "/search"} <= set(page.links)

    def test_every_page_has_a_language_a_title_one_first_heading_and_a_way_past_the_head(self, page: Page) -> None:
        assert page.one("html")["lang"] == "zh-CN"
        assert page.all("title")[0].text.endswith("报告检索")
        assert len(page.all("h1")) == 1
        assert page.one("main")["id"] == "main" and page.one("a.skip")["href"] == "#main"

    def test_no_id_stands_twice_on_a_page(self, page: Page) -> None:
        ids = [element["id"] for element in page.elements if element["id"]]
        assert len(ids) == len(set(ids))


class TestLinks:
    def test_every_link_within_two_clicks_of_home_answers(self, client: FlaskClient) -> None:
        """Home, help, a search and a report are gone through; each kind of link is followed some forty times."""
        asked: set[str] = set()
        for start in (PAGES["home"], PAGES["help"], PAGES["search"], PAGES["search chosen"], PAGES["report marked"]):
            for link in Page(client.get(start).text).links:
                url = urljoin(start, link)
                assert urlsplit(url).netloc == ""
                asked.add(url.partition("#")[0])
        assert len(asked) > 100
        for url in sorted(asked):
            assert client.get(url).status_code == 200, url

    def test_every_address_of_a_unit_leads_to_it(self, client: FlaskClient) -> None:
        for hit in client.get("/api/v1/search?q=创新&size=30").json["hits"]:
            path, _, anchor = hit["url"].partition("#")
            assert f'id="{anchor}"' in client.get(path).text

    def test_an_address_with_a_doubled_slash_or_a_slash_at_the_end_is_no_page(self, client: FlaskClient) -> None:
        assert [client.get(url).status_code for url in ("/search/", "/help/", f"/report/{REPORT}/")] == [404] * 3


ALL = {**PAGES, **OTHERS, "api": "/api/v1/search", "api mistake": "/api/v1/search?year=21"}


@pytest.fixture(params=ALL.values(), ids=ALL)
def answer(request: pytest.FixtureRequest, client: FlaskClient) -> TestResponse:
    return client.get(request.param, buffered=True)


class TestHeaders:
    def test_the_policy_lets_nothing_in_but_what_is_ours(self, answer: TestResponse) -> None:
        policy = dict(part.split(maxsplit=1) for part in answer.headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        ours = ("style-src", "script-src", "connect-src", "img-src", "form-action")
        assert {policy[name] for name in ours} == {"'self'"}
        assert "unsafe" not in answer.headers["Content-Security-Policy"]

    def test_types_are_not_guessed_and_addresses_not_told_elsewhere(self, answer: TestResponse) -> None:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")

    def test_a_refused_method_carries_them_too(self, client: FlaskClient) -> None:
        assert "Content-Security-Policy" in client.post("/search").headers
        assert "Content-Security-Policy" in client.options("/search").headers

    def test_no_cookie_is_set(self, answer: TestResponse) -> None:
        assert "Set-Cookie" not in answer.headers

    def test_the_stylesheets_address_changes_with_it_so_it_may_be_kept(self, client: FlaskClient) -> None:
        page = Page(client.get("/").text)
        sheets = [link["href"] for link in page.all("link") if link["rel"] == "stylesheet"]
        assert sheets
        for sheet in sheets:
            assert re.fullmatch(r"/static/\w+\.css\?v=[0-9a-f]{8}", sheet)
            kept = client.get(sheet, buffered=True).cache_control
            assert kept.public and kept.max_age and kept.max_age >= 3600

    def test_static_files_are_only_those_of_the_folder(self, client: FlaskClient) -> None:
        for path in ("/static/../web.py", "/static/%2e%2e/web.py", "/static/..%2fweb.py", "/static//etc/passwd"):
            assert client.get(path).status_code in (404, 308)


class TestNoCode:
    def test_no_page_has_script_style_or_handlers_inside(self, page: Page) -> None:
        assert not {"style", "iframe", "object", "embed"} & {element.tag for element in page.elements}
        assert only_our_scripts(page)
        for element in page.elements:
            assert not [name for name in element.attributes if name == "style" or name.startswith("on")]
            assert not element["href"].lower().startswith(("javascript:", "data:"))

    def test_nothing_is_fetched_from_another_host(self, page: Page, client: FlaskClient) -> None:
        for element in page.elements:
            for name in ("href", "src", "srcset", "action", "poster", "data"):
                assert element[name].startswith(("/", "#")) or not element[name], element
                assert not element[name].startswith("//")
        assert not re.search(r"url\(|@import|https?:", client.get("/static/style.css", buffered=True).text)

    @pytest.mark.parametrize(
        "q",
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "'onmouseover='alert(1)",
            "</title><script>alert(1)</script>",
            "javascript:alert(1)",
            "&lt;b&gt; &amp; {{7*7}} {% raw %}",
            '"<b>"',
        ],
    )
    @pytest.mark.parametrize("where", ["/search", f"/report/{REPORT}", "/nowhere", "/report/{}"])
    def test_a_query_is_shown_as_text(self, client: FlaskClient, q: str, where: str) -> None:
        page = Page(client.get(where.format(q), query_string={"q": q}).text)
        assert only_our_scripts(page) and not page.all("img") and not page.all("b")
        assert all(not name.startswith("on") for element in page.elements for name in element.attributes)
        assert page.all("input")[0]["value"] == q


EVIL = "<script>alert(\"1\")</script> & <b>粗</b> '引' </p></title>"


@pytest.fixture(scope="class")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The application over one report that holds markup wherever text can stand."""
    folder = tmp_path_factory.mktemp("evil")
    body = f"一、回顾{EVIL}\n（一）{EVIL}创新\n推动科技创新{EVIL}，成效明显。\n二、今年重点工作\n继续推动创新。"
    written(folder / "in", '<i>"县&.txt', body, title=f"{EVIL}政府工作报告")
    (folder / "in" / "catalog.csv").write_text(
        'file,year,region,title,organ\n"<i>""县&.txt",2022,"河南省/<u>""县&\'",'
        f'"{EVIL.replace(chr(34), chr(34) * 2)}","<em>政府</em>"\n',
        encoding="utf-8",
    )
    pipeline.index(pipeline.discover([folder / "in"]), str(folder / "index"))
    opened = open_engine(str(folder / "index"))
    yield create_app(opened).test_client()
    opened.close()


class TestDocumentsThatHoldMarkup:
    @pytest.mark.parametrize("url", ["/", "/search", "/search?q=创新", "/search?q=script", "/search?q=<b>粗</b>"])
    def test_they_are_found_and_shown_as_text(self, evil: FlaskClient, url: str) -> None:
        shown(evil, url)

    def test_they_are_read_as_text_heading_title_and_facts_too(self, evil: FlaskClient) -> None:
        (report,) = evil.get("/api/v1/reports").json
        page = shown(evil, report_url(report["id"], "创新"))
        assert EVIL in page.one("p.title").text
        assert [EVIL in unit.text for unit in page.all("div.unit")] == [True, True, True, True, False, False]
        assert "<em>政府</em>" in [fact.text for fact in page.all("dd")]
        assert any(EVIL in link.text for link in page.all("a"))
        assert "<u>\"县&'" in page.one("h1").text

    def test_their_marks_are_at_the_right_characters(self, evil: FlaskClient) -> None:
        page = shown(evil, "/search?q=<b>粗</b>")
        assert {mark.text for mark in page.all("mark")} == {"<b>粗</b>"}

    def test_they_are_cited_as_text(self, evil: FlaskClient) -> None:
        (report,) = evil.get("/api/v1/reports").json
        page = shown(evil, cite_url(report["id"], 2))
        quoted, listed, *_ = page.all("textarea")
        assert EVIL in quoted.text and listed.text.startswith("<em>政府</em>. ")

    def test_every_link_to_them_answers(self, evil: FlaskClient) -> None:
        links = {link.partition("#")[0] for link in shown(evil, "/search?q=创新").links}
        assert any(link.startswith("/report/") for link in links)
        assert all(evil.get(link).status_code == 200 for link in links if link)


def shown(client: FlaskClient, url: str) -> Page:
    """The page, after making sure that nothing in it became an element."""
    answer = client.get(url)
    assert answer.status_code == 200
    page = Page(answer.text)
    assert only_our_scripts(page)
    assert not {"b", "i", "u", "em"} & {element.tag for element in page.elements}
    return page


class TestWeight:
    @pytest.mark.parametrize(
        "url", ["/", "/search", "/search?q=发展", "/help", "/search?q=(", PAGES["search chosen"], PAGES["facet"]]
    )
    def test_a_page_with_its_stylesheet_and_script_stays_below_60_kb(self, client: FlaskClient, url: str) -> None:
        parts = (url, "/static/style.css", "/static/suggest.js", "/static/icon.svg")
        weight = sum(len(client.get(part, buffered=True).data) for part in parts)
        assert weight < 60_000

    def test_a_report_weighs_little_more_than_its_text(self, client: FlaskClient) -> None:
        text = sum(len(unit["text"].encode()) for unit in client.get(f"/api/v1/report/{REPORT}").json["units"])
        assert len(client.get(f"/report/{REPORT}").data) < 1.5 * text + 10_000
