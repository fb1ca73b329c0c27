#include "framework/experiment/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <new>
#include <numeric>
#include <system_error>
#include <utility>

#include "framework/core/error.h"
#include "framework/experiment/checkpoint.h"
#include "framework/experiment/files.h"
#include "framework/experiment/human.h"
#include "framework/experiment/interrupt.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/run_record.h"
#include "framework/experiment/stopwatch.h"
#include "framework/experiment/training.h"
#include "framework/kernels/parallel.h"
#include "framework/train/statistics.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

constexpr double kSecondsInAMinute = 60;

/// What the system can still give without swapping; nothing where it does not say.
std::optional<std::int64_t> free_bytes() {
  constexpr std::int64_t kKilo = 1024;
  std::ifstream file("/proc/meminfo");
  for (std::string word; file >> word;) {
    std::int64_t size = 0;
    if (word == "MemAvailable:" && file >> size) return size * kKilo;
  }
  return {};
}

std::string place_of(const Trial& trial, const SweepPlan& plan) {
  std::string out;
  const Json& values = plan.settings[static_cast<std::size_t>(trial.setting)].values;
  if (plan.settings.size() > 1) out += text_of(values) + ", ";
  out += fmt::format("seed {}", trial.seed);
  if (trial.fold > 0) out += fmt::format(", fold {}", trial.fold);
  if (trial.epochs > 0) out += fmt::format(", epochs {}", trial.epochs);
  return out;
}

/// The checkpoint that a trial goes on from; without one that can be read, its folder is emptied
/// of all but the lock that this process has.
std::optional<Checkpoint> checkpoint_of(const fs::path& run) {
  try {
    if (auto found = latest_checkpoint(run, [](std::string_view) {})) return found;
  } catch (const Error&) {  // the trial is short, and begins anew
  }
  std::error_code error;
  const std::vector<fs::directory_entry> entries{fs::directory_iterator(run, error), {}};
  for (const fs::directory_entry& entry : entries) {
    if (entry.path().filename() != kRunLock) fs::remove_all(entry.path(), error);
    if (error) fail("{}: cannot be deleted: {}", entry.path().string(), error.message());
  }
  return {};
}

}  // namespace

std::optional<double> figure_of(const TrialOutcome& outcome, std::string_view rows,
                                std::string_view name) {
  return outcome.result ? number_at(*outcome.result, {rows, name}) : std::nullopt;
}

Sweep::Sweep(const SweepPlan& plan, fs::path folder, const Catalogues& catalogues, SharedData& data,
             Progress& progress, const Stopwatch& watch)
    : plan_(plan),
      folder_(std::move(folder)),
      catalogues_(catalogues),
      data_(data),
      progress_(progress),
      watch_(watch) {}

std::vector<TrialOutcome> Sweep::run() {
  if (plan_.kind == "halving") return run_halving();
  std::vector<int> settings(plan_.settings.size());
  std::iota(settings.begin(), settings.end(), 0);
  return run(settings, 0);
}

std::vector<TrialOutcome> Sweep::read() {
  trains_ = false;
  return run();
}

std::vector<TrialOutcome> Sweep::run(const std::vector<int>& settings, int epochs) {
  std::vector<TrialOutcome> outcomes;
  for (const int setting : settings) {
    for (int fold = std::min(1, plan_.folds); fold <= plan_.folds; ++fold) {
      for (const std::int64_t seed : plan_.seeds) {
        outcomes.push_back({{setting, seed, fold, epochs}, fmt::format("trials/{:03}", ++begun_)});
      }
    }
  }
  run_all(outcomes);
  return outcomes;
}

std::vector<TrialOutcome> Sweep::run_halving() {
  std::vector<int> left(plan_.settings.size());
  std::iota(left.begin(), left.end(), 0);
  const int epochs =
      trial_config(plan_, {.seed = plan_.seeds.front()}, catalogues_).training.epochs;
  int share = 1;  // of all epochs, one in so many
  for (std::size_t n = left.size();
       n >= static_cast<std::size_t>(plan_.factor) && epochs / share >= plan_.factor;
       n /= static_cast<std::size_t>(plan_.factor)) {
    share *= plan_.factor;
  }
  std::vector<TrialOutcome> all;
  for (;; share /= plan_.factor) {
    std::vector<TrialOutcome> rung = run(left, epochs / share);
    std::vector<std::pair<double, int>> ranked;  // the best first; what failed drops out
    for (const int setting : left) {
      std::vector<double> figures;
      bool whole = true;
      for (const TrialOutcome& outcome : rung) {
        if (outcome.trial.setting != setting) continue;
        const auto figure = figure_of(outcome, "validation", plan_.by);
        whole = whole && figure;
        if (figure) figures.push_back(*figure);
      }
      if (!whole) continue;
      const double mean = summarize(figures).mean;
      ranked.emplace_back(plan_.higher_is_better ? -mean : mean, setting);
    }
    std::ranges::sort(ranked);
    std::ranges::move(rung, std::back_inserter(all));
    if (share == 1 || ranked.empty()) return all;
    const std::size_t kept =
        std::max<std::size_t>(1, left.size() / static_cast<std::size_t>(plan_.factor));
    ranked.resize(std::min(ranked.size(), kept));
    left.clear();
    for (const auto& [figure, setting] : ranked) left.push_back(setting);
  }
}

