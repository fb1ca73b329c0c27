#include "framework/data/movielens.h"

#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/data/append.h"
#include "framework/data/text.h"
#include "framework/data/text_file.h"

namespace gradus {
namespace {

using Fields = std::vector<std::string_view>;

/// Splits the next line that is not empty into exactly `count` fields; false at the end.
bool next_fields(TextFile& file, char delimiter, std::size_t count, const char* meaning,
                 Fields& fields) {
  auto line = file.next();
  while (line && (line->empty() || *line == "\r")) line = file.next();
  if (!line) return false;
  if (line->ends_with('\r')) line->remove_suffix(1);
  fields.clear();
  for (std::string_view rest = *line;;) {
    const std::size_t end = rest.find(delimiter);
    fields.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  if (fields.size() != count) {
    file.fail("{} columns, {} are required ({}, separated by {}): {}", fields.size(), count,
              meaning, in_quotes(std::string_view(&delimiter, 1)),
              in_quotes(latin1_to_utf8(*line)));
  }
  return true;
}

/// The titles of movies, by the numbers of their ids.
struct Movies {
  Dictionary ids = {};
  std::vector<std::string> titles = {};
};

Movies read_movies(const std::string& path) {
  TextFile file(path);
  Movies movies;
  Fields fields;
  while (next_fields(file, '|', 24, "id, title, dates, URL and 19 genres", fields)) {
    const std::int32_t known = movies.ids.size();
    if (movies.ids.add(fields[0]) < known) {
      file.fail("movie id {} is described twice", in_quotes(fields[0]));
    }
    if (fields[1].empty()) file.fail("movie id {} has no title", in_quotes(fields[0]));
    movies.titles.push_back(latin1_to_utf8(fields[1]));
  }
  if (movies.titles.empty()) fail("{}: is empty", path);
  return movies;
}

/// What u.user says of users, by the numbers of their ids; `columns` are as of a table of users.
struct Users {
  Dictionary ids = {};
  std::vector<Column> columns = {};
};

/// MovieLens' own age groups (as named in MovieLens 1M).
std::string_view age_group(std::int64_t age) {
  constexpr std::pair<std::int64_t, std::string_view> kGroups[] = {
      {18, "under 18"}, {25, "18-24"}, {35, "25-34"}, {45, "35-44"}, {50, "45-49"}, {56, "50-55"}};
  for (const auto& [end, group] : kGroups) {
    if (age < end) return group;
  }
  return "56 and over";
}

Users read_users(const std::string& path) {
  TextFile file(path);
  Users users;
  for (const char* name : {"user_gender", "user_occupation", "user_zip_code", "user_age"}) {
    users.columns.push_back({.name = name, .kind = ColumnKind::id});
  }
  Fields fields;
  while (next_fields(file, '|', 5, "id, age, gender, occupation, zip code", fields)) {
    const std::int32_t known = users.ids.size();
    if (users.ids.add(fields[0]) < known) {
      file.fail("user {} is described twice", in_quotes(fields[0]));
    }
    const auto age = parse_integer(fields[1]);
    if (!age || *age < 0) file.fail("age {} is not a whole number", in_quotes(fields[1]));
    append(users.columns[0], fields[2], path, file.line());
    append(users.columns[1], fields[3], path, file.line());
    append(users.columns[2], fields[4], path, file.line());
    append(users.columns[3], age_group(*age), path, file.line());
  }
  return users;
}

/// Turns columns of users into columns of ratings, by the users' codes there.
std::vector<Column> spread_over_ratings(Users users, const Column& user, const LineNumbers& lines,
                                        const std::string& path) {
  std::vector<std::int32_t> described(static_cast<std::size_t>(user.strings.size()));
  for (std::size_t row = 0; row < user.codes.size(); ++row) {
    const std::string_view id = user.strings[user.codes[row]];
    const auto number = users.ids.find(id);
    if (!number) {
      fail("{}:{}: user {} is not described in u.user", path, lines[static_cast<std::int64_t>(row)],
           in_quotes(id));
    }
    described[static_cast<std::size_t>(user.codes[row])] = *number;
  }
  for (Column& column : users.columns) {
    std::vector<std::int32_t> codes;
    codes.reserve(user.codes.size());
    for (std::int32_t code : user.codes) {
      const auto number = static_cast<std::size_t>(described[static_cast<std::size_t>(code)]);
      codes.push_back(column.codes[number]);
    }
    column.codes = std::move(codes);
  }
  return std::move(users.columns);
}

bool is_there(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string MovieLens100K::folder() const {
  namespace fs = std::filesystem;
  if (!path_.empty()) {
    std::error_code error;
    if (!is_there(path_)) fail("{}: there is no such folder", path_);
    if (!fs::is_directory(path_, error)) {
      fail("{}: is a file, the folder that holds u.data is required", path_);
    }
    if (!is_there(fs::path(path_) / "u.data")) fail("{}: the folder holds no u.data", path_);
    return path_;
  }
  std::vector<fs::path> places;
  if (const fs::path data = environment("GRADUS_DATA"); !data.empty()) {
    places.push_back(data / "ml-100k");
  }
  if (const fs::path cache = environment("XDG_CACHE_HOME"); !cache.empty()) {
    places.push_back(cache / "gradus" / "ml-100k");
  } else if (const fs::path home = environment("HOME"); !home.empty()) {
    places.push_back(home / ".cache" / "gradus" / "ml-100k");
  }
  std::string looked;
  for (const fs::path& place : places) {
    if (is_there(place / "u.data")) return place.string();
    looked += (looked.empty() ? "; no u.data in " : " or ") + place.string();
  }
  fail(
      "MovieLens 100K is not here{}; apps/fetch_movielens.sh gets it from GroupLens, or give its "
      "folder as data.path",
      looked);
}

Table MovieLens100K::read() const {
  const std::filesystem::path folder = this->folder();
  const Movies movies = read_movies((folder / "u.item").string());
  const std::string path = (folder / "u.data").string();
  TextFile file(path);
  std::vector<Column> columns;
  columns.push_back({.name = "user_id", .kind = ColumnKind::user});
  columns.push_back({.name = "movie_title", .kind = ColumnKind::item});
  columns.push_back({.name = "user_rating", .kind = ColumnKind::label});
  columns.push_back({.name = "timestamp", .kind = ColumnKind::timestamp});
  std::vector<std::int32_t> item_codes(movies.titles.size(), -1);
  LineNumbers lines;
  Fields fields;
  while (next_fields(file, '\t', 4, "user, movie, rating, timestamp", fields)) {
    const auto movie = movies.ids.find(fields[1]);
    if (!movie) file.fail("movie id {} has no title in u.item", in_quotes(fields[1]));
    lines.add(file.line());
    append(columns[0], fields[0], path, file.line());
    std::int32_t& code = item_codes[static_cast<std::size_t>(*movie)];
    if (code < 0) code = columns[1].strings.add(movies.titles[static_cast<std::size_t>(*movie)]);
    columns[1].codes.push_back(code);
    append(columns[2], fields[2], path, file.line());
    append(columns[3], fields[3], path, file.line());
  }
  if (lines.rows() == 0) fail("{}: is empty", path);
  if (is_there(folder / "u.user")) {
    Users users = read_users((folder / "u.user").string());
    auto more = spread_over_ratings(std::move(users), columns[0], lines, path);
    for (Column& column : more) columns.push_back(std::move(column));
  }
  return {path, std::move(columns), std::move(lines)};
}

}  // namespace gradus
