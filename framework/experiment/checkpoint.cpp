#include "framework/experiment/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/experiment/files.h"
#include "framework/experiment/json.h"
#include "framework/experiment/run_folder.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kFormat = 1;            // that this program writes, and the newest it reads
constexpr std::string_view kState = "gradus";  // the metadata's text that holds all but tensors
constexpr std::string_view kBefore = "step-";
constexpr std::string_view kAfter = ".safetensors";

/// A checkpoint's file and its step.
struct File {
  fs::path path;
  std::int64_t step;
};

std::string file_name(std::int64_t step) { return fmt::format("{}{:09}{}", kBefore, step, kAfter); }

/// The step of a checkpoint's file name, or nothing for another name.
std::optional<std::int64_t> step_of(std::string_view name) {
  if (!name.starts_with(kBefore) || !name.ends_with(kAfter)) return {};
  name.remove_prefix(kBefore.size());
  name.remove_suffix(kAfter.size());
  std::int64_t step = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, step);
  if (error != std::errc() || stop != end) return {};
  return step;
}

/// The newest first.
std::vector<File> files_of(const fs::path& run) {
  const fs::path folder = run / kCheckpoints;
  std::vector<File> out;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (const auto step = step_of(entry->path().filename().string())) {
      out.push_back({entry->path(), *step});
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    fail("{}: cannot be read: {}", folder.string(), error.message());
  }
  std::ranges::sort(out, std::ranges::greater(), &File::step);
  return out;
}

Json state_of(const Checkpoint& checkpoint) {
  const TrainingPosition& at = checkpoint.position;
  Json metrics = Json::list();
  for (const Sums& sums : at.metrics) {
    metrics.push_back(Json::List(sums.begin(), sums.end()));
  }
  Json logs = Json::object();
  for (const auto& [file, bytes] : checkpoint.logs) logs[file] = bytes;
  return Json::object({{"format", kFormat},
                       {"epoch", at.epoch},
                       {"batch", at.batch},
                       {"step", at.step},
                       {"examples", at.examples},
                       {"loss", at.sums.loss},
                       {"regularization_loss", at.sums.regularization_loss},
                       {"total_loss", at.sums.total_loss},
                       {"last_batch_loss", at.last_batch_loss},
                       {"metrics", std::move(metrics)},
                       {"epoch_seconds", at.seconds},
                       {"best_epoch", checkpoint.best.epoch},
                       {"best_step", checkpoint.best.step},
                       {"best_value", checkpoint.best.value},
                       {"epochs_since_best", checkpoint.best.waited},
                       {"plateau_epochs", checkpoint.plateau.epochs},
                       {"plateau_value", checkpoint.plateau.value},
                       {"plateau_waited", checkpoint.plateau.waited},
                       {"plateau_cooldown", checkpoint.plateau.cooldown},
                       {"plateau_factor", checkpoint.plateau.factor},
                       {"logs", std::move(logs)},
                       {"epochs", checkpoint.epochs},
                       {"seconds", checkpoint.seconds},
                       {"data", checkpoint.data}});
}

/// A checkpoint's state as it is read.
class State {
 public:
  explicit State(const fs::path& file) : file_(file.string()) {
    const Metadata metadata = read_metadata(file);
    const auto text = metadata.find(kState);
    if (text == metadata.end()) fail("{}: is no checkpoint", file_);
    json_ = parse_json(text->second, file_ + ", its state");
  }

  std::int64_t whole(std::string_view key) const { return whole_of(json_.find(key), key); }
  double number(std::string_view key) const { return number_of(json_.find(key), key); }
  /// As it is before anything was seen in what was written before there was any.
  Plateau::State plateau() const {
    if (!json_.find("plateau_epochs")) return {};
    return {.epochs = whole("plateau_epochs"),
            .value = number("plateau_value"),
            .waited = whole("plateau_waited"),
            .cooldown = whole("plateau_cooldown"),
            .factor = number("plateau_factor")};
  }
  /// Before there were others, only these two.
  LogBytes logs() const {
    const Json* sizes = json_.find("logs");
    if (!sizes) {
      return {{std::string(kRunSteps), whole("steps_bytes")},
              {std::string(kRunMetrics), whole("metrics_bytes")}};
    }
    LogBytes out;
    for (const auto& [file, bytes] : sizes->members()) out.emplace(file, whole_of(&bytes, "logs"));
    return out;
  }
  /// 0 in what was written before it was noted.
  std::int64_t epochs() const { return json_.find("epochs") ? whole("epochs") : 0; }
  std::string text(std::string_view key) const {
    const Json* value = json_.find(key);
    if (!value || !value->get_if<std::string>())
      fail("{}: \"{}\" is missing or no text", file_, key);
    return *value->get_if<std::string>();
  }
  std::vector<Sums> metrics() const {
    std::vector<Sums> out;
    const Json* list = json_.find("metrics");
    if (!list) fail("{}: \"metrics\" is missing", file_);
    for (const Json& metric : list->elements()) {
      const Json::List& parts = metric.elements();
      Sums& sums = out.emplace_back();
      // Pairs before there were metrics of three sums.
      if (parts.size() != 2 && parts.size() != sums.size()) {
        fail("{}: \"metrics\" must be lists of {} numbers", file_, sums.size());
      }
      for (std::size_t i = 0; i < parts.size(); ++i) sums[i] = number_of(&parts[i], "metrics");
    }
    return out;
  }

