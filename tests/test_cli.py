"""The command, as it is run: real processes, what they print and how they end."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from unicodedata import east_asian_width

import openpyxl
import pytest
from faces import BAOGAO, abbreviated, baogao, one_chinese_sentence, written

COMMANDS = ["index", "publish", "check", "search", "count", "info", "serve"]


@pytest.fixture(scope="module")
def run(seeds_index: Path):
    """Run a command that reads the seeds' index; give what it printed."""

    def run(*arguments: str, **environment: str) -> str:
        ran = baogao(*arguments, BAOGAO_INDEX=str(seeds_index), **environment)
        assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
        return ran.stdout

    return run


class TestHelp:
    @pytest.mark.parametrize("command", [[], *([each] for each in COMMANDS)], ids=" ".join)
    def test_it_is_in_chinese(self, run, command: list[str]) -> None:
        said = run(*command, "--help")
        assert said.startswith("用法：baogao")
        assert not re.search(r"Usage|Options|Commands|Show|default|exit", said)
        lines = [line for line in said.splitlines() if line.startswith("  ")]
        assert lines and all(re.search("[一-鿿]", line) for line in lines)

    def test_alone_the_command_tells_what_it_can_do(self, run) -> None:
        said = run()
        assert said == run("-h")
        assert all(f"  {command}  " in said for command in COMMANDS)

    def test_the_filters_are_those_of_the_page(self, run) -> None:
        said = run("search", "--help")
        assert re.findall(r"^  --([\w-]+)", said, re.M) == [
            *(f"{prefix}{name}" for name in ("year", "level", "section", "region", "type") for prefix in ("", "not-")),
            "mode", "kwic", "by-report", "context", "sort", "page", "size", "format", "output", "site",
            "index", "json",
        ]  # fmt: skip


class TestMistakes:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["seek", "中欧班列"],
            ["--version?"],
            ["search", "--colour", "red"],
            ["search", "中欧班列", "郑州"],
            ["search", "--size"],
            ["search", "--format"],
            ["search", "--json=yes"],
            ["count", "创新", "--by"],
            ["index"],
            ["check"],
            ["info", "more"],
            ["serve", "--port", "x"],
            ["serve", "--port", "0"],
            ["serve", "--port", "70000"],
            ["很" * 5000],
            ["search", "--\x1b[31m"],
        ],
        ids=abbreviated,
    )
    def test_a_command_line_that_cannot_be_is_one_sentence(self, arguments: list[str], tmp_path: Path) -> None:
        ran = baogao(*arguments, cwd=tmp_path)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr.startswith("错误：") and one_chinese_sentence(ran.stderr.removesuffix("\n"))
        assert not re.search(r"Usage|Error|such|unexpected|Try|Invalid", ran.stderr)
        assert list(tmp_path.iterdir()) == []


