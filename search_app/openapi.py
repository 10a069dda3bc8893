"""The API's own description, OpenAPI 3.1, made from the parameters' tables and the answers' types."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec
from apispec import APISpec

from indexer import ClusterInfo, CountTable, Document, IndexInfo, Report
from search_app import asked, counting, facet_list, parameters, suggest
from search_app.export import FORMATS
from search_app.facet_list import FacetList
from search_app.grouped import GroupedPage
from search_app.kwic import KwicPage
from search_app.parameters import Parameter
from search_app.search import SearchPage

_ERRORS = {400: "参数或查询写错了", 404: "没有这个页面或报告", 503: "索引现在不能读"}


@cache
def describe(prefix: str, error: type) -> dict[str, Any]:
    """The OpenAPI document of the API at ``prefix``, whose errors have the shape ``error``."""
    spec = APISpec(
        title="baogao",
        version=version("baogao"),
        openapi_version="3.1.0",
        info={"description": "中国政府报告全文检索：精确、可计数、可引用。"},
        servers=[{"url": prefix}],
    )
    answers: dict[str, tuple[str, tuple[Parameter, ...], Any]] = {
        "/search": ("检索段落", parameters.PARAMETERS_OF["paragraphs"], SearchPage),
        "/kwic": ("列出每一处和它左右的字", parameters.PARAMETERS_OF["kwic"], KwicPage),
        "/by-report": ("检索，按报告列出", parameters.PARAMETERS_OF["reports"], GroupedPage),
        "/facet": ("列出一个分面的全部值", facet_list.PARAMETERS, FacetList),
        "/count": ("数词频", counting.PARAMETERS, CountTable),
        "/suggest": ("补全正在输入的词", suggest.PARAMETERS, suggest.Suggestions),
        "/report/{report_id}": ("读整篇报告", (), Document),
        "/reports": ("列出报告", (), tuple[Report, ...]),
        "/info": ("索引概况", (), IndexInfo),
        "/cluster": ("集群怎么样；索引在文件夹里时是 null", (), ClusterInfo | None),
    }
    shapes, components = msgspec.json.schema_components(
        [answer for _, _, answer in answers.values()] + [error], ref_template="#/components/schemas/{name}"
    )
    for (path, (summary, known, _)), shape in zip(answers.items(), shapes, strict=False):
        spec.path(path, operations={"get": _operation(path, summary, known, shape, shapes[-1])})
    for form in FORMATS.values():
        path, summary = f"/export.{form.name}", f"导出全部结果（{form.label}）"
        spec.path(path, operations={"get": _export(path, summary, form.media_type, shapes[-1])})
    # Not through apispec: where a tuple's schema says that no item follows ("items": false), it sees a schema's name.
    described: dict[str, Any] = spec.to_dict() | {"components": {"schemas": components}}
    return described


def _operation(
    path: str, summary: str, parameters: Iterable[Parameter], shape: dict[str, Any], error: dict[str, Any]
) -> dict[str, Any]:
    described = [_parameter(parameter) for parameter in parameters]
    if "{report_id}" in path:
        described.append({"name": "report_id", "in": "path", "required": True, "schema": {"type": "string"}})
    return {
        "summary": summary,
        "operationId": path.split("/")[1].replace(".", "_").replace("-", "_"),
        "parameters": described,
        "responses": {
            "200": _answer("成功", shape),
            **{str(status): _answer(meaning, error) for status, meaning in _ERRORS.items()},
        },
    }


def _export(path: str, summary: str, media_type: str, error: dict[str, Any]) -> dict[str, Any]:
    operation = _operation(path, summary, asked.PARAMETERS, {}, error)
    operation["responses"]["200"]["content"] = {media_type.partition(";")[0]: {}}
    return operation


def _answer(meaning: str, shape: dict[str, Any]) -> dict[str, Any]:
    return {"description": meaning, "content": {"application/json": {"schema": shape}}}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    one: dict[str, Any] = {"type": parameter.kind}
    if parameter.values:
        one["enum"] = list(parameter.values)
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.meaning,
        "required": parameter.required,
        "schema": {"type": "array", "items": one} if parameter.many else one,
    }
