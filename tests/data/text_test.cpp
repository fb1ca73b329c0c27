#include "framework/data/text.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace gradus {

using namespace std::string_literals;

TEST_CASE("a value in quotes shows what it holds and is cut") {
  CHECK(in_quotes("Misérables") == "\"Misérables\"");
  CHECK(in_quotes("a\tb\r\n\x01\x7F") == R"("a\tb\r\n\x01\x7f")");
  CHECK(in_quotes("caf\xE9") == R"("caf\xe9")");
  CHECK(in_quotes(std::string(80, 'x')) == "\"" + std::string(80, 'x') + "\"");
  CHECK(in_quotes(std::string(81, 'x')) == "\"" + std::string(80, 'x') + "…\"");
  CHECK(in_quotes(std::string(79, 'x') + "éy") == "\"" + std::string(79, 'x') + "…\"");
}

TEST_CASE("UTF-8 is well formed or it is not") {
  for (const std::string& text : {""s, "a"s, "\0"s, "é"s, "€"s, "😀"s, "\xED\x9F\xBF"s,
                                  "\xEE\x80\x80"s, "\xF4\x8F\xBF\xBF"s}) {
    CAPTURE(in_quotes(text));
    CHECK(is_utf8(text));
  }
  // A lone continuation, overlong forms, surrogates, beyond U+10FFFF, cut off, Latin-1.
  for (const std::string& text :
       {"\x80"s, "\xC0\x80"s, "\xC1\xBF"s, "\xE0\x9F\xBF"s, "\xED\xA0\x80"s, "\xF0\x8F\xBF\xBF"s,
        "\xF4\x90\x80\x80"s, "\xF5\x80\x80\x80"s, "\xC3"s, "\xE2\x82"s, "\xE2\x82x"s,
        "\xF0\x9F\x98"s, "caf\xE9"s, "\xFF"s}) {
    CAPTURE(in_quotes(text));
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("Latin-1 becomes UTF-8") {
  CHECK(latin1_to_utf8("Mis\xE9rables \xA1\xFF") == "Misérables ¡ÿ");
  CHECK(latin1_to_utf8("") == "");
}

TEST_CASE("numbers are finite decimals") {
  CHECK(parse_number("4") == 4.0);
  CHECK(parse_number(" -0.25\t") == -0.25);
  CHECK(parse_number("+1e3") == 1000.0);
  CHECK(parse_number(".5") == 0.5);
  for (const char* text : {"", " ", "x", "4x", "4 5", "4,5", "0x10", "inf", "-inf", "nan", "1e999",
                           "+-1", "--1", "++1", "1e", "NULL"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text).has_value());
  }
}

TEST_CASE("whole numbers fit 64 bits") {
  CHECK(parse_integer(" 12 ") == 12);
  CHECK(parse_integer("-9223372036854775808") == INT64_MIN);
  for (const char* text : {"", "1.0", "1e3", "9223372036854775808", "1 2", "a"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_integer(text).has_value());
  }
}

}  // namespace gradus
