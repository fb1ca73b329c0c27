// Preloaded into a program (LD_PRELOAD), fails one of the calls that change files in a folder:
//   FAILING_FOLDER  the folder, absolute
//   FAILING_CALL    which call, counted from 1
//   FAILING_HOW     "once N": it fails with errno N; "from N": so do all after it; "short": if it
//   is
//                   a write, it writes half; "kill": the process is killed before it
//   FAILING_MARK    a file that is made when it has happened

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

template <class Function>
Function* next(const char* name) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as dlsym is meant
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_watched(std::string_view path) {
  const std::string_view folder = variable("FAILING_FOLDER");
  return !folder.empty() && path.starts_with(folder);
}

bool is_watched(int descriptor) {
  char path[PATH_MAX] = {};
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t length = readlink(link.c_str(), path, sizeof(path) - 1);
  return length > 0 && is_watched(std::string_view(path, static_cast<std::size_t>(length)));
}

void mark() {
  static auto* const kReal = next<int(const char*, int, ...)>("open");
  kReal(std::getenv("FAILING_MARK"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

enum class Fate { goes_on, fails, is_short };

/// What becomes of a call, which is counted. errno is set where it fails.
Fate fate(bool is_write = false) {
  static std::atomic<long> calls = 0;
  const long call = ++calls;
  const long wanted = std::strtol(std::getenv("FAILING_CALL"), nullptr, 10);
  const std::string_view how = variable("FAILING_HOW");
  const bool from = how.starts_with("from ");
  if (call != wanted && !(from && call > wanted)) return Fate::goes_on;
  mark();
  if (how == "short") return is_write ? Fate::is_short : Fate::goes_on;
  if (how == "kill") raise(SIGKILL);
  errno = std::stoi(std::string(how.substr(std::strlen("once "))));
  return Fate::fails;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  static auto* const kReal = next<int(const char*, int, ...)>("open");
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  const bool counts = (flags & O_ACCMODE) != O_RDONLY || (flags & O_DIRECTORY) != 0;
  if (counts && is_watched(path) && fate() == Fate::fails) return -1;
  return kReal(path, flags, mode);
}

ssize_t write(int descriptor, const void* bytes, size_t count) {
  static auto* const kReal = next<ssize_t(int, const void*, size_t)>("write");
  if (!is_watched(descriptor)) return kReal(descriptor, bytes, count);
  switch (fate(true)) {
    case Fate::fails:
      return -1;
    case Fate::is_short:
      return kReal(descriptor, bytes, (count + 1) / 2);
    default:
      return kReal(descriptor, bytes, count);
  }
}

int fsync(int descriptor) {
  static auto* const kReal = next<int(int)>("fsync");
  if (is_watched(descriptor) && fate() == Fate::fails) return -1;
  return kReal(descriptor);
}

int ftruncate(int descriptor, off_t length) noexcept {
  static auto* const kReal = next<int(int, off_t)>("ftruncate");
  if (is_watched(descriptor) && fate() == Fate::fails) return -1;
  return kReal(descriptor, length);
}

int rename(const char* from, const char* to) noexcept {
  static auto* const kReal = next<int(const char*, const char*)>("rename");
  if (is_watched(to) && fate() == Fate::fails) return -1;
  return kReal(from, to);
}

int unlink(const char* path) noexcept {
  static auto* const kReal = next<int(const char*)>("unlink");
  if (is_watched(path) && fate() == Fate::fails) return -1;
  return kReal(path);
}

int mkdir(const char* path, mode_t mode) noexcept {
  static auto* const kReal = next<int(const char*, mode_t)>("mkdir");
  if (is_watched(path) && fate() == Fate::fails) return -1;
  return kReal(path, mode);
}
}
