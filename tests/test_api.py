"""The JSON API: every route, one shape for every error, and a description that real answers keep to."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
from faces import one_chinese_sentence
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from search_app import asked, counting, create_app, parameters
from search_app.api import PREFIX
from search_app.export import FORMATS

REPORT = "2021-郑州市-政府工作报告"


@pytest.fixture(scope="module")
def described(client: FlaskClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get(f"{PREFIX}/openapi.json").json
    return document


ANSWERS: list[tuple[str, str]] = [
    ("/search", "/search"),
    ("/search", "/search?q=中欧班列&year=2021&year=2023&level=市&section=重点任务/开放&sort=newest&size=3"),
    ("/search", "/search?q=没有的词&year=1999"),
    ("/search", "/search?q=-发展&page=2&type=规划评估报告&size=1"),
    ("/kwic", "/kwic?q=中欧班列 OR 班列&sort=left&context=5&size=3"),
    ("/kwic", "/kwic?q=没有的词"),
    ("/by-report", "/by-report?q=创新&level=市&sort=oldest&size=1&page=2"),
    ("/by-report", "/by-report"),
    ("/count", "/count?term=中欧班列"),
    ("/count", "/count?term=中欧班列&term=营商环境&by=year&by=region&level=市"),
    ("/suggest", "/suggest?q=郑州 zobl"),
    ("/report/{report_id}", f"/report/{REPORT}"),
    ("/reports", "/reports"),
    ("/info", "/info"),
    ("/cluster", "/cluster"),
]


class TestRoutes:
    def test_search_gives_a_page(self, client: FlaskClient) -> None:
        page = client.get(f"{PREFIX}/search?q=中欧班列&year=2021&year=2023").json
        assert (page["total"], page["occurrences"], page["pages"]) == (3, 4, 1)
        assert page["hits"][0]["address"] == "2021-郑州市-政府工作报告#p6"
        assert {"text": "中欧班列", "marked": True, "kind": 0} in page["hits"][0]["snippet"]["fragments"]
        assert page["state"]["filters"] == [{"field": "year", "values": ["2021", "2023"], "excluded": []}]

    def test_count_gives_a_table(self, client: FlaskClient) -> None:
        table = client.get(f"{PREFIX}/count?term=中欧班列&by=year").json
        assert {row["group"][0]: row["occurrences"][0] for row in table["rows"]} == {
            "2021": 3, "2023": 1, "2024": 2, "2025": 3,
        }  # fmt: skip

    def test_report_gives_the_whole_report(self, client: FlaskClient) -> None:
        document = client.get(f"{PREFIX}/report/{REPORT}").json
        assert document["report"]["id"] == REPORT
        assert [unit["ordinal"] for unit in document["units"]] == list(range(1, 42))

    def test_reports_gives_all_newest_first(self, client: FlaskClient) -> None:
        years = [report["year"] for report in client.get(f"{PREFIX}/reports").json]
        assert years == sorted(years, reverse=True) and len(years) == 5

    def test_info_gives_what_the_index_holds(self, client: FlaskClient) -> None:
        info = client.get(f"{PREFIX}/info").json
        assert (info["reports"], info["units"], info["characters"]) == (5, 259, 49224)

    @pytest.mark.parametrize("url", [url for _, url in ANSWERS] + ["/openapi.json", "/nowhere", "/search?q=("])
    def test_every_answer_is_json_and_says_so(self, client: FlaskClient, url: str) -> None:
        answer = client.get(PREFIX + url)
        assert answer.content_type == "application/json; charset=utf-8"
        assert json.loads(answer.data.decode("utf-8")) or url == "/cluster"


ERRORS: list[tuple[str, int, str, dict[str, int] | None, str | None]] = [
    ("/search?q=中欧班列 (郑州", 400, "query_syntax", {"start": 5, "end": 6}, None),
    ("/search?q=题目:郑州", 400, "query_syntax", {"start": 0, "end": 2}, None),
    ("/search?q=级别:城市", 400, "query_syntax", {"start": 3, "end": 5}, None),
    ("/search?years=2021", 400, "bad_parameter", None, "years"),
    ("/search?year=21", 400, "bad_parameter", None, "year"),
    ("/search?size=201", 400, "bad_parameter", None, "size"),
    ("/search?page=1&page=2", 400, "bad_parameter", None, "page"),
    ("/search?q=中欧班列&page=2", 400, "bad_parameter", None, "page"),
    ("/search?q=%ff", 400, "bad_request", None, None),
    ("/search?q=创新&view=kwic", 400, "bad_parameter", None, "view"),
    ("/search?q=创新&sort=left", 400, "bad_parameter", None, "sort"),
    ("/kwic?q=创新&context=61", 400, "bad_parameter", None, "context"),
    ("/kwic?q=创新&sort=up", 400, "bad_parameter", None, "sort"),
    ("/kwic?q=中欧班列&page=2", 400, "bad_parameter", None, "page"),
    ("/by-report?q=创新&context=20", 400, "bad_parameter", None, "context"),
    ("/by-report?page=2", 400, "bad_parameter", None, "page"),
    ("/count", 400, "bad_parameter", None, "term"),
    ("/count?term=创新&by=title", 400, "bad_parameter", None, "by"),
    ("/count?term=创新&q=创新", 400, "bad_parameter", None, "q"),
    ("/report/2021-火星-政府工作报告", 404, "not_found", None, None),
    ("/report/%ff", 404, "not_found", None, None),
    (f"/report/{REPORT}?q=创新", 400, "bad_parameter", None, "q"),
    ("/reports?year=2021", 400, "bad_parameter", None, "year"),
    ("/info?x=1", 400, "bad_parameter", None, "x"),
    ("/export.csv?page=2", 400, "bad_parameter", None, "page"),
    ("/export.xlsx?q=(", 400, "query_syntax", {"start": 0, "end": 1}, None),
    ("/export.pdf", 404, "not_found", None, None),
    ("/openapi.json?x=1", 400, "bad_parameter", None, "x"),
    ("/nowhere", 404, "not_found", None, None),
    ("/report/", 404, "not_found", None, None),
    ("", 404, "not_found", None, None),
]


class TestErrors:
    @pytest.mark.parametrize(("url", "status", "code", "position", "parameter"), ERRORS, ids=[row[0] for row in ERRORS])
    def test_every_error_has_the_one_shape(
        self,
        client: FlaskClient,
        url: str,
        status: int,
        code: str,
        position: dict[str, int] | None,
        parameter: str | None,
    ) -> None:
        answer = client.get(PREFIX + url)
        assert answer.status_code == status
        assert list(answer.json) == ["error"]
        error = answer.json["error"]
        assert one_chinese_sentence(error.pop("message"))
        assert error == {"code": code, "position": position, "parameter": parameter}

    def test_a_position_counts_characters_of_the_query_not_bytes(self, client: FlaskClient) -> None:
        q = "中欧班列 𠀀 年：二〇二一"
        error = client.get(f"{PREFIX}/search", query_string={"q": q}).json["error"]
        assert q[error["position"]["start"] : error["position"]["end"]] == "二〇二一"

    def test_an_error_of_ours_is_told_without_its_inside(self, caplog: pytest.LogCaptureFixture) -> None:
        class Broken:
            def __getattr__(self, name: str) -> object:
                raise RuntimeError("/secret/path")

        broken = create_app(Broken()).test_client()  # type: ignore[arg-type]
        for url in (f"{PREFIX}/search", "/search", "/"):
            answer = broken.get(url)
            assert answer.status_code == 500
            assert "secret" not in answer.text and "Traceback" not in answer.text
        assert "/secret/path" in caplog.text
        assert broken.get(f"{PREFIX}/search").json["error"]["code"] == "internal"


class TestMethods:
    @pytest.mark.parametrize("url", [f"{PREFIX}/search", f"{PREFIX}/info", "/", "/search", "/help", "/healthz"])
    def test_head_answers_as_get_without_the_body(self, client: FlaskClient, url: str) -> None:
        got, asked = client.get(url), client.head(url)
        assert (asked.status_code, asked.data) == (200, b"")
        assert asked.content_type == got.content_type

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "煮茶"])
    @pytest.mark.parametrize("url", [f"{PREFIX}/search", "/search", "/"])
    def test_any_other_method_is_refused_with_those_that_are_allowed(
        self, client: FlaskClient, method: str, url: str
    ) -> None:
        answer = client.open(url, method=method)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
        assert "只能读取" in answer.text

    def test_options_tells_what_is_allowed(self, client: FlaskClient) -> None:
        assert set(client.options(f"{PREFIX}/search").allow) == {"GET", "HEAD", "OPTIONS"}


class TestDescription:
    def test_it_is_valid_openapi_3_1(self, described: dict[str, Any]) -> None:
        assert described["openapi"].startswith("3.1")
        OpenAPIV31SpecValidator(described).validate()

    def test_it_describes_every_route_but_itself(self, described: dict[str, Any], client: FlaskClient) -> None:
        routes = {
            re.sub(r"<(\w+)>", r"{\1}", rule.rule.removeprefix(PREFIX))
            for rule in client.application.url_map.iter_rules()
            if rule.rule.startswith(PREFIX)
        }
        assert set(described["paths"]) == routes - {"/openapi.json"}
        assert described["servers"] == [{"url": PREFIX}]

    @pytest.mark.parametrize(
        ("path", "known"),
        [
            ("/search", parameters.PARAMETERS_OF["paragraphs"]),
            ("/kwic", parameters.PARAMETERS_OF["kwic"]),
            ("/by-report", parameters.PARAMETERS_OF["reports"]),
            ("/count", counting.PARAMETERS),
            *((f"/export.{form}", asked.PARAMETERS) for form in FORMATS),
        ],
    )
    def test_it_describes_every_parameter_of_the_code(
        self, described: dict[str, Any], path: str, known: tuple[parameters.Parameter, ...]
    ) -> None:
        told = {each["name"]: each for each in described["paths"][path]["get"]["parameters"]}
        assert list(told) == [parameter.name for parameter in known]
        for parameter in known:
            schema = told[parameter.name]["schema"]
            assert told[parameter.name]["description"] == parameter.meaning
            assert (schema["type"] == "array") == parameter.many
            assert tuple(schema.get("items", schema).get("enum", ())) == parameter.values

    def test_an_export_is_described_by_its_media_type(self, described: dict[str, Any], client: FlaskClient) -> None:
        for form in FORMATS:
            (told,) = described["paths"][f"/export.{form}"]["get"]["responses"]["200"]["content"]
            assert told == client.head(f"{PREFIX}/export.{form}").mimetype

    @pytest.mark.parametrize("path", ["/search", "/count", "/report/{report_id}", "/reports", "/info", "/export.csv"])
    def test_it_describes_the_errors_of_every_route(self, described: dict[str, Any], path: str) -> None:
        assert set(described["paths"][path]["get"]["responses"]) == {"200", "400", "404", "503"}

    @pytest.mark.parametrize(("path", "url"), ANSWERS, ids=[url for _, url in ANSWERS])
    def test_real_answers_keep_to_it(self, described: dict[str, Any], client: FlaskClient, path: str, url: str) -> None:
        validate(described, path, 200, client.get(PREFIX + url).json)

    @pytest.mark.parametrize("url", [row[0] for row in ERRORS if row[0]])
    def test_real_errors_keep_to_it(self, described: dict[str, Any], client: FlaskClient, url: str) -> None:
        answer = client.get(PREFIX + url)
        validate(described, "/search", answer.status_code, answer.json)

    def test_an_answer_that_lacks_something_or_holds_it_wrongly_does_not_keep_to_it(
        self, described: dict[str, Any], client: FlaskClient
    ) -> None:
        page = client.get(f"{PREFIX}/search?q=中欧班列").json
        hit = without(page["hits"][0], "url")
        for broken in (without(page, "total"), page | {"total": "8"}, page | {"hits": [hit]}):
            with pytest.raises(jsonschema.ValidationError):
                validate(described, "/search", 200, broken)


def validate(described: dict[str, Any], path: str, status: int, answer: object) -> None:
    """Check an answer against the schema its description gives it."""
    response = described["paths"][path]["get"]["responses"][str(status)]
    schema = response["content"]["application/json"]["schema"] | {"components": described["components"]}
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(answer)


def without(value: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: held for key, held in value.items() if key != name}
