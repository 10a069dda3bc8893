"""The web application: pages and API over one open engine, and what every answer carries."""

from __future__ import annotations

import logging
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from indexer import BaogaoError, Engine
from indexer.errors import ReaderMistake
from search_app import api, downloads, facet_pages, views
from search_app.compression import compressed

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
STATIC_KEPT = 24 * 3600
"""Seconds a browser may keep the stylesheet and the icon; the stylesheet's address changes with it."""

_HTTP_MESSAGES = {404: "没有这个页面；请检查地址，或回到首页", 405: "这个地址只能读取（GET）"}


def create_app(engine: Engine, site: str | None = None) -> Flask:
    """The application over an open engine, which the caller closes.

    ``site`` (https://baogao.example.cn) begins the addresses that leave it, in citations, exports and feeds; without
    one they begin with the host each request names.
    """
    app = Flask("search_app")
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = STATIC_KEPT
    app.register_blueprint(api.blueprint(engine, site), url_prefix=api.PREFIX)
    app.register_blueprint(views.blueprint(engine, site))
    app.register_blueprint(facet_pages.blueprint(engine))
    app.register_blueprint(downloads.blueprint(engine, site))
    app.before_request(_refuse_unreadable)
    app.after_request(_with_headers)
    app.register_error_handler(BaogaoError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)
    return app


def _refuse_unreadable() -> None:
    """Flask itself would go on with what it cannot decode as if it had been typed so."""
    try:
        unquote_to_bytes(request.query_string).decode()
    except UnicodeDecodeError as error:
        raise ReaderMistake("网址里有不是 UTF-8 编码的字；请在检索框里重新输入") from error


def _with_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    return compressed(response, request)


def _known(error: BaogaoError) -> Response:
    answer = api.problem(error) if _for_api() else views.problem(error)
    if error.retry_after is not None:
        answer.retry_after = error.retry_after
    return answer


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    known = BaogaoError(_HTTP_MESSAGES.get(code, "这个请求无法处理；请回到首页重试"))
    answer = _answer(known, code, "not_found" if code == 404 else "bad_request")
    if isinstance(error, MethodNotAllowed):
        answer.allow.update(error.valid_methods or ())
    return answer


def _unknown(error: Exception) -> Response:
    logging.getLogger("baogao").exception("请求 %s 出错", request.path, exc_info=error)
    return _answer(BaogaoError("程序出错了，错误已记入日志；请稍后再试"), 500, "internal")


def _answer(error: BaogaoError, status: int, code: str) -> Response:
    return api.problem(error, status, code) if _for_api() else views.problem(error, status)


def _for_api() -> bool:
    return request.path.startswith(api.PREFIX)
