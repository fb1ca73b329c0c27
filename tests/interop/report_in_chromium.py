"""Opens reports in headless Chromium: report_in_chromium.py [GRADUS [FOLDER]].

Makes runs with the program (of one epoch, of 1,000, stopped by a loss that is not finite, a sweep of 200 trials, a
comparison, titles that look like HTML), opens each page at 400 and 1,400 pixels in both themes, and fails where the
console has an error, anything but the page is asked for, a chart is not drawn, the page is wider than the window, or
the file is not below 1 MB. Screenshots go into FOLDER, by default build/report-screenshots.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST_BYTES = 1_000_000
WIDTHS = (400, 1400)
THEMES = ("light", "dark")


class Chromium:
    """A headless Chromium, driven by the DevTools protocol over a pair of pipes."""

    def __init__(self, profile):
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        if not program:
            sys.exit("report_in_chromium.py: chromium is missing (Debian: apt-get install chromium)")
        here_in, there_out = os.pipe()
        there_in, here_out = os.pipe()

        def set_descriptors():  # Chromium reads from 3 and writes to 4
            os.dup2(there_in, 30)
            os.dup2(there_out, 31)
            os.dup2(30, 3)
            os.dup2(31, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--disable-background-networking", "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe",
             f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=set_descriptors, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(there_in)
        os.close(there_out)
        self.reader, self.writer = os.fdopen(here_in, "rb"), os.fdopen(here_out, "wb")
        self.buffer, self.number, self.events = b"", 0, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    session = None

    def message(self):
        while b"\0" not in self.buffer:
            some = os.read(self.reader.fileno(), 1 << 20)
            if not some:
                sys.exit("report_in_chromium.py: Chromium ended")
            self.buffer += some
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        self.writer.write(json.dumps(request).encode() + b"\0")
        self.writer.flush()
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"report_in_chromium.py: {method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, url):
        """Goes to a page and waits until it is loaded."""
        self.call("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def value(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            sys.exit(f"report_in_chromium.py: {expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def close(self):
        self.process.terminate()
        self.process.wait()


DRAWN = """new Promise((done) => {
  const wait = () => document.documentElement.dataset.drawn === "true" ? done(true)
    : performance.now() > 60000 ? done(false) : setTimeout(wait, 50);
  wait();
})"""

# Headings in order, each section and chart with a name, every table with a head.
STRUCTURE = """(() => {
  const wrong = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  if (all("h1").length !== 1) wrong.push("not one h1");
  for (const name of ["header", "nav", "main", "footer"]) if (all(name).length !== 1) wrong.push("not one " + name);
  for (const place of all(".chart")) {
    const svg = place.querySelector("svg");
    if (!svg) wrong.push("a chart is not drawn");
    else if (!place.getAttribute("aria-label")) wrong.push("a chart has no label");
    else if (/NaN|undefined/.test(svg.innerHTML)) wrong.push("a chart has NaN in it: " + place.getAttribute("aria-label"));
  }
  for (const part of all("section")) if (!document.getElementById(part.getAttribute("aria-labelledby"))) wrong.push("a section without a name");
  for (const link of all("nav a")) if (!document.querySelector(link.getAttribute("href"))) wrong.push("a link to nothing");
  for (const details of all("details")) details.open = true;
  return wrong;
})()"""

TABLES = """(() => {
  const wrong = [];
  for (const figure of document.querySelectorAll("figure")) if (!figure.querySelector("table tbody tr")) wrong.push("a chart without a table");
  for (const table of document.querySelectorAll("table")) {
    const columns = table.querySelectorAll("thead th").length;
    if (!table.getAttribute("aria-label")) wrong.push("a table without a name");
    for (const row of table.tBodies[0].rows) if (row.cells.length !== columns) { wrong.push("a ragged table"); break; }
  }
  for (const details of document.querySelectorAll("details")) details.open = false;
  return wrong;
})()"""


def check(chromium, page, name, folder):
    """Opens a page in each width and theme; what is wrong with it."""
    wrong = []
    size = page.stat().st_size
    if size >= MOST_BYTES:
        wrong.append(f"{size} bytes")
    for width in WIDTHS:
        for theme in THEMES:
            chromium.events.clear()
            chromium.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
            chromium.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
            chromium.open(page.resolve().as_uri())
            if not chromium.value(DRAWN):
                wrong.append("is not drawn")
            wrong += chromium.value(STRUCTURE)
            chromium.value("new Promise((done) => setTimeout(done, 100))")
            wrong += chromium.value(TABLES)
            wide = chromium.value("document.documentElement.scrollWidth")
            if wide > width:
                wrong.append(f"is {wide} pixels wide in {width}")
            height = min(16000, chromium.value("document.documentElement.scrollHeight"))
            picture = chromium.call("Page.captureScreenshot", captureBeyondViewport=True,
                                    clip={"x": 0, "y": 0, "width": width, "height": height, "scale": 1})
            (folder / f"{name}-{width}-{theme}.png").write_bytes(base64.b64decode(picture["data"]))
            for event in chromium.events:
                wrong += complaints(event)
    return wrong


def complaints(event):
    """What an event of the page says that must not be."""
    method, what = event.get("method"), event.get("params", {})
    if method == "Runtime.exceptionThrown":
        return [what["exceptionDetails"].get("exception", {}).get("description", "exception")]
    if method == "Runtime.consoleAPICalled" and what["type"] in ("error", "warning", "assert"):
        return [f"console: {[a.get('value') for a in what['args']]}"]
    if method == "Log.entryAdded" and what["entry"]["level"] in ("error", "warning"):
        return [f"log: {what['entry']['text']}"]
    if method == "Network.requestWillBeSent" and not what["request"]["url"].startswith(("file:", "data:", "about:")):
        return [f"asked for {what['request']['url']}"]
    return []


def make_pages(gradus, work):
    """Pages by name."""
    def run(*arguments, fails=False):
        done = subprocess.run([gradus, *arguments, "--quiet"], cwd=work, capture_output=True, text=True)
        if (done.returncode != 0) != fails:
            sys.exit(f"gradus {' '.join(arguments)}: {done.stderr}")

    def config(name, rows, titles, **more):
        lines = ["user,film,stars"]
        for i in range(rows):
            lines.append(f'{i * i % 61},"{titles(i * 7 % 83)}",{1 + (i * i + i // 9) % 5}')
        (work / f"{name}.csv").write_text("\n".join(lines) + "\n")
        columns = [{"name": "user", "kind": "user"}, {"name": "film", "kind": "item"}, {"name": "stars", "kind": "label"}]
        (work / f"{name}.json").write_text(json.dumps({
            "name": name,
            "data": {"source": "csv", "path": f"{name}.csv", "columns": columns, "batch_size": 256,
                     "split": {"kind": "random", "train": 0.7, "validation": 0.1, "test": 0.2}},
            "model": {"kind": "ranking", "embedding_dimension": 8, "layers": [16]},
            "optimizer": {"kind": "adagrad", "learning_rate": 0.1}, **more}))
        return f"{name}.json"

    movies = str(ROOT / "apps/experiments/movielens_ranking.json")
    generated = ["--set", "data.source=generated"]
    small = config("small", 3000, "Film {:02}".format)
    hostile = config("hostile", 2000, '<script>document.title = 1</script> & </script> ""quoted"" \'{}\''.format)
    run("train", movies, *generated, "--output", "tutorial", "--profile", "--report")
    run("train", small, "--set", "training.epochs=1", "--output", "one", "--report")
    run("train", small, "--set", "training.epochs=1000", "--output", "thousand", "--report")
    run("train", movies, *generated, "--set", "optimizer.learning_rate=1e30", "--output", "nan", "--report", fails=True)
    run("train", hostile, "--output", "hostile", "--report")
    run("train", str(ROOT / "apps/experiments/dlrm_movielens.json"), *generated, "--set", "training.epochs=1", "--output", "dlrm", "--report")
    over = '{"optimizer.learning_rate": {"log_uniform": [0.001, 1]}, "model.embedding_dimension": {"integer": [2, 16]}, "model.layers": [[8], [16], [16, 8]]}'
    run("train", small, "--set", f'sweep={{"kind": "random", "over": {over}, "trials": 40, "seeds": 5}}', "--output", "sweep", "--report")
    run("compare", "one", "thousand", "tutorial", "--report", "runs.html")
    run("compare", "sweep", "one", "--report", "sweeps.html")
    pages = {name: work / name / "report.html" for name in ("tutorial", "one", "thousand", "nan", "hostile", "dlrm", "sweep")}
    return pages | {"compare-runs": work / "runs.html", "compare-sweeps": work / "sweeps.html"}


def main():
    gradus = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/bin/gradus").resolve()
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / "build/report-screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    failed = False
    with tempfile.TemporaryDirectory() as work:
        pages = make_pages(gradus, pathlib.Path(work))
        chromium = Chromium(work + "/profile")
        for name, page in pages.items():
            wrong = check(chromium, page, name, folder)
            print(f"{name}: {page.stat().st_size:,} bytes, {'; '.join(dict.fromkeys(wrong)) or 'right'}", flush=True)
            failed = failed or bool(wrong)
        chromium.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
