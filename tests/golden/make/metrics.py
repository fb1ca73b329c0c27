"""Writes ../metrics.json: what scikit-learn, scipy, TensorFlow Ranking and the formulas say of rows.

pip install numpy scipy scikit-learn tensorflow tf-keras && pip install --no-deps tensorflow-ranking
"""
import itertools
import json
import math
import pathlib
import warnings

import numpy as np
import scipy.stats
import sklearn.metrics

from tensorflow_ranking_parts import metrics_impl, tf

warnings.filterwarnings("ignore")
CUTS = (1, 3, 10)


def by_rows(p, y, w, threshold, relevant):
    """Each row by itself."""
    t, hard = y >= relevant, p > threshold
    out = {
        "mean_squared_error": sklearn.metrics.mean_squared_error(y, p, sample_weight=w),
        "root_mean_squared_error": math.sqrt(sklearn.metrics.mean_squared_error(y, p, sample_weight=w)),
        "mean_absolute_error": sklearn.metrics.mean_absolute_error(y, p, sample_weight=w),
        "accuracy": sklearn.metrics.accuracy_score(t, hard, sample_weight=w),
        "precision": sklearn.metrics.precision_score(t, hard, sample_weight=w, zero_division=0),
        "recall": sklearn.metrics.recall_score(t, hard, sample_weight=w, zero_division=0),
        "calibration": (w * p).sum() / (w * y).sum() if (w * y).sum() else None,
    }
    if set(y) <= {0, 1}:
        loss = sklearn.metrics.log_loss(y, p, sample_weight=w, labels=[0, 1])
        share = (w * y).sum() / w.sum()
        entropy = -(share * math.log(share) + (1 - share) * math.log(1 - share)) if 0 < share < 1 else 0
        out["log_loss"] = loss
        out["normalized_entropy"] = loss / entropy if entropy else None
    return out


def area(p, t, w):
    if w[t].sum() == 0 or w[~t].sum() == 0:
        return None
    return sklearn.metrics.roc_auc_score(t, p, sample_weight=w)


def number(value):
    return None if value is None or math.isnan(value) else float(value)


def of_order(p, y, w, relevant):
    """The order of all rows; a row of weight n is there n times."""
    out = {"auc": area(p, y >= relevant, w)}
    if (w == np.round(w)).all():
        many = [np.repeat(x, w.astype(int)) for x in (p, y)]
        out["spearman"] = scipy.stats.spearmanr(*many).statistic
        out["kendall"] = scipy.stats.kendalltau(*many).statistic
    return out


def orders(p):
    """All orders of rows by falling prediction: those of a tie in any order."""
    ties = [[i for i in range(len(p)) if p[i] == value] for value in sorted(set(p), reverse=True)]
    for parts in itertools.product(*(list(itertools.permutations(tie)) for tie in ties)):
        yield [i for part in parts for i in part]


def of_group(t, k):
    """Of relevances in their order."""
    first = next((i for i in range(min(k, len(t))) if t[i]), None)
    seen = [t[: i + 1].mean() for i in range(min(k, len(t))) if t[i]]
    return {
        "mean_reciprocal_rank": 0 if first is None else 1 / (first + 1),
        "mean_average_precision": sum(seen) / t.sum() if t.any() else 0,
        "precision": t[:k].sum() / min(k, len(t)),
        "recall": t[:k].sum() / t.sum() if t.any() else 0,
        "hit_rate": float(first is not None),
    }


def by_group(p, y, w, groups, relevant):
    """The mean over groups, each by the mean weight of its rows, and over all orders of ties."""
    sums, weights, areas, rows = {}, 0, 0, 0
    for group in sorted(set(groups)):
        here = (groups == group) & (w > 0)
        if not here.any():
            continue
        gp, gy, gt, weight = p[here], y[here], y[here] >= relevant, w[here].mean()
        weights += weight
        every = list(orders(gp))
        for k in (*CUTS, None):
            figures = [of_group(gt[order], k or len(gp)) for order in every]
            means = {name: np.mean([f[name] for f in figures]) for name in figures[0]}
            gains = 2.0**gy - 1
            means["ndcg"] = 0 if not gains.any() else (
                sklearn.metrics.ndcg_score([gains], [gp], k=k) if len(gp) > 1 else 1.0)
            for name, value in means.items():
                key = f"{name}@{k}" if k else name
                sums[key] = sums.get(key, 0) + weight * value
        one = area(gp, gt, w[here])
        if one is not None:
            areas += w[here].sum() * one
            rows += w[here].sum()
    out = {name: value / weights for name, value in sums.items()}
    for name in ("precision", "recall", "hit_rate"):
        out.pop(name)
    out["grouped_auc"] = areas / rows if rows else None
    return out


