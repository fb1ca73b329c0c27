#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

/// apps/fetch_movielens.sh with an archive on this machine, into a cache of its own.
struct Fetch {
  TemporaryFolder folder;
  fs::path cache = folder / "cache/gradus";

  ProgramResult operator()(const std::string& url, const std::string& seconds = "20") const {
    ProgramInput input;
    input.environment = {{"XDG_CACHE_HOME", folder / "cache"}, {"GRADUS_MOVIELENS_URL", url}};
    return run(source_folder() / "apps/fetch_movielens.sh", {seconds}, input);
  }

  /// Packs a folder named ml-100k below `parent`, and gives the archive's address.
  std::string archive(const fs::path& parent) const {
    ProgramInput input;
    input.working_folder = parent;
    const ProgramResult packed =
        run("cmake", {"-E", "tar", "cf", folder / "ml-100k.zip", "--format=zip", "ml-100k"}, input);
    REQUIRE(packed.exit_code == 0);
    return "file://" + (folder / "ml-100k.zip").string();
  }

  /// Whether nothing was left: neither the data nor a part of them.
  bool left_nothing() const { return !fs::exists(cache) || fs::is_empty(cache); }
};

}  // namespace

TEST_CASE("fetch_movielens: the folder appears whole, and a second call finds it") {
  const auto movielens_folder = movielens();
  if (!movielens_folder) return;
  const Fetch fetch;
  const std::string url = fetch.archive(fs::canonical(*movielens_folder).parent_path());
  const std::string folder = fetch.cache / "ml-100k";

  const ProgramResult first = fetch(url);
  CHECK(first.standard_error == "");
  CHECK(first.standard_output ==
        fmt::format("MovieLens 100K is in {0}; its terms: {0}/README\n", folder));
  CHECK(read_file(fs::path(folder) / "u.data") == read_file(*movielens_folder / "u.data"));

  const ProgramResult second = fetch("file:///no/such/archive.zip");
  CHECK(second.exit_code == 0);
  CHECK(second.standard_output == "MovieLens 100K is in " + folder + "\n");

  write_file(fs::path(folder) / "u.data", "damaged");
  CHECK(fetch(url).exit_code == 0);
  CHECK(read_file(fs::path(folder) / "u.data") == read_file(*movielens_folder / "u.data"));
}

TEST_CASE(
    "fetch_movielens: an address without an archive, no zip, or other files end it and leave "
    "nothing") {
  const Fetch fetch;
  const auto refuses = [&](const std::string& url, const std::string& text) {
    const ProgramResult result = fetch(url);
    CHECK(result.exit_code == 1);
    CHECK(result.standard_output == "");
    CHECK_MESSAGE(result.standard_error.starts_with("MovieLens 100K could not be fetched: " + text),
                  result.standard_error);
    CHECK(fetch.left_nothing());
  };
  refuses("file:///no/such/archive.zip", "file:///no/such/archive.zip: curl: (37)");

  const std::string text_file = "file://" + (fetch.folder / "text").string();
  write_file(fetch.folder / "text", "not an archive");
  refuses(text_file, text_file + " is not a whole zip archive: ");

  write_file(fetch.folder / "other/ml-100k/u.data", "1\t1\t5\t0\n");
  const std::string other = fetch.archive(fetch.folder / "other");
  refuses(other,
          "the files in " + other + " are not those that GroupLens publishes (md5 differs).\n");
}

}  // namespace gradus::tests
