"""The command ``baogao``. Exit codes: 0 done, 1 the user's mistake in one sentence, 3 ours with a traceback."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, TypeVar

import click

from indexer.errors import BadParameter, BaogaoError, shown
from indexer.fields import FIELDS
from search_app import streams
from search_app.usage import Group, in_chinese

if TYPE_CHECKING:  # the command starts without what only some of it takes
    from search_app.reports import Reports

DEFAULT_INDEX = "baogao-index"

Command = TypeVar("Command", bound=Callable[..., Any])

_index_option = click.option(
    "--index", "address", default=DEFAULT_INDEX, envvar="BAOGAO_INDEX", show_default=True, metavar="地址",
    help="索引的文件夹，或集群上的地址",
)  # fmt: skip
_json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON")
_paths_argument = click.argument("paths", nargs=-1, required=True, metavar="文件或文件夹...")
_duplicates_option = click.option("--keep-duplicates", is_flag=True, help="正文完全相同的也都收")
_catalog_option = click.option("--catalog", type=Path, metavar="文件", help="目录表（CSV），补充或更正年份、地区等")


def _filter_options(command: Command) -> Command:
    for field in reversed(FIELDS):
        text = f"不要{field.label}是这些值的；可重复"
        command = click.option(f"--not-{field.name}", multiple=True, metavar=field.label, help=text)(command)
        text = f"只看{field.label}是这些值的，如 {field.example}；可重复"
        command = click.option(f"--{field.name}", multiple=True, metavar=field.label, help=text)(command)
    return command


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """baogao：中国政府报告全文检索。精确、可计数、可引用。"""


@cli.command("index")
@_paths_argument
@_index_option
@_catalog_option
@click.option("--rebuild", is_flag=True, help="重新建立：在旁边建好新索引，再换下旧的")
@click.option("--prune", is_flag=True, help="文件已经不在的报告，从索引里去掉")
@_duplicates_option
@click.option("--stage", metavar="名字", help="先收进集群上的一批，还没有人看得见；几台机器可以收进同一批，再 publish")
@_json_option
def index_command(
    paths: tuple[str, ...],
    address: str,
    catalog: Path | None,
    as_json: bool,
    rebuild: bool,
    stage: str | None,
    **wishes: bool,
) -> None:
    """把报告（文件或文件夹）放进索引。分批存好，中断后再运行会接着做。"""
    from indexer import pipeline
    from search_app import shell
    from search_app.progress import watching

    found = pipeline.discover(map(Path, paths), catalog)
    run = pipeline.rebuild if rebuild else pipeline.index
    if stage is not None:
        if rebuild or wishes["prune"]:
            raise BadParameter("stage", "--stage 只添加，不能和 --rebuild、--prune 一起用；请分两次运行")
        run = partial(pipeline.stage, stage)
    with watching(len(found.files)) as watch:
        outcome = run(found, address, pipeline.Options(**wishes), watch)
    where = shell.INDEX if stage is None else shell.PART
    click.echo(shell.as_json(outcome) if as_json else shell.outcome(outcome, where))
    if stage is not None and not as_json:
        click.echo(f"收在“{shown(stage)}”里，还没有人看得见；各台机器都收完以后运行：{_publishing(stage, address)}")
    if all(each.fate == "refused" for each in outcome.files):
        raise click.exceptions.Exit(1)


def _publishing(stage: str, address: str) -> str:
    return f"baogao publish {quote(stage)} --index {quote(address)}"


@cli.command()
@click.argument("name", metavar="名字", default="")
@_index_option
@click.option("--discard", is_flag=True, help="不发布，整批放弃")
@_duplicates_option
@_json_option
def publish(name: str, address: str, discard: bool, as_json: bool, **wishes: bool) -> None:
    """发布用 index --stage 收好的一批：一次提交，要么全看得见，要么全看不见。不写名字，列出现有的各批。"""
    from indexer import engines, pipeline
    from search_app import shell
    from search_app.progress import Publishing

    if not name:
        if discard:
            raise BadParameter("discard", "要放弃哪一批，请写出它的名字；不加 --discard 运行一次，会列出现有的各批")
        held = engines.stages(address)
        click.echo(shell.as_json(held) if as_json else shell.stages(held))
    elif discard:
        engines.discard(address, name)
        click.echo(f"已放弃“{shown(name)}”这一批")
    else:
        outcome = pipeline.publish(name, address, pipeline.Options(**wishes), Publishing())
        click.echo(shell.as_json(outcome) if as_json else shell.outcome(outcome))


@cli.command()
@_paths_argument
@_catalog_option
@click.option("--write-catalog", "table", type=Path, metavar="文件", help="把看出来的写成目录表，供更正后交回")
@click.option("--dropped", is_flag=True, help="列出当作页眉、页脚、菜单等略去的每一行")
@_json_option
def check(paths: tuple[str, ...], catalog: Path | None, table: Path | None, dropped: bool, as_json: bool) -> None:
    """只看不写：每个文件会被读成什么样。"""
    from indexer import pipeline
    from indexer.catalog import write_catalog
    from search_app import shell

    examined = list(pipeline.examine(pipeline.discover(map(Path, paths), catalog)))
    tell = shell.examined_with_dropped if dropped else shell.examined
    click.echo(shell.as_json(examined) if as_json else "\n".join(map(tell, examined)))
    if table is not None:
        write_catalog(table, pipeline.catalog_of(examined))
    if all(each.draft is None for each in examined):
        raise click.exceptions.Exit(1)


@cli.command()
@click.argument("q", metavar="查询", default="")
@_filter_options
@click.option("--mode", metavar="方式", help="exact 精确（默认），loose 宽松：引号外的词有一半即可")
@click.option("--kwic", "view", flag_value="kwic", help="列出每一处和它左右的字，一处一行")
@click.option("--by-report", "view", flag_value="reports", help="按报告列出，每篇有几段、几处")
@click.option("--context", metavar="字数", help="--kwic 左右各几个字，5 到 60，默认 20")
@click.option(
    "--sort",
    metavar="排序",
    help="relevance 相关度（默认），newest 从新到旧，oldest 从旧到新；--kwic 还有 left、right：按左边、右边的字",
)
@click.option("--page", metavar="页", help="第几页，默认 1")
@click.option("--size", metavar="段数", help="每页几段（几篇、几处），默认 20（--kwic 是 50），最多 200")
@click.option("--format", metavar="格式", help="导出全部结果，不分页：csv、xlsx 或 jsonl")
@click.option("--output", type=Path, metavar="文件", help="导出到这个文件；不给就写到标准输出")
@click.option("--site", metavar="网址", help="导出的网址以它开头，如 http://127.0.0.1:8000")
@_index_option
@_json_option
def search(address: str, as_json: bool, format: str | None, view: str | None, **given: Any) -> None:
    """检索段落；加 --format 导出全部结果。"""
    from search_app.reports import Reports

    parameters = {name: value for name, value in given.items() if value is not None}
    with Reports.open(address) as reports:
        if format is not None:
            if view is not None:
                raise BadParameter("view", "--format 导出的是段落；请去掉 --kwic 或 --by-report")
            _export(reports, format, as_json, **parameters)
            return
        for name in ("output", "site"):
            if name in parameters:
                raise BadParameter(name, f"--{name} 要和 --format 一起用，如 --format csv --{name} …")
        click.echo(_as_json(reports, view, parameters) if as_json else _as_text(reports, view, parameters))


def _as_text(reports: Reports, view: str | None, parameters: dict[str, Any]) -> str:
    from search_app import shell

    match view:
        case "kwic":
            return shell.kwic(reports.kwic(**parameters), _style)
        case "reports":
            return shell.grouped(reports.by_report(**parameters), _style)
    return shell.page(reports.search(**parameters), _style)


def _as_json(reports: Reports, view: str | None, parameters: dict[str, Any]) -> str:
    from search_app import shell

    match view:
        case "kwic":
            return shell.as_json(reports.kwic(**parameters))
        case "reports":
            return shell.as_json(reports.by_report(**parameters))
    return shell.as_json(reports.search(**parameters))


def _export(reports: Reports, format: str, as_json: bool, output: Path | None = None, **parameters: Any) -> None:
    if as_json:
        raise BadParameter("json", "--json 和 --format 只能用一个；要 JSON 就用 --format jsonl")
    if output is None and format == "xlsx" and sys.stdout.isatty():
        raise BadParameter("output", "xlsx 不能显示在终端里；请加 --output 结果.xlsx")
    source = reports.export(output or sys.stdout.buffer, format, **parameters)
    if output is not None:
        click.echo(f"已导出 {source.rows:,} 段，共 {source.occurrences:,} 处，到 {output}")


@cli.command()
@click.argument("terms", nargs=-1, metavar="词...")
@click.option("--by", multiple=True, metavar="分面", help="按什么分组，如 year、region；可重复")
@_filter_options
@_index_option
@_json_option
def count(address: str, as_json: bool, terms: tuple[str, ...], by: tuple[str, ...], **filters: Any) -> None:
    """数词频：每个词出现几处、在几段里，数的是多少字。"""
    from search_app import shell
    from search_app.reports import Reports

    with Reports.open(address) as reports:
        table = reports.count(*terms, by=by, **filters)
    click.echo(shell.as_json(table) if as_json else shell.counts(table))


@cli.command()
@click.argument("q", metavar="文字")
@_index_option
@_json_option
def suggest(address: str, as_json: bool, q: str) -> None:
    """补全一个词：按开头的字、拼音或拼音首字母，如 zobl。"""
    from search_app import shell
    from search_app.reports import Reports

    with Reports.open(address) as reports:
        found = reports.suggest(q)
    click.echo(shell.as_json(found) if as_json else shell.suggestions(found))


@cli.command()
@_index_option
@_json_option
def info(address: str, as_json: bool) -> None:
    """索引里有什么。"""
    from search_app import shell
    from search_app.reports import Reports

    with Reports.open(address) as reports:
        held, cluster = reports.info(), reports.cluster()
    click.echo(shell.info_as_json(held, cluster) if as_json else shell.info(held, cluster))


@cli.command()
@_index_option
@click.option("--host", default="127.0.0.1", show_default=True, metavar="地址", help="在哪个地址上服务")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), metavar="端口", help="端口")
@click.option("--site", metavar="网址", help="读者从哪里来，如 https://baogao.example.cn；引用和导出的网址以它开头")
def serve(address: str, host: str, port: int, site: str | None) -> None:
    """在浏览器里使用。"""
    from search_app import server

    server.serve(address, host, port, site, click.echo)


def _style(text: str) -> str:
    return click.style(text, bold=True, fg="red")


def main() -> None:
    """Run the command and leave with its exit code. To be told to stop is the same as Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    streams.make_ready()
    try:
        code = cli.main(sys.argv[1:] or ["--help"], prog_name="baogao", standalone_mode=False)
    except BaogaoError as error:
        code = _complain(error.message)
    except click.exceptions.Abort:
        code = 130
    except click.ClickException as error:
        code = _complain(in_chinese(error))
    except SystemExit:
        code = 0  # click's answer when who reads has seen enough: | head
    except OSError as error:
        code = _complain(streams.refused(error))
    except Exception:
        traceback.print_exc()
        code = 3
    streams.let_go()
    sys.exit(code if isinstance(code, int) else 0)


def _complain(message: str) -> int:
    with suppress(OSError):
        click.echo(f"错误：{message}", err=True)
    return 1
