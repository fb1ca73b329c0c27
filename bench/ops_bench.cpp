#include "bench/ops_bench.h"

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "bench/work.h"
#include "framework/experiment/safetensors.h"
#include "tests/ops/evaluate.h"

namespace gradus::bench {
namespace {

using tests::CaseGraph;
using tests::Given;
using tests::OpCase;
using tests::OpUnderTest;
using tests::Values;

/// The batch of the ranking experiment, which all cases with rows get.
constexpr std::int64_t kBatchRows = 8192;

enum class Part : std::uint8_t { forward, gradient };

std::filesystem::path& tensors_file() {
  static std::filesystem::path file;
  return file;
}

/// As JSON.
std::string text(const Attribute& attribute) {
  if (const auto* name = std::get_if<std::string>(&attribute)) return fmt::format("\"{}\"", *name);
  if (const auto* shape = std::get_if<Shape>(&attribute)) return shape->at(kBatchRows).text();
  if (const auto* flag = std::get_if<bool>(&attribute)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<double>(&attribute)) return fmt::format("{}", *number);
  return fmt::format("{}", std::get<std::int64_t>(attribute));
}

/// One part of a case, with the executor that runs it.
struct Timed {
  Timed(const OpUnderTest& op, const OpCase& op_case, Part part)
      : c(op, op_case),
        outputs{c.output},
        data(tests::random_data(c, kBatchRows, 1)),
        attributes(op_case.attributes) {
    for (std::size_t k = 0; part == Part::gradient && k < c.gradients.size(); ++k) {
      if (c.gradients[k].node().op->name == "constant") continue;  // zeros: nothing depends on it
      outputs.push_back(c.gradients[k]);
      names.push_back(fmt::format("gradient {}", k));
    }
    executor = std::make_unique<Executor>(c.graph, outputs);
    for (const Given& given : data) tests::give(*executor, given);
    executor->run(kBatchRows);
  }

  /// Writes what the case was given and what came of it.
  void write(const std::filesystem::path& file) {
    experiment::NamedTensors tensors;
    for (const Given& given : data) {
      const bool is_upstream = given.input == c.upstream;
      const std::size_t k = tensors.size();
      tensors.emplace(is_upstream ? "upstream" : fmt::format("input {}", k), given.tensor);
    }
    const std::vector<Tensor> results = tests::run(*executor, outputs, data, kBatchRows);
    for (std::size_t k = 0; k < results.size(); ++k) tensors.emplace(names[k], results[k]);
    experiment::Metadata metadata;
    for (const auto& [name, value] : attributes.all()) metadata.emplace(name, text(value));
    experiment::write_safetensors(file, tensors, metadata);
  }

  CaseGraph c;
  Values outputs;
  std::vector<std::string> names{"output"};  // of the outputs
  std::vector<Given> data;
  Attributes attributes;
  std::unique_ptr<Executor> executor;
};

/// Times a part of a case.
void time_case(benchmark::State& state, Timed& timed) {
  timed.executor->run(kBatchRows);
  for (auto _ : state) {
    timed.executor->run(kBatchRows);
    benchmark::ClobberMemory();
  }
  count(state, work(timed.c.graph, *timed.executor, kBatchRows));
}

void register_case(const OpUnderTest& op, const OpCase& op_case, Part part) {
  const std::string name =
      op.op + "/" + op_case.name + (part == Part::forward ? "/forward" : "/gradient");
  const auto run = [&op, &op_case, part, name](benchmark::State& state) {
    // The library comes back several times to find how often to run it.
    static std::unique_ptr<Timed> timed;
    static std::string timed_name;
    if (timed_name != name) {
      timed = std::make_unique<Timed>(op, op_case, part);
      timed_name = name;
      if (part == Part::gradient && !tensors_file().empty()) timed->write(tensors_file());
    }
    time_case(state, *timed);
  };
  benchmark::RegisterBenchmark(name.c_str(), run)->UseRealTime()->Unit(benchmark::kMicrosecond);
}

}  // namespace

void write_tensors(const std::filesystem::path& file) { tensors_file() = file; }

void register_ops() {
  for (const OpUnderTest& op : tests::all_ops()) {
    for (const OpCase& op_case : op.cases) {
      for (const Part part : {Part::forward, Part::gradient}) register_case(op, op_case, part);
    }
  }
}

}  // namespace gradus::bench
