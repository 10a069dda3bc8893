"""``python -m bench.pictures``: the pictures in docs/, taken anew of the sample reports. Needs chromium."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from bench.serving import BAOGAO, SEEDS, serving

DOCS = SEEDS.parent / "docs"


@dataclass(frozen=True, slots=True)
class Picture:
    name: str
    path: str
    width: int = 1280
    height: int = 800
    scheme: Literal["light", "dark"] = "light"


PICTURES = (
    Picture("search", "/search?q=中欧班列"),
    Picture("report", "/report/2021-郑州市-政府工作报告?q=中欧班列#h1", height=600),
    Picture("kwic", "/search?q=营商环境 OR 中欧班列&view=kwic", height=640),
    Picture(
        "compare", "/compare?left=2021-郑州市-政府工作报告&right=2025-荥阳市-政府工作报告&q=创新#right-p5", height=560
    ),
    Picture("phone", "/search?q=中欧班列", 360, 720, "dark"),
)


def main() -> None:
    """Take every picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        index = str(Path(folder) / "index")
        subprocess.run([str(BAOGAO), "index", str(SEEDS), "--index", index], check=True, stdout=subprocess.DEVNULL)
        browser = started.chromium.launch(executable_path=shutil.which("chromium"))
        with serving(index) as server:
            for picture in PICTURES:
                _take(browser, f"http://127.0.0.1:{server.port}", picture)
        browser.close()


def _take(browser: Browser, site: str, picture: Picture) -> None:
    page = browser.new_page(
        base_url=site, color_scheme=picture.scheme, viewport={"width": picture.width, "height": picture.height}
    )
    page.goto(picture.path)
    page.screenshot(path=DOCS / f"{picture.name}.png")
    page.close()


if __name__ == "__main__":
    main()
