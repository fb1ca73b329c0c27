#include "framework/experiment/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "framework/core/error.h"
#include "framework/experiment/files.h"

namespace gradus::experiment {

Log::Log(std::filesystem::path file, std::int64_t bytes) : file_(std::move(file)), bytes_(bytes) {
  const auto refuse = [this](std::string_view what) {
    const int error = errno;
    if (descriptor_ >= 0) ::close(descriptor_);
    errno = error;
    fail_file(file_, what);
  };
  descriptor_ = open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) refuse("cannot be made");
  struct stat status{};
  if (fstat(descriptor_, &status) != 0) refuse("cannot be read");
  if (!S_ISREG(status.st_mode)) {
    if (bytes == 0) return;  // a device or pipe
    status.st_size = 0;
  }
  if (status.st_size < bytes) {
    ::close(descriptor_);
    fail("{}: has {} bytes, the checkpoint was made with {}", file_.string(),
         static_cast<std::int64_t>(status.st_size), bytes);
  }
  if (ftruncate(descriptor_, bytes) != 0) refuse("cannot be shortened");
}

Log::~Log() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Log::write(std::string_view bytes) {
  try {
    write_all(descriptor_, bytes, file_);
  } catch (...) {
    // No half of it stays, if that can be helped.
    if (ftruncate(descriptor_, bytes_) != 0) throw;
    throw;
  }
  bytes_ += static_cast<std::int64_t>(bytes.size());
}

void Log::sync() {
  if (descriptor_ >= 0) sync_to_disk(descriptor_, file_);
}

void Log::close() {
  sync();
  const int descriptor = std::exchange(descriptor_, -1);
  if (descriptor >= 0 && ::close(descriptor) != 0) fail_file(file_, "cannot be written");
}

}  // namespace gradus::experiment
