#include "framework/experiment/human.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace gradus::experiment {
namespace {

TEST_CASE("counts have commas") {
  CHECK(human_count(0) == "0");
  CHECK(human_count(999) == "999");
  CHECK(human_count(116641) == "116,641");
  CHECK(human_count(-1000) == "-1,000");
  CHECK(human_count(std::numeric_limits<std::int64_t>::min()) == "-9,223,372,036,854,775,808");
}

TEST_CASE("bytes have units") {
  CHECK(human_bytes(999) == "999 B");
  CHECK(human_bytes(1000) == "1.00 kB");
  CHECK(human_bytes(999499) == "999 kB");
  CHECK(human_bytes(999500) == "1.00 MB");
  CHECK(human_bytes(3456789012) == "3.46 GB");
}

TEST_CASE("seconds have units") {
  CHECK(human_seconds(0) == "0.00 us");
  CHECK(human_seconds(8.5e-4) == "850 us");
  CHECK(human_seconds(0.9999e-3) == "1.00 ms");
  CHECK(human_seconds(0.0123) == "12.3 ms");
  CHECK(human_seconds(4.557) == "4.56 s");
  CHECK(human_seconds(59.94) == "59.9 s");
  CHECK(human_seconds(59.96) == "1 min 00 s");
  CHECK(human_seconds(192) == "3 min 12 s");
  CHECK(human_seconds(3599.6) == "1 h 00 min");
  CHECK(human_seconds(7500) == "2 h 05 min");
  CHECK(human_seconds(std::nan("")) == "?");
}

TEST_CASE("quantities have words") {
  CHECK(human_quantity(0) == "0");
  CHECK(human_quantity(87.34) == "87.3");
  CHECK(human_quantity(912) == "912");
  CHECK(human_quantity(999.6) == "1.00 thousand");
  CHECK(human_quantity(45231) == "45.2 thousand");
  CHECK(human_quantity(5.31e6) == "5.31 million");
  CHECK(human_quantity(1e18) == "1000000 trillion");
  CHECK(human_quantity(INFINITY) == "?");
}

TEST_CASE("quantities of tables have prefixes") {
  CHECK(human_prefix(0) == "0");
  CHECK(human_prefix(912) == "912");
  CHECK(human_prefix(87.34) == "87.3");
  CHECK(human_prefix(45231) == "45.2 k");
  CHECK(human_prefix(945.1e6) == "945 M");
  CHECK(human_prefix(8.43e10) == "84.3 G");
  CHECK(human_prefix(INFINITY) == "?");
}

}  // namespace
}  // namespace gradus::experiment
