"""What is sent compressed, to whom, and that it is the same."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

PACKED = {"Accept-Encoding": "gzip, deflate, br"}
REPORT = "/report/2021-郑州市-政府工作报告"


@pytest.mark.parametrize(
    "url", ["/help", REPORT, "/api/v1/openapi.json", "/static/style.css", "/feed.atom", "/facet?field=region"]
)
class TestText:
    def test_it_is_the_same_unpacked_and_less_than_half_as_long(self, client: FlaskClient, url: str) -> None:
        whole, packed = client.get(url, buffered=True), client.get(url, buffered=True, headers=PACKED)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == whole.data
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(whole.data) / 2
        assert packed.content_type == whole.content_type

    def test_caches_are_told_that_there_are_two(self, client: FlaskClient, url: str) -> None:
        for headers in ({}, PACKED):
            assert "Accept-Encoding" in client.get(url, buffered=True, headers=headers).vary

    @pytest.mark.parametrize("taken", ["", "identity", "br", "gzip;q=0", "deflate, gzip;q=0"])
    def test_who_does_not_take_it_gets_it_plain(self, client: FlaskClient, url: str, taken: str) -> None:
        answer = client.get(url, buffered=True, headers={"Accept-Encoding": taken})
        assert "Content-Encoding" not in answer.headers
        assert answer.data[:2] != b"\x1f\x8b"


@pytest.mark.parametrize(
    "url", ["/healthz", "/export.csv?q=中欧班列", "/export.xlsx?q=中欧班列", "/export.jsonl", "/search?year=x"]
)
def test_what_is_short_streamed_packed_already_or_a_mistake_is_sent_as_it_is(client: FlaskClient, url: str) -> None:
    assert "Content-Encoding" not in client.get(url, buffered=True, headers=PACKED).headers


def test_a_stylesheet_that_is_kept_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/static/style.css", buffered=True, headers=PACKED)
    again = client.get("/static/style.css", buffered=True, headers={**PACKED, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_head_tells_the_length_of_what_get_would_send(client: FlaskClient) -> None:
    got, asked = client.get("/help", headers=PACKED), client.head("/help", headers=PACKED)
    assert (asked.data, asked.headers["Content-Length"]) == (b"", got.headers["Content-Length"])
