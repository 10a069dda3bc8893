"""Every error the product can tell a reader, and whose fault each is.

BaogaoError                 the root; ``message`` is one Chinese sentence that says how to mend it
├── ReaderMistake           400: what was typed or asked cannot be answered
│   ├── QuerySyntaxError    … at a position in the query
│   ├── BadParameter        … in one named parameter
│   ├── FileRefused         a file that cannot become a report, and why
│   ├── CatalogError        a line of a catalogue that says something impossible
│   ├── SynonymsError       a line of a table of synonyms that is no group of words
│   ├── NothingToIndex      the paths given hold no report
│   └── CannotServe         the address to serve on is not to be had
├── NotFound                404: no such page, report or paragraph
├── ServerBusy              503: too many ask for what takes long
└── IndexUnavailable        503: the index cannot be read or written now
    ├── IndexMissing        there is none at that address
    ├── IndexForeign        the folder is something else's
    ├── IndexOutdated       written by another version, or with another lexicon
    ├── IndexDamaged        files of it are gone or broken
    ├── IndexBusy           another process is writing
    └── IndexAway           what holds it does not answer; it may again without anybody's doing
"""

from __future__ import annotations

import errno
from typing import ClassVar

_MOST_SHOWN = 20
"""Characters of what was typed that a message repeats: enough to recognise it, still one line."""


class BaogaoError(Exception):
    """Root of the tree. ``message`` may be shown to any reader as it is; ``retry_after`` are the seconds after which it
    is worth asking again, where waiting helps."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    retry_after: ClassVar[int | None] = None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ReaderMistake(BaogaoError):
    status = 400
    code = "bad_request"


class QuerySyntaxError(ReaderMistake):
    """A query that cannot be read. ``start`` and ``end`` are character offsets into the query, end exclusive."""

    code = "query_syntax"

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start = start
        self.end = end


class BadParameter(ReaderMistake):
    """A parameter (of a URL, a command or a call) that is unknown or holds a value it cannot hold."""

    code = "bad_parameter"

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class FileRefused(ReaderMistake):
    """A file that cannot become a report. ``message`` does not repeat the file's name."""

    code = "file_refused"


class CatalogError(ReaderMistake):
    code = "catalog"


class SynonymsError(ReaderMistake):
    code = "synonyms"


class NothingToIndex(ReaderMistake):
    code = "nothing_to_index"


class CannotServe(ReaderMistake):
    code = "cannot_serve"


class NotFound(BaogaoError):
    status = 404
    code = "not_found"


class ServerBusy(BaogaoError):
    status = 503
    code = "busy"
    retry_after = 5


class IndexUnavailable(BaogaoError):
    status = 503
    code = "index_unavailable"
    retry_after = 60


class IndexMissing(IndexUnavailable):
    code = "index_missing"


class IndexForeign(IndexUnavailable):
    code = "index_foreign"


class IndexOutdated(IndexUnavailable):
    code = "index_outdated"


class IndexDamaged(IndexUnavailable):
    code = "index_damaged"


class IndexBusy(IndexUnavailable):
    code = "index_busy"
    retry_after = 5


class IndexAway(IndexUnavailable):
    code = "index_away"
    retry_after = 5


_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "磁盘配额用完了",
    errno.EFBIG: "文件大到了系统允许的上限",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "同时打开的文件太多",
    errno.ENFILE: "同时打开的文件太多",
    errno.ENOMEM: "内存不够",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.ENAMETOOLONG: "名字太长",
    errno.EADDRINUSE: "端口已被别的程序占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
}

_REMEDIES = {
    errno.EACCES: "请检查它的权限，或换一个文件夹",
    errno.EPERM: "请检查它的权限，或换一个文件夹",
    errno.EROFS: "请换一个能写入的文件夹",
    errno.ENOSPC: "请腾出一些空间",
    errno.EDQUOT: "请清理一些文件，或请管理员增加配额",
    errno.EFBIG: "请放宽文件大小的限制（ulimit -f），或换一个磁盘",
    errno.EIO: "请检查磁盘",
    errno.EMFILE: "请放宽打开文件数的限制（ulimit -n）",
    errno.ENFILE: "请关掉一些程序",
    errno.ENOMEM: "请关掉一些程序",
}


def shown(text: str) -> str:
    """What was typed, fit for a message: short, on one line, without what cannot be seen."""
    line = "".join(filter(str.isprintable, " ".join(text.split())))
    return line if len(line) <= _MOST_SHOWN else line[:_MOST_SHOWN] + "…"


def no_report(report_id: str) -> NotFound:
    """That an index has no report of this id."""
    return NotFound(f"没有编号为“{shown(report_id)}”的报告；它可能已被移除，请回到检索页重新查找")


def system_reason(error: OSError) -> str:
    """Why the operating system refused, in words a reader knows."""
    return _REASONS.get(error.errno or 0, f"系统说：{error.strerror or error}")


def system_remedy(error: OSError) -> str:
    """What a reader can do when the system refuses to read or write."""
    return _REMEDIES.get(error.errno or 0, "请检查磁盘和文件夹")
