"""One node of a cluster on this machine: its folder, its settings, its process."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
ANOTHER = "nobody"
"""Who runs it when we are root, as whom OpenSearch refuses to run."""
_PATIENCE = 15.0
"""Seconds a node has to write down what it holds, when told to end."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a node listens: to clients, and to other nodes."""

    http: int
    transport: int


@dataclass(frozen=True, slots=True)
class Installation:
    """What nodes are run with: OpenSearch unpacked, a Java's folder, and what that is told."""

    opensearch: Path
    java: Path
    java_options: tuple[str, ...]


class Node:
    """A node that may run, be killed, frozen and started again. It ends with the thread that started it."""

    def __init__(self, installation: Installation, folder: Path, ports: Ports, settings: Mapping[str, object]) -> None:
        self.folder = folder
        self.ports = ports
        self._installation = installation
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        return f"{LOOPBACK}:{self.ports.http}"

    @property
    def log(self) -> Path:
        """What the process said."""
        return self.folder / "said.log"

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process, with the data that is there; it answers some seconds later."""
        self._lay_out()
        command = [*_as_whom(self.folder, self._installation), str(self._installation.opensearch / "bin/opensearch")]
        with self.log.open("wb") as said:
            self._process = subprocess.Popen(
                command, cwd=self.folder, env=self._environment(), stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """As a failing machine would: at once, whatever it is at (SIGKILL)."""
        self._signal(signal.SIGKILL)
        if self._process:
            self._process.wait()

    def freeze(self) -> None:
        """Stand still, with connections open and nothing said (SIGSTOP)."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on (SIGCONT)."""
        self._signal(signal.SIGCONT)

    def end(self) -> None:
        """Let it end by itself; kill it where it does not."""
        self.thaw()
        self._signal(signal.SIGTERM)
        if self._process:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_PATIENCE)
        self.kill()

    def _signal(self, number: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _lay_out(self) -> None:
        """The node's own folders and configuration, which it may write to."""
        folders = [self.folder / name for name in ("config", "data", "logs", "tmp")]
        for each in folders:
            each.mkdir(parents=True, exist_ok=True)
        config, given = folders[0], self._installation.opensearch / "config"
        shutil.copyfile(given / "log4j2.properties", config / "log4j2.properties")
        (config / "jvm.options").write_text(_without_files(given / "jvm.options"), encoding="utf-8")
        own = dict(self._settings) | {"path.data": str(self.folder / "data"), "path.logs": str(self.folder / "logs")}
        (config / "opensearch.yml").write_text(json.dumps(own, indent=1), encoding="utf-8")  # YAML holds JSON
        if os.geteuid() == 0:
            for each in (self.folder, *folders, *config.iterdir()):
                shutil.chown(each, ANOTHER)

    def _environment(self) -> dict[str, str]:
        """Nothing of ours that would make Java or OpenSearch behave otherwise."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "OPENSEARCH_JAVA_HOME": str(self._installation.java),
            "OPENSEARCH_PATH_CONF": str(self.folder / "config"),
            "OPENSEARCH_TMPDIR": str(self.folder / "tmp"),
            "OPENSEARCH_JAVA_OPTS": " ".join(self._installation.java_options),
        }


def _without_files(options: Path) -> str:
    """Options for Java but for those that write files beside OpenSearch itself, which is not the node's to write to."""
    lines = options.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if "logs/" not in line and "HeapDump" not in line)


def _as_whom(folder: Path, installation: Installation) -> list[str]:
    """What goes before a command so that it ends when we do, and is not run by root; in places closed to others the
    other user may still read and write as root may."""
    bound = ["setpriv", "--pdeathsig", "KILL"]
    if os.geteuid() != 0:
        return bound
    user = pwd.getpwnam(ANOTHER)
    bound += ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
    if all(map(_open_to_others, (folder, installation.opensearch, installation.java))):
        return bound
    rights = "-all,+dac_override"
    return [*bound, "--securebits=+no_setuid_fixup", f"--inh-caps={rights}", f"--ambient-caps={rights}"]


def _open_to_others(path: Path) -> bool:
    return all(above.stat().st_mode & 0o001 for above in path.resolve().parents)
