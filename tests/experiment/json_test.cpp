#include "framework/experiment/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "framework/core/error.h"

namespace gradus::experiment {
namespace {

std::string refusal(std::string_view text) {
  try {
    parse_json(text, "x.json", 2);
  } catch (const Error& error) {
    CHECK(error.exit_code() == 2);
    return error.what();
  }
  return "no error";
}

TEST_CASE("JSON is read and written in the order of its keys") {
  const Json value = parse_json(R"({"b": [1, 2.5, true, null], "a": {"c": "é\n"}, "z": []})", "x");
  CHECK(value.text() == R"({"b": [1, 2.5, true, null], "a": {"c": "é\n"}, "z": []})");
  CHECK(value.text(2) ==
        "{\n  \"b\": [1, 2.5, true, null],\n  \"a\": {\n    \"c\": \"é\\n\"\n  },\n  \"z\": []\n}");
  CHECK(parse_json(value.text(2), "x") == value);
  CHECK(parse_json("[{\"a\": 1}, {}]", "x").text(1) == "[\n {\n  \"a\": 1\n },\n {}\n]");
}

TEST_CASE("a value is found by its key") {
  Json value = Json::object({{"seed", 42}, {"name", "x"}});
  REQUIRE(value.find("seed"));
  CHECK(*value.find("seed")->get_if<std::int64_t>() == 42);
  CHECK(value.find("sea") == nullptr);
  CHECK(Json(3).find("seed") == nullptr);
  value["list"] = Json::list({1, 2});
  value["list"].push_back(3);
  CHECK(value.text() == R"({"seed": 42, "name": "x", "list": [1, 2, 3]})");
  CHECK_THROWS_WITH(value["seed"]["x"], "json: a whole number has no key \"x\"");
  CHECK_THROWS_WITH(value.push_back(1), "json: cannot append to an object");
  CHECK_THROWS_WITH(value.elements(), "json: expected a list, got an object");
  CHECK_THROWS_WITH(value["name"].members(), "json: expected an object, got a text");
}

TEST_CASE("numbers read back to the same bits") {
  for (const double number :
       {0.1, 1e-300, 1.7976931348623157e308, 5e-324, -0.0, 1.0 / 3, 9007199254740993.0, 1e23}) {
    const Json back = parse_json(Json(number).text(), "x");
    const auto* whole = back.get_if<std::int64_t>();
    const double value = whole ? static_cast<double>(*whole) : *back.get_if<double>();
    CHECK(value == number);
    CHECK(std::signbit(value) == std::signbit(number));
  }
  CHECK(Json(80000.0).text() == "80000");
  CHECK(Json(std::numeric_limits<std::int64_t>::min()).text() == "-9223372036854775808");
  CHECK(parse_json("18446744073709551615", "x").text() == "1.8446744073709552e+19");
  CHECK(Json(std::nan("")).text() == "null");
  CHECK(Json(INFINITY).text() == "null");
}

TEST_CASE("texts that are not UTF-8 are written as such a text") {
  CHECK(Json("a\xff"
             "b")
            .text() ==
        "\"a\xEF\xBF\xBD"
        "b\"");
}

TEST_CASE("what is not JSON is refused with its place") {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "x.json: empty, expected a JSON value"},
      {" \n", "x.json: empty, expected a JSON value"},
      {"{", "x.json:1:2: unexpected end of input; expected string literal (in object key)"},
      {"{\n \"a\": 1,\n}", "x.json:3:1: unexpected '}'; expected string literal (in object key)"},
      {"{\"é\" 1}", "x.json:1:6: unexpected number literal; expected ':' (in object separator)"},
      {"[1 2]", "x.json:1:4: unexpected number literal; expected ',' or ']' (in array)"},
      {"{\"a\": 1 \"b\"}",
       "x.json:1:11: unexpected string literal; expected ',' or '}' (in object)"},
      {"{\"a\": 1} x",
       "x.json:1:10: invalid literal; last read: '1} x'; expected end of input "
       "(in value)"},
      {"[01]", "x.json:1:3: unexpected number literal; expected ',' or ']' (in array)"},
      {"[NaN]",
       "x.json:1:2: invalid literal; last read: '[N' (in value); JSON has no NaN and no "
       "infinity"},
      {"[1e999]", "x.json:1:6: number overflow parsing '1e999'"},
      {"{\"a\": \"b",
       "x.json:1:9: invalid string: missing closing quote; last read: '\"b' (in "
       "value)"},
      {"{\"a\": {\"b\": [0, {\"c/d\": 1, \"c/d\": 2}]}}",
       "x.json: /a/b/1/c~1d: this key is given twice"},
      {"// a\n1", "x.json:1:1: invalid literal; last read: '/' (in value)"},
  };
  for (const auto& [text, expected] : cases) CHECK(refusal(text) == expected);
  CHECK(refusal("\"\xff\"").starts_with("x.json:1:2: invalid string: ill-formed UTF-8 byte"));
}

TEST_CASE("comments are white space where they are allowed") {
  const auto commented = [](std::string_view text) {
    return parse_json(text, "x.json", 2, JsonComments::allowed);
  };
  CHECK(commented("// first\n{\"a\": /* 1 */ 2, // two\n\"b\": \"// no comment\"} // end").text() ==
        R"({"a": 2, "b": "// no comment"})");
  CHECK(refusal("{\"a\": 1} // end").starts_with("x.json:1:10: invalid literal"));
  const auto refused = [&](std::string_view text) {
    try {
      commented(text);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  CHECK(refused("// é\n{\"a\": 1,}").starts_with("x.json:2:9: unexpected '}'"));
  CHECK(refused("{\"a\": 1 /* not closed }").starts_with("x.json:1:24: invalid comment"));
  CHECK(refused("{\"a\": 1 # no\n}").starts_with("x.json:1:9: invalid literal"));
  CHECK(refused("// nothing else").starts_with("x.json:1:16: unexpected end of input"));
}

TEST_CASE("deep nesting is refused, and does not overflow the stack") {
  const std::string deep(100000, '[');
  CHECK(refusal(deep) == "x.json: nested more than 100 deep");
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
  CHECK(refusal(objects) == "x.json: nested more than 100 deep");
  CHECK_NOTHROW(parse_json(std::string(100, '[') + std::string(100, ']'), "x"));
}

TEST_CASE("a pointer escapes its keys") {
  CHECK(json_pointer("", "data") == "/data");
  CHECK(json_pointer("/data", "a/b~c") == "/data/a~1b~0c");
}

}  // namespace
}  // namespace gradus::experiment
