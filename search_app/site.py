"""Where readers reach the product: the beginning of every address that leaves it, in citations, exports and feeds."""

from __future__ import annotations

import re

from indexer.errors import BadParameter, ReaderMistake, shown

_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)
_SITE = re.compile(rf"https?://{_HOST.pattern}(?:/[A-Za-z0-9._~-]+)*", re.ASCII)


def site_of(scheme: str, host: str) -> str:
    """The site a request came to: ``http://127.0.0.1:8000``. ``host`` is what the client wrote, so anything else than
    a name or number with a port is refused. Raises ReaderMistake."""
    if not _HOST.fullmatch(host):
        raise ReaderMistake("请求里的主机名不对；请用浏览器从首页重新打开")
    return f"{scheme}://{host}"


def checked_site(site: str) -> str:
    """A site as somebody in charge names it, without the slash at its end. Raises BadParameter."""
    if not _SITE.fullmatch(site.rstrip("/")):
        raise BadParameter("site", f"网站地址“{shown(site)}”不对，应像 https://baogao.example.cn")
    return site.rstrip("/")
