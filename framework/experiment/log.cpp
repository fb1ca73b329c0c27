#include "framework/experiment/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "framework/experiment/files.h"

namespace gradus::experiment {

Log::Log(std::filesystem::path file) : file_(std::move(file)) {
  descriptor_ = open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail_file(file_, "cannot be made");
}

Log::~Log() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Log::write(const Json& line) { write_all(descriptor_, line.text() + "\n", file_); }

void Log::close() {
  const int descriptor = std::exchange(descriptor_, -1);
  if (descriptor < 0) return;
  // A device cannot be synced, and says so with EINVAL.
  const bool synced = fsync(descriptor) == 0 || errno == EINVAL;
  const int error = errno;
  const bool closed = ::close(descriptor) == 0;
  if (!synced) errno = error;
  if (!synced || !closed) fail_file(file_, "cannot be written");
}

}  // namespace gradus::experiment
