#include "framework/train/row_analysis.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "framework/core/error.h"

namespace gradus {
namespace {

using Floats = std::vector<float>;
using Ids = std::vector<std::int32_t>;

TEST_CASE(
    "analysis: calibration bins have equally many rows, and keep equal predictions together") {
  const Floats predictions = {3, 1, 2, 4, 2, 2};
  const Floats labels = {30, 10, 20, 40, 21, 25};
  const auto bins = calibration_bins(predictions, labels, 3);
  REQUIRE(bins.size() == 2);
  CHECK(bins[0].prediction == 1.75);
  CHECK(bins[0].label.mean == 19);
  CHECK(bins[0].label.count == 4);
  CHECK(bins[1].prediction == 3.5);
  CHECK(bins[1].label.mean == 35);
  CHECK(calibration_bins(predictions, labels, 100).size() == 4);
  CHECK(calibration_bins(Floats{5, 5, 5}, Floats{1, 2, 3}).size() == 1);
  CHECK(calibration_bins({}, {}).empty());
  CHECK_THROWS_WITH(calibration_bins(Floats{1}, {}), "analysis: 1 predictions, 0 labels");
  CHECK_THROWS_WITH(calibration_bins(Floats{NAN}, Floats{1}),
                    "analysis: a prediction is not finite");
  CHECK_THROWS_WITH(calibration_bins(Floats{1}, Floats{std::numeric_limits<float>::infinity()}),
                    "analysis: a label is not finite");
}

TEST_CASE("analysis: few labels are groups by themselves, many are put into intervals") {
  const auto few = label_groups(Floats{0.5F, 0.25F, 0.75F}, Floats{1, 0, 1});
  REQUIRE(few.size() == 2);
  CHECK(few[0].mean == 0);
  CHECK(few[1].low == 1);
  CHECK(few[1].high == 1);
  CHECK(few[1].predictions == Floats{0.5F, 0.75F});
  Floats labels;
  for (int i = 0; i <= 24; ++i) labels.push_back(static_cast<float>(i));
  labels.push_back(1);
  const auto many = label_groups(labels, labels);
  REQUIRE(many.size() == 12);
  CHECK(many[0].low == 0);
  CHECK(many[0].high == 1);
  CHECK(many[0].predictions == Floats{0, 1, 1});
  CHECK(many[11].low == 22);
  CHECK(many[11].high == 24);
  CHECK(many[11].mean == 23);
  CHECK(label_groups({}, {}).empty());
}

TEST_CASE("analysis: quantiles lie between numbers as NumPy's do") {
  const Floats numbers = {1.5F, 2, 2.25F, 4, 9};
  CHECK(quantile(numbers, 0) == 1.5);
  CHECK(quantile(numbers, 0.05) == doctest::Approx(1.6).epsilon(1e-12));
  CHECK(quantile(numbers, 0.3) == doctest::Approx(2.05).epsilon(1e-12));
  CHECK(quantile(numbers, 0.5) == 2.25);
  CHECK(quantile(numbers, 0.95) == doctest::Approx(8).epsilon(1e-12));
  CHECK(quantile(numbers, 1) == 9);
  CHECK_THROWS_WITH(quantile({}, 0.5), "analysis: there are no numbers");
}

TEST_CASE("analysis: errors by how often an id was trained on") {
  Ids train(50, 7);
  train.insert(train.end(), {3, 3, 3, 3, 5});
  const Ids test = {7, 3, 3, 5, 9, 7};
  const Floats labels = {1, 2, 3, 4, 5, 3};
  const Floats& exact = labels;
  const Floats off = {2, 2, 5, 4, 2, 3};
  const auto bands =
      errors_by_frequency(train, test, {.labels = labels, .predictions = {exact, off}});
  REQUIRE(bands.size() == 4);
  const std::vector<std::string> names = {"0", "1", "2 to 4", "50 to 99"};
  const std::vector<std::int64_t> rows = {1, 1, 2, 2};
  const std::vector<double> errors = {3, 0, std::sqrt(2.0), std::sqrt(0.5)};
  for (std::size_t i = 0; i < bands.size(); ++i) {
    CAPTURE(i);
    CHECK(band_name(bands[i]) == names[i]);
    CHECK(bands[i].rows == rows[i]);
    CHECK(bands[i].ids == 1);
    CHECK(bands[i].errors[0] == 0);
    CHECK(bands[i].errors[1] == doctest::Approx(errors[i]).epsilon(1e-12));
  }
  CHECK(errors_by_frequency(train, {}, {.labels = {}, .predictions = {}}).empty());
}

}  // namespace
}  // namespace gradus
