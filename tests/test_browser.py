"""A reader's ways through the pages, in a real browser: without scripts, by keyboard, on a phone, at night, by ear."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from faces import Server, baogao, serving, written

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route

pytestmark = pytest.mark.browser

REQUIRED = os.environ.get("BAOGAO_REQUIRE_BROWSER") == "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

REPORT = "/report/2021-郑州市-政府工作报告"
COMPARE = "/compare?left=2021-郑州市-政府工作报告&right=2025-荥阳市-政府工作报告"
PAGES = {
    "home": "/",
    "search": "/search?q=中欧班列",
    "search chosen": "/search?q=中欧班列&year=2021&level=市",
    "many pages": "/search?page=5",
    "nothing found": "/search?q=没有的词&level=省",
    "excluded": "/search?q=创新&not_year=2021&not_section=重点任务/创新&region=河南省/郑州市",
    "facet": "/facet?field=section&q=创新&section=重点任务&not_section=回顾",
    "report": f"{REPORT}?q=中欧班列",
    "by report": "/search?q=创新 OR 人才&view=reports",
    "kwic": "/search?q=创新 OR 人才 OR 科技 OR 平台 OR 发展&view=kwic",
    "kwic wide": "/search?q=创新&view=kwic&context=60&sort=left",
    "step": f"{REPORT}?q=创新 OR 人才#h2",
    "only hits": f"{REPORT}?q=中欧班列&only=hits",
    "compare": f"{COMPARE}&q=创新",
    "cite": f"{REPORT.replace('report', 'cite')}/12",
    "help": "/help",
    "mistake": "/search?q=(中欧班列",
}
pages = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)


def missing(what: str) -> None:
    """Skip, or fail where a browser is required."""
    (pytest.fail if REQUIRED else pytest.skip)(f"{what} is missing; without it nothing can be tried in a browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright")
    if CHROMIUM is None:
        missing("chromium")
    with sync_playwright() as started:
        launched = started.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def desk(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    window = {"width": 1280, "height": 800}
    context = browser.new_context(java_script_enabled=False, base_url=server.url, viewport=window)
    yield context
    context.close()


@pytest.fixture
def reader(desk: BrowserContext) -> Iterator[Page]:
    """A reader without scripts, at a desk."""
    page = desk.new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def hand(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    window = {"width": 360, "height": 640}
    context = browser.new_context(java_script_enabled=False, base_url=server.url, viewport=window, has_touch=True)
    yield context
    context.close()


@pytest.fixture
def phone(hand: BrowserContext) -> Iterator[Page]:
    """A reader without scripts, on a narrow phone."""
    page = hand.new_page()
    yield page
    page.close()


def shows(page: Page, units: int, occurrences: int) -> None:
    """Wait until the page says so many units and occurrences."""
    from playwright.sync_api import expect

    expect(page.locator("h1 strong")).to_have_text([str(units), str(occurrences)])


def asks(browsed: Page, **parameters: str) -> None:
    """Wait until the address asks for this and nothing else."""
    wanted = {name: [value] for name, value in parameters.items()}
    browsed.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == wanted)


def in_view(page: Page, seen: Locator) -> bool:
    """Whether it stands below the head and above the lower edge of the window."""
    box, head = seen.bounding_box(), page.locator("header").first.bounding_box()
    window = page.viewport_size
    assert box and head and window
    return head["y"] + head["height"] <= box["y"] and box["y"] + box["height"] <= window["height"]


class TestJourney:
    def test_from_home_to_a_marked_paragraph_and_back(self, reader: Page) -> None:
        reader.goto("/")
        reader.get_by_role("searchbox").fill("中欧班列")
        reader.keyboard.press("Enter")
        shows(reader, 8, 9)

        facets = reader.get_by_role("complementary", name="筛选")
        facets.locator(".facet-year").get_by_role("link", name="2021", exact=False).first.click()
        shows(reader, 2, 3)
        facets.locator(".facet-level .choice a").filter(has_text="市").first.click()
        asks(reader, q="中欧班列", year="2021", level="市")
        assert facets.locator("[aria-current=true]").count() == 2
        shows(reader, 2, 3)

        before = reader.url
        reader.locator(".hit h2 a").nth(1).click()
        reader.wait_for_url(lambda url: unquote(urlsplit(url).path) == REPORT)
        target = reader.locator(".unit:target")
        assert target.get_attribute("id") == urlsplit(reader.url).fragment == "p17"
        assert in_view(reader, target.locator("mark").first)

        reader.go_back()
        assert reader.url == before
        shows(reader, 2, 3)
        assert reader.get_by_role("searchbox").input_value() == "中欧班列"

    def test_another_query_keeps_the_choices_and_a_chip_takes_one_back(self, reader: Page) -> None:
        reader.goto(PAGES["search chosen"])
        reader.get_by_role("searchbox").fill("创新")
        reader.get_by_role("button", name="检索").click()
        asks(reader, q="创新", year="2021", level="市")
        reader.get_by_role("list", name="已选的筛选").get_by_role("link", name="年份：2021").click()
        asks(reader, q="创新", level="市")
        reader.get_by_role("link", name="全部去掉").click()
        asks(reader, q="创新")

    def test_a_bar_is_clicked_anywhere_in_its_room_and_the_page_stays_at_the_facet(self, reader: Page) -> None:
        reader.goto(PAGES["search"])
        box = reader.locator(".years a", has_text="2023 年").locator(".room").bounding_box()
        assert box
        reader.mouse.click(box["x"] + box["width"] / 2, box["y"] + 3)
        asks(reader, q="中欧班列", year="2023")
        assert urlsplit(reader.url).fragment == "f-year"
        assert reader.locator(".years a.selected .sign").count() == 1

    def test_a_range_of_years_is_asked_for_and_shown(self, reader: Page) -> None:
        reader.goto("/search?q=中欧班列&level=市")
        reader.get_by_label("从", exact=True).fill("2023")
        reader.get_by_label("到", exact=True).fill("2025")
        reader.get_by_role("button", name="只看这些年").click()
        asks(reader, q="中欧班列 年:2023..2025", level="市")

    def test_several_are_chosen_at_once_on_the_page_of_all_values(self, reader: Page) -> None:
        reader.goto("/search?q=创新")
        reader.locator(".facet-section .all a").click()
        reader.get_by_role("checkbox", name="重点任务 / 创新", exact=True).check()
        reader.get_by_role("searchbox", name="查找").fill("hg")
        reader.get_by_role("button", name="列出").click()
        assert reader.get_by_role("checkbox", name="重点任务 / 创新", exact=True).count() == 0
        reader.get_by_role("checkbox", name=re.compile("^不要 ?回顾$")).check()
        reader.get_by_role("button", name="应用").click()
        asks(reader, q="创新", section="重点任务/创新", not_section="回顾")
        assert urlsplit(reader.url).fragment == "f-section"

    def test_a_facet_folds_without_scripts(self, reader: Page) -> None:
        reader.goto(PAGES["search"])
        region = reader.locator(".facet-region")
        assert region.locator("ul").is_visible()
        region.locator("summary").click()
        assert not region.locator("ul").is_visible()

    def test_pages_are_turned(self, reader: Page) -> None:
        reader.goto("/search?q=创新")
        first = reader.locator(".hit").first.inner_text()
        reader.get_by_role("link", name="下一页").click()
        asks(reader, q="创新", page="2")
        assert reader.locator(".hits").get_attribute("start") == "21"
        assert reader.locator(".hit").first.inner_text() != first
        reader.get_by_role("link", name="上一页").click()
        asks(reader, q="创新")
        assert reader.locator(".hit").first.inner_text() == first

    def test_a_mistake_is_mended_where_it_was_made(self, reader: Page) -> None:
        reader.goto("/")
        reader.get_by_role("searchbox").fill("(中欧班列")
        reader.keyboard.press("Enter")
        reader.get_by_role("alert").get_by_text("没有配对").wait_for()
        assert reader.locator(".typed mark").inner_text() == "("
        reader.get_by_role("searchbox").fill("(中欧班列)")
        reader.keyboard.press("Enter")
        shows(reader, 8, 9)

    def test_the_outline_leads_to_a_heading_below_the_head(self, reader: Page) -> None:
        reader.goto(REPORT)
        link = reader.get_by_role("complementary", name="目录").get_by_role("link").nth(5)
        link.click()
        assert in_view(reader, reader.locator(".unit:target"))

    def test_a_units_number_is_a_link_to_itself_that_keeps_the_marks(self, reader: Page) -> None:
        reader.goto(f"{REPORT}?q=中欧班列")
        reader.locator("#p6 .anchor").click()
        asks(reader, q="中欧班列")
        assert urlsplit(reader.url).fragment == "p6"
        assert reader.locator("#p6 mark").count() == 2

    def test_nothing_is_asked_of_any_other_host_and_nothing_fails(self, reader: Page, server: Server) -> None:
        fetched: list[tuple[str, int]] = []
        complaints: list[str] = []
        reader.on("response", lambda response: fetched.append((response.url, response.status)))
        reader.on("console", lambda message: complaints.append(message.text))
        for path in ("/", PAGES["search"], PAGES["report"], "/help"):
            reader.goto(path)
        assert all(url.startswith(server.url) and status == 200 for url, status in fetched)
        assert any(url.endswith(".svg") for url, _ in fetched) or len(fetched) >= 5
        assert complaints == []


def focused(page: Page) -> str:
    """The focused element: its tag and what it says."""
    seen: str = page.evaluate("`${document.activeElement.tagName} ${document.activeElement.innerText || ''}`.trim()")
    return " ".join(seen.split())


def outlined(page: Page) -> bool:
    """Whether the focused element is marked by an outline that can be seen."""
    style = page.evaluate(
        "(s => [s.outlineStyle, parseFloat(s.outlineWidth)])(getComputedStyle(document.activeElement))"
    )
    return style[0] not in ("none", "hidden") and style[1] >= 2


WITHIN = "(box => box.top >= 0 && box.bottom <= innerHeight)(document.activeElement.getBoundingClientRect())"
COLOURS = "element => (style => [style.color, style.backgroundColor])(getComputedStyle(element))"


@pages
def test_a_page_ends_where_its_foot_ends(reader: Page, path: str) -> None:
    reader.goto(path)
    foot = reader.evaluate("document.querySelector('footer').getBoundingClientRect().bottom + scrollY")
    assert reader.evaluate("document.documentElement.scrollHeight") <= max(foot, 800) + 1


class TestKeyboard:
    def test_the_box_on_home_is_ready_to_be_typed_into(self, reader: Page) -> None:
        reader.goto("/")
        reader.keyboard.type("中欧班列")
        reader.keyboard.press("Enter")
        shows(reader, 8, 9)

    def test_the_first_stop_leads_past_the_head(self, reader: Page) -> None:
        reader.goto(PAGES["search"])
        reader.keyboard.press("Tab")
        assert focused(reader) == "A 跳到正文"
        box = reader.locator(".skip").bounding_box()
        assert box and box["x"] >= 0 and box["y"] >= 0
        reader.keyboard.press("Enter")
        reader.keyboard.press("Tab")
        assert reader.evaluate("document.getElementById('main').contains(document.activeElement)")

    def test_every_stop_can_be_seen_and_they_come_in_the_order_of_the_page(self, reader: Page) -> None:
        reader.goto(PAGES["search"])
        stops: list[str] = []
        while "A 2021年郑州市政府工作报告" not in stops:
            reader.keyboard.press("Tab")
            assert outlined(reader), focused(reader)
            assert reader.evaluate(WITHIN), focused(reader)
            stops.append(focused(reader))
        assert stops[1:6] == ["A 报 报告检索", "INPUT", "BUTTON 检索", "A 全部段落", "A 帮助"]
        assert stops.index("SUMMARY 年份") < stops.index("SUMMARY 级别") < stops.index("SUMMARY 地区")
        assert stops.index("SUMMARY 文种") < stops.index("A 2021年郑州市政府工作报告")

    def test_a_choice_is_made_with_enter_and_taken_back(self, reader: Page) -> None:
        reader.goto(PAGES["search"])
        for _ in range(30):
            reader.keyboard.press("Tab")
            if focused(reader).startswith("A 2021"):
                break
        reader.keyboard.press("Enter")
        asks(reader, q="中欧班列", year="2021")
        shows(reader, 2, 3)
        reader.locator(".facet-year [aria-current=true]").focus()
        reader.keyboard.press("Enter")
        asks(reader, q="中欧班列")
        shows(reader, 8, 9)

    def test_two_years_and_a_level_are_chosen_and_one_year_excluded(self, reader: Page) -> None:
        reader.goto(PAGES["search"])
        steps = (("year", "A 2021 "), ("year", "A 2023 "), ("level", "A 市 "), ("section", "A 排除 重点任务"))
        for number, (field, name) in enumerate(steps, start=1):
            self.reach(reader, field, name)
            with reader.expect_navigation():
                reader.keyboard.press("Enter")
            assert urlsplit(reader.url).query.count("=") == 1 + number
            assert urlsplit(reader.url).fragment == f"f-{field}"
        asked = parse_qs(urlsplit(reader.url).query)
        assert asked == {
            "q": ["中欧班列"], "year": ["2021", "2023"], "level": ["市"], "not_section": ["重点任务"],
        }  # fmt: skip
        shows(reader, 2, 3)

    @staticmethod
    def reach(reader: Page, field: str, name: str) -> None:
        """Press Tab until the link stands focused, beginning where the page left the reader."""
        label = "`${document.activeElement.innerText} ${document.activeElement.getAttribute('aria-label') || ''}`"
        for _ in range(120):
            reader.keyboard.press("Tab")
            here = reader.evaluate(f"[document.activeElement.closest('details.facet')?.id, {label}]")
            if here[0] == f"f-{field}" and " ".join(f"A {here[1]}".split()).replace("排除 排除", "排除 ").startswith(
                name
            ):
                return
        raise AssertionError(f"no way to {name}")


class TestSteps:
    def test_from_a_result_through_every_hit_by_keyboard_and_back_with_everything_in_place(self, reader: Page) -> None:
        reader.goto("/search?q=中欧班列&year=2021&level=市&view=kwic&sort=left")
        before = reader.url
        reader.locator(".kwic .source a").first.click()
        bar = reader.locator(".step:visible")
        assert bar.count() == 1
        reader.goto(reader.url.partition("#")[0] + "#h1")
        for number in (1, 2, 3):
            assert "".join(bar.inner_text().split()).count(f"第{number}处，共3处") == 1
            mark = reader.locator("mark:target")
            assert mark.inner_text() == "中欧班列" and in_view(reader, mark)
            if number < 3:
                follow(reader, "下一处")
        assert bar.get_by_role("link").count() == 1
        follow(reader, "上一处")
        assert urlsplit(reader.url).fragment == "h2"
        reader.get_by_role("link", name="返回“中欧班列”的结果").click()
        reader.wait_for_url(before)
        assert reader.locator(".kwic tbody tr").count() == 3
        assert reader.locator("[aria-current=true]", has_text="左边的字").count() == 1

    def test_at_a_unit_the_bar_tells_its_first_hit(self, reader: Page) -> None:
        reader.goto(f"{REPORT}?q=中欧班列#p17")
        assert "第 3 处，共 3 处" in reader.locator(".step:visible").inner_text()
        reader.goto(f"{REPORT}?q=中欧班列#p18")
        assert reader.locator(".step:visible").count() == 0


def follow(page: Page, name: str) -> None:
    """Go on with Tab until the focus is on a link of that name, and take it."""
    for _ in range(4):
        page.keyboard.press("Tab")
        if name in focused(page):
            break
    assert name in focused(page)
    page.keyboard.press("Enter")


class TestViews:
    def test_one_view_leads_to_another_and_keeps_what_was_asked(self, reader: Page) -> None:
        reader.goto(PAGES["search chosen"])
        views = reader.get_by_role("navigation", name="列法、排序和筛选")
        views.get_by_role("link", name="按报告").click()
        asks(reader, q="中欧班列", year="2021", level="市", view="reports")
        shows(reader, 2, 3)
        views.get_by_role("link", name="语境").click()
        asks(reader, q="中欧班列", year="2021", level="市", view="kwic")
        assert reader.get_by_role("table").get_by_role("row").count() == 1 + 3
        views.get_by_role("link", name="右边的字").click()
        views.get_by_role("link", name="段落").click()
        asks(reader, q="中欧班列", year="2021", level="市", sort="newest")

    @pytest.mark.parametrize("width", [360, 1280])
    def test_keywords_stand_below_one_another_with_their_contexts_against_them(
        self, browser: Browser, server: Server, width: int
    ) -> None:
        context = browser.new_context(
            java_script_enabled=False, base_url=server.url, viewport={"width": width, "height": 800}
        )
        page = context.new_page()
        page.goto("/search?q=中欧班列&view=kwic")
        marks = [mark.bounding_box() for mark in page.locator(".kwic mark").all()]
        assert len(marks) == 9 and len({round(box["x"]) for box in marks if box}) == 1
        rights = {round(edge) for edge in page.locator(".kwic td.left bdi").evaluate_all(RIGHT_EDGES)}
        assert len(rights) == 1 and rights.pop() <= marks[0]["x"]  # type: ignore[index]
        context.close()

    def test_every_kind_of_mark_differs_by_more_than_its_colour(self, reader: Page) -> None:
        reader.goto(PAGES["kwic"])
        kinds = reader.locator(".terms .term").evaluate_all(BORDERS)
        assert len(kinds) == len({tuple(kind) for kind in kinds}) == 5


RIGHT_EDGES = "all => all.map(e => e.getBoundingClientRect().right)"
BORDERS = "all => all.map(e => (s => [s.borderBottomStyle, s.borderTopStyle])(getComputedStyle(e)))"


class TestCompare:
    def test_chapters_begin_in_line_at_a_desk_and_one_report_follows_the_other_on_a_phone(
        self, reader: Page, phone: Page
    ) -> None:
        reader.goto(COMPARE)
        left, right = (
            [cell.bounding_box() for cell in reader.locator(f".{side} > .cell").all()] for side in ("left", "right")
        )
        assert [box and box["y"] for box in left] == [box and box["y"] for box in right]
        assert len({box and box["x"] for box in left}) == len({box and box["x"] for box in right}) == 1
        assert left[0] and right[0] and left[0]["x"] + left[0]["width"] < right[0]["x"]
        phone.goto(COMPARE)
        upper, lower = (side.bounding_box() for side in phone.locator(".side").all())
        assert upper and lower and upper["x"] == lower["x"] and upper["y"] + upper["height"] <= lower["y"]

    def test_the_names_stay_in_view_above_their_columns(self, reader: Page) -> None:
        reader.goto(f"{COMPARE}#right-p40")
        names, target = reader.locator(".names"), reader.locator(".unit:target")
        assert in_view(reader, names) and in_view(reader, target.locator(".anchor"))
        above, below = names.bounding_box(), target.bounding_box()
        assert above and below and above["y"] + above["height"] <= below["y"] + 1

    def test_it_is_reached_from_a_report(self, reader: Page) -> None:
        reader.goto(f"{REPORT}?q=创新")
        reader.get_by_text("旁边的报告").click()
        reader.get_by_role("link", name="对照").first.click()
        reader.wait_for_url(lambda url: urlsplit(url).path == "/compare" and "创新" in unquote(url))
        assert reader.locator(".side mark").count() > 32


class TestCopying:
    def test_a_quotation_is_copied_and_it_is_said(self, browser: Browser, server: Server) -> None:
        context = browser.new_context(base_url=server.url, permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.goto(f"{REPORT}#p12")
        page.get_by_role("button", name="复制引文：第 12 段").click()
        page.get_by_role("status").filter(has_text="已复制").wait_for(state="attached")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("“") and unquote(copied).endswith(f"{REPORT}#p12）")
        page.goto(PAGES["cite"])
        assert page.locator("#cite-quoted").input_value() == copied
        page.get_by_role("button", name="复制BibTeX").click()
        page.get_by_role("status").filter(has_text="已复制").wait_for(state="attached")
        assert page.evaluate("navigator.clipboard.readText()").startswith("@")
        context.close()

    def test_without_scripts_there_is_no_button_and_nothing_is_lost(self, reader: Page) -> None:
        reader.goto(PAGES["cite"])
        assert reader.get_by_role("button", name="复制").count() == 0
        assert reader.locator("#cite-quoted").input_value().startswith("“")


class TestPhone:
    def test_the_title_of_a_report_comes_before_its_outline(self, phone: Page) -> None:
        phone.goto(REPORT)
        title, outline = (phone.locator(each).first.bounding_box() for each in ("h1", ".outline"))
        assert title and outline and title["y"] < outline["y"] and title["y"] < 320

    @pages
    def test_nothing_reaches_beyond_the_window(self, phone: Page, path: str) -> None:
        phone.goto(path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360

    def test_the_filters_are_one_tap_away(self, phone: Page) -> None:
        phone.goto(PAGES["search"])
        assert phone.locator(".hit").first.bounding_box()["y"] < 640  # type: ignore[index]
        phone.get_by_role("link", name="筛选").tap()
        assert phone.locator("#facets").evaluate("e => e.getBoundingClientRect().top < innerHeight / 2")
        phone.locator(".facet-year").get_by_role("link", name="2021").first.tap()
        shows(phone, 2, 3)

    def test_what_is_tapped_is_large_enough(self, phone: Page) -> None:
        """24 pixels either way: WCAG 2.2, 2.5.8."""
        phone.goto(PAGES["search"])
        for target in phone.locator(".choice a, .pages a, .links a, .box button, .facet > summary").all():
            box = target.bounding_box()
            assert box and min(box["width"], box["height"]) >= 24, target.inner_text()

    def test_a_hit_opens_at_its_mark_below_the_head(self, phone: Page) -> None:
        phone.goto(PAGES["search"])
        phone.locator(".hit h2 a").first.tap()
        target = phone.locator(".unit:target")
        top, head = target.bounding_box(), phone.locator("header").first.bounding_box()
        assert top and head and head["height"] - 1 <= top["y"] < 320


@pytest.fixture(scope="module")
def long_words(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over a report whose title, heading and text hold words that cannot be broken."""
    folder = tmp_path_factory.mktemp("long")
    word = "http" + "x" * 600
    body = f"一、{'A' * 50}\n{word}中欧班列{word}。\n{'推动高质量发展。' * 50}"
    written(folder / "in", "新密市.txt", body, title=f"{'Z' * 50}政府工作报告")
    assert baogao("index", "in", "--index", "index", cwd=folder).returncode == 0
    with serving(folder / "index") as server:
        yield server


