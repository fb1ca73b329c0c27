#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "bench/tutorial.h"
#include "bench/work.h"
#include "framework/core/error.h"
#include "framework/data/csv.h"
#include "framework/train/batch.h"

// Times the way from a file to a batch.
namespace gradus::bench {
namespace {

namespace fs = std::filesystem;

/// The ratings as a CSV file that is there as long as this is.
class RatingsFile {
 public:
  RatingsFile() : path_(fs::temp_directory_path() / fmt::format("gradus_bench_{}.csv", getpid())) {
    const Column& users = *ratings().user();
    const Column& items = *ratings().item();
    const Column& labels = ratings().label();
    std::ofstream out(path_);
    out << "user_id,movie_title,user_rating\n";
    for (std::size_t row = 0; row < labels.numbers.size(); ++row) {
      out << users.strings[users.codes[row]] << ',' << items.strings[items.codes[row]] << ','
          << labels.numbers[row] << '\n';
    }
    out.close();
    if (!out) fail("{}: cannot be written", path_.string());
  }
  ~RatingsFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  RatingsFile(const RatingsFile&) = delete;
  RatingsFile& operator=(const RatingsFile&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

double row_count() { return static_cast<double>(ratings().rows()); }

void read_csv(benchmark::State& state) {
  const RatingsFile file;
  CsvSource::Options options;
  options.path = file.path().string();
  options.columns = {{"user_id", "user"}, {"movie_title", "item"}, {"user_rating", "label"}};
  const CsvSource source(options);
  for (auto _ : state) benchmark::DoNotOptimize(source.read().rows());
  count(state, "examples", row_count());
  count(state, "bytes", static_cast<double>(fs::file_size(file.path())));
}

void build_vocabularies(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Vocabularies(ratings()).size());
  count(state, "examples", row_count());
}

/// Strings' ids, and labels, of the whole table.
void encode(benchmark::State& state) {
  const Vocabularies ids(ratings());
  const std::string label = ratings().label().name;
  for (auto _ : state) benchmark::DoNotOptimize(Encoded(ratings(), ids, label).rows());
  count(state, "examples", row_count());
}

/// A training batch's values copied out of the encoded table.
void fill_batch(benchmark::State& state) {
  constexpr std::int64_t kRows = 8192;
  const Tutorial tutorial;
  Batch batch(tutorial.data, tutorial.columns, kRows);
  const std::vector<std::int32_t> chosen = rows(0, kRows);
  for (auto _ : state) {
    batch.fill(chosen);
    benchmark::ClobberMemory();
  }
  count(state, "examples", kRows);
}

BENCHMARK(read_csv)->Name("data/read_csv")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(build_vocabularies)
    ->Name("data/build_vocabularies")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(encode)->Name("data/encode")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(fill_batch)->Name("data/fill_batch")->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace gradus::bench
