#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "framework/experiment/commands.h"
#include "framework/experiment/experiment_model.h"
#include "framework/experiment/human.h"
#include "framework/experiment/plan_table.h"
#include "framework/graph/describe.h"
#include "framework/optim/optimizer.h"
#include "framework/train/trainer.h"

namespace gradus::experiment {
namespace {

/// A training step of the experiment, planned but not run.
struct Description {
  struct NamedShape {
    std::string name;
    std::string shape;
  };
  std::vector<NamedShape> parameters;
  std::int64_t parameter_count = 0;
  std::int64_t batch = 0;
  std::int64_t tiles = 0;
  std::int64_t tile_rows = 0;
  std::int64_t lanes = 0;
  std::int64_t memory = 0;  // bytes of values, for the whole batch and one worker
  std::vector<PlanLine> lines;
  std::vector<std::string> moves_every_row;  // the groups of parameters whose optimizer does
};

Description make_description(const Config& config) {
  const Table table = read_table(config);
  const Split split = split_rows(config, table);
  const ExperimentModel model = make_model(config, table, split);
  const ParameterGroups groups = make_groups(config.optimizer);
  const Encoded data = model.encode(table);
  Description out;
  out.batch =
      std::min<std::int64_t>(config.data.batch_size, static_cast<std::int64_t>(split.train.size()));
  TrainingStep step(*model.model, *model.task, groups, input_columns(data), !data.weights().empty(),
                    out.batch, static_cast<std::uint64_t>(config.seed),
                    kernels::math_mode(config.training.math_mode));
  for (const auto& [path, parameter] : model.model->parameters()) {
    out.parameters.push_back({path, parameter->value.extents().text()});
  }
  out.parameter_count = parameter_count(*model.model);
  const Plan& plan = step.executor().plan(out.batch);
  out.tiles = plan.tiles;
  out.tile_rows = plan.tile_rows;
  out.lanes = plan.lanes;
  out.memory = static_cast<std::int64_t>(
      plan.memory.whole_bytes + plan.memory.tile_bytes +
      (plan.lanes > 1 ? static_cast<std::size_t>(plan.lanes) * plan.memory.lane_bytes : 0));
  out.lines = describe(step.graph(), plan);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].optimizer->moves_every_row()) out.moves_every_row.push_back(groups[g].parameters);
  }
  return out;
}

double total_flops(const Description& d) {
  double total = 0;
  for (const PlanLine& line : d.lines) total += line.flops;
  return total;
}

Json json(const Description& d, bool with_plan) {
  Json parameters = Json::list();
  for (const auto& [name, shape] : d.parameters) {
    parameters.push_back(Json::object({{"name", name}, {"shape", shape}}));
  }
  Json out = Json::object({{"parameter_count", d.parameter_count},
                           {"parameters", std::move(parameters)},
                           {"batch", d.batch},
                           {"tiles", d.tiles},
                           {"tile_rows", d.tile_rows},
                           {"lanes", d.lanes},
                           {"value_bytes", d.memory},
                           {"flops_per_step", total_flops(d)},
                           {"optimizer_moves_every_row", !d.moves_every_row.empty()}});
  if (!with_plan) return out;
  Json plan = Json::list();
  for (const PlanLine& line : d.lines) plan.push_back(experiment::json(line));
  out["plan"] = std::move(plan);
  return out;
}

std::string text(const Description& d, bool with_plan) {
  std::string out = fmt::format("{} parameters\n", human_count(d.parameter_count));
  for (const auto& [name, shape] : d.parameters) out += fmt::format("  {:<26} {}\n", name, shape);
  out += fmt::format(
      "a training step of {} rows: {} floating point operations; {} tiles of {} rows, {} lanes, "
      "{} of values\n",
      human_count(d.batch), human_quantity(total_flops(d)), d.tiles, d.tile_rows, d.lanes,
      human_bytes(d.memory));
  for (const std::string& parameters : d.moves_every_row) {
    out +=
        fmt::format("the optimizer{} moves every row of a table at each step, looked up or not\n",
                    parameters == "*" ? "" : fmt::format(" of \"{}\"", parameters));
  }
  if (!with_plan) return out;
  std::vector<Cells> rows = {plan_head()};
  for (const PlanLine& line : d.lines) rows.push_back(plan_cells(line));
  return out + "\n" + table_text(rows);
}

}  // namespace

void describe(const DescribeArguments& arguments, const Catalogues& catalogues) {
  use_threads(arguments);
  const Config config = load_config(arguments.config, arguments.settings, catalogues);
  const Description description = make_description(config);
  print(arguments.json ? json(description, arguments.plan).text(2) + "\n"
                       : text(description, arguments.plan));
}

}  // namespace gradus::experiment
