#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

/// The rooms, each of which includes only itself and those before it.
constexpr std::array<std::string_view, 11> kRooms = {"framework/core",
                                                     "framework/kernels",
                                                     "framework/graph",
                                                     "framework/ops",
                                                     "framework/nn",
                                                     "framework/optim",
                                                     "framework/data",
                                                     "framework/train",
                                                     "framework/experiment",
                                                     "models",
                                                     "apps"};

/// The room of a file, by its path from the root; kRooms.size() for tests and bench, which see all.
std::size_t room_of(std::string_view file) {
  for (std::size_t room = 0; room < kRooms.size(); ++room) {
    if (file.starts_with(std::string(kRooms[room]) + "/")) return room;
  }
  return kRooms.size();
}

/// A library that is an implementation detail, and the only files that may include its headers.
struct Library {
  std::string_view name;
  std::regex header;
  std::regex allowed;
};

const std::vector<Library>& libraries() {
  static const std::vector<Library> kLibraries = {
      {"oneDNN", std::regex("(oneapi/)?dnnl.*"), std::regex(R"(framework/kernels/.*\.cpp)")},
      {"TBB", std::regex("(oneapi/)?tbb[/.].*"), std::regex(R"(framework/kernels/.*\.cpp)")},
      {"nlohmann_json", std::regex("nlohmann/.*"),
       std::regex(R"(framework/experiment/.*\.cpp|tests/.*)")},
      {"CLI11", std::regex("CLI/.*"), std::regex(R"(framework/experiment/.*\.cpp)")},
  };
  return kLibraries;
}

/// What is wrong with one include of a file, or nothing.
std::string complaint(const std::string& file, const std::string& header) {
  for (const Library& library : libraries()) {
    if (std::regex_match(header, library.header) && !std::regex_match(file, library.allowed)) {
      return fmt::format("{} includes {}: {} is a detail of other files", file, header,
                         library.name);
    }
  }
  const std::size_t from = room_of(file);
  const std::size_t to = room_of(header);
  if (to < kRooms.size() && to > from)
    return fmt::format("{} includes {}, of a later room", file, header);
  if (file.starts_with("framework/data/") && header.starts_with("framework/optim/")) {
    return fmt::format("{} includes {}: data and optim do not see each other", file, header);
  }
  return "";
}

std::vector<std::string> complaints(const std::string& file, const std::string& text) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<std::string> result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!std::regex_search(line, match, kInclude)) continue;
    const std::string header = match[2];
    if (match[1] == "\"" && !fs::exists(source_folder() / header)) {
      result.push_back(
          fmt::format("{} includes \"{}\", which is not a path from the root", file, header));
    }
    if (const std::string wrong = complaint(file, header); !wrong.empty()) result.push_back(wrong);
  }
  return result;
}

}  // namespace

TEST_CASE("layers: a room includes only rooms before it, and libraries only where they belong") {
  int files = 0;
  for (const char* top : {"framework", "models", "apps", "tests", "bench"}) {
    if (!fs::exists(source_folder() / top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(source_folder() / top)) {
      const std::string file = fs::relative(entry.path(), source_folder()).generic_string();
      const bool source = entry.path().extension() == ".h" || entry.path().extension() == ".cpp";
      if (!source || file.starts_with("tests/consumer/")) continue;
      ++files;
      if (file.starts_with("framework/"))
        CHECK_MESSAGE(room_of(file) < kRooms.size(), file << " is in no room");
      for (const std::string& wrong : complaints(file, read_file(entry.path()))) FAIL_CHECK(wrong);
    }
  }
  CHECK(files > 10);
}

TEST_CASE("layers: each kind of forbidden include is seen") {
  const auto sees = [](const std::string& file, const std::string& line, const std::string& text) {
    const std::vector<std::string> found = complaints(file, "#pragma once\n" + line + "\n");
    CHECK_MESSAGE(found == std::vector<std::string>{text}, file << ": " << line);
  };
  sees("framework/core/a.h", "#include \"framework/core/no_such.h\"",
       "framework/core/a.h includes \"framework/core/no_such.h\", which is not a path from the "
       "root");
  sees("framework/core/a.h", "#include <framework/graph/b.h>",
       "framework/core/a.h includes framework/graph/b.h, of a later room");
  sees("framework/optim/a.h", "#include <framework/data/b.h>",
       "framework/optim/a.h includes framework/data/b.h, of a later room");
  sees("framework/data/a.h", "#  include <framework/optim/b.h>",
       "framework/data/a.h includes framework/optim/b.h: data and optim do not see each other");
  sees("models/ranking/a.h", "#include <apps/b.h>",
       "models/ranking/a.h includes apps/b.h, of a later room");
  sees("framework/kernels/a.h", "#include <oneapi/dnnl/dnnl.hpp>",
       "framework/kernels/a.h includes oneapi/dnnl/dnnl.hpp: oneDNN is a detail of other files");
  sees("framework/graph/a.cpp", "#include <tbb/parallel_for.h>",
       "framework/graph/a.cpp includes tbb/parallel_for.h: TBB is a detail of other files");
  sees("framework/experiment/a.h", "#include <nlohmann/json.hpp>",
       "framework/experiment/a.h includes nlohmann/json.hpp: nlohmann_json is a detail of other "
       "files");
  sees("apps/gradus.cpp", "#include <CLI/CLI.hpp>",
       "apps/gradus.cpp includes CLI/CLI.hpp: CLI11 is a detail of other files");
}

TEST_CASE("layers: what is allowed is let through") {
  CHECK(complaints("framework/kernels/a.cpp",
                   "#include <oneapi/dnnl/dnnl.hpp>\n#include <tbb/info.h>\n")
            .empty());
  CHECK(complaints("framework/experiment/a.cpp",
                   "#include <nlohmann/json.hpp>\n#include <CLI/CLI.hpp>\n")
            .empty());
  CHECK(complaints("tests/a_test.cpp",
                   "#include <nlohmann/json.hpp>\n#include <framework/train/b.h>\n")
            .empty());
  CHECK(complaints("framework/train/a.cpp",
                   "#include <framework/optim/a.h>\n#include <framework/data/a.h>\n")
            .empty());
}

}  // namespace gradus::tests