def by_tensorflow_ranking(p, y, groups):
    """Groups without ties and weights."""
    size = max(np.bincount(groups))
    lists = sorted(set(groups))
    scores, labels = (np.full((len(lists), size), -1.0, np.float32) for _ in range(2))
    for row, group in enumerate(lists):
        here = groups == group
        scores[row, : here.sum()], labels[row, : here.sum()] = p[here], y[here]
    made = {
        "ndcg": metrics_impl.NDCGMetric,
        "mean_reciprocal_rank": metrics_impl.MRRMetric,
        "mean_average_precision": metrics_impl.MeanAveragePrecisionMetric,
        "precision": metrics_impl.PrecisionMetric,
        "recall": metrics_impl.RecallMetric,
        "hit_rate": metrics_impl.HitsMetric,
    }
    out = {}
    for name, metric in made.items():
        for k in (*CUTS, None):
            if k is None and name in ("precision", "recall", "hit_rate"):
                continue
            value, weight = metric("metric", k).compute(tf.constant(labels), tf.constant(scores), None)
            value, weight = value.numpy().astype(float), weight.numpy().astype(float)
            out[f"{name}@{k}" if k else name] = (value * weight).sum() / weight.sum()
    return out


def case(name, p, y, w=None, groups=None, threshold=0.5, relevant=1.0, ranking=False):
    p, y = np.float32(p), np.float32(y)
    given = {"predictions": p, "labels": y}
    if w is not None:
        given["weights"] = w = np.float32(w)
    if groups is not None:
        given["groups"] = groups = np.array(groups)
    out = {"name": name, "threshold": threshold, "relevant_label": relevant}
    out.update({key: value.tolist() for key, value in given.items()})
    p, y = p.astype(float), y.astype(float)
    w = np.ones(len(p)) if w is None else w.astype(float)
    values = {**by_rows(p, y, w, threshold, relevant), **of_order(p, y, w, relevant)}
    if groups is not None:
        values.update(by_group(p, y, w, groups, relevant))
    if ranking:
        reference = by_tensorflow_ranking(p, y, groups)
        assert all(abs(values[k] - reference[k]) < 1e-6 for k in reference), (values, reference)
        values.update(reference)
    out["values"] = {key: number(value) for key, value in values.items()}
    return out


def main():
    rng = np.random.default_rng(17)
    rows = 60
    groups = rng.integers(0, 12, rows)
    clicks = (rng.random(rows) < 0.4).astype(float)
    grades = rng.integers(0, 5, rows)
    p = rng.permutation(rows) / rows * 0.98 + 0.01
    ties = np.round(rng.random(rows) * 5) / 8 + 0.125
    weights = np.round(rng.random(rows) * 8) / 4
    weights[groups == 3] = 0
    ratings = rng.integers(1, 6, rows)
    stars = np.round((ratings + rng.normal(size=rows)) * 2) / 2
    cases = [
        case("clicks", p, clicks, groups=groups, ranking=True),
        case("grades", p, grades, groups=groups, ranking=True),
        case("ties", ties, clicks, groups=groups),
        case("ties and weights", ties, clicks, weights, groups),
        case("ratings", stars, ratings, groups=groups, threshold=3.5, relevant=4.0),
        case("ratings that count several times", stars, ratings, rng.integers(0, 4, rows), groups,
             threshold=3.5, relevant=4.0),
        case("no clicks", ties, np.zeros(rows), weights, groups),
        case("nothing but clicks", ties, np.ones(rows), weights, groups),
        case("one prediction for all", np.full(8, 0.25), [0, 1, 0, 0, 1, 1, 0, 1],
             groups=[0, 0, 0, 1, 1, 2, 2, 2]),
        case("one row", [0.75], [1], groups=[5]),
        case("groups of one class", [0.1, 0.2, 0.3, 0.4, 0.2], [0, 0, 1, 1, 1], groups=[0, 0, 1, 1, 2]),
        case("predictions in the wrong order", [0.9, 0.8, 0.3, 0.1], [0, 0, 1, 1], groups=[4, 4, 4, 4]),
    ]
    file = pathlib.Path(__file__).parent.parent / "metrics.json"
    sources = f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, TensorFlow Ranking 0.5.5"
    lines = ",\n".join(json.dumps(c) for c in cases)
    file.write_text(f'{{"source": {json.dumps(sources)}, "cases": [\n{lines}\n]}}\n')


main()
