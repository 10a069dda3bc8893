"""The Java that runs the nodes: where one is looked for, and which will do."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import Missing

OLDEST = 21
PACKAGE = "openjdk-21-jdk-headless"
JVMS = Path("/usr/lib/jvm")
"""Where Debian keeps what it installs, each in a folder of its own."""

_ALL_LANGUAGES = "jdk.localedata"
"""OpenSearch asks for locales (Thai among them) that a runtime trimmed to English lacks."""
_LINE = re.compile(r'(\w+)="(.*)"')


@dataclass(frozen=True, slots=True)
class Java:
    """A Java and the folder it lies in; ``whole`` where it has the languages OpenSearch asks for."""

    home: Path
    version: int
    whole: bool

    @property
    def will_do(self) -> bool:
        return self.whole and self.version >= OLDEST


def find_java(environment: Mapping[str, str], jvms: Path = JVMS) -> Java:
    """The first that will do: OPENSEARCH_JAVA_HOME's, which no other replaces, JAVA_HOME's, the default ``java``, its
    neighbours and those in ``jvms``, of which the oldest. Raises Missing."""
    if wished := environment.get("OPENSEARCH_JAVA_HOME"):
        found = java_at(Path(wished))
        if found is None or not found.will_do:
            raise Missing(f"OPENSEARCH_JAVA_HOME 指的 {wished} {_why_not(found)}；请让它指向 JDK {OLDEST} 或更新的版本")
        return found
    seen = [java for home in _homes(environment, jvms) if (java := java_at(home))]
    for java in seen:
        if java.will_do:
            return java
    newest = max((java.version for java in seen), default=None)
    told = "" if newest is None else f"（找到的最新的是 Java {newest}）"
    raise Missing(
        f"没有可用的 JDK {OLDEST} 或更新的版本{told}；请安装 Debian 的 {PACKAGE} 包，"
        "或用 OPENSEARCH_JAVA_HOME 写出它在哪个文件夹"
    )


def java_at(home: Path) -> Java | None:
    """The Java in a folder, by what its file ``release`` says; None where there is none."""
    try:
        told = dict(_LINE.findall((home / "release").read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return None
    number = re.match(r"(?:1\.)?(\d+)", told.get("JAVA_VERSION", ""))
    if number is None or not os.access(home / "bin" / "java", os.X_OK):
        return None
    return Java(home, int(number[1]), _ALL_LANGUAGES in told.get("MODULES", "").split())


def _why_not(java: Java | None) -> str:
    if java is None:
        return "里没有 Java"
    return f"是 Java {java.version}" if java.version < OLDEST else "是删减过的 Java，缺少语言数据"


def _homes(environment: Mapping[str, str], jvms: Path) -> Iterator[Path]:
    if said := environment.get("JAVA_HOME"):
        yield Path(said)
    default = shutil.which("java", path=environment.get("PATH", os.defpath))
    home = Path(default).resolve().parent.parent if default else None
    if home:
        yield home
    for folder in dict.fromkeys([home.parent, jvms] if home else [jvms]):
        yield from sorted(_inside(folder), key=_age)


def _inside(folder: Path) -> list[Path]:
    try:
        return [each for each in folder.iterdir() if each.is_dir()]
    except OSError:
        return []


def _age(home: Path) -> tuple[int, str]:
    java = java_at(home)
    return (java.version if java else 0, home.name)
