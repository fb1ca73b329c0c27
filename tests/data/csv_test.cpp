#include "framework/data/csv.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/random.h"
#include "tests/support.h"

namespace gradus {
namespace {

using Columns = std::vector<CsvSource::ColumnOptions>;
using Strings = std::vector<std::string>;

const Columns kRatings = {{"user", "user"}, {"item", "item"}, {"rating", "label"}};

/// Reads `bytes` as a file; in the text of an error, the file's path is "f.csv".
Table read(const std::string& bytes, const Columns& columns, const std::string& delimiter = ",") {
  const tests::TemporaryFolder folder;
  const std::string path = (folder / "f.csv").string();
  tests::write_file(path, bytes);
  try {
    return CsvSource({path, delimiter, columns}).read();
  } catch (const Error& error) {
    std::string text = error.what();
    for (std::size_t at = 0; (at = text.find(path)) != std::string::npos;) {
      text.replace(at, path.size(), "f.csv");
    }
    throw Error(text, error.exit_code());
  }
}

Strings values(const Column& column) {
  Strings values;
  values.reserve(column.codes.size());
  for (std::int32_t code : column.codes) values.emplace_back(column.strings[code]);
  return values;
}

}  // namespace

TEST_CASE("declared columns are read by name, others are not") {
  const Table table = read(
      "when,user,junk,rating,item,weight\n881250949.5,1,?,3,A,1\n7,2,!,-0.5,B,0.25\n8,1,,4e0,A,0\n",
      {{"item", "item"},
       {"user", "user"},
       {"rating", "label"},
       {"weight", "weight"},
       {"when", "timestamp"}});
  CHECK(table.rows() == 3);
  CHECK(table.columns().size() == 5);
  CHECK(table.columns()[0].name == "item");
  CHECK(values(*table.item()) == Strings{"A", "B", "A"});
  CHECK(values(*table.user()) == Strings{"1", "2", "1"});
  CHECK(table.item()->strings.size() == 2);
  CHECK(table.label().numbers == std::vector<float>{3, -0.5F, 4});
  CHECK(table.weight()->numbers == std::vector<float>{1, 0.25F, 0});
  CHECK(table.timestamp()->times == std::vector<double>{881250949.5, 7, 8});
}

TEST_CASE("numbers that a model reads are finite and fit float32") {
  const Columns columns = {{"age", "number"}, {"user", "user"}, {"height", "number"}};
  const Table table = read("user,age,height\nu,30,1.5\nv, -4e-1 ,0.1\n", columns);
  CHECK(table.column("age").numbers == std::vector<float>{30, -0.4F});
  CHECK(table.column("height").numbers == std::vector<float>{1.5F, 0.1F});
  const std::string header = "user,age,height\nu,1,2\n";
  for (const char* text : {"", "old", "nan", "inf", "-inf", "0x10", "1e999"}) {
    CAPTURE(text);
    CHECK_THROWS_WITH(read(header + "v," + text + ",3\n", columns),
                      fmt::format("f.csv:3: age: \"{}\" is not a finite number", text).c_str());
  }
  CHECK_THROWS_WITH(read(header + "v,3,-1e39\n", columns),
                    "f.csv:3: height: \"-1e39\" is beyond float32");
}

TEST_CASE("quotes, CRLF, a byte order mark and a missing last line end") {
  const Table table = read(
      "\xEF\xBB\xBF\"user\",item,\"rating\"\r\n\"1,5\",\"a \"\"b\"\"\",\"3\"\r\n\r\n"
      "2,\"x\r\ny\nz\",4\r\n\"\"\"\",5\" disk,5",
      kRatings);
  CHECK(values(*table.user()) == Strings{"1,5", "2", "\""});
  CHECK(values(*table.item()) == Strings{"a \"b\"", "x\r\ny\nz", "5\" disk"});
  CHECK(table.label().numbers == std::vector<float>{3, 4, 5});
  CHECK(table.where(0).ends_with("f.csv:2"));
  CHECK(table.where(1).ends_with("f.csv:4"));
  CHECK(table.where(2).ends_with("f.csv:7"));
}

TEST_CASE("other delimiters, and ids that are empty") {
  const Table table =
      read("user\titem\trating\tzip\n1\tA, B\t 3 \t\n2\t\"C\"\t4\t9",
           {{"user", "user"}, {"item", "item"}, {"rating", "label"}, {"zip", "id"}}, "\t");
  CHECK(values(*table.item()) == Strings{"A, B", "C"});
  CHECK(values(table.column("zip")) == Strings{"", "9"});
  CHECK(read("user|item|rating\n1|A|3\n", kRatings, "|").rows() == 1);
}

TEST_CASE("rows that are wrong are named by file and line") {
  const std::string header = "user,item,rating\n";
  CHECK_THROWS_WITH(read(header + "1,A,3\n2,B\n", kRatings),
                    "f.csv:3: 2 columns, the header has 3: \"2,B\"");
  CHECK_THROWS_WITH(read(header + "\n1,A,3,4\n", kRatings),
                    "f.csv:3: 4 columns, the header has 3: \"1,A,3,4\"");
  CHECK_THROWS_WITH(read(header + "1,A,good\n", kRatings),
                    "f.csv:2: rating: \"good\" is not a finite number");
  CHECK_THROWS_WITH(read(header + "1,\"A\nB\",3\n1,A,inf\n", kRatings),
                    "f.csv:4: rating: \"inf\" is not a finite number");
  CHECK_THROWS_WITH(read(header + "1,\"A\nB\",nan\n", kRatings),
                    "f.csv:2: rating: \"nan\" is not a finite number");
  CHECK_THROWS_WITH(read(header + "1,A,\n", kRatings),
                    "f.csv:2: rating: \"\" is not a finite number");
  CHECK_THROWS_WITH(read(header + "1,A,1e39\n", kRatings),
                    "f.csv:2: rating: \"1e39\" is beyond float32");
  CHECK_THROWS_WITH(read(header + ",A,3\n", kRatings), "f.csv:2: user: \"\" is not a user id");
  CHECK_THROWS_WITH(read(header + "1,\"\",3\n", kRatings), "f.csv:2: item: \"\" is not an item id");
  CHECK_THROWS_WITH(read(header + "1,caf\xE9,3\n", kRatings),
                    "f.csv:2: item: \"caf\\xe9\" is not UTF-8");
  CHECK_THROWS_WITH(read("w\n1\n-1\n", {{"w", "weight"}}),
                    "f.csv:3: w: \"-1\" is negative, a weight is 0 or more");
  CHECK_THROWS_WITH(read(header + std::string("1,A\0,3\n", 7), kRatings),
                    "f.csv:2: holds a NUL byte; is this a text file, in UTF-8?");
}

TEST_CASE("quotes that are wrong are named by file and line") {
  const std::string header = "user,item,rating\n1,A,3\n";
  CHECK_THROWS_WITH(read(header + "1,\"A,3\n2,B,4\n", kRatings),
                    "f.csv:3: the quote opened here is never closed");
  CHECK_THROWS_WITH(
      read(header + "1,\"A\"B,3\n", kRatings),
      "f.csv:3: \"B,3\" follows a closing quote, \",\" or the line's end is required");
  std::string endless = header + "1,\"A";
  const std::string line = std::string(1023, 'x') + "\n";
  for (int i = 0; i < 17 * 1024; ++i) endless += line;
  CHECK_THROWS_WITH(read(endless, kRatings),
                    "f.csv:3: the quote opened here is not closed within 16 MiB");
}

TEST_CASE("files and headers that are wrong") {
  CHECK_THROWS_WITH(read("", kRatings), "f.csv: is empty, a header line is required");
  CHECK_THROWS_WITH(read("\n\r\n", kRatings), "f.csv: is empty, a header line is required");
  CHECK_THROWS_WITH(read("user,item,rating\n", kRatings), "f.csv: has a header line and no rows");
  CHECK_THROWS_WITH(read("user,items,rating\n1,A,3\n", kRatings),
                    "f.csv:1: no column \"item\", nearest is \"items\"; the header names \"user\", "
                    "\"items\", \"rating\"");
  CHECK_THROWS_WITH(read("user,item,rating,item\n1,A,3,B\n", kRatings),
                    "f.csv:1: two columns \"item\" (columns 2 and 4)");
  CHECK(read("user,item,rating,,\n1,A,3,B,C\n", kRatings).rows() == 1);
  CHECK_THROWS_WITH(read("us\xE9r,item\n1,A\n", kRatings), "f.csv:1: \"us\\xe9r\" is not UTF-8");
}

TEST_CASE("declarations that are wrong are errors of config") {
  CHECK_THROWS_WITH(read("user,item\n1,A\n", {}),
                    "config: /data/columns: say which columns to read; f.csv names \"user\", "
                    "\"item\"");
  CHECK_THROWS_WITH(read("", {{"a", "id"}, {"a", "label"}}),
                    "config: /data/columns/1/name: \"a\" is declared twice");
  CHECK_THROWS_WITH(read("", {{"a", "user"}, {"c", "id"}, {"b", "user"}}),
                    "config: /data/columns/2/kind: a second user column; \"a\" is the first, and "
                    "one is allowed");
  for (const char* delimiter : {"", ";;", "\"", "\n"}) {
    CAPTURE(delimiter);
    CHECK_THROWS_WITH(read("", kRatings, delimiter),
                      doctest::Contains("one character other than a quote or a line end"));
  }
  try {
    read("", kRatings, "");
  } catch (const Error& error) {
    CHECK(error.exit_code() == 2);
  }
}

namespace {

/// A field of random letters, quotes, delimiters and line ends; never empty.
std::string random_field(const Random& random, std::uint64_t row, std::uint32_t column) {
  const Strings pieces = {"a",  "b", "é",  "\"", ",",    "\n", "\r\n",
                          "\r", " ", "\t", "😀", "\"\"", "1"};
  std::string field;
  const std::uint32_t length = 1 + random.bits(row, column * 16) % 6;
  for (std::uint32_t i = 1; i <= length; ++i) {
    field += pieces[random.bits(row, column * 16 + i) % pieces.size()];
  }
  return field;
}

std::string written(const std::string& field, bool in_quotes) {
  if (!in_quotes && field.find_first_of("\",\r\n") == std::string::npos) return field;
  std::string out = "\"";
  for (char c : field) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

}  // namespace

TEST_CASE("what is written by the rules of RFC 4180 is read back as it was") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    const Random random(seed, "csv test");
    const std::uint32_t width = 1 + random.bits(0, 0) % 4;
    const std::uint32_t rows = 1 + random.bits(0, 1) % 30;
    const std::string end = seed % 2 == 0 ? "\n" : "\r\n";
    Columns columns;
    std::vector<Strings> expected(width);
    std::string bytes;
    for (std::uint32_t column = 0; column < width; ++column) {
      columns.push_back({fmt::format("c{}", column), "id"});
      bytes += (column == 0 ? "" : ",") + columns.back().name;
    }
    bytes += end;
    for (std::uint32_t row = 1; row <= rows; ++row) {
      for (std::uint32_t column = 0; column < width; ++column) {
        expected[column].push_back(random_field(random, row, column));
        const bool in_quotes = random.bits(row, 200 + column) % 2 == 0;
        if (column > 0) bytes += ',';
        bytes += written(expected[column].back(), in_quotes);
      }
      if (row < rows || seed % 3 != 0) bytes += end;
    }
    const Table table = read(bytes, columns);
    REQUIRE(table.rows() == rows);
    for (std::uint32_t column = 0; column < width; ++column) {
      REQUIRE(values(table.columns()[column]) == expected[column]);
    }
  }
}

