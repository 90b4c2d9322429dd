"""The real office program, without a screen: what it makes of a file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl


def converted(path: Path, folder: Path, to: str, *more: str) -> Path:
    """The file as LibreOffice reads it, written anew in another form; ``more`` are its own options."""
    soffice = shutil.which("soffice")
    assert soffice, "make test-all needs the Debian package libreoffice-calc-nogui (see .ci/run)"
    folder.mkdir(exist_ok=True)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    argv = [
        soffice,
        profile,
        "--headless",
        "--norestore",
        *more,
        "--convert-to",
        to,
        "--outdir",
        str(folder),
        str(path),
    ]
    subprocess.run(argv, check=True, capture_output=True, timeout=180)
    return folder / f"{path.stem}.{to.partition(':')[0]}"


def without_values(path: Path, folder: Path) -> Path:
    """The workbook with its formulas and none of the values that were stored with them: whoever opens it must reckon."""
    folder.mkdir(exist_ok=True)
    bare = folder / path.name
    openpyxl.load_workbook(path).save(bare)
    return bare
