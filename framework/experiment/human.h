#pragma once

#include <cstdint>
#include <string>

namespace gradus::experiment {

/// "0.9512", "-" for what is not a number.
std::string human_figure(double value);

/// "116,641".
std::string human_count(std::int64_t count);
/// "812 B", "3.4 MB", "1.2 GB": powers of 1000.
std::string human_bytes(std::int64_t bytes);
/// "850 us", "12.3 ms", "4.56 s", "3 min 12 s", "2 h 05 min".
std::string human_seconds(double seconds);
/// "87.3", "912", "45.2 thousand", "5.3 million", "1.2 billion": for rates and operations.
std::string human_quantity(double number);
/// "87.3", "912", "45.2 k", "5.31 M", "1.20 G": the same for tables, and before a unit.
std::string human_prefix(double number);

}  // namespace gradus::experiment
