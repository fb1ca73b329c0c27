#include "framework/data/text_file.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support.h"

namespace gradus {
namespace {

using tests::TemporaryFolder;
using tests::write_file;

std::vector<std::string> lines(const std::string& bytes) {
  const TemporaryFolder folder;
  write_file(folder / "f", bytes);
  TextFile file((folder / "f").string());
  std::vector<std::string> lines;
  while (const auto line = file.next()) {
    lines.emplace_back(*line);
    CHECK(file.line() == static_cast<std::int64_t>(lines.size()));
  }
  CHECK_FALSE(file.next().has_value());
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a text file gives its lines") {
  CHECK(lines("") == Lines{});
  CHECK(lines("a") == Lines{"a"});
  CHECK(lines("a\nb\n") == Lines{"a", "b"});
  CHECK(lines("a\r\n\n\nb") == Lines{"a\r", "", "", "b"});
  CHECK(lines("\n") == Lines{""});
}

TEST_CASE("a byte order mark is skipped at the beginning alone") {
  CHECK(lines("\xEF\xBB\xBFname\n\xEF\xBB\xBFx") == Lines{"name", "\xEF\xBB\xBFx"});
  CHECK(lines("\xEF\xBB\xBF") == Lines{""});
}

TEST_CASE("lines longer than the buffer, and over its end, come whole") {
  Lines expected;
  std::string bytes;
  for (std::size_t size : {65535U, 65536U, 65537U, 1U, 0U, 200000U, 131072U, 3U, 1000000U}) {
    expected.emplace_back(size, static_cast<char>('a' + expected.size()));
    bytes += expected.back() + "\n";
  }
  CHECK((lines(bytes) == expected));
}

TEST_CASE("a file that cannot be read says why") {
  const TemporaryFolder folder;
  const std::string missing = (folder / "none").string();
  CHECK_THROWS_WITH(TextFile{missing}, (missing + ": there is no such file").c_str());
  const std::string directory = folder.path().string();
  CHECK_THROWS_WITH(TextFile{directory}, (directory + ": is a folder, a file is required").c_str());
  CHECK_THROWS_WITH(TextFile{""}, ": there is no such file");
}

TEST_CASE("a file without permission says so") {
  if (geteuid() == 0) {
    tests::skip("the superuser may read everything");
    return;
  }
  const TemporaryFolder folder;
  write_file(folder / "f", "a");
  std::filesystem::permissions(folder / "f", std::filesystem::perms::none);
  const std::string path = (folder / "f").string();
  CHECK_THROWS_WITH(TextFile{path}, (path + ": cannot be read: Permission denied").c_str());
}

TEST_CASE("what is no text file is refused, with its line") {
  const TemporaryFolder folder;
  const std::string path = (folder / "f").string();
  write_file(path, std::string("a\nb\0c\n", 6));
  TextFile with_nul(path);
  with_nul.next();
  CHECK_THROWS_WITH(with_nul.next(),
                    (path + ":2: holds a NUL byte; is this a text file, in UTF-8?").c_str());
  write_file(path, "a\n" + std::string(TextFile::kLongestLine + 70000, 'x'));
  TextFile endless(path);
  endless.next();
  CHECK_THROWS_WITH(endless.next(),
                    (path + ":2: a line of more than 16 MiB; is this a text file?").c_str());
  TextFile zeros("/dev/zero");
  CHECK_THROWS_WITH(zeros.next(), "/dev/zero:1: a line of more than 16 MiB; is this a text file?");
}

}  // namespace gradus
