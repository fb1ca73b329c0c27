#include "framework/experiment/profile_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "framework/experiment/human.h"
#include "framework/experiment/plan_table.h"
#include "framework/kernels/limit.h"

namespace gradus::experiment {
namespace {

double seconds_of(const Profile::Total& total) {
  return static_cast<double>(total.nanoseconds) * 1e-9;
}

/// The node's cost, added where it is not there.
ProfileReport::NodeCost& cost_of(ProfileReport& report, const PlanLine& line) {
  auto& nodes = report.nodes;
  const auto known =
      std::ranges::find_if(nodes, [&](const auto& node) { return node.line.node == line.node; });
  return known != nodes.end() ? *known : nodes.emplace_back(ProfileReport::NodeCost{.line = line});
}

std::string bytes_text(double bytes) { return human_bytes(static_cast<std::int64_t>(bytes)); }

std::string percent(double part, double whole, int digits) {
  return whole > 0 ? fmt::format("{:.{}f}%", 100 * part / whole, digits) : "-";
}

}  // namespace

ProfileReport make_report(const Profile& profile, TrainingStep& step) {
  ProfileReport out;
  out.steps = profile.steps();
  out.workers = profile.workers();
  out.seconds = profile.seconds() * out.workers;
  out.matmul_rate = kernels::best_matmul_rate(step.graph().math_mode()) / out.workers;
  out.copy_rate = kernels::best_copy_rate() / out.workers;
  auto runs = profile.runs();
  std::ranges::sort(runs, std::ranges::greater());  // the largest batch first
  for (const auto& [batch, count] : runs) {
    const auto times = static_cast<double>(count);
    for (const PlanLine& line : describe(step.graph(), step.executor().plan(batch))) {
      ProfileReport::NodeCost& cost = cost_of(out, line);
      cost.flops += times * line.flops;
      cost.bytes += times * line.bytes;
      cost.limit_seconds +=
          times * std::max(line.flops / out.matmul_rate, line.bytes / out.copy_rate);
    }
  }
  out.waiting = out.seconds;
  for (ProfileReport::NodeCost& cost : out.nodes) {
    const Profile::Total total = profile.node(cost.line.node);
    cost.calls = total.calls;
    cost.seconds = seconds_of(total);
    out.waiting -= cost.seconds;
  }
  for (const auto& [name, total] : profile.parts()) {
    out.parts.push_back({name, total.calls, seconds_of(total)});
    out.waiting -= out.parts.back().seconds;
  }
  return out;
}

Json ProfileReport::json() const {
  Json plan = Json::list();
  for (const NodeCost& node : nodes) {
    Json line = experiment::json(node.line);
    line["calls"] = node.calls;
    line["seconds"] = node.seconds;
    line["share"] = node.seconds / seconds;
    line["flops_per_second"] = node.flops / node.seconds;
    line["bytes_per_second"] = node.bytes / node.seconds;
    line["share_of_limit"] = node.limit_seconds / node.seconds;
    plan.push_back(std::move(line));
  }
  Json beside = Json::list();
  for (const PartCost& part : parts) {
    beside.push_back(Json::object({{"name", part.name},
                                   {"calls", part.calls},
                                   {"seconds", part.seconds},
                                   {"share", part.seconds / seconds}}));
  }
  return Json::object({{"steps", steps},
                       {"workers", workers},
                       {"seconds", seconds},
                       {"best_flops_per_second", matmul_rate},
                       {"best_bytes_per_second", copy_rate},
                       {"plan", std::move(plan)},
                       {"parts", std::move(beside)},
                       {"waiting_seconds", waiting}});
}

std::string ProfileReport::text() const {
  const auto time = [this](double of) {
    return fmt::format("{:.3f}", 1e3 * of / static_cast<double>(std::max<std::int64_t>(1, steps)));
  };
  std::vector<Cells> rows = {plan_head()};
  for (const char* column : {"calls", "ms/step", "share", "FLOP/s", "bytes/s", "of limit"}) {
    rows[0].emplace_back(column);
  }
  for (const NodeCost& node : nodes) {
    rows.push_back(plan_cells(node.line));
    for (std::string cell :
         {human_count(node.calls), time(node.seconds), percent(node.seconds, seconds, 1),
          node.seconds > 0 ? human_prefix(node.flops / node.seconds) : "-",
          node.seconds > 0 ? bytes_text(node.bytes / node.seconds) : "-",
          percent(node.limit_seconds, node.seconds, 0)}) {
      rows.back().push_back(std::move(cell));
    }
  }
  const auto add = [&](std::string_view name, const std::string& calls, double of) {
    rows.push_back({"-", std::string(name), "", "", "", "", calls, time(of),
                    percent(of, seconds, 1), "", "", ""});
  };
  for (const PartCost& part : parts) add(part.name, human_count(part.calls), part.seconds);
  add("waiting", "", waiting);
  add("all", "", seconds);
  return fmt::format(
             "profile: {} training steps by {}; the limit of one: {}FLOP/s of products, {}/s of "
             "copies\n",
             human_count(steps),
             workers == 1 ? "one worker" : fmt::format("{} workers, times added up", workers),
             human_prefix(matmul_rate), bytes_text(copy_rate)) +
         table_text(rows);
}

}  // namespace gradus::experiment
