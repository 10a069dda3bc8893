"""Asking a cluster, and the only import of its client. What goes wrong is said in one sentence."""

from __future__ import annotations

import logging
import os
import ssl
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import Any

import msgspec
from opensearchpy import JSONSerializer, OpenSearch
from opensearchpy import exceptions as failures

from indexer.engines.opensearch.place import Place
from indexer.errors import BaogaoError, IndexAway, IndexForeign, IndexMissing, IndexOutdated, IndexUnavailable

Json = dict[str, Any]

_OF_ALL_SHARDS: Json = {"allow_partial_search_results": False}
LEAST_VERSION = (3, 6)
READING, WRITING = 10, 60
"""Seconds for one answer. Who reads asks the next host after that, and a reader waits for both."""
RETRIES = 3
KEPT_OPEN = 16
"""Connections to each host that wait for the next request: as many readers as are answered at a time."""

logging.getLogger("opensearch").setLevel(logging.CRITICAL)  # what fails is told once, in a sentence


class _Serializer(JSONSerializer):
    """An answer of thousands of values is read in a fifth of the time."""

    def loads(self, s: str) -> Any:
        try:
            return msgspec.json.decode(s)
        except msgspec.DecodeError as error:
            raise failures.SerializationError(s, error) from error


class Cluster:
    """A cluster, and an index of it by name."""

    def __init__(self, place: Place) -> None:
        """User, password and the file of the authority's certificate come from the environment. Raises
        IndexUnavailable."""
        self.place = place
        user, password = (os.environ.get(f"BAOGAO_OPENSEARCH_{each}") for each in ("USER", "PASSWORD"))
        self._client = OpenSearch(
            hosts=[{"host": host.strip("[]"), "port": port} for host, port in place.hosts],
            http_auth=(user, password) if user and password else None,
            use_ssl=place.is_secure,
            verify_certs=True,
            ca_certs=_authority() if place.is_secure else None,
            timeout=WRITING,
            max_retries=RETRIES,
            retry_on_timeout=True,
            pool_maxsize=KEPT_OPEN,
            serializer=_Serializer(),
        )
        self._check_version()

    def _check_version(self) -> None:
        told = self.find("GET", "/")
        version = told.get("version") if isinstance(told, dict) else None
        if not isinstance(version, dict) or version.get("distribution") != "opensearch":
            raise IndexForeign(f"{self.place.address} 上的不是 OpenSearch；请检查主机和端口")
        number = str(version.get("number"))
        if tuple(int(part) for part in number.split(".")[:2] if part.isdigit()) < LEAST_VERSION:
            raise IndexOutdated(f"{self.place.address} 上的 OpenSearch 是 {number}，太旧了；请升级到 3.6 或更新的版本")

    def ask(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """The answer to one request. Raises IndexUnavailable."""
        try:
            return self._request(method, path, body, params)
        except (failures.OpenSearchException, ValueError) as error:
            raise explained(error, self.place) from error

    def find(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """As ``ask``; None where there is no such thing."""
        try:
            return self._request(method, path, body, params)
        except failures.NotFoundError:
            return None
        except (failures.OpenSearchException, ValueError) as error:
            raise explained(error, self.place) from error

    def _request(self, method: str, path: str, body: Any, params: Json) -> Any:
        seconds = READING if method == "GET" or path.endswith("search") else WRITING
        asked = {**params, "request_timeout": seconds}
        return self._client.transport.perform_request(method, path, params=asked, body=body)

    def put_new(self, path: str, body: Json, **params: Any) -> bool:
        """Write where nothing is, or nothing but what ``params`` say was seen; whether it was so."""
        try:
            self._client.transport.perform_request("PUT", path, params=params, body=body)
        except failures.ConflictError:
            return False
        except failures.RequestError as error:
            if error.error == "resource_already_exists_exception":
                return False
            raise explained(error, self.place) from error
        except failures.OpenSearchException as error:
            raise explained(error, self.place) from error
        return True

    def searches(self, asked: Sequence[tuple[Json, Json]]) -> list[Json]:
        """What is answered to each of several searches, a head that says of which index and a body; one request. Of an
        answer it is told by ``whole`` whether it is one."""
        if not asked:
            return []
        every = (each for head, body in asked for each in (head | _OF_ALL_SHARDS, body))
        answers: list[Json] = self.ask("POST", "/_msearch", lines(every))["responses"]
        return answers

    def paged(self, body: Json) -> Json:
        """A search in a point in time, which names its index itself."""
        return self.whole(self.ask("POST", "/_search", body, allow_partial_search_results="false"))

    def whole(self, answer: Json) -> Json:
        """The answer, if it is of all shards and in time. Raises IndexUnavailable."""
        if "error" in answer:
            raise refused(answer.get("status", 500), answer["error"], self.place)
        if answer["timed_out"]:
            raise IndexAway(f"{self.place.address} 没有按时答完；请稍后再试")
        if answer["_shards"]["failed"]:
            raise IndexAway(f"{self.place.address} 有一部分分片答不了；请等集群恢复后再试")
        return answer

    def close(self) -> None:
        self._client.close()


def _authority() -> str | None:
    """The file of the authority's certificate. Raises IndexUnavailable when it cannot be read as one."""
    path = os.environ.get("BAOGAO_OPENSEARCH_CA")
    if not path:
        return None
    if not Path(path).is_file():
        raise IndexUnavailable("环境变量 BAOGAO_OPENSEARCH_CA 指的证书文件不存在；请写对它的路径")
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        said = "环境变量 BAOGAO_OPENSEARCH_CA 指的文件不是证书，或没有权限读；请换成签发机构的证书（PEM）"
        raise IndexUnavailable(said) from error
    return path


def lines(values: Iterable[Mapping[str, Any]]) -> bytes:
    """One JSON value a line."""
    return b"".join(msgspec.json.encode(value) + b"\n" for value in values)


def explained(error: Exception, place: Place) -> BaogaoError:
    """A failure of the client in words."""
    match error:
        case failures.SSLError():
            return IndexUnavailable(
                f"{place.address} 的证书验证不了；请把签发机构的证书文件写进环境变量 BAOGAO_OPENSEARCH_CA"
            )
        case failures.ConnectionTimeout():
            return IndexAway(f"{place.address} 没有按时回答；请稍后再试")
        case failures.ConnectionError():
            return IndexAway(f"连不上 {place.address}；请检查主机和端口，或等集群恢复后再试")
        case failures.TransportError():
            status = error.status_code if isinstance(error.status_code, int) else 500
            info = error.info if isinstance(error.info, dict) else {}
            return refused(status, info.get("error", {}), place)
        case _:
            return IndexForeign(f"{place.address} 的回答看不懂，那里大概不是 OpenSearch；请检查主机和端口")


def refused(status: int, error: Any, place: Place) -> BaogaoError:
    """What the cluster itself refuses, in words."""
    told = msgspec.json.encode(error).decode() if error else ""
    if status == 401:
        return IndexUnavailable(
            f"{place.address} 不认这个用户名或密码；请检查环境变量 BAOGAO_OPENSEARCH_USER 和 BAOGAO_OPENSEARCH_PASSWORD"
        )
    if "cluster_block_exception" in told and ("read-only" in told or "read_only" in told):
        return IndexUnavailable(f"索引 {place.address} 被设成只读了（多半是磁盘快满）；请腾出空间再解除只读")
    if status == 403:
        return IndexUnavailable(f"没有权限读写索引 {place.address}；请换一个用户，或请管理员给这个用户权限")
    if status == 404:
        address = place.address
        return IndexMissing(f"{address} 还没有索引；请先运行：baogao index 报告所在的文件夹 --index {quote(address)}")
    if "too_many_clauses" in told or "max_terms_count" in told or "too_many_buckets" in told:
        return IndexUnavailable("这个条件在集群上牵涉太多段落，没法精确回答；请加上年份、地区等条件再查")
    if status in (429, 502, 503, 504) or "no_shard_available" in told or "all shards failed" in told:
        return IndexAway(f"{place.address} 现在忙不过来或有分片不在；请稍后再试")
    reason = error.get("reason", "") if isinstance(error, dict) else str(error)
    return IndexUnavailable(f"{place.address} 不肯照办（{str(reason)[:200] or status}）；请把这句话转给管理员")
