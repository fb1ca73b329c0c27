#include "framework/experiment/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/options.h"
#include "framework/data/text.h"
#include "framework/experiment/commands.h"
#include "framework/experiment/completion.h"
#include "framework/experiment/files.h"
#include "framework/experiment/json.h"
#include "framework/graph/onnx.h"
#include "framework/kernels/matmul.h"
#include "framework/kernels/parallel.h"

namespace gradus::experiment {
namespace {

constexpr int kMostThreads = 1024;
constexpr int kMostCompared = 20;

/// A line on standard error. Where that takes nothing there is nobody to be told.
void say(const std::string& line) { std::fputs((line + "\n").c_str(), stderr); }

/// The message that a failed command ends with.
void complain(std::string_view what) { say(fmt::format("gradus: {}", what)); }

/// An option whose value names a file or folder. "" is what a variable that is not set leaves, and
/// must not pass for the option's absence.
void add_path(CLI::App& command, const std::string& name, std::string& path,
              const std::string& type, const std::string& help) {
  command.add_option(name, path, help)
      ->type_name(type)
      ->check([](const std::string& text) { return text.empty() ? "the name is empty" : ""; }, "");
}

std::string version_text() {
  return fmt::format("gradus {}\noneDNN {}, {} runtime, {}\noneTBB {}", GRADUS_VERSION,
                     kernels::onednn_version(), kernels::onednn_runtime(),
                     kernels::instruction_set(), kernels::tbb_version());
}

void add_common(CLI::App& command, CommonArguments& arguments) {
  command.add_flag("--json", arguments.json,
                   "machine-readable output on standard output, and nothing else there");
  command.add_flag("--quiet", arguments.quiet, "no progress and no notes on standard error");
  command
      .add_option(
          "--threads", arguments.threads,
          "workers, beyond the cores too; by default the cores. Results do not depend on it")
      ->check(CLI::Range(1, kMostThreads));
}

CLI::Option* add_config(CLI::App& command, ConfigArguments& arguments) {
  CLI::Option* config =
      command.add_option("config", arguments.config, "the experiment, a JSON file")
          ->type_name("FILE")
          ->required();
  command
      .add_option("--set", arguments.settings,
                  "overrides a key: optimizer.learning_rate=0.05 or "
                  "/optimizer/learning_rate=0.05; may be given several times")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_common(command, arguments);
  return config;
}

void add_report_flag(CLI::App& command, TrainingArguments& arguments) {
  command.add_flag("--report", arguments.report,
                   "writes report.html there at the end, as gradus report does");
}

void add_run(CLI::App& command, RunArguments& arguments) {
  command.add_option("run", arguments.run, "the run directory of a training")
      ->type_name("DIR")
      ->required();
  add_common(command, arguments);
}

/// The program's command line: one subcommand each, whose arguments live as long as this.
class CommandLine {
 public:
  explicit CommandLine(Catalogues catalogues) : catalogues_(std::move(catalogues)) {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", version_text(),
                          "the versions of gradus, oneDNN and oneTBB, and the instruction set");
    app_.get_formatter()->column_width(28);
    add_training();
    add_using();
    add_looking();
    add_export();
    add_reference();
  }

