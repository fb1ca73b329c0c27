#include "framework/experiment/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "framework/core/error.h"
#include "framework/experiment/stopwatch.h"

namespace gradus::experiment {
namespace {

std::string system_text(int error) { return std::generic_category().message(error); }

/// The name as messages have it.
std::string shown(const std::filesystem::path& file) {
  return file.empty() ? std::string(2, '"') : file.string();
}

/// So that a rename in it is on disk.
void sync_folder(const std::filesystem::path& file) {
  const std::filesystem::path parent = file.parent_path();
  const char* folder = parent.empty() ? "." : parent.c_str();
  const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) fail_file(parent, "cannot be opened");
  try {
    sync_to_disk(descriptor, parent);
  } catch (...) {
    close(descriptor);
    throw;
  }
  close(descriptor);
}

thread_local double syncing = 0;

}  // namespace

void sync_to_disk(int descriptor, const std::filesystem::path& file) {
  const Stopwatch watch;
  // What cannot be synced says so with EINVAL: devices, folders of some file systems.
  const bool synced = fsync(descriptor) == 0 || errno == EINVAL;
  syncing += watch.seconds();
  if (!synced) fail_file(file, "cannot be synced to disk");
}

double seconds_syncing() { return syncing; }

void make_folder(const std::filesystem::path& folder) {
  if (mkdir(folder.c_str(), 0777) == 0) {
    sync_folder(folder);
  } else if (errno != EEXIST || !std::filesystem::is_directory(folder)) {
    fail_file(folder, "cannot be made");
  }
}

void remove_file(const std::filesystem::path& file) {
  if (unlink(file.c_str()) != 0 && errno != ENOENT) fail_file(file, "cannot be deleted");
}

void fail_file(const std::filesystem::path& file, std::string_view what) {
  const int error = errno;
  fail("{}: {}: {}", shown(file), what, system_text(error));
}

std::string read_file(const std::filesystem::path& file, int exit_code, std::size_t longest) {
  const auto refuse = [&]() {
    const int error = errno;
    throw Error(fmt::format("{}: cannot be read: {}", shown(file), system_text(error)), exit_code);
  };
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) refuse();
  std::string out;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int error = errno;
      close(descriptor);
      errno = error;
      if (count < 0) refuse();
      return out;
    }
    out.append(buffer.data(), static_cast<std::size_t>(count));
    if (out.size() > longest) {
      close(descriptor);
      throw Error(fmt::format("{}: more than {} MiB", shown(file), longest >> 20), exit_code);
    }
  }
}

void write_all(int descriptor, std::string_view bytes, const std::filesystem::path& file) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_file(file, "cannot be written");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

NewFile::NewFile(std::filesystem::path file) : file_(std::move(file)) {
  std::error_code none;
  const auto status = std::filesystem::status(file_, none);
  const bool ordinary =
      !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
  // Through a link, so that the rename does not replace the link.
  if (std::filesystem::is_regular_file(status)) file_ = std::filesystem::canonical(file_);
  written_ = file_;
  if (ordinary) written_ += ".part";
  descriptor_ = open(written_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail_file(file_, "cannot be written");
}

NewFile::~NewFile() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  if (written_ != file_) unlink(written_.c_str());
}

void NewFile::write(std::string_view bytes) { write_all(descriptor_, bytes, file_); }

void NewFile::commit() {
  const bool ordinary = written_ != file_;
  if (ordinary) sync_to_disk(descriptor_, file_);
  const int descriptor = std::exchange(descriptor_, -1);
  const bool done =
      close(descriptor) == 0 && (!ordinary || rename(written_.c_str(), file_.c_str()) == 0);
  if (!done) {
    const int error = errno;
    if (ordinary) unlink(written_.c_str());
    errno = error;
    fail_file(file_, "cannot be written");
  }
  if (ordinary) sync_folder(file_);
}

void write_file(const std::filesystem::path& file, std::string_view bytes) {
  NewFile out(file);
  out.write(bytes);
  out.commit();
}

}  // namespace gradus::experiment
