#include "framework/experiment/files.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "framework/core/error.h"
#include "framework/experiment/log.h"
#include "tests/support.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;
using tests::TemporaryFolder;

/// While it lives, no file of this process grows beyond so many bytes: as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};

int entries(const fs::path& folder) {
  return static_cast<int>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST_CASE("a new file is there once it is committed, and not before") {
  const TemporaryFolder folder;
  const fs::path file = folder / "a.json";
  {
    NewFile out(file);
    out.write("half");
    CHECK_FALSE(fs::exists(file));
  }
  CHECK(entries(folder.path()) == 0);
  {
    NewFile out(file);
    out.write("one, ");
    out.write("two");
    out.commit();
  }
  CHECK(entries(folder.path()) == 1);
  CHECK(read_file(file) == "one, two");
  write_file(file, "three");
  CHECK(read_file(file) == "three");
}

TEST_CASE("a link stays a link, and a device is written to") {
  const TemporaryFolder folder;
  write_file(folder / "a", "1");
  fs::create_symlink("a", folder / "b");
  write_file(folder / "b", "2");
  CHECK(fs::is_symlink(folder / "b"));
  CHECK(read_file(folder / "a") == "2");
  CHECK_NOTHROW(write_file("/dev/null", "x"));
  CHECK_FALSE(fs::exists("/dev/null.part"));
}

TEST_CASE("what cannot be written is refused by name, and nothing is left") {
  const TemporaryFolder folder;
  const std::string name = folder / "a";
  CHECK_THROWS_WITH(write_file("/dev/full", "x"),
                    "/dev/full: cannot be written: No space left on device");
  CHECK_THROWS_WITH(
      write_file(folder / "none" / "a", "x"),
      ((folder / "none" / "a").string() + ": cannot be written: No such file or directory")
          .c_str());
  CHECK_THROWS_WITH(write_file(folder.path(), "x"),
                    (folder.path().string() + ": cannot be written: Is a directory").c_str());
  write_file(name, "before");
  {
    const FullDisk full(1000);
    CHECK_THROWS_WITH(write_file(name, std::string(2000, 'x')),
                      (name + ": cannot be written: File too large").c_str());
  }
  CHECK(entries(folder.path()) == 1);
  CHECK(read_file(name) == "before");
}

TEST_CASE("a file that cannot be read is refused by name") {
  CHECK_THROWS_WITH(read_file("/none/a"), "/none/a: cannot be read: No such file or directory");
  CHECK_THROWS_WITH(read_file("/tmp"), "/tmp: cannot be read: Is a directory");
}

TEST_CASE("a log has each line as soon as it is written") {
  const TemporaryFolder folder;
  const std::string file = folder / "steps.jsonl";
  Log log(file);
  log.write("a line\n");
  CHECK(read_file(file) == "a line\n");
  log.write("another\n");
  log.close();
  log.close();
  CHECK(read_file(file) == "a line\nanother\n");
}

TEST_CASE("a log goes on after what a checkpoint has of it") {
  const TemporaryFolder folder;
  const std::string file = folder / "steps.jsonl";
  std::int64_t bytes = 0;
  {
    Log log(file);
    log.write("{\"step\": 1}\n");
    bytes = log.bytes();
    log.write("{\"step\": 2}\n");
  }
  CHECK(bytes == 12);
  CHECK_THROWS_WITH((Log{file, 100}),
                    (file + ": has 24 bytes, the checkpoint was made with 100").c_str());
  {
    Log log(file, bytes);
    log.write("{\"step\": 3}\n");
    CHECK(log.bytes() == 24);
  }
  CHECK(read_file(file) == "{\"step\": 1}\n{\"step\": 3}\n");
  const Log anew(file);
  CHECK(read_file(file) == "");
}

TEST_CASE("a log on a full disk is refused by name") {
  const TemporaryFolder folder;
  const std::string file = folder / "steps.jsonl";
  Log log(file);
  const FullDisk full(100);
  const auto fill = [&log] {
    for (int step = 0; step < 100; ++step) log.write("{\"step\": 0}\n");
  };
  CHECK_THROWS_WITH(fill(), (file + ": cannot be written: File too large").c_str());
  // 8 lines fit; of the ninth nothing stays.
  CHECK(read_file(file).size() == 96);
}

}  // namespace
}  // namespace gradus::experiment
