"""The medians and their ratios to Gradus as text."""

from comparison.jobs import FIGURES

SCALES = {
    "s": ((1, "s"), (1e-3, "ms"), (1e-6, "us")),
    "bytes": ((1e6, "MB"),),
}


def text(value, unit):
    """Three digits: "5.41 s", "183 ms", "691 MB"."""
    scale, name = next((s for s in SCALES[unit] if value >= s[0]), SCALES[unit][-1])
    digits = max(0, 2 - len(str(int(value / scale))) + 1)
    return f"{value / scale:.{digits}f} {name}"


def ratio(value, own):
    return f"{value / own:.2f}x" if value < 10 * own else f"{value / own:.0f}x"


def row(who, own):
    cells = [who.name]
    for figure in FIGURES:
        value = who.median(figure.name)
        if value is None:
            cells.append("-")
        else:
            cells.append(f"{text(value, figure.unit)}  {ratio(value, own.median(figure.name)):>5}")
    return cells


def table(participants):
    """Medians and how many times Gradus' they are; below it why somebody is missing."""
    own = participants[0]
    rows = [["", *(figure.heading for figure in FIGURES)]]
    if not own.complaint:
        rows += [row(who, own) for who in participants if not who.complaint]
    widths = [max(len(line[column]) for line in rows) for column in range(len(rows[0]))]
    lines = []
    for cells in rows:
        rest = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:]))
        lines.append("  ".join([cells[0].ljust(widths[0]), *rest]).rstrip())
    lines += [f"{who.name}: {who.complaint}" for who in participants if who.complaint]
    return "\n".join(lines)
