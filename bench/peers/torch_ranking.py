"""The ranking tutorial in PyTorch: eager, eager with gradients of touched rows only, compiled."""

import numpy as np
import torch

import tutorial


class RankingModel(torch.nn.Module):
    def __init__(self, weights, sparse):
        super().__init__()
        self.user_embedding, self.movie_embedding = (
            torch.nn.Embedding.from_pretrained(
                torch.from_numpy(weights[table]), freeze=False, sparse=sparse
            )
            for table in tutorial.TABLES
        )
        layers = []
        for weight, bias in tutorial.LAYERS:
            layers += [dense(weights[weight], weights[bias]), torch.nn.ReLU()]
        self.ratings = torch.nn.Sequential(*layers[:-1])

    def forward(self, users, titles):
        pair = torch.cat([self.user_embedding(users), self.movie_embedding(titles)], 1)
        return self.ratings(pair)[:, 0]


def dense(weight, bias):
    layer = torch.nn.Linear(*weight.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight.T))
        layer.bias.copy_(torch.from_numpy(bias))
    return layer


def prepared(arguments, weights):
    """The model, and what is called: itself or what was compiled of it."""
    torch.set_num_threads(arguments.threads)
    model = RankingModel(weights, sparse=arguments.mode == "eager-sparse")
    return model, torch.compile(model) if arguments.mode == "compile" else model


def train(arguments):
    data = tutorial.Encoded(tutorial.Ratings(arguments.data))
    columns = [torch.from_numpy(column) for column in (data.users, data.titles, data.labels)]
    model, called = prepared(arguments, tutorial.initial_weights())
    # The update of all parameters in a few calls takes no sparse gradients.
    update = {} if arguments.mode == "eager-sparse" else {"foreach": True}
    optimizer = torch.optim.Adagrad(
        model.parameters(),
        lr=tutorial.LEARNING_RATE,
        initial_accumulator_value=tutorial.INITIAL_ACCUMULATOR,
        eps=tutorial.EPSILON,
        **update,
    )
    cached = [[column[rows] for column in columns] for rows in tutorial.training_batches()]

    def run_epoch():
        losses = []
        for users, titles, labels in cached:
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(called(users, titles), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        return losses

    losses, seconds = tutorial.train_epochs(arguments.epochs, run_epoch)
    test = tutorial.test_batches()
    with torch.inference_mode():
        predictions = [model(columns[0][rows], columns[1][rows]).numpy() for rows in test]
    return tutorial.trained(
        losses, seconds, np.concatenate(predictions), data.labels[np.concatenate(test)]
    )


def score(arguments):
    _, called = prepared(arguments, tutorial.read_safetensors(arguments.weights))

    def prepare(users, titles):
        ids = torch.from_numpy(users), torch.from_numpy(titles)
        return lambda: called(*ids).numpy()

    with torch.inference_mode():
        return tutorial.scored(arguments, prepare)


if __name__ == "__main__":
    tutorial.run(train, score, modes=("eager", "eager-sparse", "compile"))
