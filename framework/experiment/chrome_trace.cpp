#include "framework/experiment/chrome_trace.h"

#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "framework/experiment/files.h"
#include "framework/experiment/json.h"
#include "framework/graph/describe.h"

namespace gradus::experiment {
namespace {

constexpr int kProcess = 1;
constexpr std::size_t kBuffer = 1 << 20;  // a trace may have many megabytes

/// The steps of each plan, by the size of its batch and by node.
using Lines = std::map<std::int64_t, std::map<int, PlanLine>>;

Lines lines_of(const Profile& profile, TrainingStep& step) {
  Lines out;
  for (const auto& [batch, runs] : profile.runs()) {
    for (PlanLine& line : describe(step.graph(), step.executor().plan(batch))) {
      const int node = line.node;
      out[batch].emplace(node, std::move(line));
    }
  }
  return out;
}

double microseconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e3; }

Json event_json(std::string name, std::string_view category, const Profile::Event& event) {
  return Json::object({{"name", std::move(name)},
                       {"cat", category},
                       {"ph", "X"},
                       {"ts", microseconds(event.begin)},
                       {"dur", microseconds(event.end - event.begin)},
                       {"pid", kProcess},
                       {"tid", event.worker}});
}

Json node_json(const PlanLine& line, const Profile::Event& event) {
  std::string name = line.scope.empty() ? line.op : fmt::format("{} ({})", line.op, line.scope);
  const bool helps = event.kind == Profile::Kind::help;
  if (helps || event.kind == Profile::Kind::lanes) {
    Json out = event_json((helps ? "help with " : "add lanes of ") + name,
                          helps ? line.runs : "lanes", event);
    out["args"] = Json::object({{"shape", line.shape}});
    return out;
  }
  Json out = event_json(std::move(name), line.runs, event);
  Json arguments = Json::object({{"shape", line.shape}, {"rows", event.rows}});
  double share = 1;
  if (event.kind == Profile::Kind::tile) {
    arguments["tile"] = event.tile;
    share = static_cast<double>(event.rows) / static_cast<double>(event.batch);
  }
  arguments["flops"] = share * line.flops;
  out["args"] = std::move(arguments);
  return out;
}

Json thread_json(int worker) {
  return Json::object({{"name", "thread_name"},
                       {"ph", "M"},
                       {"pid", kProcess},
                       {"tid", worker},
                       {"args", Json::object({{"name", fmt::format("worker {}", worker)}})}});
}

}  // namespace

std::int64_t write_chrome_trace(const std::filesystem::path& file, const Profile& profile,
                                TrainingStep& step) {
  const Lines lines = lines_of(profile, step);
  NewFile out(file);
  std::string text = "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [";
  const char* separator = "\n";
  const auto add = [&](const Json& json) {
    text += separator + json.text();
    separator = ",\n";
    if (text.size() < kBuffer) return;
    out.write(text);
    text.clear();
  };
  for (int worker = 0; worker < profile.workers(); ++worker) add(thread_json(worker));
  std::int64_t steps = 0;
  for (const Profile::Event& event : profile.events()) {
    if (event.kind == Profile::Kind::step) ++steps;
    add(event.node < 0 ? event_json(std::string(event.name), "training", event)
                       : node_json(lines.at(event.batch).at(event.node), event));
  }
  out.write(text + "\n]}\n");
  out.commit();
  return steps;
}

}  // namespace gradus::experiment
