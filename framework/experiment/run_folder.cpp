#include "framework/experiment/run_folder.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "framework/core/error.h"
#include "framework/experiment/files.h"

namespace gradus::experiment {

namespace fs = std::filesystem;

void refuse_used_folder(const fs::path& output) {
  std::error_code error;
  const auto status = fs::status(output, error);
  if (!fs::exists(status)) return;
  if (!fs::is_directory(status)) {
    throw Error(fmt::format("--output {}: is there already, and is no folder", output.string()), 2);
  }
  const fs::directory_iterator entries(output, error);
  if (error) fail("--output {}: cannot be read: {}", output.string(), error.message());
  if (entries != fs::directory_iterator()) {
    throw Error(fmt::format("--output {}: holds something already ({}); a run needs a folder of "
                            "its own",
                            output.string(), entries->path().filename().string()),
                2);
  }
}

fs::path make_run_folder(const fs::path& output, const std::string& name) {
  std::error_code error;
  const auto make_all = [&](const fs::path& folder) {
    fs::create_directories(folder, error);
    if (error) fail("{}: cannot be made: {}", folder.string(), error.message());
  };
  if (!output.empty()) {
    refuse_used_folder(output);
    make_all(output);
    return output;
  }
  const fs::path runs = "runs";
  make_all(runs);
  for (int number = 1;; ++number) {
    fs::path folder = runs / fmt::format("{}-{}", name, number);
    if (mkdir(folder.c_str(), 0777) == 0) return folder;
    if (errno != EEXIST) fail_file(folder, "cannot be made");
  }
}

Json read_run_file(const fs::path& run, std::string_view file) {
  const fs::path path = run / file;
  const auto has = [&run](std::string_view name) {
    std::error_code error;
    return fs::exists(run / name, error);
  };
  std::error_code error;
  if (run.empty() || !fs::is_directory(run, error)) {
    fail("{}: is no run directory", run.empty() ? std::string(2, '"') : run.string());
  }
  if (!has(file) || !has(kRunResult)) {
    if (!has(kRunConfig)) {
      fail("{}: is no run directory (it has no {})", run.string(), kRunConfig);
    }
    fail("{}: the training did not finish (there is no {})", run.string(),
         has(file) ? kRunResult : file);
  }
  Json json = parse_json(read_file(path), path.string());
  const Json* format = json.find("format");
  const auto* number = format ? format->get_if<std::int64_t>() : nullptr;
  if (!number || *number < 1) {
    fail("{}: \"format\" must be a whole number from 1 to {}, got {}", path.string(), kRunFormat,
         format ? format->text() : "nothing");
  }
  if (*number > kRunFormat) {
    fail("{}: has format {}, this gradus reads up to {}; a newer one wrote it", path.string(),
         *number, kRunFormat);
  }
  return json;
}

}  // namespace gradus::experiment
