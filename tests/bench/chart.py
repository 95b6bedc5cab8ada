"""The ratios that have a target as bars, with a mark where each has to reach."""

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot  # noqa: E402

REACHED, MISSED = "#2e7d4f", "#b3402e"


def write_chart(path, results):
    shown = [one for one in reversed(results) if one["target"] and one["reference"]]
    if not shown:
        return
    figure, axes = pyplot.subplots(figsize=(9, 1.2 + 0.42 * len(shown)), layout="constrained")
    colours = [REACHED if one["reached"] else MISSED for one in shown]
    medians = [one["ratio"]["median"] for one in shown]
    spread = [[one["ratio"]["median"] - one["ratio"]["min"] for one in shown],
              [one["ratio"]["max"] - one["ratio"]["median"] for one in shown]]
    axes.barh(range(len(shown)), medians, xerr=spread, color=colours, height=0.6,
              error_kw={"ecolor": "#222222", "capsize": 2, "linewidth": 0.8})
    for index, one in enumerate(shown):
        target = float(one["target"].split()[1])
        axes.plot([target, target], [index - 0.42, index + 0.42], color="black", linewidth=2)
        axes.text(max(one["ratio"]["max"], target), index, f"  {one['ratio']['median']:.2f} "
                  f"({one['target']})", va="center", fontsize=8)
    labels = [f"{one['title']} · {one['database']}\nto {one['reference']}" for one in shown]
    axes.set_yticks(range(len(shown)), labels, fontsize=8)
    axes.set_xscale("log")
    axes.set_xlim(left=0.1)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("ratio to the reference, measured in the same run; the mark is the target")
    axes.margins(x=0.2)
    figure.savefig(path, metadata={"Date": None})
