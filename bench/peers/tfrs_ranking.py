"""The ranking tutorial as TensorFlow Recommenders publishes it, but for the order of rows."""

import os
import time

os.environ["TF_USE_LEGACY_KERAS"] = "1"  # TFRS is written for Keras 2
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tensorflow_recommenders as tfrs

import tutorial


def embedding(vocabulary):
    return tf.keras.Sequential(
        [
            tf.keras.layers.StringLookup(vocabulary=vocabulary, mask_token=None),
            tf.keras.layers.Embedding(len(vocabulary) + 1, 32),
        ]
    )


class RankingModel(tfrs.models.Model):
    def __init__(self, ratings):
        super().__init__()
        self.user_embeddings = embedding(ratings.user_vocabulary())
        self.movie_embeddings = embedding(ratings.title_vocabulary())
        self.ratings = tf.keras.Sequential(
            [
                tf.keras.layers.Dense(256, activation="relu"),
                tf.keras.layers.Dense(64, activation="relu"),
                tf.keras.layers.Dense(1),
            ]
        )
        self.task = tfrs.tasks.Ranking(
            loss=tf.keras.losses.MeanSquaredError(),
            metrics=[tf.keras.metrics.RootMeanSquaredError()],
        )

    def call(self, features):
        users = self.user_embeddings(features["user_id"])
        movies = self.movie_embeddings(features["movie_title"])
        return self.ratings(tf.concat([users, movies], axis=1))

    def compute_loss(self, features, training=False):
        labels = features.pop("user_rating")
        return self.task(labels=labels, predictions=self(features))

    def start_from(self, weights):
        self({"user_id": tf.constant(["1"]), "movie_title": tf.constant([""])})  # makes them
        tables = self.user_embeddings.layers[1], self.movie_embeddings.layers[1]
        for layer, table in zip(tables, tutorial.TABLES):
            layer.set_weights([weights[table]])
        for layer, names in zip(self.ratings.layers, tutorial.LAYERS):
            layer.set_weights([weights[name] for name in names])


class Epochs(tf.keras.callbacks.Callback):
    """Times the epochs and keeps the losses as tensors, to be read later."""

    _supports_tf_logs = True  # otherwise Keras turns each step's logs into numbers

    def __init__(self):
        super().__init__()
        self.losses = []
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)


def use_threads(count):
    tf.config.threading.set_intra_op_parallelism_threads(count)
    tf.config.threading.set_inter_op_parallelism_threads(count)


def dataset(ratings, batches):
    rows = np.concatenate(batches)
    columns = {
        "user_id": np.array(ratings.users)[rows],
        "movie_title": np.array([title.encode() for title in ratings.titles])[rows],
        "user_rating": ratings.labels[rows],
    }
    return tf.data.Dataset.from_tensor_slices(columns).batch(len(batches[0])).cache()


def train(arguments):
    use_threads(arguments.threads)
    ratings = tutorial.Ratings(arguments.data)
    model = RankingModel(ratings)
    model.start_from(tutorial.initial_weights())
    model.compile(optimizer=tf.keras.optimizers.Adagrad(learning_rate=tutorial.LEARNING_RATE))
    epochs = Epochs()
    model.fit(
        dataset(ratings, tutorial.training_batches()),
        epochs=arguments.epochs,
        verbose=0,
        callbacks=[epochs],
    )
    test = model.evaluate(dataset(ratings, tutorial.test_batches()), return_dict=True, verbose=0)
    return {
        "losses": [float(loss) for loss in epochs.losses],
        "epoch_seconds": epochs.seconds,
        "root_mean_squared_error": test["root_mean_squared_error"],
    }


def score(arguments):
    use_threads(arguments.threads)
    model = RankingModel(tutorial.Ratings(arguments.data))
    model.start_from(tutorial.read_safetensors(arguments.weights))

    @tf.function(reduce_retracing=True)
    def predict(users, titles):  # ids, as the others get them
        tables = model.user_embeddings.layers[1], model.movie_embeddings.layers[1]
        return model.ratings(tf.concat([tables[0](users), tables[1](titles)], axis=1))

    def prepare(users, titles):
        ids = tf.constant(users), tf.constant(titles)
        return lambda: predict(*ids).numpy()

    return tutorial.scored(arguments, prepare)


if __name__ == "__main__":
    tutorial.run(train, score)
