#pragma once

#include <string>
#include <vector>

#include "framework/graph/plan.h"

namespace gradus {

/// A step of a plan, for people to read.
struct PlanLine {
  int node = -1;      ///< whose value the step computes
  std::string scope;  ///< "ratings.0"
  std::string op;     ///< "matmul + bias + relu"
  std::string shape;  ///< "[batch, 256]"
  std::string runs;   ///< "tile", "lanes", "whole" or "update"
  double flops = 0;   ///< for the whole batch
  double bytes = 0;   ///< read and written, for the whole batch
};

/// The plan's steps in the order in which they run.
std::vector<PlanLine> describe(const Graph& graph, const Plan& plan);

}  // namespace gradus
