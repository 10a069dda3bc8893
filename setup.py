"""Compiles what is written in C, with a compiler that comes as a package; all else is in setup.cfg."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zlib import crc32

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

KERNELS = Path("indexer", "engines", "columnar", "kernels")
COMPILER = (sys.executable, "-m", "ziglang", "cc", "-shared", "-O3", "-ffp-contract=off", "-mcpu=baseline",
            "-fvisibility=hidden", "-Wall", "-Wextra")  # fmt: skip
"""Sums are those of IEEE 754, one operation after the other, on every machine of the kind."""


class Library(build_ext):
    """A library that needs nothing of Python, and is opened by its name."""

    def build_extension(self, ext: Extension) -> None:
        """Compile it to where it is installed, or beside its source. Raises CalledProcessError."""
        target = Path(self.get_ext_fullpath(ext.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        cache = str(Path(self.build_temp).absolute())
        caches = {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache}
        position = () if os.name == "nt" else ("-fPIC",)
        named = f"-DSOURCES={_named(*ext.sources, *ext.depends)}u"
        command = (*COMPILER, named, *position, *ext.sources, "-o", str(target))
        subprocess.run(command, check=True, env=os.environ | caches)

    def get_ext_filename(self, fullname: str) -> str:
        """Without what tells versions of Python apart."""
        return str(Path(*fullname.split(".")).with_suffix(".bin"))


def _named(*sources: str) -> int:
    """A number that names what is compiled."""
    return crc32(b"".join(Path(source).read_bytes() for source in sources))


setup(
    ext_modules=[
        Extension(
            ".".join((*KERNELS.parts, "kernels")), [str(KERNELS / "kernels.c")], depends=[str(KERNELS / "postings.h")]
        )
    ],
    cmdclass={"build_ext": Library},
)
