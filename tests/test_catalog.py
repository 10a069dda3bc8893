"""The catalogue: what it may say, and what each mistake in it is told."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from indexer.catalog import COLUMNS, CatalogEntry, read_catalog
from indexer.errors import CatalogError

WHOLE = """\
file,title,year,level,region,type,date,organ
a.txt,"政府工作报告（2021年）",2021,市,河南省/郑州市,政府工作报告,2021-01-30,郑州市人民政府
b.txt,,,,,,,
c.txt, 报告 ,2022,,,,,
"""


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "catalog.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_catalogue_says_of_each_file_what_its_cells_say(tmp_path: Path, encoding: str, line_end: str) -> None:
    catalog = read_catalog(written(tmp_path, WHOLE.replace("\n", line_end), encoding))
    assert catalog == {
        "a.txt": CatalogEntry(
            title="政府工作报告（2021年）", year=2021, level="市", region=("河南省", "郑州市"), type="政府工作报告",
            date=datetime.date(2021, 1, 30), organ="郑州市人民政府",
        ),
        "b.txt": CatalogEntry(),
        "c.txt": CatalogEntry(title="报告", year=2022),
    }  # fmt: skip


def test_the_columns_may_be_some_of_them_in_any_order(tmp_path: Path) -> None:
    catalog = read_catalog(written(tmp_path, "year,file\n2021,a.txt\n"))
    assert catalog == {"a.txt": CatalogEntry(year=2021)}


def test_a_line_that_names_no_file_says_nothing(tmp_path: Path) -> None:
    assert read_catalog(written(tmp_path, "file,year\n,2021\n\na.txt\n")) == {"a.txt": CatalogEntry()}


def test_a_cell_may_hold_a_comma_and_a_line_break_in_quotes(tmp_path: Path) -> None:
    catalog = read_catalog(written(tmp_path, 'file,title,year\na.txt,"政府,\n工作报告",2021\n'))
    assert catalog["a.txt"] == CatalogEntry(title="政府,\n工作报告", year=2021)


def test_the_catalogue_of_the_seeds_is_a_good_one(seeds_folder: Path) -> None:
    catalog = read_catalog(seeds_folder / "catalog.csv")
    assert set(catalog) == {path.name for path in seeds_folder.glob("*.txt")}


HEADS = ["", "title,year\n", "file,year,page\n", "file,Year\n", "file;year\n", "a.txt,2021\n", "文件,年份\n"]


@pytest.mark.parametrize("text", HEADS)
def test_a_first_line_that_is_not_the_columns_is_told_the_columns(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(CatalogError) as mistake:
        read_catalog(path)
    assert str(path) in mistake.value.message
    assert ",".join(COLUMNS) in mistake.value.message


CELLS = [
    ("year", "二〇二一", "1949 到 2100"),
    ("year", "21", "1949 到 2100"),
    ("year", "1948", "1949 到 2100"),
    ("year", "2101", "1949 到 2100"),
    ("year", "２０２１", "1949 到 2100"),
    ("level", "地级市", "国家、省、市、县、乡"),
    ("region", "河南省//郑州市", "地名，如 河南省/郑州市"),
    ("region", "/郑州市", "地名，如 河南省/郑州市"),
    ("type", "工作报告", "政府工作报告、政府工作报告摘编、规划评估报告、其他"),
    ("date", "1/30/2021", "2021-01-30"),
    ("date", "2021/30/1", "2021-01-30"),
    ("date", "21年1月30日", "2021-01-30"),
    ("year", "2021.5", "1949 到 2100"),
    ("date", "2021-02-30", "2021-01-30"),
    ("date", "30/01/2021", "2021-01-30"),
]


@pytest.mark.parametrize(("column", "cell", "expected"), CELLS)
def test_a_cell_that_cannot_be_is_told_its_file_its_line_and_what_to_write(
    tmp_path: Path, column: str, cell: str, expected: str
) -> None:
    path = written(tmp_path, f"file,{column}\na.txt,\nb.txt,{cell}\n")
    with pytest.raises(CatalogError) as mistake:
        read_catalog(path)
    assert mistake.value.message.startswith("catalog.csv 第 3 行：")
    assert f"“{cell}”不对，应" in mistake.value.message
    assert expected in mistake.value.message


@pytest.mark.parametrize(
    "day", ["2021-01-30", "2021-1-30", "2021/1/30", "2021.1.30", "2021年1月30日", "2021-01-30 00:00:00"]
)
def test_a_year_and_a_day_may_stand_as_spreadsheets_save_them(tmp_path: Path, day: str) -> None:
    catalog = read_catalog(written(tmp_path, f"file,year,date\na.txt,2021.0,{day}\n"))
    assert catalog == {"a.txt": CatalogEntry(year=2021, date=datetime.date(2021, 1, 30))}


@pytest.mark.parametrize(
    ("one", "other"), [("a.txt", "a.txt"), ("包/a.txt", "包\\a.txt"), ("包.zip!a.txt", "包.zip/a.txt")]
)
def test_two_lines_on_one_file_are_told_with_both_their_numbers(tmp_path: Path, one: str, other: str) -> None:
    with pytest.raises(CatalogError, match="第 4 行和第 2 行说的是同一个文件"):
        read_catalog(written(tmp_path, f"file,year\n{one},2021\nb.txt,2021\n{other},2022\n"))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_catalogue_in_another_encoding_is_told_to_save_it_as_utf8(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, WHOLE, encoding)
    with pytest.raises(CatalogError) as mistake:
        read_catalog(path)
    assert str(path) in mistake.value.message
    assert "请另存为 CSV UTF-8" in mistake.value.message


def test_a_quote_that_is_never_closed_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="请另存为 CSV UTF-8"):
        read_catalog(written(tmp_path, 'file,title\na.txt,"政府\n'))


def test_a_missing_catalogue_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as mistake:
        read_catalog(tmp_path / "none.csv")
    assert mistake.value.message == f"打不开目录表 {tmp_path / 'none.csv'}（没有这个文件或文件夹）"


def test_a_line_with_more_cells_than_columns_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="第 2 行：格子比列名多"):
        read_catalog(written(tmp_path, "file,title\na.txt,政府,工作报告\n"))
