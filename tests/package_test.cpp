#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

/// Runs cmake, and reports what it said where it fails.
void cmake(const std::vector<std::string>& arguments) {
  const ProgramResult result = run(GRADUS_CMAKE, arguments);
  CHECK_MESSAGE(result.exit_code == 0, result.standard_output << result.standard_error);
}

/// Whether a CMake file has an absolute path that begins so, also as -I/path or -L/path;
/// "${prefix}/lib/gradus" has no "/gradus".
bool names_path(const std::string& text, const std::string& begin) {
  for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
    if (at == 0 || std::string("\"'; \n([=:IL").find(text[at - 1]) != std::string::npos)
      return true;
  }
  return false;
}

}  // namespace

TEST_CASE("package: projects outside the tree define a model, and serve one") {
  const TemporaryFolder folder;
  const std::string prefix = folder / "installed";
  cmake({"--install", GRADUS_BUILD_FOLDER, "--prefix", prefix});
  // Nothing in the package leads back to the tree that it was built in.
  for (const auto& entry : fs::recursive_directory_iterator(folder / "installed/lib")) {
    if (entry.path().extension() != ".cmake") continue;
    CHECK_FALSE_MESSAGE(names_path(read_file(entry.path()), source_folder()), entry.path());
  }
  ProgramInput elsewhere;
  elsewhere.working_folder = "/";
  CHECK(run(prefix + "/bin/gradus", {"--version"}, elsewhere).exit_code == 0);

  fs::copy(source_folder() / "tests/consumer", folder / "project");
  fs::copy(source_folder() / "examples/service", folder / "service");
  for (const auto& [project, build] : {std::pair{"project", "build"}, {"service", "served"}}) {
    cmake({"-S", folder / project, "-B", folder / build, "-G", "Ninja",
           "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_PREFIX_PATH=" + prefix,
           std::string("-DCMAKE_CXX_COMPILER=") + GRADUS_COMPILER});
    cmake({"--build", folder / build});
  }
  CHECK(run(folder / "served/bin/gradus_service", {"--help"}, elsewhere).exit_code == 0);

  const ProgramResult trained =
      run(folder / "build/my_recommender",
          {"train", folder / "project/experiment.json", "--output", folder / "run", "--json"},
          elsewhere);
  CHECK_MESSAGE(trained.exit_code == 0, trained.standard_error);
  CHECK(fs::exists(folder / "run/result.json"));
  const ProgramResult ranked =
      run(folder / "build/my_recommender", {"rank", folder / "run", "--user", "Ada", "--top", "3"},
          elsewhere);
  CHECK_MESSAGE(ranked.exit_code == 0, ranked.standard_error);
  CHECK_MESSAGE(ranked.standard_output.find("tacos") != std::string::npos, ranked.standard_output);
}

}  // namespace gradus::tests
