"""Writes ../ranking_losses.json: losses of lists by their papers' formulas in float64, which
TensorFlow Ranking's own agree with. Needs what metrics.py needs."""
import json
import math
import pathlib

import numpy as np

from tensorflow_ranking_parts import losses_impl, tf


def there(s, y, w):
    return [(s[i], y[i], w[i]) for i in range(len(s)) if w[i] != 0]


def pairs(items, loss):
    return sum(w * loss(s - other) for s, y, w in items for other, z, _ in items if y > z)


def softmax(items):
    total = math.log(sum(math.exp(s) for s, _, _ in items)) if items else 0
    return sum(w * y * (total - s) for s, y, w in items)


def list_mle(items):
    items = sorted(items, key=lambda item: -item[1])  # stable
    return sum(w * (math.log(sum(math.exp(t) for t, _, _ in items[i:])) - s)
               for i, (s, _, w) in enumerate(items))


def approximate_ndcg(items, temperature=0.1):
    best = sum((2**y - 1) / math.log2(2 + i)
               for i, y in enumerate(sorted((y for _, y, _ in items), reverse=True)))
    if best == 0:
        return 0
    rank = [0.5 + sum((1 + math.tanh((t - s) / temperature / 2)) / 2 for t, _, _ in items)
            for s, _, _ in items]
    return -sum(w * (2**y - 1) / best / math.log2(1 + r) for (_, y, w), r in zip(items, rank))


FORMULAS = {
    "pairwise_hinge": lambda items: pairs(items, lambda d: max(0, 1 - d)),
    "pairwise_logistic": lambda items: pairs(items, lambda d: math.log1p(math.exp(-d))),
    "listwise_softmax": softmax,
    "list_mle": list_mle,
    "approximate_ndcg": approximate_ndcg,
}


def by_tensorflow_ranking(name, scores, labels, weights):
    """Padding is a label below 0 there. Weights of a list are the same for all its items."""
    y = tf.constant(np.where(weights == 0, -1, labels), tf.float32)
    s = tf.constant(scores, tf.float32)
    made = {
        "pairwise_hinge": losses_impl.PairwiseHingeLoss,
        "pairwise_logistic": losses_impl.PairwiseLogisticLoss,
        "listwise_softmax": losses_impl.SoftmaxLoss,
        "list_mle": losses_impl.ListMLELoss,
        "approximate_ndcg": losses_impl.ApproxNDCGLoss,
    }[name](name)
    if name == "approximate_ndcg":
        s = made.get_logits(s)  # which compute_per_list leaves out
    loss, weight = made.compute_per_list(y, s, tf.constant(weights, tf.float32))
    if name == "list_mle":  # which weighs no list without labels
        weight = weights.max(axis=1)
    return float(np.mean(np.array(loss, float) * np.array(weight, float)))


def case(name, scores, labels, weights=None, check=True):
    scores, labels = np.float32(scores).astype(float), np.float32(labels).astype(float)
    w = np.ones_like(scores) if weights is None else np.float32(weights).astype(float)
    values = {loss: np.mean([formula(there(*row)) for row in zip(scores, labels, w)])
              for loss, formula in FORMULAS.items()}
    for loss in values if check else ():
        other = by_tensorflow_ranking(loss, scores, labels, w)
        ties = any(len(set(row)) < len(row) for row in labels.tolist())
        if loss == "list_mle" and (ties or (w == 0).any()):
            continue  # it draws the order of equal labels, and padding adds to its loss
        assert abs(values[loss] - other) < 1e-5 * max(1, abs(other)), (name, loss, values[loss], other)
    out = {"name": name, "scores": scores.tolist(), "labels": labels.tolist()}
    if weights is not None:
        out["weights"] = w.tolist()
    return {**out, "values": {k: float(v) for k, v in values.items()}}


def main():
    rng = np.random.default_rng(23)
    scores = np.round(rng.normal(size=(6, 7)), 3)
    orders = np.array([rng.permutation(7) for _ in range(6)])
    clicks = rng.integers(0, 2, (6, 7))
    clicks[2] = 0
    padded = np.ones((6, 7))
    for row, length in enumerate((7, 5, 3, 1, 0, 6)):
        padded[row, length:] = 0
    lists = padded * np.array([[1], [0.5], [2], [3], [1], [0.25]])
    items = padded * np.round(rng.random((6, 7)) * 4 + 1) / 2
    ties = np.round(scores)
    cases = [
        case("orders", scores, orders / 2),
        case("clicks", scores, clicks),
        case("padding", scores, orders / 2, padded),
        case("clicks and padding", scores, clicks, padded),
        case("weights of lists", scores, orders / 2, lists),
        case("weights of items", scores, clicks, items, check=False),
        case("equal scores", ties, clicks),
        case("far scores", scores * 20, clicks),
        case("one item", [[0.5], [-1]], [[1], [0]]),
    ]
    file = pathlib.Path(__file__).parent.parent / "ranking_losses.json"
    lines = ",\n".join(json.dumps(c) for c in cases)
    source = "the papers' formulas in float64, checked against TensorFlow Ranking 0.5.5"
    file.write_text(f'{{"source": {json.dumps(source)}, "cases": [\n{lines}\n]}}\n')


main()
