#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/experiment/json.h"
#include "framework/graph/describe.h"
#include "framework/graph/profile.h"
#include "framework/train/training_step.h"

namespace gradus::experiment {

/// What the nodes of a training, and the parts beside them, took of its time, held against what
/// the machine can do. All of it is the whole training's, and its seconds are workers': two workers
/// have two a second.
struct ProfileReport {
  struct NodeCost {
    PlanLine line;  ///< of the largest batch
    std::int64_t calls = 0;
    double seconds = 0;
    double flops = 0;
    double bytes = 0;
    double limit_seconds = 0;  ///< at the best rate of products, or of copies if that takes longer
  };
  struct PartCost {
    std::string_view name;
    std::int64_t calls = 0;
    double seconds = 0;
  };

  std::int64_t steps = 0;
  int workers = 0;
  double seconds = 0;
  double matmul_rate = 0;  ///< FLOP/s of one worker while all work
  double copy_rate = 0;    ///< bytes/s, likewise
  std::vector<NodeCost> nodes;
  std::vector<PartCost> parts;
  double waiting = 0;  ///< seconds of neither: workers waited for others

  Json json() const;
  std::string text() const;
};

/// Measures the machine, too. `step` is what `profile` noted.
ProfileReport make_report(const Profile& profile, TrainingStep& step);

}  // namespace gradus::experiment
