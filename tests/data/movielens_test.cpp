#include "framework/data/movielens.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "tests/support.h"

namespace gradus {
namespace {

using Strings = std::vector<std::string>;

/// A line of u.item: id, title, and 22 further fields.
std::string movie(const std::string& id, const std::string& title) {
  std::string line = id + "|" + title + "|01-Jan-1995||http://example.org/";
  for (int genre = 0; genre < 19; ++genre) line += "|0";
  return line + "\n";
}

/// A folder as GroupLens', with films that nobody made.
struct Folder {
  Folder() {
    tests::write_file(path("u.data"), "10\t3\t5\t881250949\n7\t1\t3\t891717742\n10\t2\t1\t5\n");
    tests::write_file(path("u.item"), movie("1", "Caf\xE9 (1990)") + movie("2", "Rain (1991)") +
                                          movie("3", "Caf\xE9 (1990)") + movie("4", "Sun (1992)"));
    tests::write_file(path("u.user"),
                      "7|17|F|student|00501\n8|24|M|other|x\n10|56|M|writer|T8H1N\n");
  }

  std::string path(const std::string& file) const { return (folder / file).string(); }
  Table read() const { return MovieLens100K({folder.path().string()}).read(); }
  /// The text of the error that reading ends with, with "…" for the folder.
  std::string error() const {
    try {
      read();
    } catch (const Error& error) {
      std::string text = error.what();
      const std::string name = folder.path().string();
      for (std::size_t at = 0; (at = text.find(name)) != std::string::npos;) {
        text.replace(at, name.size(), "…");
      }
      return text;
    }
    return "no error";
  }

