"""The table as a chart: a panel for each figure, a bar for each program."""

from comparison.jobs import FIGURES
from comparison.table import ratio, text

OWN_COLOUR = "#c44e52"
PEER_COLOUR = "#9aa5b1"


def draw(participants, file, note):
    """Writes an SVG. Throws ImportError where matplotlib is not installed."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "gradus"  # the same figures, the same file
    from matplotlib import pyplot

    own, shown = participants[0], [who for who in participants if not who.complaint]
    canvas, panels = pyplot.subplots(1, len(FIGURES), figsize=(3.4 * len(FIGURES), 3), sharey=True)
    for panel, figure in zip(panels, FIGURES):
        values = [who.median(figure.name) for who in shown]
        colours = [OWN_COLOUR if who is own else PEER_COLOUR for who in shown]
        panel.barh([who.name for who in shown], [value or 0 for value in values], color=colours)
        for place, value in enumerate(values):
            label = "not run" if value is None else text(value, figure.unit)
            if value is not None and shown[place] is not own:
                label += f"  {ratio(value, own.median(figure.name))}"
            panel.text(0, place, f" {label}", va="center", fontsize=8)
        panel.set_title(figure.heading, fontsize=10)
        panel.set_xticks([])
        panel.spines[:].set_visible(False)
        panel.tick_params(length=0)
    panels[0].invert_yaxis()
    canvas.text(0.01, 0.01, note, fontsize=7, color="#555555")
    canvas.tight_layout(rect=(0, 0.04, 1, 1))
    canvas.savefig(file, format="svg", metadata={"Date": None})
