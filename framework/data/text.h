#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gradus {

/// A value as an error message shows it: in double quotes, control characters and bytes that are
/// not UTF-8 escaped ("\t", "\x00"), cut after 80 bytes with "…".
std::string in_quotes(std::string_view value);

/// Whether the bytes are well-formed UTF-8 (Unicode 15, table 3-7: no surrogates, nothing
/// overlong).
bool is_utf8(std::string_view text);

/// Latin-1 (ISO 8859-1), as MovieLens 100K is written, to UTF-8.
std::string latin1_to_utf8(std::string_view text);

/// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

/// The finite decimal number that the text is, spaces around it allowed; else nothing. Neither
/// locale nor "inf", "nan" or hexadecimal count; beyond double's range is nothing too.
std::optional<double> parse_number(std::string_view text);

/// The whole number that the text is, spaces around it allowed; else nothing.
std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace gradus