  tests::TemporaryFolder folder;
};

Strings values(const Column& column) {
  Strings values;
  values.reserve(column.codes.size());
  for (std::int32_t code : column.codes) values.emplace_back(column.strings[code]);
  return values;
}

/// Sets an environment variable for as long as it lives; no value removes it.
class Environment {
 public:
  Environment(const char* name, const std::optional<std::string>& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    set(value);
  }
  ~Environment() { set(before_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  void set(const std::optional<std::string>& value) const {
    if (value) {
      setenv(name_, value->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }

  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("MovieLens' files become columns") {
  const Folder folder;
  const Table table = folder.read();
  CHECK(table.rows() == 3);
  CHECK(values(*table.user()) == Strings{"10", "7", "10"});
  CHECK(table.item()->name == "movie_title");
  CHECK(values(*table.item()) == Strings{"Café (1990)", "Café (1990)", "Rain (1991)"});
  CHECK(table.item()->strings.size() == 2);
  CHECK(table.label().name == "user_rating");
  CHECK(table.label().numbers == std::vector<float>{5, 3, 1});
  CHECK(table.timestamp()->times == std::vector<double>{881250949, 891717742, 5});
  CHECK(values(table.column("user_gender")) == Strings{"M", "F", "M"});
  CHECK(values(table.column("user_occupation")) == Strings{"writer", "student", "writer"});
  CHECK(values(table.column("user_zip_code")) == Strings{"T8H1N", "00501", "T8H1N"});
  CHECK(values(table.column("user_age")) == Strings{"56 and over", "under 18", "56 and over"});
  CHECK(table.where(1) == folder.path("u.data") + ":2");
}

TEST_CASE("without u.user there are no columns of users") {
  const Folder folder;
  std::filesystem::remove(folder.path("u.user"));
  CHECK(folder.read().columns().size() == 4);
}

TEST_CASE("MovieLens folders that are wrong") {
  const Folder folder;
  const std::string data = folder.path("u.data");
  CHECK_THROWS_WITH(MovieLens100K({data}).read(),
                    (data + ": is a file, the folder that holds u.data is required").c_str());
  CHECK_THROWS_WITH(MovieLens100K({"/nowhere/ml-100k"}).read(),
                    "/nowhere/ml-100k: there is no such folder");
  std::filesystem::remove(folder.path("u.item"));
  CHECK(folder.error() == "…/u.item: there is no such file");
  std::filesystem::remove(data);
  CHECK(folder.error() == "…: the folder holds no u.data");
}

TEST_CASE("ratings that are wrong are named by file and line") {
  const Folder folder;
  const auto error = [&folder](const std::string& line) {
    tests::write_file(folder.path("u.data"), "10\t3\t5\t881250949\n" + line);
    return folder.error();
  };
  CHECK(error("7\t1\t3\n") ==
        "…/u.data:2: 3 columns, 4 are required (user, movie, rating, timestamp, separated by "
        "\"\\t\"): \"7\\t1\\t3\"");
  CHECK(error("7\t1\tgood\t5\n") == "…/u.data:2: user_rating: \"good\" is not a finite number");
  CHECK(error("7\t1\tinf\t5\n") == "…/u.data:2: user_rating: \"inf\" is not a finite number");
  CHECK(error("7\t1\t3\tnoon\n") == "…/u.data:2: timestamp: \"noon\" is not a finite number");
  CHECK(error("\t1\t3\t5\n") == "…/u.data:2: user_id: \"\" is not a user id");
  CHECK(error("7\t1683\t3\t5\n") == "…/u.data:2: movie id \"1683\" has no title in u.item");
  CHECK(error("9\t1\t3\t5\n") == "…/u.data:2: user \"9\" is not described in u.user");
  CHECK(error("7\t1\t3\t5\r\n\n") == "no error");
  tests::write_file(folder.path("u.data"), "");
  CHECK(folder.error() == "…/u.data: is empty");
}

TEST_CASE("movies and users that are wrong are named by file and line") {
  const Folder folder;
  const auto item_error = [&folder](const std::string& line) {
    tests::write_file(folder.path("u.item"), movie("1", "Rain (1991)") + line);
    return folder.error();
  };
  CHECK(item_error("2|Sun (1992)|x\n") ==
        "…/u.item:2: 3 columns, 24 are required (id, title, dates, URL and 19 genres, separated by "
        "\"|\"): \"2|Sun (1992)|x\"");
  CHECK(item_error("2|Caf\xE9\n").ends_with("\"2|Café\""));
  CHECK(item_error(movie("1", "Sun (1992)")) == "…/u.item:2: movie id \"1\" is described twice");
  CHECK(item_error(movie("2", "")) == "…/u.item:2: movie id \"2\" has no title");
  tests::write_file(folder.path("u.item"), "\n");
  CHECK(folder.error() == "…/u.item: is empty");

  const Folder other;
  const auto user_error = [&other](const std::string& line) {
    tests::write_file(other.path("u.user"), "7|17|F|student|00501\n" + line);
    return other.error();
  };
  CHECK(user_error("10|56|M|writer\n") ==
        "…/u.user:2: 4 columns, 5 are required (id, age, gender, occupation, zip code, separated "
        "by \"|\"): \"10|56|M|writer\"");
  CHECK(user_error("10|old|M|writer|1\n") == "…/u.user:2: age \"old\" is not a whole number");
  CHECK(user_error("7|18|F|student|1\n") == "…/u.user:2: user \"7\" is described twice");
}

TEST_CASE("MovieLens is looked for in $GRADUS_DATA, then in the cache folder") {
  const tests::TemporaryFolder folder;
  const std::string data = (folder / "data").string();
  const std::string cache = (folder / "cache").string();
  const std::string home = (folder / "home").string();
  const Environment data_variable("GRADUS_DATA", data);
  const Environment home_variable("HOME", home);
  const MovieLens100K movielens({});
  {
    const Environment cache_variable("XDG_CACHE_HOME", cache);
    CHECK_THROWS_WITH(
        movielens.read(),
        fmt::format(
            "MovieLens 100K is not here; no u.data in {}/ml-100k or {}/gradus/ml-100k; "
            "apps/fetch_movielens.sh gets it from GroupLens, or give its folder as data.path",
            data, cache)
            .c_str());
    tests::write_file(cache + "/gradus/ml-100k/u.data", "x");
    CHECK(movielens.folder() == cache + "/gradus/ml-100k");
    tests::write_file(data + "/ml-100k/u.data", "x");
    CHECK(movielens.folder() == data + "/ml-100k");
  }
  const Environment no_data("GRADUS_DATA", std::nullopt);
  const Environment no_cache("XDG_CACHE_HOME", std::nullopt);
  tests::write_file(home + "/.cache/gradus/ml-100k/u.data", "x");
  CHECK(movielens.folder() == home + "/.cache/gradus/ml-100k");
  const Environment no_home("HOME", std::nullopt);
  CHECK_THROWS_WITH(movielens.folder(),
                    "MovieLens 100K is not here; apps/fetch_movielens.sh gets it from GroupLens, "
                    "or give its folder as data.path");
}

TEST_CASE("MovieLens 100K itself") {
  const auto folder = tests::movielens();
  if (!folder) return;
  const Table table = MovieLens100K({folder->string()}).read();
  CHECK(table.rows() == 100000);
  CHECK(table.user()->strings.size() == 943);
  CHECK(table.item()->strings.size() == 1664);  // of 1,682 movies
  CHECK(table.column("user_gender").strings.size() == 2);
  CHECK(table.column("user_occupation").strings.size() == 21);
  CHECK(table.column("user_age").strings.size() == 7);
  double sum = 0;
  for (float rating : table.label().numbers) sum += static_cast<double>(rating);
  CHECK(sum == 352986);  // u.data's third column, added up by awk
}

}  // namespace gradus
