"""A DLRM's training steps in PyTorch, eager, with gradients of touched rows only."""

import numpy as np
import torch

import dlrm
from torch_ranking import dense


def tower(weights, name, widths, last_relu):
    modules = []
    for weight, bias, _ in dlrm.layers(name, widths):
        modules += [dense(weights[weight], weights[bias]), torch.nn.ReLU()]
    return torch.nn.Sequential(*(modules if last_relu else modules[:-1]))


class Dlrm(torch.nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.embeddings = torch.nn.ModuleList(
            torch.nn.Embedding.from_pretrained(
                torch.from_numpy(weights[name]), freeze=False, sparse=True
            )
            for name in dlrm.EMBEDDINGS
        )
        self.bottom = tower(weights, "bottom", dlrm.BOTTOM, True)
        self.top = tower(weights, "top", dlrm.TOP, False)
        self.pairs = torch.tril_indices(dlrm.VECTORS, dlrm.VECTORS, -1)

    def forward(self, numbers, ids):
        bottom = self.bottom(numbers)
        looked_up = [table(ids[:, k]) for k, table in enumerate(self.embeddings)]
        vectors = torch.stack([bottom, *looked_up], 1)
        products = torch.bmm(vectors, vectors.transpose(1, 2))
        return self.top(torch.cat([bottom, products[:, self.pairs[0], self.pairs[1]]], 1))[:, 0]


def prepare(case, arguments):
    torch.set_num_threads(arguments.threads)
    model = Dlrm(case.weights)
    optimizer = torch.optim.Adagrad(
        model.parameters(),
        lr=dlrm.LEARNING_RATE,
        initial_accumulator_value=dlrm.INITIAL_ACCUMULATOR,
        eps=dlrm.EPSILON,
    )
    batches = [
        tuple(torch.from_numpy(np.ascontiguousarray(part)) for part in batch)
        for batch in case.batches
    ]
    loss_of = torch.nn.functional.binary_cross_entropy_with_logits

    def step(number):
        ids, numbers, labels = batches[number]
        optimizer.zero_grad()
        loss = loss_of(model(numbers, ids), labels)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


if __name__ == "__main__":
    dlrm.run(prepare, modes=("eager",))
