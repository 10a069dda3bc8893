"""Help pages of the command, and what is wrong with a command line, in Chinese."""

from __future__ import annotations

import sys

import click

from indexer.errors import shown

_WORDS = {
    "Usage: ": "用法：", "[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]...", "Options:": "选项：",
    "Commands:": "命令：", "Show this message and exit.": "显示这份说明", "[default: ": "[默认 ",
}  # fmt: skip
"""Click's own words on a help page."""


def _translated(help_page: str) -> str:
    for english, chinese in _WORDS.items():
        help_page = help_page.replace(english, chinese)
    return help_page


class Command(click.Command):
    def get_help(self, ctx: click.Context) -> str:
        return _translated(super().get_help(ctx))


class Group(click.Group):
    command_class = Command

    def get_help(self, ctx: click.Context) -> str:
        return _translated(super().get_help(ctx))


def in_chinese(error: click.ClickException) -> str:
    """What is wrong with a command line, in one sentence."""
    help_hint = "；用 baogao --help 看用法"
    match error:
        case click.NoSuchOption():
            return f"没有选项 {error.option_name}{help_hint}"
        case click.MissingParameter():
            return f"还缺 {error.param.metavar if error.param else '参数'}{help_hint}"
        case click.BadParameter():
            option = error.param.opts[0] if error.param else "参数"
            return f"{option} 的值不对{help_hint}"
        case click.BadOptionUsage():
            return f"选项 {error.option_name} 后面要有一个值{help_hint}"
    return f"看不懂“{shown(' '.join(sys.argv[1:]))}”；有空格的查询要加引号{help_hint}"
