#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <system_error>
#include <tuple>

#include "framework/core/error.h"
#include "framework/experiment/commands.h"
#include "framework/experiment/files.h"
#include "framework/experiment/human.h"
#include "framework/experiment/plan_table.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/run_record.h"
#include "framework/experiment/sweep_command.h"
#include "framework/experiment/sweep_plan.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

/// A run or a sweep, as it is listed.
struct Listed {
  std::string name;
  std::string state;
  std::string model = {};
  std::int64_t epochs = 0;
  std::string figure = {};  ///< what `test` and `validation` are: "root_mean_squared_error"
  std::optional<double> validation = {};
  std::optional<double> test = {};
  std::optional<double> seconds = {};
  std::string problem = {};
};

/// "run-2" before "run-10".
bool natural_less(std::string_view a, std::string_view b) {
  const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (!digit(a[i]) || !digit(b[j])) {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i;
      ++j;
      continue;
    }
    const auto number = [&digit](std::string_view text, std::size_t& at) {
      while (at + 1 < text.size() && text[at] == '0' && digit(text[at + 1])) ++at;
      const std::size_t begin = at;
      while (at < text.size() && digit(text[at])) ++at;
      return text.substr(begin, at - begin);
    };
    const std::string_view x = number(a, i);
    const std::string_view y = number(b, j);
    if (x != y) return std::tuple(x.size(), x) < std::tuple(y.size(), y);
  }
  return std::tuple(a.size() - i, a) < std::tuple(b.size() - j, b);
}

std::string text_at(const Json& json, std::initializer_list<std::string_view> keys) {
  const Json* value = value_at(json, keys);
  const auto* text = value ? value->get_if<std::string>() : nullptr;
  return text ? *text : "";
}

Listed listed_run(const fs::path& folder) {
  const RunRecord record = read_run(folder);
  Listed out{.name = folder.filename().string(), .state = std::string(record.state_name())};
  if (record.config) out.model = text_at(*record.config, {"model", "kind"});
  out.epochs = static_cast<std::int64_t>(record.epochs.size());
  if (!record.problems.empty()) out.problem = record.problems.front();
  if (record.state == RunRecord::State::failed) out.problem = record.error;
  if (!record.result) return out;
  const Json* test = record.result->find("test");
  const auto* figures = test ? test->get_if<Json::Object>() : nullptr;
  if (figures != nullptr && !figures->empty()) out.figure = figures->front().first;
  out.test = number_at(*record.result, {"test", out.figure});
  out.validation = number_at(*record.result, {"validation", out.figure});
  out.seconds = number_at(*record.result, {"seconds", "total"});
  return out;
}

/// A sweep has the figures of its best setting, as its table has them.
Listed listed_sweep(const fs::path& folder) {
  const SweepPlan plan = read_plan(folder);
  Listed out{.name = folder.filename().string(),
             .state = {},
             .model = text_at(plan.settings.front().config, {"model", "kind"}),
             .figure = plan.by};
  std::int64_t done = 0;
  std::error_code error;
  for (const auto& trial : fs::directory_iterator(folder / "trials", error)) {
    if (is_finished(trial.path())) ++done;
  }
  const fs::path file = folder / kSweepTable;
  if (!fs::exists(file, error)) {
    out.state = fmt::format("unfinished sweep, {} trials done", done);
    return out;
  }
  const Json table = parse_json(read_file(file), file.string());
  const Json* trials = table.find("trials");
  const auto* all = trials ? trials->get_if<Json::List>() : nullptr;
  out.state = fmt::format("sweep, {} of {} trials", done, all ? all->size() : 0);
  out.seconds = number_at(table, {"seconds"});
  const Json* settings = table.find("settings");
  const auto* list = settings ? settings->get_if<Json::List>() : nullptr;
  if (list == nullptr || list->empty()) return out;
  out.validation = number_at(list->front(), {"validation", out.figure, "mean"});
  out.test = number_at(list->front(), {"test", out.figure, "mean"});
  return out;
}

/// What is in a folder; nothing where that is no run and no sweep.
std::optional<Listed> listed(const fs::path& folder) {
  std::error_code error;
  const bool sweep = is_sweep_folder(folder);
  if (!sweep && !fs::exists(folder / kRunConfig, error) &&
      !fs::exists(folder / kRunResult, error)) {
    return {};
  }
  try {
    return sweep ? listed_sweep(folder) : listed_run(folder);
  } catch (const Error& failure) {
    return Listed{.name = folder.filename().string(),
                  .state = sweep ? "damaged sweep" : "damaged",
                  .problem = failure.what()};
  }
}

std::vector<Listed> runs_in(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) fail("{}: is no folder", folder.string());
  const fs::path in = is_sweep_folder(folder) ? folder / "trials" : folder;
  std::vector<Listed> out;
  for (const auto& entry : fs::directory_iterator(in, error)) {
    if (!entry.is_directory(error)) continue;
    if (auto run = listed(entry.path())) out.push_back(std::move(*run));
  }
  if (error) fail("{}: cannot be read: {}", in.string(), error.message());
  std::ranges::sort(out, natural_less, &Listed::name);
  return out;
}

Json json_of(const Listed& run, const fs::path& folder) {
  Json out = Json::object({{"run", (folder / run.name).string()},
                           {"state", run.state},
                           {"model", run.model},
                           {"epochs", run.epochs},
                           {"figure", run.figure}});
  for (const auto& [name, value] :
       {std::pair("validation", run.validation), std::pair("test", run.test),
        std::pair("seconds", run.seconds)}) {
    out[name] = value ? Json(*value) : Json();
  }
  if (!run.problem.empty()) out["problem"] = run.problem;
  return out;
}

}  // namespace

void runs(const RunsArguments& arguments, const Catalogues& /*catalogues*/) {
  const std::vector<Listed> all = runs_in(arguments.folder);
  const fs::path folder = is_sweep_folder(arguments.folder) ? fs::path(arguments.folder) / "trials"
                                                            : fs::path(arguments.folder);
  if (arguments.json) {
    Json list = Json::list();
    for (const Listed& run : all) list.push_back(json_of(run, folder));
    return print(Json::object({{"folder", arguments.folder}, {"runs", std::move(list)}}).text(2) +
                 "\n");
  }
  if (all.empty()) return print(fmt::format("{}: has no runs\n", arguments.folder));
  std::vector<Cells> table = {
      {"run", "model", "figure", "state", "epochs", "validation", "test", "time"}};
  std::string problems;
  for (const Listed& run : all) {
    const auto figure = [](const std::optional<double>& value) {
      return value ? human_figure(*value) : std::string("-");
    };
    table.push_back({run.name, run.model.empty() ? "-" : run.model,
                     run.figure.empty() ? "-" : run.figure, run.state,
                     run.epochs > 0 ? human_count(run.epochs) : "-", figure(run.validation),
                     figure(run.test), run.seconds ? human_seconds(*run.seconds) : "-"});
    if (!run.problem.empty()) problems += fmt::format("{}: {}\n", run.name, run.problem);
  }
  print(table_text(table) + problems);
}

}  // namespace gradus::experiment
