"""Reference values of layers: layers.py OUT_FOLDER.

Needs tf_keras 2.21 (Keras 2), TensorFlow and TensorFlow Recommenders 0.7.7. The factorisation
machine is computed by its formula, with TensorFlow's gradients; all in float64.
"""

import json
import os
import pathlib
import sys

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
import tensorflow_recommenders as tfrs
import tf_keras
from safetensors.numpy import save_file

SEED = 21
BATCH = 5
cases = []
tensors = {}
random = np.random.default_rng(SEED)


def draw(*shape):
    # What float32 can hold, so that both sides see the same numbers.
    return random.uniform(-1, 1, shape).astype(np.float32).astype(np.float64)


def keep(key, value):
    value = np.asarray(value)
    assert key not in tensors, key
    tensors[key] = np.ascontiguousarray(
        value.astype(np.int32 if value.dtype.kind == "i" else np.float32)
    )
    return key


def case(layer, attributes, inputs, parameters, call):
    """call(inputs, parameters) -> output; of tensors that are watched."""
    number = len(cases)
    given = [tf.constant(x) for x in inputs]
    own = {path: tf.constant(value) for path, value in parameters.items()}
    with tf.GradientTape() as tape:
        watched = [x for x in given if x.dtype.is_floating] + list(own.values())
        for x in watched:
            tape.watch(x)
        output = call(given, own)
        upstream = draw(*output.shape)
        total = tf.reduce_sum(output * upstream)
    gradients = iter(
        tape.gradient(total, watched, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    )
    dense = lambda g: tf.convert_to_tensor(g).numpy()
    cases.append(
        {
            "op": layer,
            "attributes": attributes,
            "inputs": [keep(f"{number}.in{k}", x) for k, x in enumerate(inputs)],
            "parameters": {path: keep(f"{number}.parameter.{path}", x) for path, x in parameters.items()},
            "output": keep(f"{number}.out", output),
            "upstream": keep(f"{number}.upstream", upstream),
            "gradients": [
                keep(f"{number}.grad{k}", dense(next(gradients))) if x.dtype.is_floating else None
                for k, x in enumerate(given)
            ],
            "parameter_gradients": {
                path: keep(f"{number}.parameter.{path}.grad", dense(next(gradients))) for path in own
            },
        }
    )


def built(layer, *shapes):
    """A layer with its weights replaced by what is watched: they are set as its attributes."""
    layer(*[tf.zeros(shape, tf.float64) for shape in shapes])
    return layer


def layer_norm():
    def call(x, p):
        layer = built(tf_keras.layers.LayerNormalization(), x[0].shape)
        layer.gamma, layer.beta = p["scale"], p["shift"]
        return layer(x[0])

    for shape in ((BATCH, 7), (3, 4, 7)):
        case("LayerNorm", {}, [draw(*shape)], {"scale": draw(7), "shift": draw(7)}, call)


def batch_norm():
    def call(training):
        def run(x, p):
            layer = built(tf_keras.layers.BatchNormalization(), (1, 6))
            layer.gamma, layer.beta = p["scale"], p["shift"]
            if not training:
                layer.moving_mean, layer.moving_variance = p["moving_mean"], p["moving_variance"]
            return layer(x[0], training=training)

        return run

    moving = {"moving_mean": draw(6), "moving_variance": np.abs(draw(6)) + 0.25}
    parameters = {"scale": draw(6), "shift": draw(6), **moving}
    for training in (True, False):
        attributes = {"training": training}
        case("BatchNorm", attributes, [draw(BATCH, 6)], parameters, call(training))


def moving():
    """What Keras' statistics are after each of three batches."""
    layer = tf_keras.layers.BatchNormalization(momentum=0.9)
    batches, means, variances = [], [], []
    for rows in (BATCH, 1, 3):
        batches.append(draw(rows, 2).tolist())
        layer(tf.constant(batches[-1], tf.float64), training=True)
        means.append(layer.moving_mean.numpy().tolist())
        variances.append(layer.moving_variance.numpy().tolist())
    return {"momentum": 0.9, "batches": batches, "means": means, "variances": variances}


def cross():
    class Times:
        """x · kernel + bias, in place of a layer of Keras."""

        def __init__(self, kernel, bias=None):
            self.kernel, self.bias = kernel, bias

        def __call__(self, x):
            y = tf.matmul(x, self.kernel)
            return y if self.bias is None else y + self.bias

    def call(rank, scale):
        def run(x, p):
            layer = tfrs.layers.dcn.Cross(projection_dim=rank or None, diag_scale=scale)
            layer.build((BATCH, 6))
            if rank:
                layer._dense_u, layer._dense_v = Times(p["down"]), Times(p["up"], p["bias"])
            else:
                layer._dense = Times(p["weight"], p["bias"])
            return layer.call(x[0], x[1])

        return run

    for rank, scale in ((0, 0.0), (0, 0.5), (2, 0.0), (2, 0.25)):
        factors = {"down": draw(6, rank), "up": draw(rank, 6)} if rank else {"weight": draw(6, 6)}
        case(
            "Cross",
            {"rank": rank, "diagonal_scale": scale},
            [draw(BATCH, 6), draw(BATCH, 6)],
            {**factors, "bias": draw(6)},
            call(rank, scale),
        )


def dot_interaction():
    def call(x, _):
        return tfrs.layers.feature_interaction.DotInteraction()(x)

    case("DotInteraction", {}, [draw(BATCH, 4) for _ in range(4)], {}, call)


def factorization_machine():
    rows, dimension = (4, 6, 3), 5
    parameters = {"bias": draw(1)}
    for field, count in enumerate(rows):
        parameters[f"{field}_weight.weight"] = draw(count, 1)
        parameters[f"{field}_vector.weight"] = draw(count, dimension)

    def call(ids, p):
        looked_up = lambda part: [
            tf.gather(p[f"{field}_{part}.weight"], ids[field]) for field in range(len(rows))
        ]
        vectors = looked_up("vector")
        pairs = sum(
            tf.reduce_sum(vectors[i] * vectors[j], 1, keepdims=True)
            for i in range(len(rows))
            for j in range(i)
        )
        return p["bias"] + sum(looked_up("weight")) + pairs

    ids = [random.integers(0, count, BATCH).astype(np.int32) for count in rows]
    attributes = {"rows": list(rows), "dimension": dimension}
    case("FactorizationMachine", attributes, ids, parameters, call)


def embedding_bag():
    rows, places, dimension = 6, 4, 3

    def call(combiner):
        def run(x, p):
            weights = x[1] if len(x) > 1 else tf.ones(x[0].shape, tf.float64)
            there = tf.where(weights != 0)  # [n, 2], by row: what is not there has no entry
            entries = lambda values: tf.SparseTensor(there, values, x[0].shape)
            return tf.nn.safe_embedding_lookup_sparse(
                p["weight"],
                entries(tf.cast(tf.gather_nd(x[0], there), tf.int64)),
                entries(tf.gather_nd(weights, there)) if len(x) > 1 else None,
                combiner=combiner,
            )

        return run

    for combiner in ("sum", "mean", "sqrtn"):
        ids = random.integers(0, rows, (BATCH, places)).astype(np.int32)
        weights = np.abs(draw(BATCH, places))
        ragged = weights.copy()
        ragged[1, 2:] = 0
        ragged[2, :3] = 0
        ragged[3, :] = 0
        attributes = {"rows": rows, "dimension": dimension, "combiner": combiner}
        parameters = {"weight": draw(rows, dimension)}
        for inputs in ([ids], [ids, weights], [ids, ragged]):
            case("EmbeddingBag", attributes, inputs, parameters, call(combiner))
        cases[-1]["gradients"] = [None, None]  # which of a weight of 0 TensorFlow has not


def multi_head_attention():
    size, heads, head = 6, 2, 4

    def call(causal):
        def run(x, p):
            layer = tf_keras.layers.MultiHeadAttention(heads, head)
            layer(x[0], x[2], x[1])
            for name, dense in (
                ("query", layer._query_dense),
                ("key", layer._key_dense),
                ("value", layer._value_dense),
            ):
                dense.kernel = tf.reshape(p[name + "_weight"], (size, heads, head))
                dense.bias = tf.reshape(p[name + "_bias"], (heads, head))
            layer._output_dense.kernel = tf.reshape(p["output_weight"], (heads, head, size))
            layer._output_dense.bias = p["output_bias"]
            return layer(x[0], x[2], x[1], use_causal_mask=causal)

        return run

    for causal, m, n in ((False, 3, 5), (True, 4, 4)):
        parameters = {}
        for name in ("query", "key", "value"):
            parameters[name + "_weight"] = draw(size, heads * head)
            parameters[name + "_bias"] = draw(heads * head)
        parameters["output_weight"] = draw(heads * head, size)
        parameters["output_bias"] = draw(size)
        case(
            "MultiHeadAttention",
            {"heads": heads, "head_size": head, "causal": causal},
            [draw(BATCH, m, size), draw(BATCH, n, size), draw(BATCH, n, size)],
            parameters,
            call(causal),
        )


def gru():
    units, inputs = 4, 3

    def call(x, p):
        layer = tf_keras.layers.GRU(units, return_sequences=True, reset_after=True)
        layer(x[0])
        cell = layer.cell
        cell.kernel, cell.recurrent_kernel = p["weight"], p["recurrent_weight"]
        cell.bias = tf.stack([p["bias"], p["recurrent_bias"]])
        # One cell after the other: the layer's own kernel reads variables.
        state, states = tf.zeros((BATCH, units), tf.float64), []
        for step in range(x[0].shape[1]):
            state, _ = cell(x[0][:, step], state)
            states.append(state)
        return tf.stack(states, 1)

    parameters = {
        "weight": draw(inputs, 3 * units),
        "bias": draw(3 * units),
        "recurrent_weight": draw(units, 3 * units),
        "recurrent_bias": draw(3 * units),
    }
    case("Gru", {"units": units}, [draw(BATCH, 4, inputs)], parameters, call)


def dense():
    def call(activation):
        def run(x, p):
            layer = built(tf_keras.layers.Dense(4, activation), (1, 3))
            layer.kernel, layer.bias = p["weight"], p["bias"]
            return layer(x[0])

        return run

    for activation in ("none", "relu", "sigmoid", "tanh"):
        parameters = {"weight": draw(3, 4), "bias": draw(4)}
        attributes = {"units": 4, "activation": activation}
        keras = call("linear" if activation == "none" else activation)
        case("Dense", attributes, [draw(BATCH, 3)], parameters, keras)


def mlp():
    def call(x, p):
        y = x[0]
        for k, (inputs, units) in enumerate(((3, 5), (5, 4), (4, 2))):
            layer = built(tf_keras.layers.Dense(units, "relu" if k < 2 else None), (1, inputs))
            layer.kernel, layer.bias = p[f"{k}.weight"], p[f"{k}.bias"]
            y = layer(y)
        return y

    parameters = {}
    for k, (inputs, units) in enumerate(((3, 5), (5, 4), (4, 2))):
        parameters.update({f"{k}.weight": draw(inputs, units), f"{k}.bias": draw(units)})
    case("Mlp", {"hidden": [5, 4], "outputs": 2}, [draw(BATCH, 3)], parameters, call)


def embedding():
    def call(x, p):
        layer = built(tf_keras.layers.Embedding(6, 3), (1,))
        layer.embeddings = p["weight"]
        return layer(x[0])

    for shape in ((BATCH,), (BATCH, 2)):
        ids = random.integers(0, 6, shape).astype(np.int32)
        case("Embedding", {"rows": 6, "dimension": 3}, [ids], {"weight": draw(6, 3)}, call)


def main():
    tf_keras.backend.set_floatx("float64")
    folder = pathlib.Path(sys.argv[1])
    for make in (
        layer_norm,
        batch_norm,
        cross,
        dot_interaction,
        factorization_machine,
        embedding_bag,
        multi_head_attention,
        gru,
        dense,
        mlp,
        embedding,
    ):
        make()
    reference = {
        "source": f"tf_keras {tf_keras.__version__} on TensorFlow {tf.__version__}, TensorFlow "
        "Recommenders 0.7.7, and a formula; float64, stored as float32",
        "gradient": "of sum(output * upstream)",
        "moving": moving(),
        "cases": cases,
    }
    (folder / "layers.json").write_text(json.dumps(reference, indent=1) + "\n")
    save_file(tensors, folder / "layers.safetensors")


main()