class TestStreams:
    COMMANDS = (
        ["search", "创新"], ["search", "创新", "--format", "csv"], ["search", "创新", "--format", "xlsx"],
        ["count", "创新"], ["suggest", "cx"], ["info"], ["check", "in"], ["index", "in", "--index", "new"], ["--help"],
    )  # fmt: skip

    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    @pytest.mark.parametrize(
        ("streams", "code", "told"),
        [
            (">/dev/full", 1, "错误：输出结果时出错（磁盘满了）；请腾出一些空间\n"),
            (">/dev/full 2>/dev/full", 1, ""),
            (">&-", 0, ""),
            ("2>&- >/dev/null", 0, ""),
            ("> >(true)", 0, ""),
        ],
    )
    def test_whatever_they_lead_to_there_is_no_traceback(
        self, seeds_index: Path, tmp_path: Path, command: list[str], streams: str, code: int, told: str
    ) -> None:
        written(tmp_path / "in", "新密市.txt", "推动创新。")
        shell = ["bash", "-c", f'exec "$0" "$@" {streams}', str(BAOGAO), *command]
        environment = os.environ | {"BAOGAO_INDEX": str(seeds_index)}
        ran = subprocess.run(shell, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
        assert (ran.returncode, ran.stderr) == (code, told)


class TestIndex:
    def test_the_seeds_are_taken_in_and_told_one_by_one(self, seeds_folder: Path, tmp_path: Path) -> None:
        first = baogao("index", str(seeds_folder), "--index", "new", cwd=tmp_path)
        assert (first.returncode, first.stderr) == (0, "")
        lines = first.stdout.splitlines()
        assert [line.split()[0] for line in lines[:5]] == ["已收入"] * 5
        assert lines[1].split()[2] == "2021-郑州市-政府工作报告"
        assert "注意" in lines[5] and "001_dbb9741114ef63d7.txt：标题从" in lines[5]
        assert lines[-1] == "已收入 5；索引里现在有 5 篇报告、259 段、49,224 字"
        again = baogao("index", str(seeds_folder), "--index", "new", cwd=tmp_path)
        assert again.stdout.splitlines()[-1] == "没有变 5；索引里现在有 5 篇报告、259 段、49,224 字"

    def test_a_changed_file_replaces_its_report(self, tmp_path: Path) -> None:
        written(tmp_path / "in", "新密市.txt", "推动创新。")
        assert "已收入" in baogao("index", "in", cwd=tmp_path).stdout
        (tmp_path / "in" / "新密市.txt").write_text("2022年新密市政府工作报告\n推动改革。", encoding="utf-8")
        assert "已更新" in baogao("index", "in", cwd=tmp_path).stdout
        assert baogao("search", "创新", cwd=tmp_path).stdout.startswith("0 段")
        assert baogao("search", "改革", cwd=tmp_path).stdout.startswith("1 段，共 1 处")

    def test_rebuild_makes_it_anew_and_leaves_nothing_beside_it(self, tmp_path: Path) -> None:
        written(tmp_path / "one", "新密市.txt", "推动创新。")
        written(tmp_path / "two", "登封市.txt", "推动改革。")
        baogao("index", "one", cwd=tmp_path)
        outcome = json.loads(baogao("index", "two", "--rebuild", "--json", cwd=tmp_path).stdout)
        assert [each["detail"] for each in outcome["files"]] == ["2022-登封市-政府工作报告"]
        assert (outcome["info"]["reports"], outcome["info"]["address"]) == (1, "baogao-index")
        assert {path.name for path in tmp_path.iterdir()} == {"one", "two", "baogao-index"}

    def test_a_name_that_is_no_utf_8_is_taken_too(self, tmp_path: Path) -> None:
        """As in an archive made on Windows: 报告.txt in GBK."""
        written(tmp_path / "in", "新密市.txt", "2022年新密市人民政府\n开行中欧班列。")
        in_gbk = os.fsdecode("报告.txt".encode("gbk"))
        (tmp_path / "in" / "新密市.txt").rename(tmp_path / "in" / in_gbk)
        (tmp_path / "in" / "catalog.csv").unlink()
        for _ in range(2):
            ran = baogao("index", "in", "--json", cwd=tmp_path)
            assert (ran.returncode, ran.stderr) == (0, "")
            (file,) = json.loads(ran.stdout)["files"]
            assert file["path"] == f"{tmp_path}" + r"/in/\xb1\xa8\xb8\xe6.txt"
        assert file["fate"] == "unchanged"
        assert json.loads(baogao("search", "中欧班列", "--json", cwd=tmp_path).stdout)["total"] == 1
        assert baogao("check", "in", cwd=tmp_path).returncode == 0

    @pytest.mark.parametrize("terminal", [True, False])
    def test_how_far_it_is_within_one_file_is_told(self, tmp_path: Path, terminal: bool) -> None:
        rows = ({"year": 2021, "level": "县", "region": f"河南省/第{n}县", "text": f"第{n}篇。"} for n in range(7))
        (tmp_path / "many.jsonl").write_text(
            "\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8"
        )
        (tmp_path / "sitecustomize.py").write_text("import search_app.progress as progress; progress.EVERY = 0.0")
        ours, its = os.openpty()
        with subprocess.Popen(
            [BAOGAO, "index", "many.jsonl"], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)},
            stdout=subprocess.DEVNULL, stderr=its if terminal else subprocess.PIPE,
        ) as run:  # fmt: skip
            _, told = run.communicate(timeout=60)
        said = os.read(ours, 100_000).decode() if terminal else told.decode()
        for each in (ours, its):
            os.close(each)
        assert "已读 7 份" in said
        assert "1/1" in said

    def test_wishes_are_heeded(self, tmp_path: Path) -> None:
        written(tmp_path / "in", "新密市.txt", "推动创新。")
        copy = tmp_path / "in" / "新密市 副本.txt"
        copy.write_bytes((tmp_path / "in" / "新密市.txt").read_bytes())
        catalog = tmp_path / "in" / "catalog.csv"
        catalog.write_text(
            catalog.read_text("utf-8") + "新密市 副本.txt,2022,县,河南省/郑州市/新密市,政府工作报告\n", "utf-8"
        )
        plain = baogao("index", "in", "--index", "plain", cwd=tmp_path).stdout
        assert "都要收，请加 --keep-duplicates" in plain
        kept = baogao("index", "in", "--index", "kept", "--keep-duplicates", "--json", cwd=tmp_path)
        assert json.loads(kept.stdout)["counts"] == {"indexed": 2}
        copy.unlink()
        told = baogao("index", "in", "--index", "kept", cwd=tmp_path).stdout
        assert "注意 有 1 篇报告的文件不在了，报告还留着：" in told
        assert "in/新密市 副本.txt；要去掉，请加 --prune" in told
        assert "注意 目录表里有 1 行没有对上文件：新密市 副本.txt；请检查文件名" in told
        pruned = baogao("index", "in", "--index", "kept", "--prune", cwd=tmp_path).stdout
        assert pruned.splitlines()[-1].startswith("没有变 1、已移除 1；索引里现在有 1 篇报告")

    def test_of_many_files_only_those_are_named_that_need_a_look(self, tmp_path: Path) -> None:
        folder = tmp_path / "in"
        folder.mkdir()
        for year in range(1950, 2010):
            (folder / f"{year}.txt").write_text(f"{year}年新密市政府工作报告\n{year}年推动创新。", encoding="utf-8")
        (folder / "坏.txt").write_bytes(b"")
        told = baogao("index", "in", cwd=tmp_path).stdout.splitlines()
        assert told[0] == "没有收  in/坏.txt  文件是空的；请换成有正文的文件"
        assert told[1].startswith("已收入 60、没有收 1；")
        assert len(json.loads(baogao("index", "in", "--json", cwd=tmp_path).stdout)["files"]) == 61

    def test_on_a_terminal_a_bar_tells_how_far_it_is(self, seeds_folder: Path, tmp_path: Path) -> None:
        ours, its = os.openpty()
        ran = subprocess.run([BAOGAO, "index", seeds_folder, "--index", tmp_path / "index"], stderr=its, timeout=60)
        os.close(its)
        shown = os.read(ours, 100_000).decode()
        os.close(ours)
        assert ran.returncode == 0
        assert "读取文件" in shown
        assert "5/5" in shown

    def test_check_lists_what_was_left_out_where_that_is_asked_for(self, seeds_folder: Path, tmp_path: Path) -> None:
        report = str(seeds_folder / "004_9c47fab449c60e99.txt")
        assert "略去 6 行（--dropped 列出）" in baogao("check", report).stdout
        lines = baogao("check", report, "--dropped").stdout.splitlines()
        assert sum(line.startswith("  略去 ") for line in lines) == 6

    def test_check_tells_what_would_be_read_and_writes_nothing(self, seeds_folder: Path, tmp_path: Path) -> None:
        ran = baogao("check", str(seeds_folder), cwd=tmp_path)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert "年份 2021（正文）" in ran.stdout
        assert "机关 郑州市人民政府（目录表）" in ran.stdout
        assert "[重点任务/开放]" in ran.stdout
        assert list(tmp_path.iterdir()) == []
        examined = json.loads(baogao("check", str(seeds_folder), "--json", cwd=tmp_path).stdout)
        assert [each["draft"]["metadata"]["year"] for each in examined] == [2023, 2021, 2025, 2024, 2025]


