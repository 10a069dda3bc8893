"""Text is sent compressed to those who take it so."""

from __future__ import annotations

import gzip

from flask import Request, Response

SMALLEST = 1024
"""Bytes; less fits into the packet that the head is in."""
LEVEL = 5
"""Of zlib's nine: beyond it a page shrinks by another hundredth and takes twice as long."""
TYPES = ("text/", "application/json", "application/atom+xml", "image/svg+xml")


def compressed(answer: Response, asked: Request) -> Response:
    """The answer, gzipped where that helps and the reader takes it. What is streamed is sent as it comes."""
    if (answer.is_streamed and not answer.direct_passthrough) or not (answer.mimetype or "").startswith(TYPES):
        return answer
    answer.vary.add("Accept-Encoding")
    if answer.status_code != 200 or not asked.accept_encodings.quality("gzip"):
        return answer
    answer.direct_passthrough = False
    data = answer.get_data()
    if len(data) < SMALLEST:
        return answer
    answer.set_data(gzip.compress(data, LEVEL, mtime=0))
    answer.content_encoding = "gzip"
    etag, _ = answer.get_etag()
    if etag is not None:
        answer.set_etag(etag, weak=True)
    return answer
