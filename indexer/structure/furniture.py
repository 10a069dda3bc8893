"""Lines and marks that the page put there and the report did not say."""

from __future__ import annotations

import re

from indexer.text import fold

_ANYWHERE = re.compile(
    "|".join(
        (
            r"•\s*\S",
            r"(?:本报|\S{2,8}全媒体)记者(?:\s+\S{2,4}){1,6}$",
            r"主办单位[:：]",
            r"[-—–\s]*\d{1,4}[-—–\s]*$(?<!\d{4})",
            r"(?:false|true|null|undefined)$",
            r"[（(]?(?:来源|责任编辑|责编|编辑|校对|作者|发布时间|发表时间|时间|浏览次数|点击数)[:：]?[^。；]{0,40}[)）]?$",
            r"\d{4}[-年/.]\d{1,2}[-月/.]\d{1,2}日?\s*\d{1,2}[:时]\d{1,2}(?:[:分]\d{0,2})?秒?$",
            r"[【\[]?\s*(?:字号|字体)\s*[:：]?",
            r"(?:下载|打印|打印本页|全屏|收藏|加大|还原|减小|大|中|小|】|>|×|[|]|首页|关闭|关闭窗口|返回顶部|上一篇|下一篇)$",
            r"分享(?:到微信|到)?[:：]?$",
            r"(?:您的|当前|您当前的)?位置[:：]",
            r"扫一扫",
            r"本作品(?:是|在|来自|原文)|Public domain",
            r"点击图片进入",
            r"(?:相关(?:报道|文档|附件|链接|阅读|新闻)|》》.*《《)[:：>》]*$",
        )
    )
)
_TAIL_OPENS = re.compile(
    r"^(?:相关(?:报道|文档|附件|链接|阅读|新闻)|责任编辑|打印本页|关闭窗口|扫一扫|分享到|本作品(?:是|在|来自|原文))"
)
_TAIL_FROM = 0.8
"""Of the text: what opens a page's foot in its last fifth takes all that follows with it."""
_LONGEST_IN_TAIL = 200
_OPENING = 40
"""Characters of folded text that two copies of a text open with."""
_FIRST_FEW = 5
"""Characters of a line that are looked at first; most lines open otherwise already there."""
_JUMP = re.compile(r"[（(](?:下转|上接)[^（()）]{1,10}版[)）]\s*$")


def is_furniture(line: str) -> bool:
    """Whether a line is the page's, wherever it stands."""
    return _ANYWHERE.match(line) is not None


def foot_of(lines: tuple[str, ...]) -> int:
    """Where the page's foot begins; the number of lines where there is none."""
    total = sum(map(len, lines))
    seen = 0
    for at, line in enumerate(lines):
        if seen >= _TAIL_FROM * total and _TAIL_OPENS.match(line):
            return at
        seen += len(line)
    return len(lines)


def second_copy(lines: tuple[str, ...]) -> int:
    """Where the same text begins again, for a page that was pasted twice; the number of lines where it does not."""
    opening = fold(lines[0])[:_OPENING] if lines else ""
    if not any(opening.startswith(fold(line[:_FIRST_FEW])[:_OPENING]) for line in lines[1:]):
        return len(lines)
    folded = [fold(line) for line in lines]
    whole = "".join(folded)
    at = len(folded[0])
    for i, line in enumerate(folded[1:], start=1):
        rest = whole[at:]
        if (
            line[:_OPENING] == opening
            and rest
            and 0.9 * len(rest) <= at
            and whole.startswith(rest[: len(rest) * 9 // 10])
        ):
            return i
        at += len(line)
    return len(lines)


def without_jump(line: str) -> tuple[str, str]:
    """A line without the newspaper's note that it goes on elsewhere, and the note; empty where there is none."""
    found = _JUMP.search(line)
    return (line[: found.start()].rstrip(), found[0]) if found else (line, "")
