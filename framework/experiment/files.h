#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace gradus::experiment {

/// The whole file, or pipe. Throws Error with `exit_code`, naming the file and the reason, which
/// may be that it has more than `longest` bytes, as an endless device has.
std::string read_file(const std::filesystem::path& file, int exit_code = 1,
                      std::size_t longest = std::string::npos);

/// Writes all bytes to an open file. Throws Error naming `file`, on a full disk too.
void write_all(int descriptor, std::string_view bytes, const std::filesystem::path& file);

/// Has an open file's bytes on disk when it returns; what cannot be synced, such as a device, is
/// passed over. Throws Error naming `file`.
void sync_to_disk(int descriptor, const std::filesystem::path& file);

/// How long this thread has waited in `sync_to_disk`.
double seconds_syncing();

/// Makes a folder, where it is not there, in one that is. Throws Error naming it.
void make_folder(const std::filesystem::path& folder);

/// Deletes a file, if it is there. Throws Error naming it where that fails.
void remove_file(const std::filesystem::path& file);

/// Throws the Error "FILE: WHAT: the system's reason" (exit code 1).
[[noreturn]] void fail_file(const std::filesystem::path& file, std::string_view what);

/// A file that is either there in whole or not at all: written beside it as "NAME.part", synced to
/// disk, and renamed by `commit`; without that nothing is left. A device or pipe is written to
/// directly. Every failure, a full disk too, is an Error that names the file.
class NewFile {
 public:
  /// Replaces what `file` was on `commit`.
  explicit NewFile(std::filesystem::path file);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(std::string_view bytes);
  void commit();

 private:
  std::filesystem::path file_;
  std::filesystem::path written_;  // file_ itself where that is no ordinary file
  int descriptor_ = -1;
};

/// Writes a whole file as NewFile does.
void write_file(const std::filesystem::path& file, std::string_view bytes);

}  // namespace gradus::experiment
