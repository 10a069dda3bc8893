"""OpenSearch itself: fetched by Maven from where its makers publish it, and kept unpacked."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from cluster.errors import CannotStart, Missing
from cluster.locks import held

VERSION = "3.6.0"
COORDINATES = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
"""The server with all its modules and without plugins. Of 2.19 and 3.4 this archive lacks modules that it needs."""
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
MEGABYTES = 162


def distribution(cache: Path, say: Callable[[str], object]) -> Path:
    """The folder of an unpacked OpenSearch inside ``cache``, fetched first where it is not there; ``say`` is told when
    that takes a while. Raises CannotStart."""
    cache.mkdir(parents=True, exist_ok=True)
    home = cache / f"opensearch-{VERSION}"
    with held(cache / "fetching"):
        if not home.is_dir():
            _put(home, cache, say)
    return home


def _put(home: Path, cache: Path, say: Callable[[str], object]) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Missing("没有 Maven，OpenSearch 要用它下载；请安装 Debian 的 maven 包")
    say(f"正在用 Maven 取得 OpenSearch {VERSION}（{MEGABYTES} MB，只在第一次）……")
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        fetched = _fetched(maven, Path(folder), cache / "maven.log")
        _unpacked(fetched, Path(folder) / "unpacked").rename(home)


def _fetched(maven: str, folder: Path, log: Path) -> Path:
    """The archive. Maven checks what it fetches against its published digest."""
    command = [maven, "--batch-mode", f"{PLUGIN}:copy", f"-Dartifact={COORDINATES}", f"-DoutputDirectory={folder}"]
    with log.open("wb") as said:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    archives = list(folder.glob("*.zip"))
    if done.returncode or not archives:
        raise CannotStart(f"Maven 没有能取得 OpenSearch {VERSION}（它说了什么见 {log}）；请检查网络，再试一次")
    return archives[0]


def _unpacked(archive: Path, folder: Path) -> Path:
    """The one folder in an archive, with what may be run marked so, and open to the user who runs it."""
    try:
        with ZipFile(archive) as packed:
            for member in packed.infolist():
                path = Path(packed.extract(member, folder))
                path.chmod(0o755 if path.is_dir() or member.external_attr >> 16 & 0o100 else 0o644)
    except BadZipFile as error:
        raise CannotStart(f"取得的 {archive.name} 是坏的；请删掉 Maven 存的那一份，再试一次") from error
    (home,) = folder.iterdir()
    home.chmod(0o755)
    return home
