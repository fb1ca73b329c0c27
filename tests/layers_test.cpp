#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
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

/// A library that is an implementation detail: how its headers begin, and the only files that may
/// include them.
struct Library {
  std::string_view name;
  std::string_view headers;
  std::string_view folder;
  std::string_view extension;
};

constexpr std::array kLibraries = {
    Library{"oneDNN", "oneapi/dnnl", "framework/kernels/", ".cpp"},
    Library{"oneDNN", "dnnl", "framework/kernels/", ".cpp"},
    Library{"TBB", "oneapi/tbb", "framework/kernels/", ".cpp"},
    Library{"TBB", "tbb/", "framework/kernels/", ".cpp"},
    Library{"nlohmann_json", "nlohmann/", "framework/experiment/", ".cpp"},
    Library{"CLI11", "CLI/", "framework/experiment/", ".cpp"},
    Library{"Boost", "boost/", "framework/", ".cpp"},
    Library{"protozero", "protozero/", "framework/experiment/", ".cpp"},
};

/// What is wrong with one include of a file, or nothing.
std::string complaint(std::string_view file, std::string_view header) {
  for (const Library& library : kLibraries) {
    const bool allowed = (file.starts_with(library.folder) && file.ends_with(library.extension)) ||
                         (file.starts_with("tests/") && library.name == "nlohmann_json");
    if (header.starts_with(library.headers) && !allowed) {
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

/// What a line includes, in its quotes or angle brackets; nothing for another line.
std::string_view included(std::string_view line) {
  const auto skip = [&](std::string_view letters) {
    line.remove_prefix(std::min(line.find_first_not_of(letters), line.size()));
  };
  skip(" \t");
  if (!line.starts_with('#')) return "";
  skip("# \t");
  constexpr std::string_view kInclude = "include";
  if (!line.starts_with(kInclude)) return "";
  line.remove_prefix(kInclude.size());
  skip(" \t");
  return line.substr(0, line.find_first_of("\">", 1) + 1);
}

std::vector<std::string> complaints(std::string_view file, const std::string& text) {
  std::vector<std::string> result;
  const fs::path own = fs::path(file).replace_extension(".h");
  bool is_first = file.ends_with(".cpp") && fs::exists(source_folder() / own);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::string_view header = included(line);
    if (header.size() < 3) continue;
    const std::string_view name = header.substr(1, header.size() - 2);
    if (is_first && name != own.generic_string()) {
      result.push_back(fmt::format("{} includes {} before {}", file, name, own.generic_string()));
    }
    is_first = false;
    if (header.starts_with('"') && !fs::exists(source_folder() / name)) {
      result.push_back(
          fmt::format("{} includes {}, which is not a path from the root", file, header));
    }
    if (const std::string wrong = complaint(file, name); !wrong.empty()) result.push_back(wrong);
  }
  return result;
}

}  // namespace

TEST_CASE("layers: a room includes only rooms before it, a source first of all its header") {
  int files = 0;
  for (const char* top : {"framework", "models", "apps", "tests", "bench"}) {
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
  sees("framework/core/random.cpp", "#include <vector>\n#include \"framework/core/random.h\"",
       "framework/core/random.cpp includes vector before framework/core/random.h");
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
