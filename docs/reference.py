"""Builds the reference from the headers' comments: docs/reference.py OUT_FOLDER.

Needs doxygen; OUT_FOLDER/html/index.html is the page. What the sources say once in their own way
becomes comments, on the lines where it stands: a header belongs to the group of its folder, and an
option is what its declaration in `fields` says of it. The first page's lists are made of what is
declared. Ends with 1, and the warnings, where there is any.
"""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMESPACE = re.compile(r"^namespace gradus(::\w+)? \{", re.MULTILINE)
END = re.compile(r"^\}  // namespace gradus(::\w+)?$", re.MULTILINE)
# v("key", member, allowed, "help" "that goes on");
OPTION = re.compile(r'\bv\(\s*"\w+",\s*(?:\w+\.)?(\w+),[^;]*?((?:"(?:[^"\\]|\\.)*"\s*)+)\);')
COMMON = re.compile(r"\bcommon_fields\(v, \*this\)")
OPTIONS = re.compile(r"(\n +)(struct Options\b[^;\n]*\{)")
FIELDS = re.compile(r"(\n +)(template <class Visitor>\n +void fields)")
CONSTRUCTOR = re.compile(r"(\n +)((?:explicit )?\w+\((?:const )?Options&? )")


def helps(text):
    """What the options are for, by member."""
    return {
        member: "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)).replace('\\"', '"')
        for member, literals in OPTION.findall(text)
    }


def commented(text, pattern, comment):
    """`text` with a comment where the pattern's second part begins and has none above it."""

    def add(match):
        above = text[: match.start()].rsplit("\n", 1)[-1].strip()
        return match[0] if above.startswith("//") else f"{match[1]}/** {comment} */ {match[2]}"

    return pattern.sub(add, text)


def as_doxygen_reads(path):
    text = path.read_text()
    room = "models" if "models" in path.parts else path.parent.name
    text = re.sub(r"@k\b", r"\\@k", text)  # as in ndcg@k, which is no command
    known = helps(text)
    if COMMON.search(text):
        known.update(helps((path.parent / "optimizer.h").read_text()))
    for member, help_text in known.items():
        declared = re.compile(rf"^( +[\w:<>, ]+ {member}(?: = .*|\{{.*\}})?;)$", re.MULTILINE)
        text = declared.sub(lambda match: f"{match[1]}  ///< {help_text}", text)
    text = commented(text, OPTIONS, "The keys of a config, with their defaults.")
    text = commented(text, FIELDS, "Shows a visitor the options.")
    text = commented(text, CONSTRUCTOR, "With these options.")
    text = NAMESPACE.sub(lambda match: f"{match[0]} /** @addtogroup {room} */ /** @{{ */", text)
    return END.sub(lambda match: f"/** @}} */ {match[0]}", text)


def links(pattern, folder):
    """Links to what headers of a folder declare by the pattern's first part."""
    names = []
    for path in sorted((ROOT / "framework" / folder).glob("*.h")):
        names += re.findall(pattern, path.read_text(), re.MULTILINE)
    return ", ".join(f'@ref gradus::{name} "{name}"' for name in dict.fromkeys(names))


def metric_links():
    """Links from the metrics' names to what describes those of their source."""
    out = []
    for source in sorted((ROOT / "framework" / "train").glob("*_metrics.cpp"), reverse=True):
        table = source.read_text().rsplit("std::vector<Metric> ", 1)[1]
        names = re.findall(r'(?:\.name = |by_group\()"([\w@]+)"', table)
        out += [f'@ref gradus::{source.stem} "{name}"'.replace("@k", "\\@k") for name in names]
    return ", ".join(out)


def first_page():
    """reference.md with the lists in the places of their names."""
    lists = {
        "LOSSES": links(r"^/// @ingroup losses\nValue (\w+)\(", "ops"),
        "OPS": links(r"^(?<!losses\n)Value (operator\S+?|\w+)\(", "ops"),
        "LAYERS": links(r"^class (\w+) : public Module \{(?=[\s\S]*Value operator\(\))", "nn"),
        "INITIALIZERS": links(r"^Initializer (?!initializer)(\w+)\(", "nn"),
        "OPTIMIZERS": links(r"^class (\w+) : public (?:Optimizer|Adam)\b", "optim"),
        "METRICS": metric_links(),
    }
    text = (ROOT / "docs" / "reference.md").read_text()
    for name, items in lists.items():
        text = text.replace(f"{{{name}}}", items)
    return text


def main():
    out = pathlib.Path(sys.argv[1]).resolve()
    sources = out / "sources"
    shutil.rmtree(out, ignore_errors=True)
    for folder in ("framework", "models"):
        for path in sorted((ROOT / folder).rglob("*.h")):
            if path.parent.name == "experiment" and path.stem not in ("program", "catalogues"):
                continue  # how the program is made inside: no model is written with it
            copy = sources / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(as_doxygen_reads(path))
    (sources / "reference.md").write_text(first_page())
    shutil.copy(ROOT / "docs" / "groups.dox", sources)
    settings = (ROOT / "docs" / "Doxyfile").read_text() + f"\nOUTPUT_DIRECTORY = {out}\n"
    done = subprocess.run(
        ["doxygen", "-"], cwd=sources, input=settings, text=True, stderr=subprocess.PIPE
    )
    said = sorted(set(done.stderr.replace(f"{sources}/", "").splitlines()))
    print("\n".join(said), file=sys.stderr, end="\n" if said else "")
    return 1 if said else done.returncode


sys.exit(main())
