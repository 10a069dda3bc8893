"""The engine over a cluster keeps the promises of every engine, and says in one sentence what it cannot do."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from faces import baogao
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import Scan as Judge
from opensearch import OpenSearch
from test_differential import FILTERS, NAMES, PIECES, REQUESTS, documents
from test_engine import EngineContract, document

from indexer import pipeline
from indexer.engines import CountRequest, Engine, SearchRequest, create_engine, open_engine
from indexer.engines.opensearch import layout, state
from indexer.engines.opensearch.place import Division, Place, is_place, place_of
from indexer.engines.opensearch.ranking import CLOSE
from indexer.engines.opensearch.state import State
from indexer.errors import BadParameter, BaogaoError, IndexAway, IndexBusy, IndexForeign, IndexMissing, IndexOutdated
from indexer.model import Document
from indexer.pipeline import Found
from indexer.query import And, Or, Term


class TestOpenSearch(EngineContract):
    @pytest.fixture
    def address(self, opensearch_index: str) -> str:
        return opensearch_index

    @pytest.fixture(scope="class")
    @classmethod
    def lasting_address(cls, opensearch: OpenSearch) -> Iterator[str]:
        with opensearch.named() as address:
            yield address


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("opensearch://127.0.0.1:9210/reports", Place((("127.0.0.1", 9210),), "reports")),
        ("opensearch://a,b:9201/r", Place((("a", 9200), ("b", 9201)), "r")),
        ("opensearch+https://h:9200/r_1.x-2", Place((("h", 9200),), "r_1.x-2", is_secure=True)),
        ("opensearch://[::1]:9200/r", Place((("[::1]", 9200),), "r")),
        ("opensearch://h/r?shards=3&replicas=0", Place((("h", 9200),), "r", division=Division(3, 0))),
        ("opensearch://h/r?replicas=2", Place((("h", 9200),), "r", division=Division(None, 2))),
    ],
)
def test_an_address_names_hosts_and_an_index(address: str, place: Place) -> None:
    assert is_place(address)
    assert place_of(address) == place
    assert place_of(place.address) == place


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("opensearch://h:9200/", "没有写索引名"),
        ("opensearch://h:9200", "索引名"),
        ("opensearch://h:9200/Reports", "小写"),
        ("opensearch://h:9200/报告", "索引名"),
        ("opensearch://h:9200/a/b", "索引名"),
        ("opensearch://h:9200/_all", "索引名"),
        ("opensearch://h:9200/a,b", "索引名"),
        ("opensearch://h:9200/*", "索引名"),
        ("opensearch://h:99999/a", "主机"),
        ("opensearch://h:x/a", "主机"),
        ("opensearch:///a", "主机"),
        ("opensearch://u:p@h:9200/a", "BAOGAO_OPENSEARCH_PASSWORD"),
        ("https://h:9200/a", "opensearch://"),
        ("opensearch:/h:9200/a", "不认识索引地址"),
        ("opensearch://h/a?", "shards=分片数"),
        ("opensearch://h/a?shard=3", "看不懂地址里的“shard=3”"),
        ("opensearch://h/a?shards=3&shards=3", "各写一次"),
        ("opensearch://h/a?shards=3&", "shards=分片数"),
        ("opensearch://h/a?shards=0", "1 到 1024 之间的整数"),
        ("opensearch://h/a?shards=1025", "1 到 1024 之间的整数"),
        ("opensearch://h/a?shards=三", "1 到 1024 之间的整数"),
        ("opensearch://h/a?shards=", "1 到 1024 之间的整数"),
        ("opensearch://h/a?replicas=-1", "0 到 20 之间的整数"),
        ("opensearch://h/a?replicas=1.5", "0 到 20 之间的整数"),
    ],
)
def test_an_address_that_names_nothing_is_told_in_a_sentence(address: str, said: str) -> None:
    with pytest.raises(BadParameter, match=said) as told:
        open_engine(address)
    assert "p@" not in told.value.message


def test_where_nobody_answers_the_index_is_away() -> None:
    with pytest.raises(IndexAway, match="连不上"):
        open_engine("opensearch://127.0.0.1:9/reports")


class TestInfo:
    def test_info_tells_how_the_cluster_is(self, opensearch_index: str) -> None:
        engine = create_engine(opensearch_index)
        engine.update([document("a", "一段。")])
        engine.update([document("b", "又一段。")])
        told = engine.cluster()
        assert told is not None
        assert (told.health, told.nodes, told.shards, told.replicas, told.generation) == ("green", 1, 1, 0, 2)
        assert told.size > 0

    def test_the_shell_says_it_in_words_and_in_json(self, opensearch_index: str) -> None:
        create_engine(opensearch_index).update([document("a", "一段。")])
        said = baogao("info", "--index", opensearch_index)
        assert "集群：正常，1 个节点" in said.stdout
        assert "分片：1 个，每个 0 个副本" in said.stdout
        held = json.loads(baogao("info", "--json", "--index", opensearch_index).stdout)
        assert (held["units"], held["cluster"]["generation"]) == (1, 1)


class TestDivision:
    def test_who_makes_an_index_chooses_its_shards_and_replicas(self, opensearch_index: str) -> None:
        engine = create_engine(f"{opensearch_index}?shards=3&replicas=0")
        engine.update([document(f"r{n}", "一段。", "又一段。") for n in range(8)])
        assert engine.search(SearchRequest(Term("一段"))).total == 16
        assert "分片：3 个，每个 0 个副本" in baogao("info", "--index", opensearch_index).stdout

    def test_what_is_not_said_is_as_it_was(self, opensearch_index: str) -> None:
        create_engine(f"{opensearch_index}?shards=2")
        for address in (opensearch_index, f"{opensearch_index}?shards=2"):
            assert create_engine(address).cluster().shards == 2  # type: ignore[union-attr]

    @pytest.mark.parametrize(
        ("made", "asked", "has"),
        [
            ("", "?shards=2", "有 1 个分片，副本随节点数增减"),
            ("", "?replicas=0", "有 1 个分片，副本随节点数增减"),
            ("?shards=2&replicas=0", "?shards=2&replicas=1", "有 2 个分片，每个 0 个副本"),
        ],
    )
    def test_an_index_that_is_there_is_not_divided_otherwise(
        self, opensearch_index: str, made: str, asked: str, has: str
    ) -> None:
        create_engine(opensearch_index + made)
        with pytest.raises(BadParameter, match=f"{has}；请去掉.*--rebuild"):
            create_engine(opensearch_index + asked)

    @pytest.mark.parametrize(("made", "asked", "shards"), [("?shards=2", "?shards=3", 3), ("?shards=2", "", 2)])
    def test_a_rebuild_divides_as_it_is_told_and_else_as_before(
        self, opensearch_index: str, seeds_found: Found, made: str, asked: str, shards: int
    ) -> None:
        create_engine(opensearch_index + made)
        pipeline.rebuild(seeds_found, opensearch_index + asked)
        engine = open_engine(opensearch_index)
        assert engine.cluster().shards == shards  # type: ignore[union-attr]
        assert engine.search(SearchRequest(Term("中欧班列"))).occurrences == 9


class TestState:
    def test_a_generation_is_seen_when_it_is_committed_and_its_number_never_comes_again(self) -> None:
        begun = State().taken("a", 9, 0).beginning("a")
        assert (begun.generation, begun.begun) == (0, 1)
        assert begun.committed("a", 1, 0).generation == 1
        again = begun.beginning("a")
        assert (again.begun, again.void) == (2, (1,))

    def test_who_has_lost_its_lease_commits_nothing(self) -> None:
        lost = State().taken("a", 9, 0).beginning("a").taken("b", 9, 10)
        assert lost.void == (1,)
        with pytest.raises(IndexBusy):
            lost.committed("a", 1, 11)
        with pytest.raises(IndexBusy):
            lost.renewed("a", 9, 11)
        assert lost.released("a") == lost

    def test_a_lease_lasts_until_it_ends(self) -> None:
        with pytest.raises(IndexBusy):
            State().taken("a", 9, 0).taken("b", 9, 8)
        assert State().taken("a", 9, 0).taken("b", 9, 9).writer == "b"

    def test_a_commit_told_twice_is_one(self) -> None:
        committed = State().taken("a", 9, 0).beginning("a").committed("a", 1, 0)
        assert committed.committed("a", 1, 5) == committed


class TestWriting:
    def test_what_a_writer_left_that_died_is_never_seen_and_goes_with_the_next_update(
        self, opensearch: OpenSearch, opensearch_index: str
    ) -> None:
        engine = create_engine(opensearch_index)
        engine.update([document("a", "旧的一段。")])
        index = state.read(engine._cluster).index  # type: ignore[attr-defined]
        left = {"kind": "unit", "born": 2, "report": "x", "ordinal": 1, "folded": "没有发表的一段。"}
        opensearch.ask("PUT", f"/{index}/_doc/left?refresh=true", left)
        state.change(engine._cluster, lambda now: now.taken("dead", 0, 0).beginning("dead"))  # type: ignore[attr-defined]
        assert engine.search(SearchRequest(Term("一段"))).total == 1
        engine.update([document("b", "新的一段。")])
        assert engine.search(SearchRequest(Term("一段"))).total == 2
        assert opensearch.ask("GET", f"/{index}/_count?q=report:x")["count"] == 0

    def test_another_programs_index_is_left_alone(
        self, opensearch: OpenSearch, opensearch_index: str
    ) -> None:
        name = place_of(opensearch_index).name
        opensearch.ask("PUT", f"/{name}", {})
        for use in (open_engine, create_engine):
            with pytest.raises(IndexForeign, match="别的程序"):
                use(opensearch_index)
        assert list(opensearch.ask("GET", f"/{name}/_mapping").values()) == [{"mappings": {}}]

    def test_an_index_of_another_version_is_left_alone_and_the_command_that_makes_it_anew_is_told(
        self, opensearch: OpenSearch, opensearch_index: str
    ) -> None:
        name = place_of(opensearch_index).name
        earlier = layout.made_with(()) | {"schema": layout.SCHEMA_VERSION - 1}
        kept = {"type": "object", "enabled": False}
        mappings = {"dynamic": "strict", "_meta": earlier, "properties": {"state": kept}}
        opensearch.ask("PUT", f"/{name}-000001", {"mappings": mappings, "aliases": {name: {}}})
        opensearch.ask("PUT", f"/{name}/_doc/state?refresh=true", {"state": '{"generation":7}'})
        for use in (open_engine, create_engine):
            with pytest.raises(IndexOutdated, match=r"另一个版本.*baogao index --rebuild"):
                use(opensearch_index)
        (held,) = opensearch.ask("GET", f"/{name}/_search?version=true")["hits"]["hits"]
        assert (held["_id"], held["_version"]) == ("state", 1)

    def test_the_name_an_index_has_inside_the_cluster_is_no_address(
        self, opensearch: OpenSearch, opensearch_index: str
    ) -> None:
        create_engine(opensearch_index).update([document("a", "一段。")])
        for use in (open_engine, create_engine):
            with pytest.raises(IndexForeign, match=f"内部的名字.*{place_of(opensearch_index).name}$"):
                use(f"{opensearch_index}-000001")

    def test_where_there_is_no_index_the_command_that_makes_one_is_told(
        self, opensearch: OpenSearch, opensearch_index: str
    ) -> None:
        with pytest.raises(IndexMissing, match="baogao index"):
            open_engine(opensearch_index)

    def test_an_index_set_read_only_while_it_is_written_says_so_at_once(
        self, opensearch: OpenSearch, opensearch_index: str
    ) -> None:
        engine = create_engine(opensearch_index)
        index = state.read(engine._cluster).index  # type: ignore[attr-defined]

        def block(value: bool | None) -> None:
            opensearch.ask("PUT", f"/{index}/_settings", {"index.blocks.read_only_allow_delete": value})

        def blocking() -> Iterator[Document]:
            block(True)
            yield document("a", "一段。")

        try:
            began = time.monotonic()
            with pytest.raises(BaogaoError, match="只读"):
                engine.update(blocking())
            assert time.monotonic() - began < 5
        finally:
            block(None)
        engine.update([document("b", "又一段。")])
        assert [report.id for report in engine.reports()] == ["b"]

    def test_an_index_set_read_only_says_so_and_goes_on_answering(
        self, opensearch: OpenSearch, opensearch_index: str
    ) -> None:
        engine = create_engine(opensearch_index)
        engine.update([document("a", "一段。")])
        index = state.read(engine._cluster).index  # type: ignore[attr-defined]
        opensearch.ask("PUT", f"/{index}/_settings", {"index.blocks.read_only_allow_delete": True})
        try:
            with pytest.raises(BaogaoError, match="只读"):
                engine.update([document("b", "又一段。")])
            assert engine.search(SearchRequest(Term("一段"))).total == 1
        finally:
            opensearch.ask("PUT", f"/{index}/_settings", {"index.blocks.read_only_allow_delete": None})


class TestCloseness:
    """The best ``CLOSE`` units are put in order by how close together stands what is sought, whatever page is asked
    for."""

    MANY = 2 * CLOSE + 5
    REQUEST = SearchRequest(And((Term("开放"), Term("创新"))), size=MANY)

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, opensearch: OpenSearch) -> Iterator[Engine]:
        gaps = [(number * 7) % cls.MANY for number in range(cls.MANY)]
        texts = [f"开放{'的' * gap}创新{'的' * (cls.MANY - gap)}。" for gap in gaps]
        with opensearch.named() as address:
            engine = create_engine(address)
            engine.update([document(f"r{at}", *texts[at::3]) for at in range(3)])
            yield engine
            engine.close()

    def test_the_closest_come_first(self, engine: Engine) -> None:
        gaps = [hit.unit.text.index("创新") - 2 for hit in engine.search(self.REQUEST).hits[:CLOSE]]
        assert gaps == sorted(gaps)

    @pytest.mark.parametrize("size", [1, 7, CLOSE, CLOSE + 1])
    def test_pages_are_pieces_of_one_order(self, engine: Engine, size: int) -> None:
        whole = engine.search(self.REQUEST).hits
        starts = range(0, self.MANY, size)
        pages = [engine.search(replace(self.REQUEST, offset=at, size=size)).hits for at in starts]
        assert [hit for page in pages for hit in page] == list(whole)
        assert len(whole) == self.MANY

    def test_reports_come_in_the_order_of_their_best_units_and_have_these(self, engine: Engine) -> None:
        whole = engine.search(self.REQUEST).hits
        reports = engine.by_report(replace(self.REQUEST, size=3), self.MANY).groups
        assert [each.report.id for each in reports] == list(dict.fromkeys(hit.report.id for hit in whole))
        for each in reports:
            assert list(each.best) == [hit for hit in whole if hit.report.id == each.report.id]


def test_what_stands_nowhere_takes_nothing_from_what_tells_units_apart(opensearch_index: str) -> None:
    engine = create_engine(opensearch_index)
    units = [f"发展{'，发展' * (number % 5)}{'的' * number}。" for number in range(60)]
    engine.update([document("a", *units)])
    alone = engine.search(SearchRequest(Term("发展"), size=len(units))).hits
    absent = (Term(f"没有的词{number}") for number in range(50))
    among = engine.search(SearchRequest(Or((Term("发展"), *absent)), size=len(units))).hits
    assert [hit.unit.ordinal for hit in among] == [hit.unit.ordinal for hit in alone]
    assert [hit.score for hit in among] == pytest.approx([hit.score for hit in alone], rel=1e-3)
    assert len({hit.score for hit in alone}) == len(units)
    engine.close()


@pytest.fixture(scope="module")
def both(opensearch: OpenSearch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    """An engine over the cluster, whose index has several shards, and one over a folder."""
    with opensearch.named() as address:
        ours = create_engine(f"{address}?shards=3")
        theirs = create_engine(str(tmp_path_factory.mktemp("other") / "index"))
        yield ours, theirs
        ours.close()
        theirs.close()


@settings(max_examples=40)
@given(
    steps=st.lists(st.tuples(st.lists(documents(), max_size=3), st.lists(NAMES, max_size=2)), min_size=1, max_size=3),
    requests=st.lists(REQUESTS, min_size=1, max_size=3),
    counted=st.builds(
        CountRequest, st.lists(PIECES, min_size=1, max_size=2).map(tuple),
        st.sampled_from([(), ("year",), ("region", "section")]), FILTERS,
    ),
)  # fmt: skip
def test_after_any_changes_both_engines_find_and_count_alike(
    both: tuple[Engine, Engine],
    steps: list[tuple[list[Document], list[str]]],
    requests: list[SearchRequest],
    counted: CountRequest,
) -> None:
    ours, theirs = both
    for each in both:
        each.update([], [report.id for report in each.reports()])
    held: dict[str, Document] = {}
    for added, removed in steps:
        for each in both:
            each.update(added, removed)
        held = {id_: each for id_, each in held.items() if id_ not in removed}
        held |= {each.report.id: each for each in added}
    for request in requests:
        check(ours, theirs, request, Judge(tuple(held.values())))
    assert ours.count(counted) == theirs.count(counted)
    assert ours.info().fingerprint == theirs.info().fingerprint
    assert {id_: ours.document(id_) for id_ in held} == held


def check(ours: Engine, theirs: Engine, request: SearchRequest, judge: Judge) -> None:
    mine, other = ours.search(request), theirs.search(request)
    assert (mine.total, mine.occurrences, mine.by_sought) == (other.total, other.occurrences, other.by_sought)
    assert [set(each.values) for each in mine.facets] == [set(each.values) for each in other.facets]
    if request.sort != "relevance":
        assert mine.hits == other.hits
    by_report, expected = ours.by_report(request, 2), theirs.by_report(request, 2)
    assert by_report.reports == expected.reports
    assert sum(each.units for each in by_report.groups) <= mine.total
    if request.mode == "exact":
        with ours.scan(request.query, request.filters) as scan:
            found = [(each.report.id, each.unit.ordinal) for each in scan.findings]
        assert set(found) == {row.address for row in judge.found(request.query, request.filters)}
