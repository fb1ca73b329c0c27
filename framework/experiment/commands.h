#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/experiment/catalogues.h"

namespace gradus::experiment {

/// What every command takes.
struct CommonArguments {
  bool json = false;   ///< machine-readable output on standard output, and nothing else there
  bool quiet = false;  ///< no progress and no notes on standard error
  int threads = 0;     ///< workers; 0: the cores
};

struct ConfigArguments : CommonArguments {
  std::string config;
  std::vector<std::string> settings;  ///< "key=value"
};

/// What commands that train take.
struct TrainingArguments : ConfigArguments {
  std::string output;
  bool report = false;
};

struct TrainArguments : TrainingArguments {
  bool resume = false;
  bool profile = false;
};

struct TuneArguments : TrainingArguments {
  int trials = 0;      ///< 0: as the config says
  double minutes = 0;  ///< 0: as long as it takes
};

struct DescribeArguments : ConfigArguments {
  bool plan = false;
};

struct ValidateArguments : ConfigArguments {
  bool data = false;
};

struct RunArguments : CommonArguments {
  std::string run;
};

struct EvaluateArguments : RunArguments {
  std::string data;
};

struct ReportArguments : RunArguments {
  std::string output;  ///< "": report.html in the run directory
};

struct CompareArguments : CommonArguments {
  std::vector<std::string> runs;
  std::string report;  ///< "": none
};

struct RunsArguments {
  std::string folder = "runs";
  bool json = false;
};

struct PredictArguments : RunArguments {
  std::string input;
  std::string output;
};

struct RankArguments : RunArguments {
  std::string user;
  int top = 10;
  bool exclude_seen = false;
  std::string exclude;
  std::string items;
};

struct ExportArguments : RunArguments {
  std::string onnx;  ///< "": none
  bool strings = false;
  std::string csv;  ///< "": none
};

struct ListArguments {
  bool json = false;
};

struct SchemaArguments {};

/// The program's commands. Each throws Error where it fails.
void train(const TrainArguments& arguments, const Catalogues& catalogues);
void tune(const TuneArguments& arguments, const Catalogues& catalogues);
void validate(const ValidateArguments& arguments, const Catalogues& catalogues);
void describe(const DescribeArguments& arguments, const Catalogues& catalogues);
void evaluate(const EvaluateArguments& arguments, const Catalogues& catalogues);
void predict(const PredictArguments& arguments, const Catalogues& catalogues);
void rank(const RankArguments& arguments, const Catalogues& catalogues);
void report(const ReportArguments& arguments, const Catalogues& catalogues);
void compare(const CompareArguments& arguments, const Catalogues& catalogues);
void runs(const RunsArguments& arguments, const Catalogues& catalogues);
void export_model(const ExportArguments& arguments, const Catalogues& catalogues);
void list(const ListArguments& arguments, const Catalogues& catalogues);
void schema(const SchemaArguments& arguments, const Catalogues& catalogues);

/// Writes to standard output. Throws Error where that takes nothing, as on a full disk.
void print(std::string_view text);
/// A line on standard error, unless the command is to be quiet.
void note(const CommonArguments& arguments, std::string_view text);
/// Sets the number of workers.
void use_threads(const CommonArguments& arguments);

}  // namespace gradus::experiment
