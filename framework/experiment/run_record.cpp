#include "framework/experiment/run_record.h"

#include <cmath>
#include <limits>
#include <system_error>

#include "framework/core/error.h"
#include "framework/data/text_file.h"
#include "framework/experiment/files.h"
#include "framework/experiment/run_folder.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::exists(file, error);
}

/// The file's JSON object, if it is there and can be read; else a problem says why not.
std::optional<Json> read_object(RunRecord& record, std::string_view name) {
  const fs::path file = record.folder / name;
  if (!is_there(file)) return {};
  try {
    Json json = parse_json(read_file(file), file.string());
    if (!json.get_if<Json::Object>()) fail("{}: is no JSON object", file.string());
    if (json.find("format")) check_format(json, file);
    return json;
  } catch (const Error& error) {
    record.problems.emplace_back(error.what());
    return {};
  }
}

/// Calls use(line) for each line of a log. One that is cut off at the end of a log that is being
/// written, or whose writer was killed, is passed over.
template <class Use>
void read_lines(RunRecord& record, std::string_view name, const Use& use) {
  const fs::path file = record.folder / name;
  if (!is_there(file)) {
    if (record.result) record.problems.push_back(file.string() + ": is missing");
    return;
  }
  try {
    TextFile text(file.string());
    std::int64_t number = 0;
    std::optional<Error> broken;
    while (const auto line = text.next()) {
      ++number;
      if (broken) throw *broken;
      try {
        const Json json = parse_json(*line, fmt::format("{}, line {}", file.string(), number));
        if (!json.get_if<Json::Object>()) {
          fail("{}, line {}: is no JSON object", file.string(), number);
        }
        use(json);
      } catch (const Error& error) {
        broken = error;
      }
    }
    if (broken && record.result) throw *broken;
  } catch (const Error& error) {
    record.problems.emplace_back(error.what());
  }
}

}  // namespace

const Json* value_at(const Json& json, std::initializer_list<std::string_view> keys) {
  const Json* at = &json;
  for (const std::string_view key : keys) {
    at = at->find(key);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::optional<double> number_at(const Json& json, std::initializer_list<std::string_view> keys) {
  const Json* value = value_at(json, keys);
  if (value == nullptr) return {};
  if (const auto* number = value->get_if<double>()) return *number;
  // As JSON a number may have become a whole one.
  if (const auto* whole = value->get_if<std::int64_t>()) return static_cast<double>(*whole);
  return {};
}

std::string RunRecord::name() const {
  const Json* own = config ? config->find("name") : nullptr;
  const auto* text = own ? own->get_if<std::string>() : nullptr;
  return text ? *text : fs::absolute(folder).lexically_normal().filename().string();
}

std::string_view RunRecord::state_name() const {
  switch (state) {
    case State::finished:
      return "finished";
    case State::failed:
      return "failed";
    case State::damaged:
      return "damaged";
    default:
      return "unfinished";
  }
}

RunRecord read_run(const fs::path& folder) {
  RunRecord out{.folder = folder};
  std::error_code error;
  if (folder.empty() || !fs::is_directory(folder, error)) {
    fail("{}: is no run directory", folder.empty() ? std::string(2, '"') : folder.string());
  }
  if (!is_there(folder / kRunConfig) && !is_there(folder / kRunResult)) {
    fail("{}: is no run directory (it has no {})", folder.string(), kRunConfig);
  }
  out.result = read_object(out, kRunResult);
  out.config = read_object(out, kRunConfig);
  if (!is_there(folder / kRunConfig)) {
    out.problems.push_back((folder / kRunConfig).string() + ": is missing");
  }
  read_lines(out, kRunMetrics, [&out](const Json& line) { out.epochs.push_back(line); });
  if (is_there(folder / kRunError)) {
    try {
      out.error = read_file(folder / kRunError);
      while (out.error.ends_with('\n')) out.error.pop_back();
    } catch (const Error& unreadable) {
      out.problems.emplace_back(unreadable.what());
    }
  }
  out.state = !out.problems.empty() ? RunRecord::State::damaged
              : out.result          ? RunRecord::State::finished
              : !out.error.empty()  ? RunRecord::State::failed
                                    : RunRecord::State::unfinished;
  return out;
}

std::vector<StepPoint> read_steps(RunRecord& record) {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  std::vector<StepPoint> out;
  read_lines(record, kRunSteps, [&out](const Json& line) {
    out.push_back({.step = static_cast<std::int64_t>(number_at(line, {"step"}).value_or(0)),
                   .loss = number_at(line, {"total_loss"}).value_or(kNone),
                   .learning_rate = number_at(line, {"learning_rate"}).value_or(kNone)});
  });
  return out;
}

}  // namespace gradus::experiment