class TestReading:
    def test_search_prints_numbers_facets_and_hits(self, run) -> None:
        head, years, levels, regions, _, name, *_ = run("search", "中欧班列").splitlines()
        assert re.fullmatch(r"8 段，共 9 处（第 1/1 页，用时 [\d.]+ 毫秒）", head)
        assert years == "年份：2021 2  2023 1  2024 2  2025 3"
        assert levels == "级别：省 2  市 6"
        assert regions == "地区：河南省 8  河南省/郑州市 6"
        assert name == "2021年郑州市政府工作报告  2021-郑州市-政府工作报告#p6"

    @pytest.mark.parametrize("view", [[], ["--kwic"], ["--by-report"]], ids=["paragraphs", "kwic", "by report"])
    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("中欧班列 -郑州", "含“中欧班列”，不含“郑州”"),
            ("中欧班列 NEAR/20 郑州", "“中欧班列”与“郑州”相距不超过 20 字"),
            ("创新 年:2021..", "含“创新”，年份 2021 及以后"),
            ("高?量发展", "含形如“高?量发展”的文字"),
            ("中欧班列", None),
            ('"中欧班列"', None),
        ],
    )
    def test_a_query_with_operators_is_said_in_words_above_what_is_found(
        self, run, query: str, words: str | None, view: list[str]
    ) -> None:
        first = run("search", query, *view).splitlines()[0]
        assert first == words if words else re.match(r"\d+ [段处篇]", first)

    def test_what_it_prints_into_a_file_has_no_colours(self, run) -> None:
        assert "\x1b" not in run("search", "中欧班列")

    def test_filters_repeat_and_join_as_on_the_page(self, run) -> None:
        filters = ["--year=2021", "--year=2023", "--level", "市", "--region=河南省", "--section", "重点任务/开放"]
        assert run("search", "中欧班列", *filters).startswith("1 段，共 1 处")

    def test_without_a_query_it_lists_everything(self, run) -> None:
        assert run("search").startswith("259 段（第 1/13 页")
        assert run("search", "--page", "13").count("#p") == 19

    def test_nothing_found_is_no_mistake(self, run) -> None:
        said = run("search", "没有的词")
        assert said.startswith("0 段（") and "年份：" not in said

    def test_a_query_may_begin_with_a_minus_after_two(self, run) -> None:
        with_it, without_it = (json.loads(run("search", "--json", "--", q))["total"] for q in ("发展", "-发展"))
        assert with_it + without_it == 259 and with_it > 0

    def test_count_prints_a_table_in_line(self, run) -> None:
        lines = run("count", "中欧班列", "高质量发展", "--by", "year", "--by", "region").splitlines()
        assert lines[0].split() == ["年份", "地区", "中欧班列", "高质量发展", "段落", "字数", "报告"]
        assert lines[1].split() == ["2021", "河南省/郑州市", "3", "13", "41", "9,544", "1"]
        assert lines[-2].split() == ["合计", "9", "40", "259", "49,224", "5"]
        assert len({width(line) for line in lines[:-1]}) == 1

    def test_info_prints_what_the_index_holds(self, run, seeds_index: Path) -> None:
        said = dict(line.split("：") for line in run("info").splitlines())
        assert said["索引"] == str(seeds_index)
        assert (said["报告"], said["段落"], said["正文"], said["年份"]) == ("5 篇", "259 段", "49,224 字", "2021–2025")

    @pytest.mark.parametrize(
        ("arguments", "has"),
        [
            (["search", "中欧班列"], {"total": 8, "occurrences": 9}),
            (["count", "创新", "--by=level"], {"request": {"terms": ["创新"], "group_by": ["level"], "filters": []}}),
            (["info"], {"reports": 5, "units": 259}),
        ],
    )
    def test_json_is_json(self, run, arguments: list[str], has: dict[str, object]) -> None:
        said = json.loads(run(*arguments, "--json"))
        assert {name: said[name] for name in has} == has

    def test_the_option_wins_over_the_environment(self, run, tmp_path: Path) -> None:
        ran = baogao("info", "--index", str(tmp_path), BAOGAO_INDEX="elsewhere")
        assert ran.returncode == 1 and str(tmp_path) in ran.stderr

    def test_without_either_the_index_is_beside_the_reader(self, tmp_path: Path) -> None:
        assert "baogao-index" in baogao("info", cwd=tmp_path).stderr


