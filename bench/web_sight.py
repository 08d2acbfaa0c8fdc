"""What a stranger sees first: ``python -m bench.web_sight <port> <path>…`` drives Chromium over public pages.

Prints a line a page: the largest contentful paint of a cold visit (the middle of five) and the
bytes on the wire, all of them and those of a visit without script.
"""

import json
import shutil
import statistics
import sys
from typing import Any

VISITS = 5
LCP_MS, BYTES = 1000, 150_000
_PAINT = """() => new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
        .observe({ type: "largest-contentful-paint", buffered: true });
})"""


def main(port: str, paths: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        print("Debian's chromium is not installed: no first sight measured", file=sys.stderr)
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path in paths:
            print(json.dumps(_measured(browser, f"http://127.0.0.1:{port}", path)), flush=True)
        browser.close()


def _measured(browser: Any, host: str, path: str) -> dict[str, Any]:
    paints, loads = zip(*(_visit(browser, host + path, script=True) for _ in range(VISITS)), strict=True)
    _none, without = _visit(browser, host + path, script=False)
    paint = statistics.median(paints)
    return {
        "bench": "web.pages",
        "page": path,
        "value": round(paint),
        "unit": "ms to the largest contentful paint, cold",
        "bytes": loads[0],
        "bytes_without_script": without,
        "reached": paint < LCP_MS and without < BYTES,
    }


def _visit(browser: Any, address: str, *, script: bool) -> tuple[float, int]:
    """One visit of a new browser: when the largest part was painted, and the bytes received."""
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    received: list[int] = []
    devtools.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    page.goto(address, wait_until="networkidle")
    paint = float(page.evaluate(_PAINT)) if script else 0.0
    context.close()
    return paint, sum(received)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
