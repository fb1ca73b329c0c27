"""Single ops in PyTorch, eager: what they compute and how long they take.

Reads a line of JSON for each case, {"op": …, "case": …, "tensors": FILE}, and answers with one:
{"forward": seconds, "gradient": seconds, "wrong": ""}, or {"missing": true}. FILE is what
`gradus_bench --tensors` left; what PyTorch computes from its inputs must be what it holds.
"""

import argparse
import json
import os
import statistics
import sys
import time

import torch
import torch.nn.functional as F

import tutorial

TOLERANCE = 2e-5  # of a tensor's largest entry; float32 sums in another order
REPETITIONS = 5  # of which the median counts, as of Gradus'
SECONDS = 0.02  # that each repetition takes at least

LABELS = 0.5 * torch.arange(5, dtype=torch.float32)  # of the ids of a list


def labels_of(ids):
    return F.embedding(ids, LABELS[:, None])[..., 0]


def mean_over_lists(terms):
    return terms.sum() / len(terms)


def pair_differences(scores):
    return scores[:, :, None] - scores[:, None, :]


def pairs_above(labels):
    return (labels[:, :, None] > labels[:, None, :]).to(torch.float32)


def approximate_ndcg(scores, ids, temperature=1.0):
    labels = labels_of(ids)
    places = torch.arange(1, scores.shape[1] + 1)
    best = (labels.sort(1, descending=True).values.exp2() - 1) / torch.log2(1.0 + places)
    ranks = 0.5 + torch.sigmoid(-pair_differences(scores) / temperature).sum(2)
    gains = (labels.exp2() - 1) / best.sum(1, keepdim=True).clamp(min=1e-10)
    return -mean_over_lists(gains / torch.log2(1 + ranks))


def list_mle(scores, ids):
    # Sorting by labels, stably, each item chosen from those that are left.
    order = labels_of(ids).argsort(dim=1, descending=True, stable=True)
    chosen = scores.gather(1, order)
    left = chosen.flip(1).logcumsumexp(1).flip(1)
    return mean_over_lists(left - chosen)


def listwise_softmax(scores, labels):
    return mean_over_lists(-labels * F.log_softmax(scores, 1))


def pairwise(loss):
    return lambda scores, ids: mean_over_lists(
        loss(pair_differences(scores)) * pairs_above(labels_of(ids))
    )


def factorization_machine(x):
    return 0.5 * (x.sum(1).square() - x.square().sum(1)).sum(1, keepdim=True)


def dot_interaction(z):
    first, second = torch.tril_indices(z.shape[1], z.shape[1], -1)
    return torch.bmm(z, z.transpose(1, 2))[:, first, second]


