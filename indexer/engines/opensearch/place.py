"""Where an index of a cluster is: ``opensearch://host:9200,host2:9200/name``, or ``opensearch+https://`` with TLS; and,
for who makes it, how it is divided: ``?shards=3&replicas=1``."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

from indexer.errors import BadParameter

SCHEMES = ("opensearch://", "opensearch+https://")
STAGED = ".stage-"
"""What the name of a part of a stage has behind that of its index: see ``staging``."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}(?:\.stage-[a-z2-7]{2,64}-[0-9a-f]{8}|\.new)?")
_HOST = re.compile(r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")
_PORT = 9200
_BOUNDS = {"shards": (1, 1024), "replicas": (0, 20)}


@dataclass(frozen=True, slots=True)
class Division:
    """Into how many ``shards`` an index is divided, and how many ``replicas`` each has. None is what nobody said: as it
    is, or, of a new index, one shard, and a replica as soon as there is a second node."""

    shards: int | None = None
    replicas: int | None = None

    def over(self, other: Division) -> Division:
        """This one, and ``other`` where this one says nothing."""
        return Division(
            other.shards if self.shards is None else self.shards,
            other.replicas if self.replicas is None else self.replicas,
        )


UNSAID = Division()


@dataclass(frozen=True, slots=True)
class Place:
    """``hosts`` answer for one cluster, ``name`` is the index's; ``division`` is what one being made is to have."""

    hosts: tuple[tuple[str, int], ...]
    name: str
    is_secure: bool = False
    division: Division = UNSAID

    @property
    def address(self) -> str:
        hosts = ",".join(f"{host}:{port}" for host, port in self.hosts)
        said = "&".join(f"{what}={number}" for what, number in asdict(self.division).items() if number is not None)
        return f"{SCHEMES[self.is_secure]}{hosts}/{self.name}{'?' * bool(said)}{said}"


def is_place(address: str) -> bool:
    """Whether an address is that of a cluster."""
    return address.startswith(SCHEMES)


def place_of(address: str) -> Place:
    """What an address says. Raises BadParameter."""
    scheme, _, rest = address.partition("://")
    hosts, _, named = rest.partition("/")
    name, question, said = named.partition("?")
    if "@" in hosts:
        variables = "BAOGAO_OPENSEARCH_USER 和 BAOGAO_OPENSEARCH_PASSWORD"
        raise _mistake(f"地址里不能写用户名和密码；请放在环境变量 {variables} 里")
    if not name:
        raise _mistake("地址里没有写索引名；请写成 opensearch://主机:9200/索引名")
    if not _NAME.fullmatch(name):
        raise _mistake(f"索引名“{name[:40]}”不行；请只用小写字母、数字和 _ . -，以字母或数字开头，不超过 100 个字符")
    division = _division(said) if question else UNSAID
    return Place(tuple(_host(each) for each in hosts.split(",")), name, scheme.endswith("https"), division)


def _division(said: str) -> Division:
    numbers: dict[str, int] = {}
    for each in said.split("&"):
        what, _, number = each.partition("=")
        if what not in _BOUNDS or what in numbers:
            wanted = "问号后面只能写 shards=分片数 和 replicas=副本数，用 & 隔开，各写一次"
            raise _mistake(f"看不懂地址里的“{each[:40]}”；{wanted}")
        numbers[what] = _number(what, number)
    return Division(**numbers)


def _number(what: str, written: str) -> int:
    least, most = _BOUNDS[what]
    if not re.fullmatch("[0-9]{1,4}", written) or not least <= int(written) <= most:
        raise _mistake(f"地址里的 {what} 不能是“{written[:40]}”；请写 {least} 到 {most} 之间的整数")
    return int(written)


def _host(written: str) -> tuple[str, int]:
    found = _HOST.fullmatch(written)
    if not found or not 0 < int(found["port"] or _PORT) < 65536:
        raise _mistake(f"看不懂主机“{written[:40]}”；请写成 opensearch://主机:9200/索引名")
    return found["host"], int(found["port"] or _PORT)


def _mistake(message: str) -> BadParameter:
    return BadParameter("index", message)