  int run(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) {  // --help, --version
        std::ostringstream text;
        app_.exit(error, text, text);
        print(text.str());
        return 0;
      }
      return refuse(error);
    }
    command_();
    return 0;
  }

 private:
  template <class Arguments>
  CLI::App* add(const std::string& name, const std::string& help, const std::string& example,
                Arguments& arguments, void (*command)(const Arguments&, const Catalogues&)) {
    CLI::App* sub = app_.add_subcommand(name, help);
    sub->footer("example:\n  " + example);
    sub->callback([this, &arguments, command] {
      command_ = [this, &arguments, command] { command(arguments, catalogues_); };
    });
    return sub;
  }

  /// Says what is wrong with the command line, and what may have been meant.
  int refuse(const CLI::ParseError& error) const {
    const auto commands = app_.get_subcommands();
    const CLI::App& app = commands.empty() ? app_ : *commands.front();
    std::string text = error.what();
    std::vector<std::string> rest = app_.remaining(true);
    // CLI11 gives values before the options that they belong to.
    std::ranges::stable_partition(rest,
                                  [](const std::string& word) { return word.starts_with('-'); });
    if (!rest.empty()) {
      std::vector<std::string> names;
      for (const CLI::App* command : app.get_subcommands(nullptr)) {
        names.push_back(command->get_name());
      }
      for (const CLI::Option* option : app.get_options()) names.push_back(option->get_name());
      const std::string near = nearest_name(rest.front(), names);
      text = fmt::format("{} is not known{}", rest.front().empty() ? in_quotes("") : rest.front(),
                         near.empty() ? "" : fmt::format("; did you mean {}?", near));
    }
    const std::string name = commands.empty() ? "gradus" : "gradus " + app.get_name();
    complain(fmt::format("{} (see {} --help)", text, name));
    return 2;
  }

  void add_training() {
    CLI::App* sub =
        add("train", "trains an experiment and evaluates it on its test rows",
            "gradus train apps/experiments/movielens_ranking.json --set training.epochs=5", train_,
            &experiment::train);
    CLI::Option* config = add_config(*sub, train_)->required(false);
    sub->parse_complete_callback([this, config] {
      if (!train_.resume && config->count() == 0) throw CLI::RequiredError(config->get_name());
    });
    add_path(*sub, "--output", train_.output, "DIR",
             "the run directory, which must not hold anything; by default the next free of "
             "runs/NAME-1, runs/NAME-2, …");
    add_report_flag(*sub, train_);
    sub->add_flag(
        "--resume", train_.resume,
        "goes on with the training in --output, to the same bits as without a break; the "
        "config is then its own, and of its keys only training.epochs may be set. Or with "
        "the sweep there: trains what is not finished");
    sub->add_flag("--profile", train_.profile,
                  "prints what each step of the plan took, and what it could have; writes the last "
                  "moments to trace.json in the run directory, which ui.perfetto.dev opens");
    sub = add("tune", "searches a sweep's ranges, within a budget, for the best settings",
              "gradus tune apps/experiments/movielens_tuning.json --trials 4", tune_,
              &experiment::tune);
    add_config(*sub, tune_);
    add_path(*sub, "--output", tune_.output, "DIR",
             "the sweep's folder, which must not hold anything; by default the next free of "
             "runs/NAME-1, runs/NAME-2, …; train --resume goes on in it");
    add_report_flag(*sub, tune_);
    CLI::Option* trials = sub->add_option("--trials", tune_.trials,
                                          "how many settings are drawn; by default sweep.trials");
    trials->check(CLI::Range(1, 100'000));
    sub->add_option("--minutes", tune_.minutes, "begins no trial after so long, of a random search")
        ->check(CLI::PositiveNumber)
        ->excludes(trials);
    sub = add("describe", "shows a model, its parameters, its cost and its plan",
              "gradus describe apps/experiments/movielens_ranking.json --plan", describe_,
              &experiment::describe);
    add_config(*sub, describe_);
    sub->add_flag("--plan", describe_.plan, "shows each step of the plan, too");
    sub = add("validate", "checks an experiment without running it",
              "gradus validate apps/experiments/movielens_ranking.json --set seed=7", validate_,
              &experiment::validate);
    add_config(*sub, validate_);
    sub->add_flag("--data", validate_.data, "reads and splits the data, too");
  }

  void add_using() {
    CLI::App* sub =
        add("evaluate", "measures a trained model on its test rows, or on a CSV file",
            "gradus evaluate runs/movielens_ranking-1", evaluate_, &experiment::evaluate);
    add_run(*sub, evaluate_);
    add_path(*sub, "--data", evaluate_.data, "FILE",
             "a CSV file with the model's columns and the label");
    sub = add("predict", "predicts from raw strings: JSON lines, or a CSV file",
              "echo '{\"user_id\": \"42\", \"movie_title\": \"Speed (1994)\"}' | gradus predict "
              "runs/movielens_ranking-1",
              predict_, &experiment::predict);
    add_run(*sub, predict_);
    add_path(*sub, "--input", predict_.input, "FILE",
             "a CSV file; by default JSON lines from standard input");
    add_path(*sub, "--output", predict_.output, "FILE",
             "where to write; by default standard output");
    sub = add("rank", "ranks items for a user, the best first",
              "gradus rank runs/movielens_ranking-1 --user 42 --top 10", rank_, &experiment::rank);
    add_run(*sub, rank_);
    sub->add_option("--user", rank_.user, "the user's id")->required();
    sub->add_option("--top", rank_.top, "how many items")
        ->check(CLI::Range(1, 1'000'000'000))
        ->capture_default_str();
    sub->add_flag("--exclude-seen", rank_.exclude_seen,
                  "leaves out what the user has rated; needs the data");
    add_path(*sub, "--exclude", rank_.exclude, "FILE", "a file of items to leave out, one a line");
    add_path(*sub, "--items", rank_.items, "FILE", "a file of the only items to rank, one a line");
  }

  void add_looking() {
    CLI::App* sub =
        add("report", "writes a page that shows a run, or a sweep: curves, errors, rankings, model",
            "gradus report runs/movielens_ranking-1", report_, &experiment::report);
    add_run(*sub, report_);
    add_path(*sub, "--output", report_.output, "FILE",
             "where to write; by default report.html in the run directory");
    sub = add("compare", "says what differs between runs: configs, results, users' best items",
              "gradus compare runs/movielens_ranking-1 runs/movielens_tuning-1", compare_,
              &experiment::compare);
    sub->add_option("runs", compare_.runs,
                    "run directories, or sweeps' folders; the first is what "
                    "the others are held against")
        ->type_name("DIR")
        ->expected(2, kMostCompared)
        ->required();
    add_common(*sub, compare_);
    add_path(*sub, "--report", compare_.report, "FILE", "writes it as a page, too");
    sub = add("runs", "lists the runs in a folder with their main figures", "gradus runs runs",
              runs_, &experiment::runs);
    sub->add_option("folder", runs_.folder, "the folder; of a sweep's, its trials are listed")
        ->type_name("DIR")
        ->capture_default_str();
    sub->add_flag("--json", runs_.json, "machine-readable output");
  }

  void add_export() {
    CLI::App* sub = add("export", "writes a trained model for other programs",
                        "gradus export runs/movielens_ranking-1 --onnx ranking.onnx --strings",
                        export_, &experiment::export_model);
    add_run(*sub, export_);
    const std::string onnx = fmt::format(
        "an ONNX model of opset {}, from the columns that the model reads, [batch] each, to "
        "\"prediction\", [batch]; ids are int64, numbers float32",
        kOnnxOpset);
    add_path(*sub, "--onnx", export_.onnx, "FILE", onnx);
    sub->add_flag("--strings", export_.strings,
                  "has the ONNX model take raw strings for ids, with the vocabularies inside; by "
                  "default an id is the string's row of its table, 0 for an unknown one")
        ->needs("--onnx");
    add_path(*sub, "--csv", export_.csv, "DIR",
             "a folder for each embedding table's vectors and their strings, separated by tabs, "
             "with the projector_config.pbtxt by which TensorBoard's projector shows them");
    sub->parse_complete_callback([sub] {
      if (sub->count("--onnx") + sub->count("--csv") == 0) {
        throw CLI::RequiredError("--onnx or --csv");
      }
    });
  }

  void add_reference() {
    CLI::App* sub = add("list", "lists every component that a config can name, and all keys",
                        "gradus list", list_, &experiment::list);
    sub->add_flag("--json", list_.json, "machine-readable output");
    add("schema", "prints the JSON Schema of configs, for editors", "gradus schema > schema.json",
        schema_, &experiment::schema);
    sub = app_.add_subcommand("completion", "prints what lets a shell complete gradus' arguments");
    sub->add_option("shell", shell_, "the shell")
        ->type_name("bash|zsh|fish")
        ->required()
        ->check(
            [](const std::string& shell) {
              const bool known = shell == "bash" || shell == "zsh" || shell == "fish";
              return known ? "" : fmt::format("must be one of: bash, zsh, fish, got {}", shell);
            },
            "");
    sub->footer("example:\n  gradus completion bash > completion.bash && . ./completion.bash");
    sub->callback([this] { command_ = [this] { print(completion(app_, shell_)); }; });
  }

  Catalogues catalogues_;
  CLI::App app_{"Gradus trains, evaluates, explains and serves ranking models.", "gradus"};
  TrainArguments train_;
  TuneArguments tune_;
  DescribeArguments describe_;
  ValidateArguments validate_;
  EvaluateArguments evaluate_;
  PredictArguments predict_;
  RankArguments rank_;
  ReportArguments report_;
  CompareArguments compare_;
  RunsArguments runs_;
  ExportArguments export_;
  ListArguments list_;
  SchemaArguments schema_;
  std::string shell_;
  std::function<void()> command_;
};

/// Where the program is started with a standard stream closed, the next file that is opened would
/// take its place and get what is meant for it; a device that takes nothing does instead.
void hold_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free descriptor, which is this one.
    open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace

int run(int argc, const char* const* argv, const ModelCatalogue& models) {
  hold_standard_streams();
  // A reader that goes away is an error of writing, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return CommandLine(with_framework(models)).run(argc, argv);
  } catch (const Error& error) {
    complain(error.what());
    return error.exit_code();
  } catch (const std::bad_alloc&) {
    complain("out of memory");
  } catch (const std::exception& error) {
    complain(error.what());
  }
  return 1;
}

void print(std::string_view text) { write_all(STDOUT_FILENO, text, "standard output"); }

void note(const CommonArguments& arguments, std::string_view text) {
  if (!arguments.quiet) say(std::string(text));
}

void use_threads(const CommonArguments& arguments) { kernels::set_threads(arguments.threads); }

}  // namespace gradus::experiment
