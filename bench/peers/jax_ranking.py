"""The ranking tutorial in JAX, the step and the prediction compiled by jax.jit."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

import tutorial


def predict(weights, users, titles):
    x = jnp.concatenate([weights[tutorial.TABLES[0]][users], weights[tutorial.TABLES[1]][titles]], 1)
    for weight, bias in tutorial.LAYERS[:-1]:
        x = jax.nn.relu(x @ weights[weight] + weights[bias])
    weight, bias = tutorial.LAYERS[-1]
    return (x @ weights[weight] + weights[bias])[:, 0]


def loss(weights, users, titles, labels):
    return jnp.mean((predict(weights, users, titles) - labels) ** 2)


@functools.partial(jax.jit, donate_argnums=(0, 1))
def step(weights, accumulators, users, titles, labels):
    value, gradients = jax.value_and_grad(loss)(weights, users, titles, labels)
    accumulators = jax.tree.map(lambda sum, g: sum + g**2, accumulators, gradients)
    weights = jax.tree.map(
        lambda w, g, sum: w - tutorial.LEARNING_RATE * g / jnp.sqrt(sum + tutorial.EPSILON),
        weights,
        gradients,
        accumulators,
    )
    return weights, accumulators, value


def train(arguments):
    data = tutorial.Encoded(tutorial.Ratings(arguments.data))
    columns = data.users.astype(np.int32), data.titles.astype(np.int32), data.labels
    cached = [[jnp.array(c[rows]) for c in columns] for rows in tutorial.training_batches()]
    weights = jax.tree.map(jnp.array, tutorial.initial_weights())
    accumulators = jax.tree.map(
        lambda w: jnp.full_like(w, tutorial.INITIAL_ACCUMULATOR), weights
    )

    def run_epoch():
        nonlocal weights, accumulators
        losses = []
        for batch in cached:
            weights, accumulators, value = step(weights, accumulators, *batch)
            losses.append(value)
        jax.block_until_ready(weights)
        return losses

    losses, seconds = tutorial.train_epochs(arguments.epochs, run_epoch)
    test = tutorial.test_batches()
    compiled = jax.jit(predict)
    predictions = [compiled(weights, columns[0][rows], columns[1][rows]) for rows in test]
    return tutorial.trained(
        losses, seconds, np.concatenate(predictions), data.labels[np.concatenate(test)]
    )


def score(arguments):
    weights = jax.tree.map(jnp.array, tutorial.read_safetensors(arguments.weights))
    compiled = jax.jit(predict)

    def prepare(users, titles):
        ids = jnp.array(users, jnp.int32), jnp.array(titles, jnp.int32)
        return lambda: compiled(weights, *ids).block_until_ready()

    return tutorial.scored(arguments, prepare)


if __name__ == "__main__":
    tutorial.run(train, score)
