"""Scoring with the tutorial's model in ONNX Runtime, which only predicts."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import tutorial


def model(weights):
    nodes = [
        helper.make_node("Gather", [tutorial.TABLES[0], "users"], ["user"]),
        helper.make_node("Gather", [tutorial.TABLES[1], "titles"], ["title"]),
        helper.make_node("Concat", ["user", "title"], ["hidden_0"], axis=1),
    ]
    for number, (weight, bias) in enumerate(tutorial.LAYERS):
        last = number + 1 == len(tutorial.LAYERS)
        output = "predictions" if last else f"dense_{number}"
        nodes.append(helper.make_node("Gemm", [f"hidden_{number}", weight, bias], [output]))
        if not last:
            nodes.append(helper.make_node("Relu", [output], [f"hidden_{number + 1}"]))
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch"])
        for name in ("users", "titles")
    ]
    outputs = [helper.make_tensor_value_info("predictions", TensorProto.FLOAT, ["batch", 1])]
    tensors = [numpy_helper.from_array(tensor, name) for name, tensor in weights.items()]
    graph = helper.make_graph(nodes, "ranking", inputs, outputs, tensors)
    # An older format than onnx' newest: the two packages are not released together.
    return helper.make_model(graph, ir_version=9, opset_imports=[helper.make_opsetid("", 17)])


def train(_):
    raise SystemExit("ONNX Runtime does not train")


def score(arguments):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = arguments.threads
    built = model(tutorial.read_safetensors(arguments.weights))
    onnx.checker.check_model(built)
    session = onnxruntime.InferenceSession(
        built.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )

    def prepare(users, titles):
        ids = {"users": users.astype(np.int64), "titles": titles.astype(np.int64)}
        return lambda: session.run(None, ids)[0]

    return tutorial.scored(arguments, prepare)


if __name__ == "__main__":
    tutorial.run(train, score)