def width(line: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in line)


class TestExport:
    """To a file and to standard output; what is in it, tests/test_export.py says."""

    def test_every_row_goes_to_standard_output(self, run) -> None:
        rows = list(csv.DictReader(io.StringIO(run("search", "中欧班列", "--format", "csv").removeprefix("\ufeff"))))
        assert len(rows) == 8 and sum(int(row["处数"]) for row in rows) == 9
        first, *lines = map(json.loads, run("search", "--level=县", "--format=jsonl").splitlines())
        assert first["export"]["rows"] == len(lines) > 0 and {line["level"] for line in lines} == {"县"}

    def test_a_file_is_written_and_told(self, run, tmp_path: Path) -> None:
        path = tmp_path / "结果.xlsx"
        said = run("search", "中欧班列", "--format=xlsx", f"--output={path}", "--site=https://baogao.example.cn/")
        assert re.fullmatch(r"已导出 8 段，共 9 处，到 .*结果\.xlsx\n", said)
        sheet = openpyxl.load_workbook(path)["段落"]
        assert sheet.max_row == 9 and sheet["N2"].value.startswith("https://baogao.example.cn/report/")
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--format", "pdf"],
            ["--format", "csv", "--page", "2"],
            ["--format", "csv", "--size", "20"],
            ["--format", "csv", "--sort", "newest"],
            ["--format", "csv", "--json"],
            ["--format", "csv", "--site", "baogao.example.cn"],
            ["--format", "csv", "--output", "no/such/folder.csv"],
            ["--output", "x.csv"],
            ["--site", "http://x"],
        ],
        ids=" ".join,
    )
    def test_what_does_not_go_together_is_one_sentence_and_leaves_no_file(
        self, seeds_index: Path, arguments: list[str], tmp_path: Path
    ) -> None:
        ran = baogao("search", "中欧班列", *arguments, cwd=tmp_path, BAOGAO_INDEX=str(seeds_index))
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr.startswith("错误：") and one_chinese_sentence(ran.stderr.removesuffix("\n"))
        assert list(tmp_path.iterdir()) == []

    def test_a_workbook_is_not_poured_into_a_terminal(self, seeds_index: Path) -> None:
        ours, terminal = os.openpty()
        try:
            ran = subprocess.run(
                [BAOGAO, "search", "--format", "xlsx", "--index", str(seeds_index)],
                stdout=terminal, stderr=subprocess.PIPE, encoding="utf-8",
            )  # fmt: skip
        finally:
            os.close(terminal)
            os.close(ours)
        assert ran.returncode == 1 and "--output" in ran.stderr

    @pytest.mark.parametrize("form", ["csv", "jsonl"])
    def test_a_reader_who_has_seen_enough_is_not_complained_to(self, seeds_index: Path, form: str) -> None:
        ran = subprocess.run(
            ["bash", "-o", "pipefail", "-c", f'"{BAOGAO}" search --format {form} | head -c 100'],
            env={**os.environ, "BAOGAO_INDEX": str(seeds_index)}, capture_output=True,
        )  # fmt: skip
        assert (ran.returncode, ran.stderr, len(ran.stdout)) == (0, b"", 100)


