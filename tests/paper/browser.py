"""The real browser: what it measures on a page, and the PDF it prints."""

from __future__ import annotations

import html as markup
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

MEASURE = """
<script>
document.fonts.ready.then(() => {
  const over = [];
  const within = (box, what) => {
    if (box.scrollWidth > box.clientWidth + 1) over.push([what, "width", box.scrollWidth, box.clientWidth, box.textContent.slice(0, 40)]);
    if (box.scrollHeight > box.clientHeight + 1) over.push([what, "height", box.scrollHeight, box.clientHeight, box.textContent.slice(0, 40)]);
  };
  for (const page of document.querySelectorAll(".page")) {
    within(page, "page");
    const end = page.querySelector("footer").getBoundingClientRect(), edge = page.getBoundingClientRect();
    if (end.bottom > edge.bottom + 1) over.push(["footer", "height", end.bottom, edge.bottom, ""]);
    for (const part of page.querySelectorAll("main, .signs")) {
      if (part.getBoundingClientRect().bottom > end.top + 1) over.push([part.tagName, "below the foot", part.getBoundingClientRect().bottom, end.top, ""]);
    }
  }
  for (const cell of document.querySelectorAll(".page td, .page th, .page p, .page .by, header, header .line span")) within(cell, cell.tagName);
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  canvas.canvas.width = canvas.canvas.height = 48;
  canvas.font = "32px " + getComputedStyle(document.body).fontFamily;
  const drawn = letter => {
    canvas.clearRect(0, 0, 48, 48);
    canvas.fillText(letter, 4, 36);
    return canvas.getImageData(0, 0, 48, 48).data.join();
  };
  const tofu = new Set(["\\u{10FFFD}", "\\uE123"].map(drawn));
  const missing = [...new Set(document.body.innerText)].filter(letter => letter.trim() && tofu.has(drawn(letter)));
  const told = document.createElement("script");
  told.type = "application/json"; told.id = "told";
  told.textContent = JSON.stringify({pages: document.querySelectorAll(".page").length, over, missing,
    width: document.documentElement.scrollWidth - document.documentElement.clientWidth}).replaceAll("<", "\\\\u003c");
  document.body.append(told);
});
</script>
"""


def chromium() -> str:
    """The program's path; a failure, not a skip: these tests run where the package is."""
    found = shutil.which("chromium")
    assert found, "make test-all needs the Debian packages chromium and fonts-noto-cjk (see .ci/run)"
    return found


def _run(folder: Path, *argv: str) -> str:
    common = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--user-data-dir={folder / 'profile'}",
    )
    ran = subprocess.run([chromium(), *common, *argv], check=True, capture_output=True, text=True, timeout=120)
    return ran.stdout


def measured(html: str, folder: Path, *, width: int = 1000) -> dict[str, Any]:
    """What does not fit its box, which letters have no glyph, how many pages there are, on a window of that width."""
    page = folder / "measured.html"
    page.write_text(html.replace("</body>", MEASURE + "</body>"), encoding="utf-8")
    dom = _run(folder, "--dump-dom", f"--window-size={width},1400", "--virtual-time-budget=5000", page.as_uri())
    found = re.search(r'<script type="application/json" id="told">(.*?)</script>', dom, re.DOTALL)
    assert found, dom[-500:]
    told: dict[str, Any] = json.loads(markup.unescape(found[1]))
    return told


def as_pdf(path: Path, folder: Path) -> Path:
    """The file as the browser prints it."""
    made = folder / f"{path.stem}.pdf"
    _run(folder, "--no-pdf-header-footer", f"--print-to-pdf={made}", path.as_uri())
    return made


def pdf_info(path: Path) -> dict[str, str]:
    """What pdfinfo says: Pages, Page size."""
    text = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, text=True).stdout
    return {name: value.strip() for name, _, value in (line.partition(":") for line in text.splitlines())}


def pdf_text(path: Path) -> str:
    """The text that can be selected in it."""
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True).stdout
