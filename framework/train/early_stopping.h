#pragma once

#include <cstdint>

namespace gradus {

/// Finds the best epoch by one figure of the validation rows, and says when to stop waiting for a
/// better one. As Keras' EarlyStopping.
class EarlyStopping {
 public:
  struct Options {
    int patience = 0;  ///< so many epochs without improvement end the training; 0: none do
    double minimum_improvement = 0;  ///< by how much more than this a better figure differs
    bool higher_is_better = false;   ///< whether a larger figure is better
  };
  /// What has been seen.
  struct State {
    std::int64_t epoch = 0;   ///< the best, from 1; 0 before the first
    std::int64_t step = 0;    ///< the last of that epoch
    double value = 0;         ///< of that epoch
    std::int64_t waited = 0;  ///< epochs since
  };

  EarlyStopping(const Options& options, const State& seen) : options_(options), state_(seen) {}

  /// Whether this epoch is the best so far; the first is.
  bool observe(std::int64_t epoch, std::int64_t step, double value);
  /// Whether the training is over.
  bool stopped() const { return options_.patience > 0 && state_.waited >= options_.patience; }
  const State& state() const { return state_; }  ///< what has been seen

 private:
  Options options_;
  State state_;
};

}  // namespace gradus
