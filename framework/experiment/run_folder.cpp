#include "framework/experiment/run_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "framework/core/error.h"
#include "framework/experiment/files.h"

namespace gradus::experiment {

namespace fs = std::filesystem;

namespace {

/// What a run leaves that is killed before it has a config.json, or a sweep before its plan.
bool is_from_before(const fs::path& name) {
  return name == kRunLock || name == std::string(kRunConfig) + ".part" ||
         name == std::string(kSweepPlan) + ".part";
}

/// Whether there is a run, or a sweep, that did not come to its end.
bool is_unfinished(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder / kSweepPlan, error)) return !fs::exists(folder / kSweepTable, error);
  return fs::exists(folder / kRunConfig, error) && !is_finished(folder);
}

/// As one word of a shell's command.
std::string quoted(const std::string& text) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::strchr("_-./+,:@%=", c);
  });
  if (plain) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

}  // namespace

bool is_finished(const fs::path& run) {
  std::error_code error;
  return fs::exists(run / kRunResult, error);
}

std::string resume_command(const fs::path& run) {
  const bool like_an_option = run.string().starts_with('-');
  return "gradus train --resume --output " + quoted((like_an_option ? "./" : "") + run.string());
}

RunLock::RunLock(const fs::path& run) {
  const fs::path file = run / kRunLock;
  descriptor_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail_file(file, "cannot be made");
  // Of this kind of lock the system tells who has it, and no child inherits it.
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (fcntl(descriptor_, F_SETLK, &lock) == 0) return;
  const int reason = errno;
  const bool held = reason == EACCES || reason == EAGAIN;
  const bool known = held && fcntl(descriptor_, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close(descriptor_);
  errno = reason;
  if (!held) fail_file(file, "cannot be locked");
  fail("{}: another gradus trains in it{}", run.string(),
       known && lock.l_pid > 0 ? fmt::format(" (process {})", lock.l_pid) : "");
}

RunLock::~RunLock() { close(descriptor_); }

void refuse_used_folder(const fs::path& output) {
  std::error_code error;
  const auto status = fs::status(output, error);
  if (!fs::exists(status)) return;
  if (!fs::is_directory(status)) {
    throw Error(fmt::format("--output {}: is there already, and is no folder", output.string()), 2);
  }
  fs::directory_iterator entry(output, error);
  if (error) fail("--output {}: cannot be read: {}", output.string(), error.message());
  while (entry != fs::directory_iterator() && is_from_before(entry->path().filename())) ++entry;
  if (entry == fs::directory_iterator()) return;
  std::string text =
      fmt::format("--output {}: holds something already ({}); a run needs a folder of its own",
                  output.string(), entry->path().filename().string());
  if (is_unfinished(output)) {
    text += "; to go on with the run in it:\n  " + resume_command(output);
  }
  throw Error(text, 2);
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

void check_format(const Json& json, const fs::path& file) {
  const Json* format = json.find("format");
  const auto* number = format ? format->get_if<std::int64_t>() : nullptr;
  if (!number || *number < 1) {
    fail("{}: \"format\" must be a whole number from 1 to {}, got {}", file.string(), kRunFormat,
         format ? format->text() : "nothing");
  }
  if (*number > kRunFormat) {
    fail("{}: has format {}, this gradus reads up to {}; a newer one wrote it", file.string(),
         *number, kRunFormat);
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
    fail("{}: the training did not finish (there is no {}); to go on:\n  {}", run.string(),
         has(file) ? kRunResult : file, resume_command(run));
  }
  Json json = parse_json(read_file(path), path.string());
  check_format(json, path);
  return json;
}

}  // namespace gradus::experiment
