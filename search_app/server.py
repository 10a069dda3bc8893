"""Serving the web application with waitress, on loopback unless told otherwise."""

from __future__ import annotations

import logging
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

import waitress
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask

from indexer import Engine, open_engine
from indexer.engines import is_place
from indexer.errors import CannotServe, system_reason
from search_app.breaker import Guarded
from search_app.mending import neighbours
from search_app.site import checked_site
from search_app.suggest import lexicons
from search_app.web import create_app

THREADS = 8
"""Readers answered at once; others wait."""


BUFFERED = 256 * 1024 * 1024
"""Bytes of an answer that wait for a slow reader, on disk beyond the first megabyte; more keep a thread waiting too."""


_REFUSALS = {413: "这里只能读取，不收文件；请用网址来检索", 431: "网址太长；请把查询缩短一些，或少选几个筛选"}


def serve(address: str, host: str, port: int, site: str | None, say: Callable[[str], object]) -> None:
    """Serve the index at ``address`` until interrupted; ``site`` as in ``create_app``.

    Raises IndexUnavailable, CannotServe, BadParameter.
    """
    known = None if site is None else checked_site(site)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a line for each request that waits, under load
    engine = _opened(address)
    try:
        listener = _listen(host, port)
        with listener:
            server = waitress.create_server(
                create_app(engine, known), sockets=[listener], threads=THREADS, ident=None, max_request_body_size=1024,
                outbuf_high_watermark=BUFFERED,
            )  # fmt: skip
            threading.Thread(target=_prepare, args=(engine,), daemon=True).start()
            server.channel_class = _Channel
            say(f"报告检索已就绪：http://{_for_browser(host)}:{port}（按 Ctrl-C 停止）")
            server.run()
    finally:
        engine.close()


def _opened(address: str) -> Engine:
    engine = open_engine(address)
    return Guarded(engine) if is_place(address) else engine


def _prepare(engine: Engine) -> None:
    """Make what suggestions and proposals take before the first reader waits for it.

    What fails here, as when the server stops meanwhile, is made when first asked for.
    """
    with suppress(Exception):
        neighbours.of(engine)
        lexicons.of(engine)


class _Refusal(ErrorTask):  # type: ignore[misc]
    """What cannot be read as a request at all, said in Chinese."""

    def execute(self) -> None:
        error = self.request.error
        body = f"{_REFUSALS.get(error.code, '这个请求看不懂；请回到首页重试')}\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Takes addresses in which Han stands as such: curl and scripts send them as they were typed, browsers encode
    them."""

    def parse_header(self, header_plus: bytes) -> None:
        request, end, headers = header_plus.partition(b"\r\n")
        encoded = re.sub(rb"[\x80-\xff]", lambda byte: b"%%%02X" % ord(byte[0]), request)
        super().parse_header(encoded + end + headers)


class _Channel(HTTPChannel):  # type: ignore[misc]
    error_task_class = _Refusal
    parser_class = _Parser


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        reason = system_reason(error)
        another = f"换一个端口试试：baogao serve --port {port + 1}"
        raise CannotServe(f"不能在 {host}:{port} 上服务（{reason}）；{another}") from error
    return listener


def _for_browser(host: str) -> str:
    return f"[{host}]" if ":" in host else host