def embedding_bag(table, ids, combiner):
    # Of the bags that tests/ops/embedding_bag_test.cpp makes of so many ids.
    offsets = torch.arange(0, len(ids), len(ids) // 8192)
    return F.embedding_bag(ids, table, offsets, mode=combiner)


def masked_log_sum_exp(x, ids=None):
    if ids is None:
        return torch.logsumexp(x, -1)
    mask = pairs_above(labels_of(ids)) != 0
    sums = torch.logsumexp(x.masked_fill(~mask, -torch.inf), -1)
    return torch.where(mask.any(-1), sums, 0.0)


def spread(x):
    # As tests/ops do with what an order is taken of.
    return x + (0 * x + 8).cumsum(1)


def standardize(x, axis):
    if axis == 0:
        return F.batch_norm(x, None, None, training=True, eps=0.01)
    return F.layer_norm(x, x.shape[-1:], eps=0.01)


def batched_matmul(a, b, transpose_a=False, transpose_b=False):
    return torch.matmul(a.mT if transpose_a else a, b.mT if transpose_b else b)


def dense(x, weights, bias, activation):
    return getattr(torch, activation)(torch.addmm(bias, x, weights))


def log_cosh(x, labels):
    error = x - labels
    return (error + F.softplus(-2 * error) - torch.log(torch.tensor(2.0))).mean()


def matmul(a, b, transpose_a=False, transpose_b=False):
    return torch.mm(a.T if transpose_a else a, b.T if transpose_b else b)


# What PyTorch's users write for an op of tests/ops; attributes come by name. A view is asked for as a
# tensor of its own where Gradus makes one.
OPS = {
    "abs": torch.abs,
    "add": torch.add,
    "approximate_ndcg": approximate_ndcg,
    "batch_norm_training": lambda x, scale, shift, epsilon=1e-3: F.batch_norm(
        x, None, None, scale, shift, training=True, eps=epsilon
    ),
    "batched_matmul": batched_matmul,
    "binary_cross_entropy_with_logits": F.binary_cross_entropy_with_logits,
    "broadcast_to": lambda x, shape: x.expand(shape).contiguous(),
    "clip": lambda x, minimum, maximum: torch.clamp(x, minimum, maximum),
    "concat": lambda *x, axis: torch.cat(x, axis),
    "cross": lambda first, x, weights, bias: first * torch.addmm(bias, x, weights) + x,
    "cumulative_sum": lambda x, axis: torch.cumsum(x, axis),
    "dense": dense,
    "divide": torch.div,
    "dot_interaction": dot_interaction,
    "dropout": lambda x, key, rate: F.dropout(x, rate),
    "elu": F.elu,
    "embedding": lambda table, ids: F.embedding(ids, table),
    "embedding_bag": embedding_bag,
    "embedding_sum": lambda a, b, ids_a, ids_b: F.embedding(ids_a, a) + F.embedding(ids_b, b),
    "exp": torch.exp,
    "factorization_machine": factorization_machine,
    "gather": lambda x, ids, axis: torch.gather(x, axis, ids),
    "gelu": lambda x, approximate="none": F.gelu(x, approximate=approximate),
    "hinge": lambda scores, labels: torch.relu(1 - (2 * labels - 1) * scores).mean(),
    "huber": F.huber_loss,
    "l2_normalize": lambda x, axis: F.normalize(x, dim=axis),
    "layer_norm": lambda x, scale, shift, epsilon=1e-5: F.layer_norm(
        x, scale.shape, scale, shift, epsilon
    ),
    "leaky_relu": lambda x, negative_slope=0.01: F.leaky_relu(x, negative_slope),
    "less": lambda a, b: (a < b).to(torch.float32),
    "list_mle": list_mle,
    "listwise_softmax": listwise_softmax,
    "log": torch.log,
    "log_cosh": log_cosh,
    "log_softmax": lambda x, axis: torch.log_softmax(x, axis),
    "logsumexp": lambda x, axis: torch.logsumexp(x, axis),
    "masked_log_sum_exp": masked_log_sum_exp,
    "matmul": matmul,
    "max": lambda x, axis, apart: torch.amax(spread(x), axis),
    "maximum": torch.maximum,
    "mean": lambda x, axis: torch.mean(x, axis),
    "mean_absolute_error": F.l1_loss,
    "mean_squared_error": F.mse_loss,
    "minimum": torch.minimum,
    "moments": lambda x: torch.stack(torch.var_mean(x, 0, correction=0)[::-1]),
    "multiply": torch.mul,
    "negative": torch.neg,
    "normalize": lambda x, mean, variance, scale, shift: torch.addcmul(
        shift, x - mean, scale * torch.rsqrt(variance + 1e-3)
    ),
    "one_hot": lambda ids, size: F.one_hot(ids, size).to(torch.float32),
    "pad": lambda x, axis, before, after: F.pad(x, (before, after)),
    "padding_mask": lambda ids: (ids != 0).to(torch.float32),
    "pairwise_hinge": pairwise(lambda d: torch.relu(1 - d)),
    "pairwise_logistic": pairwise(lambda d: F.softplus(-d)),
    "reciprocal": torch.reciprocal,
    "relu": torch.relu,
    "reshape": torch.reshape,
    "scale": lambda x, factor, offset: factor * x + offset,
    "scaled_dot_product_attention": lambda q, k, v, causal=False: F.scaled_dot_product_attention(
        q, k, v, is_causal=causal
    ),
    "scatter_add": lambda x, ids, axis, size: torch.zeros(len(x), size).scatter_add(axis, ids, x),
    "sigmoid": torch.sigmoid,
    "silu": F.silu,
    "slice": lambda x, axis, begin, end: x.narrow(axis, begin, end - begin).contiguous(),
    "softmax": lambda x, axis: torch.softmax(x, axis),
    "softmax_cross_entropy_sparse": F.cross_entropy,
    "softplus": F.softplus,
    "sorted": lambda x, descending: torch.sort(spread(x), 1, descending).values,
    "sqrt": torch.sqrt,
    "square": torch.square,
    "stack": lambda *x, axis: torch.stack(x, axis),
    "standardize": standardize,
    "subtract": torch.sub,
    "sum": lambda x, axis: torch.sum(x, axis),
    "sum_to": lambda x, shape: x.sum_to_size(shape),
    "tanh": torch.tanh,
    "top_k values": lambda x: torch.topk(spread(x), 3, 1).values,
    "transpose": lambda x, permutation: x.permute(permutation).contiguous(),
    "where": lambda a, b, x, y: torch.where(a > b, x, y),
}
RANDOM = {"dropout"}  # drops other elements than Gradus: those that both keep are compared


def wrong(name, ours, expected, random):
    """What is wrong with a tensor, or ""."""
    if ours.shape != expected.shape:
        return f"{name} is {list(ours.shape)}, Gradus' {list(expected.shape)}"
    if random:
        kept = [(part != 0).float().mean().item() for part in (ours, expected)]
        if abs(kept[0] - kept[1]) > 0.01:
            return f"{name} keeps {kept[0]:.3f}, Gradus' {kept[1]:.3f}"
        both = (ours != 0) & (expected != 0)
        ours, expected = ours * both, expected * both
    allowed = TOLERANCE * max(expected.abs().max().item(), 1e-6) if expected.numel() else 0
    apart = (ours - expected).abs().max().item() if expected.numel() else 0
    return "" if apart <= allowed else f"{name} is {apart:.2g} apart, {allowed:.2g} allowed"


def compare(op, tensors, attributes):
    function = OPS[op]
    upstream, output = (torch.from_numpy(tensors[name]) for name in ("upstream", "output"))
    inputs = []
    while f"input {len(inputs)}" in tensors:
        tensor = torch.from_numpy(tensors[f"input {len(inputs)}"])
        inputs.append(tensor if tensor.is_floating_point() else tensor.long())
    leaves = [tensor.requires_grad_() for tensor in inputs if tensor.is_floating_point()]

    def forward():
        with torch.no_grad():
            return function(*inputs, **attributes)

    def gradient():
        y = function(*inputs, **attributes)
        gradients = torch.autograd.grad(y, leaves, upstream, allow_unused=True)
        # Some are one number repeated.
        return y, [None if gradient is None else gradient.contiguous() for gradient in gradients]

    result = {"forward": seconds(forward), "gradient": None, "wrong": ""}
    y, gradients = forward(), ()
    if leaves and function(*inputs, **attributes).requires_grad:
        result["gradient"] = seconds(gradient)
        y, gradients = gradient()
    pairs = [("output", y.detach(), output)]
    for k, value in enumerate(gradients):
        if value is not None:
            pairs.append((f"gradient {k}", value, torch.from_numpy(tensors[f"gradient {k}"])))
    complaints = [wrong(*pair, op in RANDOM) for pair in pairs]
    result["wrong"] = "; ".join(complaint for complaint in complaints if complaint)
    return result


def seconds(work):
    """Those of one call; the first ones allocate and choose."""

    def mean(count):
        start = time.perf_counter()
        for _ in range(count):
            work()
        return (time.perf_counter() - start) / count

    work()
    count = int(SECONDS / mean(1)) + 1
    return statistics.median(mean(count) for _ in range(REPETITIONS))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    threads = parser.parse_args().threads
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    torch.set_num_threads(threads)
    for line in sys.stdin:
        case = json.loads(line)
        if case["op"] in OPS:
            tensors, metadata = tutorial.read_safetensors_and_metadata(case["tensors"])
            attributes = {name: json.loads(text) for name, text in metadata.items()}
            try:
                answer = compare(case["op"], tensors, attributes)
            except (RuntimeError, TypeError) as error:
                answer = {"wrong": f"{error}"}
        else:
            answer = {"missing": True}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
