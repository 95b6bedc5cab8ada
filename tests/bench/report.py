"""The table, and the same as JSON."""

import json
import statistics

FIGURES = (
    ("rate", "per s", "{:,.0f}"),
    ("p50_ms", "p50 ms", "{:.2f}"),
    ("p99_ms", "p99 ms", "{:.2f}"),
    ("p999_ms", "p99.9 ms", "{:.2f}"),
    ("server_us", "server µs", "{:.1f}"),
    ("database_us", "database µs", "{:.1f}"),
    ("peak_mib", "peak MiB", "{:.0f}"),
)
SCALE_FIGURES = (
    ("requests", "requests", "{:,.0f}"),
    ("rate", "per s", "{:,.0f}"),
    ("p50_ms", "p50 ms", "{:.2f}"),
    ("p99_ms", "p99 ms", "{:.2f}"),
    ("server_us", "server µs", "{:.1f}"),
    ("primary_us", "primary µs", "{:.1f}"),
    ("standbys_us", "standbys µs", "{:.1f}"),
)


def middle(runs, key):
    values = [run[key] for run in runs if key in run]
    return statistics.median(values) if values else None


def summary(workload, runs):
    """The medians of a workload's runs, and the spread of its ratio."""
    ours, references, ratios = zip(*runs)
    reply = {
        "name": workload.name,
        "title": workload.title,
        "database": workload.system,
        "reference": workload.reference,
        "target": workload.target(),
        "ours": {key: middle(ours, key) for key in ours[0]},
        "measured_reference": {key: middle(references, key) for key in references[0]},
        "runs": [{"ours": a, "reference": b, "ratio": c} for a, b, c in runs],
    }
    if ratios[0] is not None:
        ratio = statistics.median(ratios)
        reply["ratio"] = {"median": ratio, "min": min(ratios), "max": max(ratios)}
        reply["reached"] = workload.is_reached(ratio)
    return reply


def table(results, figures=FIGURES):
    head = ["workload", "database", *(name for _, name, _ in figures), "reference per s",
            "ratio", "min … max", "target", ""]
    rows = [head]
    for result in results:
        ours, reference = result["ours"], result["measured_reference"]
        row = [result["title"], result["database"]]
        row += [form.format(ours[key]) if ours.get(key) is not None else ""
                for key, _, form in figures]
        row.append(f"{reference['rate']:,.0f}" if "rate" in reference else "")
        ratio = result.get("ratio")
        if ratio:
            row += [f"{ratio['median']:.2f}", f"{ratio['min']:.2f} … {ratio['max']:.2f}"]
        else:
            row += ["", ""]
        reached = {True: "reached", False: "MISSED", None: ""}[result.get("reached")]
        row += [result["target"], reached]
        rows.append(row)
    widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) if at < 2 else cell.rjust(width)
                  for at, (cell, width) in enumerate(zip(row, widths))).rstrip()
        for row in rows)


def write_json(path, settings, results):
    path.write_text(json.dumps({"settings": settings, "results": results}, indent=2,
                               ensure_ascii=False, default=str) + "\n", encoding="utf-8")
