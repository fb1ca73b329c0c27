"""Checks that an HTML file closes what it opens, names nothing outside of it, and has one element of each landmark:
check_html.py FILE. Prints what is wrong, or "right"."""

import sys
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}


class Checker(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.seen = [], [], []

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        for name, value in attributes:
            if name in ("src", "srcset", "data", "action") or (name == "href" and tag != "a" and not value.startswith("data:")):
                self.wrong.append(f"{tag} {name}={value}")
            if name.startswith("on"):
                self.wrong.append(f"{tag} {name}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>, line {self.getpos()[0]}")


checker = Checker()
with open(sys.argv[1], encoding="utf-8") as file:
    checker.feed(file.read())
checker.close()
checker.wrong += [f"{tag} is open" for tag in checker.open]
checker.wrong += [f"{checker.seen.count(tag)} {tag}" for tag in ("html", "title", "header", "nav", "main", "footer")
                  if checker.seen.count(tag) != 1]
if checker.seen.count("script") != 3:
    checker.wrong.append(f"{checker.seen.count('script')} scripts")
print("; ".join(checker.wrong) or "right")
