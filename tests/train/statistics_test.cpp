#include "framework/train/statistics.h"

#include <doctest/doctest.h>

#include <vector>

#include "framework/core/error.h"

namespace gradus {
namespace {

using Figures = std::vector<double>;

/// The reference values below are SciPy's, given with ten places.
doctest::Approx near(double value) { return doctest::Approx(value).epsilon(1e-9); }

}  // namespace

TEST_CASE("statistics: mean, deviation and interval of few figures") {
  // scipy.stats.t.interval(0.95, 4, mean, sem)
  const Summary five = summarize(Figures{1.1, 1.3, 0.9, 1.2, 1.0});
  CHECK(five.count == 5);
  CHECK(five.mean == near(1.1));
  CHECK(*five.standard_deviation == near(0.158113883));
  CHECK(*five.half_interval == near(0.1963243161));
  const Summary two = summarize(Figures{3, 5});
  CHECK(*two.standard_deviation == near(1.414213562));
  CHECK(*two.half_interval == near(12.70620474));
  Figures hundred;
  for (int i = 0; i < 100; ++i) hundred.push_back(i % 7);
  CHECK(*summarize(hundred).half_interval == near(0.4012037531));
  const Summary one = summarize(Figures{2});
  CHECK(one.mean == 2);
  CHECK_FALSE(one.standard_deviation.has_value());
  CHECK_FALSE(one.half_interval.has_value());
  CHECK(*summarize(Figures{4, 4, 4}).half_interval == 0);
  CHECK_THROWS_WITH(summarize({}), "statistics: there are no figures");
}

TEST_CASE("statistics: a paired t-test") {
  // scipy.stats.ttest_rel
  const Figures a = {1.10, 1.12, 1.08, 1.15, 1.11, 1.09};
  const Figures b = {1.12, 1.15, 1.09, 1.16, 1.15, 1.08};
  const PairedTest test = paired_t_test(a, b);
  CHECK(test.difference.count == 6);
  CHECK(test.difference.mean == near(-0.01666666667));
  CHECK(test.p == near(0.06710577144));
  CHECK(paired_t_test(b, a).p == near(0.06710577144));
  CHECK(paired_t_test(Figures{1, 2}, Figures{3, 7}).p == near(0.2577621168));
  // Twenty clear differences: far in the tail.
  Figures low;
  Figures high;
  for (int i = 0; i < 20; ++i) {
    low.push_back(i % 3);
    high.push_back(i % 3 + 1 + 0.01 * (i % 5));
  }
  CHECK(paired_t_test(low, high).p / 8.963505866e-37 == near(1));
  CHECK(paired_t_test(a, a).p == 1);
  CHECK(paired_t_test(Figures{1, 2, 4}, Figures{2, 3, 5}).p == 0);
  CHECK(paired_t_test(Figures{1}, Figures{2}).p == 1);
  CHECK_THROWS_WITH(paired_t_test(a, low), "statistics: 6 and 20 figures are no pairs");
}

TEST_CASE("statistics: Holm's correction") {
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
  const Figures p = holm(Figures{0.01, 0.04, 0.03, 0.005});
  CHECK(p[0] == near(0.03));
  CHECK(p[1] == near(0.06));
  CHECK(p[2] == near(0.06));
  CHECK(p[3] == near(0.02));
  CHECK(holm(Figures{0.7, 0.9}) == Figures{1, 1});
  CHECK(holm(Figures{0.2}) == Figures{0.2});
  CHECK(holm({}).empty());
}

TEST_CASE("statistics: Welch's t-test of samples that are no pairs") {
  // scipy.stats.ttest_ind(a, b, equal_var=False)
  const PairedTest test = welch_t_test(Figures{1.1, 1.3, 0.9, 1.2, 1.0}, Figures{0.7, 0.95, 0.8});
  CHECK(test.difference.count == 8);
  CHECK(test.difference.mean == near(0.2833333333));
  CHECK(test.p == near(0.03634797198));
  CHECK(*test.difference.half_interval == near(0.2571217840));
  const PairedTest far = welch_t_test(Figures{3, 5}, Figures{4, 4.5, 7, 1});
  CHECK(far.difference.mean == -0.125);
  CHECK(far.p == near(0.9413832515));
  CHECK(*far.difference.half_interval == near(4.612712786));
  CHECK_FALSE(welch_t_test(Figures{1}, Figures{2, 3}).difference.half_interval.has_value());
  CHECK(welch_t_test(Figures{1}, Figures{2, 3}).difference.mean == -1.5);
  CHECK(welch_t_test(Figures{1, 1}, Figures{2, 2}).p == 0);
  CHECK(welch_t_test(Figures{2, 2}, Figures{2, 2}).p == 1);
  CHECK_THROWS_WITH(welch_t_test({}, Figures{1}), "statistics: there are no figures");
}

}  // namespace gradus