TEST_CASE("any bytes are read or refused, and nothing else happens") {
  const Strings pieces = {"a",    "1",     "\"",      ",",
                          "\n",   "\r",    "\r\n",    "\xEF\xBB\xBF",
                          "\xE9", "é",     ".",       std::string(1, '\0'),
                          "user", "item,", "rating\n"};
  int read_well = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Random random(seed, "bytes test");
    std::string bytes = seed % 2 == 0 ? "user,item,rating\n" : "";
    const std::uint32_t length = random.bits(0, 0) % 20;
    for (std::uint32_t i = 0; i < length; ++i) {
      const std::size_t limit = seed % 4 == 0 ? 5 : pieces.size();
      bytes += pieces[random.bits(1, i) % limit];
    }
    try {
      read_well += read(bytes, kRatings).rows() > 0 ? 1 : 0;
    } catch (const Error& error) {
      CHECK(std::string(error.what()).starts_with("f.csv:"));
    }
  }
  CHECK(read_well > 0);
}

TEST_CASE("a file of many long rows is read") {
  constexpr int kRows = 200000;
  std::string bytes = "user,text,item,rating\n";
  const std::string text(500, 't');
  for (int row = 0; row < kRows; ++row) {
    bytes += std::to_string(row % 1000) + "," + text + "," + std::to_string(row % 77) + ",3\n";
  }
  const Table table = read(bytes, kRatings);
  CHECK(table.rows() == kRows);
  CHECK(table.user()->strings.size() == 1000);
  CHECK(table.item()->strings.size() == 77);
}

}  // namespace gradus
