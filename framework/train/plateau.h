#pragma once

#include <cstdint>

namespace gradus {

/// Reduces the learning rate each time that a figure of the validation rows has not become better
/// for some epochs. As Keras' ReduceLROnPlateau.
class Plateau {
 public:
  struct Options {
    int patience = 0;     ///< so many epochs without improvement reduce it; 0: none do
    double factor = 0.1;  ///< what it is then multiplied by
    double minimum_improvement = 1e-4;  ///< by how much more than this a better figure differs
    int cooldown = 0;                   ///< so many epochs after a reduction are not counted
    double minimum_factor = 0;          ///< all reductions together are no smaller
    bool higher_is_better = false;      ///< whether a larger figure is better
  };
  /// What has been seen.
  struct State {
    std::int64_t epochs = 0;    ///< that were seen
    double value = 0;           ///< the best of them
    std::int64_t waited = 0;    ///< epochs since it was seen
    std::int64_t cooldown = 0;  ///< epochs that are left of it
    double factor = 1;          ///< of all learning rates by now
  };

  Plateau(const Options& options, const State& seen) : options_(options), state_(seen) {}

  /// An epoch's figure.
  void observe(double value);
  const State& state() const { return state_; }  ///< what has been seen

 private:
  Options options_;
  State state_;
};

}  // namespace gradus
