#pragma once

#include <memory>

#include "framework/core/component.h"

namespace gradus {

class DataSource;
class Model;
class Optimizer;
class Splitter;
class Task;
class Vocabularies;

/// What makes a model: `kind<ModelSignature, RankingModel>("ranking", "…")` is its row in a
/// catalogue.
using ModelSignature = std::unique_ptr<Model>(const Vocabularies&);
/// The models that an experiment can name: `{"model": {"kind": "ranking"}}`.
using ModelCatalogue = Catalogue<ModelSignature>;

}  // namespace gradus

namespace gradus::experiment {

/// The kinds of everything that a config selects by name.
struct Catalogues {
  ModelCatalogue models;                               ///< `model.kind`
  Catalogue<std::unique_ptr<Task>()> tasks;            ///< `task.kind`
  Catalogue<std::unique_ptr<Optimizer>()> optimizers;  ///< `optimizer.kind`
  Catalogue<std::unique_ptr<DataSource>()> sources;    ///< `data.source`
  Catalogue<std::unique_ptr<Splitter>()> splitters;    ///< `data.split.kind`
};

/// These models, and all that the framework has of the rest.
Catalogues with_framework(ModelCatalogue models);

}  // namespace gradus::experiment
