"""Where an index of a cluster is: ``opensearch://host:9200,host2:9200/name``, or ``opensearch+https://`` with TLS."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.errors import BadParameter

SCHEMES = ("opensearch://", "opensearch+https://")
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")
_HOST = re.compile(r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")
_PORT = 9200


@dataclass(frozen=True, slots=True)
class Place:
    """``hosts`` answer for one cluster, ``name`` is the index's."""

    hosts: tuple[tuple[str, int], ...]
    name: str
    is_secure: bool = False

    @property
    def address(self) -> str:
        hosts = ",".join(f"{host}:{port}" for host, port in self.hosts)
        return f"{SCHEMES[self.is_secure]}{hosts}/{self.name}"


def is_place(address: str) -> bool:
    """Whether an address is that of a cluster."""
    return address.startswith(SCHEMES)


def place_of(address: str) -> Place:
    """What an address says. Raises BadParameter."""
    scheme, _, rest = address.partition("://")
    hosts, _, name = rest.partition("/")
    if "@" in hosts:
        variables = "BAOGAO_OPENSEARCH_USER 和 BAOGAO_OPENSEARCH_PASSWORD"
        raise _mistake(f"地址里不能写用户名和密码；请放在环境变量 {variables} 里")
    if not _NAME.fullmatch(name):
        raise _mistake(f"索引名“{name[:40]}”不行；请只用小写字母、数字和 _ . -，以字母或数字开头，不超过 100 个字符")
    return Place(tuple(_host(each) for each in hosts.split(",")), name, scheme.endswith("https"))


def _host(written: str) -> tuple[str, int]:
    found = _HOST.fullmatch(written)
    if not found or not 0 < int(found["port"] or _PORT) < 65536:
        raise _mistake(f"看不懂主机“{written[:40]}”；请写成 opensearch://主机:9200/索引名")
    return found["host"], int(found["port"] or _PORT)


def _mistake(message: str) -> BadParameter:
    return BadParameter("index", message)