 private:
  std::int64_t whole_of(const Json* value, std::string_view key) const {
    const auto* number = value ? value->get_if<std::int64_t>() : nullptr;
    if (!number || *number < 0) fail("{}: \"{}\" is missing or no whole number", file_, key);
    return *number;
  }
  /// A whole number is written without a fraction.
  double number_of(const Json* value, std::string_view key) const {
    if (value && value->get_if<double>()) return *value->get_if<double>();
    if (value && value->get_if<std::int64_t>()) {
      return static_cast<double>(*value->get_if<std::int64_t>());
    }
    fail("{}: \"{}\" is missing or no number", file_, key);
  }

  std::string file_;
  Json json_;
};

Checkpoint read(const fs::path& file, const State& state) {
  return {.position = {.epoch = state.whole("epoch"),
                       .batch = state.whole("batch"),
                       .step = state.whole("step"),
                       .examples = state.whole("examples"),
                       .sums = {state.number("loss"), state.number("regularization_loss"),
                                state.number("total_loss")},
                       .last_batch_loss = state.number("last_batch_loss"),
                       .metrics = state.metrics(),
                       .seconds = state.number("epoch_seconds")},
          .best = {.epoch = state.whole("best_epoch"),
                   .step = state.whole("best_step"),
                   .value = state.number("best_value"),
                   .waited = state.whole("epochs_since_best")},
          .plateau = state.plateau(),
          .logs = state.logs(),
          .epochs = state.epochs(),
          .seconds = state.number("seconds"),
          .data = state.text("data"),
          .tensors = read_safetensors(file)};
}

/// Deletes what is no longer of use: what writing was cut off has left, and checkpoints after
/// `step`, which come from a training that is being done again.
void prune(const fs::path& run, std::int64_t step, std::int64_t best_step, int keep) {
  int kept = 0;
  for (const File& file : files_of(run)) {
    if (file.step <= step && (kept++ < keep || file.step == best_step)) continue;
    remove_file(file.path);
  }
  std::vector<fs::path> parts;
  for (const auto& entry : fs::directory_iterator(run / kCheckpoints)) {
    if (entry.path().extension() == ".part") parts.push_back(entry.path());
  }
  for (const fs::path& part : parts) remove_file(part);
}

}  // namespace

void save_checkpoint(const fs::path& run, const Checkpoint& checkpoint, int keep) {
  const fs::path folder = run / kCheckpoints;
  make_folder(folder);
  const std::int64_t step = checkpoint.position.step;
  write_safetensors(folder / file_name(step), checkpoint.tensors,
                    {{std::string(kState), state_of(checkpoint).text()}});
  prune(run, step, checkpoint.best.step, keep);
}

std::optional<Checkpoint> latest_checkpoint(const fs::path& run,
                                            const std::function<void(std::string_view)>& note) {
  const std::vector<File> files = files_of(run);
  for (const File& file : files) {
    std::int64_t format = kFormat;
    try {
      const State state(file.path);
      format = state.whole("format");
      if (format <= kFormat) return read(file.path, state);
    } catch (const Error& error) {
      note(fmt::format("{}; the checkpoint before it is tried", error.what()));
      continue;
    }
    fail("{}: has format {}, this gradus reads up to {}; a newer one wrote it", file.path.string(),
         format, kFormat);
  }
  if (files.empty()) return {};
  fail("{}: none of its checkpoints can be read; without them the training begins anew",
       (run / kCheckpoints).string());
}

bool has_checkpoint(const fs::path& run) { return !files_of(run).empty(); }

}  // namespace gradus::experiment