std::int64_t Sweep::at_once(std::int64_t trials) const {
  const std::int64_t workers = kernels::threads();
  if (trials < workers) return 1;
  std::int64_t most = 0;
  for (const SweepSetting& setting : plan_.settings) {
    const Trial trial{.setting = static_cast<int>(&setting - plan_.settings.data()),
                      .seed = plan_.seeds.front(),
                      .fold = std::min(1, plan_.folds)};
    try {
      most = std::max(most, data_.parameters(trial_config(plan_, trial, catalogues_)));
    } catch (const Error&) {  // that trial will say so itself
    }
  }
  // Values, gradients, and what an optimiser keeps of each.
  constexpr std::int64_t kBytes = 4 * std::int64_t{sizeof(float)};
  const auto free = free_bytes();
  return free && most * kBytes * workers > *free / 2 ? 1 : workers;
}

void Sweep::run_all(std::vector<TrialOutcome>& outcomes) {
  const auto count = static_cast<std::int64_t>(outcomes.size());
  const auto run = [&](std::int64_t i) { run_one(outcomes[static_cast<std::size_t>(i)]); };
  // A worker to a trial has no waiting for others in it; the last few, which would leave workers
  // without one, have all of them instead. The bits are the same.
  const std::int64_t workers = trains_ ? at_once(count) : 1;
  const std::int64_t side_by_side = workers > 1 ? count - count % workers : 0;
  kernels::parallel_for(side_by_side, [&](std::int64_t i) { kernels::alone([&] { run(i); }); });
  for (std::int64_t i = side_by_side; i < count; ++i) run(i);
}

void Sweep::run_one(TrialOutcome& outcome) {
  const Stopwatch watch;
  const fs::path run = folder_ / outcome.run;
  try {
    if (is_finished(run)) {
      outcome.result = read_run_file(run, kRunResult);
    } else if (!trains_) {
      if (std::ifstream file(run / kRunError); file) std::getline(file, outcome.error);
      return;
    } else {
      check_interrupted();
      if (plan_.minutes > 0 && watch_.seconds() >= kSecondsInAMinute * plan_.minutes) return;
      const Config config = trial_config(plan_, outcome.trial, catalogues_);
      const Prepared prepared = prepare(config, data_);
      std::error_code error;
      if (!fs::exists(run, error)) make_run_folder(run, config.name);
      const RunLock lock(run);                              // somebody may train this one alone
      std::optional<Checkpoint> from = checkpoint_of(run);  // where a sweep was broken off
      Progress quiet({.kind = ProgressStyle::Kind::quiet});
      outcome.result = train(prepared, run, quiet, false, std::move(from)).result;
    }
  } catch (const Interrupted&) {
    throw;
  } catch (const std::bad_alloc&) {
    outcome.error = "out of memory";
  } catch (const std::exception& failure) {
    outcome.error = failure.what();
  }
  note(outcome, watch.seconds());
}

void Sweep::note(const TrialOutcome& outcome, double seconds) {
  const std::scoped_lock lock(mutex_);
  ++done_;
  std::string text =
      fmt::format("trial {} of {}: {}: ", done_, begun_, place_of(outcome.trial, plan_));
  if (outcome.result) {
    for (const char* rows : {"validation", "test"}) {
      const auto figure = figure_of(outcome, rows, plan_.by);
      if (!figure) continue;
      text += fmt::format("{} {} {:.4f}", rows, plan_.by, *figure);
      break;
    }
    text += fmt::format(" ({})", human_seconds(seconds));
  } else {
    text += "failed: " + outcome.error;
  }
  progress_.note(text);
}

}  // namespace gradus::experiment