class TestLongWords:
    @pytest.mark.parametrize("width", [360, 768, 1280])
    def test_they_do_not_break_the_page(self, browser: Browser, long_words: Server, width: int) -> None:
        context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 800})
        page = context.new_page()
        long_query, report = f"/search?q={'w' * 300}&region={'w' * 60}", "/report/2022-新密市-政府工作报告?q=中欧班列"
        for path in ("/", "/search", "/search?q=中欧班列", long_query, f"/search?q=({'w' * 300}", report):
            page.goto(long_words.url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        context.close()


def luminance(colour: str) -> float:
    """WCAG's relative luminance of ``rgb(…)``."""
    channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def colours(page: Page, selector: str) -> list[str]:
    """The colours of an element's text and of its own background."""
    seen: list[str] = page.locator(selector).first.evaluate(COLOURS)
    return seen


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


class TestColours:
    @pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
    def test_the_page_is_as_dark_as_the_reader_likes_and_its_text_stands_out(
        self, browser: Browser, server: Server, scheme: str, is_dark: bool
    ) -> None:
        context = browser.new_context(color_scheme=scheme, base_url=server.url)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(PAGES["search chosen"])
        (ink, paper), marked = colours(page, "body"), colours(page, "mark")
        assert (luminance(paper) < 0.05) == is_dark
        assert contrast(ink, paper) >= 12
        assert contrast(*marked) >= 7
        assert contrast(marked[1], paper) > 1.15
        for soft in (".hit h2 a", ".choice .count", ".hit .address", ".summary small"):
            assert contrast(colours(page, soft)[0], paper) >= 4.5
        context.close()

    def test_on_paper_only_the_text_is_left(self, browser: Browser, server: Server) -> None:
        context = browser.new_context(base_url=server.url, color_scheme="dark")
        page = context.new_page()
        page.emulate_media(media="print")
        page.goto(PAGES["report"])
        assert page.locator("article.report").is_visible()
        assert not page.locator("header.masthead").is_visible()
        assert not page.locator(".outline").is_visible()
        colour, paper = colours(page, "body")
        assert luminance(paper) == 1 and luminance(colour) == 0
        context.close()


@pytest.fixture(scope="module")
def with_axe(browser: Browser, server: Server) -> Iterator[Page]:
    """A page with scripts, and without our policy, which would keep axe out."""
    context = browser.new_context(base_url=server.url, bypass_csp=True)
    yield context.new_page()
    context.close()


READER_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOUR_RULES = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


@pytest.mark.parametrize(("scheme", "rules"), [("light", READER_RULES), ("dark", COLOUR_RULES)], ids=["day", "night"])
@pages
def test_axe_finds_nothing_that_a_reader_who_listens_or_sees_little_would_stumble_over(
    with_axe: Page, path: str, scheme: str, rules: dict[str, object]
) -> None:
    """By night only what depends on colours is looked at again."""
    axe = (import_module if REQUIRED else pytest.importorskip)("axe_playwright_python.sync_playwright").Axe()
    with_axe.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    with_axe.goto(path)
    found = axe.run(with_axe, options={"runOnly": rules})
    assert "color-contrast" in [rule["id"] for rule in found.response["passes"]]
    assert found.response["violations"] == [], found.generate_report()


@pytest.fixture
def typist(browser: Browser, server: Server) -> Iterator[Page]:
    """A reader with scripts, under our policy, at the home page's box; the words of the index are at hand."""
    server.get("/api/v1/suggest", q="z")
    context = browser.new_context(base_url=server.url, viewport={"width": 360, "height": 640}, has_touch=True)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def box(page: Page) -> Locator:
    return page.locator("#q")


def options(page: Page) -> list[str]:
    """What the open list offers, once it is open."""
    page.get_by_role("listbox").wait_for()
    return page.locator("[role=option] span").all_inner_texts()


def asked_for(page: Page) -> list[str]:
    """The addresses of suggestions that the page asks for from now on."""
    addresses: list[str] = []
    page.on("request", lambda request: "/suggest?" in request.url and addresses.append(request.url))
    return addresses


SETTLED = 400
"""Milliseconds after which whatever typing sets off has been set off."""


class TestSuggestions:
    @pytest.mark.parametrize("typed", ["中欧", "zobl", "zhongoubanlie"])
    def test_the_list_opens_while_typing_and_says_how_many_there_are(self, typist: Page, typed: str) -> None:
        box(typist).press_sequentially(typed)
        assert "中欧班列" in options(typist)
        assert box(typist).get_attribute("aria-expanded") == "true"
        assert box(typist).get_attribute("role") == "combobox"
        assert "全库 8 段" in typist.get_by_role("option", name="中欧班列 ").first.inner_text()
        count = len(options(typist))
        assert typist.get_by_role("status").inner_text().startswith(f"有 {count} 个")

    def test_arrows_go_round_and_enter_searches_for_the_chosen_one(self, typist: Page) -> None:
        box(typist).press_sequentially("zobl")
        offered = options(typist)
        for expected in [*offered, None, offered[0]]:
            typist.keyboard.press("ArrowDown")
            active = box(typist).get_attribute("aria-activedescendant")
            assert (active and typist.locator(f"#{active} span").inner_text()) == expected
        typist.keyboard.press("Enter")
        shows(typist, 8, 9)
        asks(typist, q="中欧班列")

    def test_enter_without_a_choice_searches_for_what_was_typed(self, typist: Page) -> None:
        box(typist).press_sequentially("中欧")
        options(typist)
        typist.keyboard.press("Enter")
        asks(typist, q="中欧")

    def test_escape_closes_and_keeps_what_was_typed_and_an_arrow_opens_again(self, typist: Page) -> None:
        box(typist).press_sequentially("中欧")
        options(typist)
        typist.keyboard.press("Escape")
        assert typist.get_by_role("listbox").count() == 0
        assert (box(typist).input_value(), box(typist).get_attribute("aria-expanded")) == ("中欧", "false")
        typist.keyboard.press("ArrowDown")
        assert "中欧班列" in options(typist)

    def test_tab_closes_and_goes_on_to_the_button(self, typist: Page) -> None:
        box(typist).press_sequentially("中欧")
        options(typist)
        typist.keyboard.press("Tab")
        assert focused(typist) == "BUTTON 检索"
        assert typist.get_by_role("listbox").count() == 0

    @pytest.mark.parametrize("way", ["click", "tap"])
    def test_a_suggestion_is_taken_by_mouse_and_by_finger(self, typist: Page, way: str) -> None:
        box(typist).press_sequentially("郑州 zobl")
        options(typist)
        option = typist.get_by_role("option").first
        place = option.bounding_box()
        assert place and place["height"] >= 24 and place["x"] + place["width"] <= 360
        getattr(option, way)()
        asks(typist, q="郑州 中欧班列")

    def test_inside_an_open_parenthesis_a_choice_is_filled_in_and_not_yet_searched_for(self, typist: Page) -> None:
        box(typist).press_sequentially("(郑州 zobl")
        options(typist)
        typist.keyboard.press("ArrowDown")
        typist.keyboard.press("Enter")
        typist.wait_for_timeout(SETTLED)
        assert box(typist).input_value() == "(郑州 中欧班列"
        assert urlsplit(typist.url).path == "/"

    @pytest.mark.parametrize("late", ["continue_", "abort"])
    def test_a_late_answer_to_an_older_question_is_dropped(self, typist: Page, late: str) -> None:
        held: list[Route] = []
        typist.route(re.compile("suggest.q=zobl$"), lambda route: held.append(route))
        with typist.expect_request("**/suggest?q=zobl"):
            box(typist).fill("zobl")
        box(typist).fill("营商")
        typist.get_by_role("option", name="营商环境").first.wait_for()
        getattr(held[0], late)()
        typist.wait_for_timeout(SETTLED)
        assert options(typist)[0] == "营商环境"

    def test_fast_typing_asks_once(self, typist: Page) -> None:
        asked = asked_for(typist)
        box(typist).press_sequentially("zhongoubanlie", delay=10)
        options(typist)
        assert len(asked) == 1

    def test_without_an_answer_the_box_goes_on_as_it_is(self, typist: Page) -> None:
        typist.route("**/suggest?*", lambda route: route.abort())
        box(typist).press_sequentially("中欧班列")
        typist.wait_for_timeout(SETTLED)
        typist.keyboard.press("Enter")
        shows(typist, 8, 9)


KEY = """(element, [key, code, composing]) => element.dispatchEvent(new KeyboardEvent("keydown", {
    key, keyCode: code, isComposing: composing, bubbles: true, cancelable: true}))"""
"""Gives whether the key is left to do what it does."""
COMPOSED = """(element, type) => element.dispatchEvent(new CompositionEvent(type, {bubbles: true}))"""


class TestInputMethods:
    def test_while_composing_nothing_is_asked_and_afterwards_what_was_composed_is(self, typist: Page) -> None:
        asked = asked_for(typist)
        box(typist).focus()
        keyboard = typist.context.new_cdp_session(typist)
        for letters in ("z", "zh", "zhong", "zhongou"):
            keyboard.send("Input.imeSetComposition", {"text": letters, "selectionStart": 0, "selectionEnd": 0})
        typist.wait_for_timeout(SETTLED)
        assert box(typist).input_value() == "zhongou"
        assert asked == []
        keyboard.send("Input.insertText", {"text": "中欧"})
        assert "中欧班列" in options(typist)
        assert [parse_qs(urlsplit(url).query)["q"] for url in asked] == [["中欧"]]

    @pytest.mark.parametrize(("code", "composing"), [(229, False), (229, True), (13, True)])
    def test_enter_that_confirms_a_candidate_sends_nothing(self, typist: Page, code: int, composing: bool) -> None:
        """Safari ends the composition before that key, which then only has its code, 229, to tell it by."""
        box(typist).press_sequentially("zobl")
        options(typist)
        typist.keyboard.press("ArrowDown")
        box(typist).evaluate(COMPOSED, "compositionstart")
        box(typist).evaluate(COMPOSED, "compositionend")
        assert box(typist).evaluate(KEY, ["Enter", code, composing]) is False
        typist.wait_for_timeout(SETTLED)
        assert urlsplit(typist.url).path == "/"

    def test_arrows_among_candidates_do_not_move_in_our_list(self, typist: Page) -> None:
        box(typist).press_sequentially("zobl")
        options(typist)
        assert box(typist).evaluate(KEY, ["ArrowDown", 229, True]) is True
        assert box(typist).get_attribute("aria-activedescendant") is None

    def test_composing_closes_the_list(self, typist: Page) -> None:
        box(typist).press_sequentially("zobl")
        options(typist)
        box(typist).evaluate(COMPOSED, "compositionstart")
        assert typist.get_by_role("listbox").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_an_open_list(with_axe: Page, scheme: str) -> None:
    axe = (import_module if REQUIRED else pytest.importorskip)("axe_playwright_python.sync_playwright").Axe()
    with_axe.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    with_axe.goto("/")
    box(with_axe).press_sequentially("zobl")
    options(with_axe)
    with_axe.keyboard.press("ArrowDown")
    found = axe.run(with_axe, options={"runOnly": READER_RULES})
    assert found.response["violations"] == [], found.generate_report()