class TestOutput:
    @pytest.mark.parametrize("arguments", ["search --size 200", "search --size 200 --json", "--help"])
    def test_a_reader_who_has_seen_enough_is_not_complained_to(self, seeds_index: Path, arguments: str) -> None:
        ran = subprocess.run(
            ["bash", "-o", "pipefail", "-c", f'"{BAOGAO}" {arguments} | head -1'],
            env={**os.environ, "BAOGAO_INDEX": str(seeds_index)}, capture_output=True, encoding="utf-8",
        )  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout.count("\n") == 1

    @pytest.mark.parametrize("stream", [">&-", "2>&-"])
    def test_no_traceback_where_nothing_can_be_written(self, seeds_index: Path, stream: str) -> None:
        ran = subprocess.run(
            ["bash", "-c", f'"{BAOGAO}" info {stream}'],
            env={**os.environ, "BAOGAO_INDEX": str(seeds_index)}, capture_output=True, encoding="utf-8",
        )  # fmt: skip
        assert "Traceback" not in ran.stderr

    @pytest.mark.parametrize(
        "environment",
        [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}],
        ids=str,
    )
    def test_where_only_ascii_can_be_written_nothing_breaks(self, run, environment: dict[str, str]) -> None:
        assert len(run("info", **environment).splitlines()) == 6

    @pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
    def test_json_loses_no_character_whatever_can_be_written(self, run, encoding: str) -> None:
        whole, cramped = (run("search", "中欧班列", "--json", PYTHONIOENCODING=each) for each in ("utf-8", encoding))
        assert json.loads(cramped)["hits"] == json.loads(whole)["hits"]

    def test_a_mistake_is_told_where_only_ascii_can_be_written(self, tmp_path: Path) -> None:
        ran = baogao("info", cwd=tmp_path, PYTHONIOENCODING="ascii")
        assert ran.returncode == 1
        assert ran.stderr.count("\n") == 1 and "Traceback" not in ran.stderr

    def test_the_installed_command_is_the_packages_main(self) -> None:
        ran = subprocess.run(
            [sys.executable, "-c", "from search_app.cli import main; main()", "--help"], capture_output=True, text=True
        )
        assert ran.stdout == baogao("--help").stdout


def test_a_search_starts_without_what_only_indexing_needs(seeds_index: Path) -> None:
    code = (
        "import sys; sys.argv = ['baogao', 'search', '中欧班列', '--index', sys.argv[1]]\n"
        "import atexit; from search_app.cli import main\n"
        "heavy = ('flask', 'lxml', 'docx', 'openpyxl', 'pypdfium2', 'jieba', 'rjieba', 'pypinyin')\n"
        "atexit.register(lambda: print('loaded:', [name for name in heavy if name in sys.modules]))\n"
        "main()"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(seeds_index)], capture_output=True, encoding="utf-8")
    assert ran.stdout.splitlines()[-1] == "loaded: []"
