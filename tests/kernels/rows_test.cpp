#include "framework/kernels/rows.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <vector>

#include "framework/core/error.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Tensor random_numbers(const Extents& extents, std::uint64_t seed = 0) {
  return random_tensor(numbers(Shape(extents), -1.0F, 1.0F), 1, seed, "numbers");
}

Tensor random_ids(const Extents& extents, std::int32_t rows, std::uint64_t seed = 0) {
  return random_tensor(ids(Shape(extents), rows), 1, seed, "ids");
}

// Around what one digit of the sort holds (2048), and two of them.
constexpr std::array<std::int32_t, 9> kTables{1,    2,      7,       2047,      2048,
                                              2049, 100000, 5000000, 2000000000};

}  // namespace

TEST_CASE("gather: every row is the table's, whatever the ids' shape") {
  const Tensor table = random_numbers({11, 7});
  for (const Extents& extents : {Extents{}, {1}, {40}, {3, 5}, {2, 3, 2}, {0}, {30000}}) {
    CAPTURE(extents.text());
    const Tensor some = random_ids(extents, 11);
    Extents out = extents;
    out.push_back(7);
    const Tensor y(out);
    kernels::gather(table.view(), some.view(), y.view());
    int wrong = 0;
    for (std::size_t i = 0; i < some.ids().size(); ++i) {
      const auto row = static_cast<std::size_t>(some.ids()[i]) * 7;
      for (std::size_t c = 0; c < 7; ++c) {
        if (y.floats()[i * 7 + c] != table.floats()[row + c]) ++wrong;
      }
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("gather and segments: an id beyond the table is refused, either side") {
  const Tensor table({3, 2});
  const Tensor y({2, 2});
  for (const std::int32_t id : {-1, 3, 2147483647, -2147483647 - 1}) {
    const Tensor some({2}, std::array<std::int32_t, 2>{2, id});
    const std::string must = fmt::format("embedding: id {} is not a row of a table of 3", id);
    CHECK_THROWS_WITH(kernels::gather(table.view(), some.view(), y.view()), must.c_str());
    kernels::RowSegments segments(2, 3);
    CHECK_THROWS_WITH(segments.sort(std::array{some.view()}), must.c_str());
  }
  const Tensor empty({0, 2});
  const Tensor first({1}, std::array<std::int32_t, 1>{0});
  CHECK_THROWS_WITH(kernels::gather(empty.view(), first.view(), y.view()),
                    "embedding: id 0 is not a row of a table of 0");
}

TEST_CASE("scatter: adds in the order of the rows, and clears the others") {
  const Tensor some = random_ids({500}, 11);
  const Tensor rows = random_numbers({500, 5});
  const Tensor table = random_numbers({15, 5}, 1);
  const Tensor expected({15, 5});
  for (std::size_t i = 0; i < 500; ++i) {
    for (std::size_t c = 0; c < 5; ++c) {
      expected.floats()[static_cast<std::size_t>(some.ids()[i]) * 5 + c] +=
          rows.floats()[i * 5 + c];
    }
  }
  for (std::int32_t& id : some.ids()) id += 2;
  std::rotate(expected.floats().begin(), expected.floats().end() - 10, expected.floats().end());
  kernels::RowSegments segments(500, 15);
  segments.sort(std::array{some.view()});
  kernels::scatter(segments, rows.view(), table.view());
  CHECK(same_bytes(table, expected));

  const Tensor none({0}, DataType::int32);
  segments.sort(std::array{none.view()});
  kernels::scatter(segments, Tensor({0, 5}).view(), table.view());
  CHECK(same_bytes(table, Tensor({15, 5})));
}

TEST_CASE("scatter: by tiles of ascending ids, what it is by all") {
  constexpr std::int64_t kRows = 300;
  constexpr std::int64_t kSize = 5;
  for (const std::int32_t table_rows : {1, 3, 40, 5000}) {
    const Tensor some = random_ids({kRows}, table_rows, 3);
    std::ranges::sort(some.ids());
    const Tensor rows = random_numbers({kRows, kSize});
    const Tensor expected({table_rows, kSize});
    kernels::RowSegments segments(kRows, table_rows);
    segments.sort(std::array{some.view()});
    kernels::scatter(segments, rows.view(), expected.view());
    for (const std::int64_t tile : {1, 2, 7, 100, 299, 300, 1000}) {
      CAPTURE(table_rows);
      CAPTURE(tile);
      const Tensor table = random_numbers({table_rows, kSize}, 1);
      // The last tile first: they may run in any order.
      for (std::int64_t first = (kRows - 1) / tile * tile; first >= 0; first -= tile) {
        const std::int64_t count = std::min(tile, kRows - first);
        const View ids{some.ids().data() + first, {count}, DataType::int32};
        const View numbers{rows.floats().data() + first * kSize, {count, kSize}};
        kernels::scatter_tile(ids, numbers, first, kRows, table.view());
      }
      kernels::scatter_rest(some.view(), rows.view(), tile, table.view());
      CHECK(same_bytes(table, expected));
    }
  }
}

TEST_CASE("ascend: ids that do, and are all rows of the table") {
  const auto of = [](std::vector<std::int32_t> ids) {
    const Tensor tensor({static_cast<std::int64_t>(ids.size())},
                        std::span<const std::int32_t>(ids));
    return kernels::ascend(tensor.view(), 5);
  };
  CHECK(of({}));
  CHECK(of({4}));
  CHECK(of({0, 0, 2, 4, 4}));
  CHECK_FALSE(of({0, 2, 1}));
  CHECK_FALSE(of({-1, 0, 1}));
  CHECK_FALSE(of({0, 1, 5}));
}

TEST_CASE("RowSegments: every row in the segment of its id, in order, each id once") {
  for (const std::int32_t table : kTables) {
    for (const std::int64_t count : {0, 1, 2, 100, 5000}) {
      CAPTURE(table);
      CAPTURE(count);
      const Tensor first = random_ids({count}, table, 1);
      const Tensor second = random_ids({count / 2, 3}, table, 2);
      kernels::RowSegments segments(count + count / 2 * 3, table);
      segments.sort(std::array{first.view(), second.view()});

      std::map<std::int32_t, std::vector<std::int32_t>> expected;
      std::int32_t row = 0;
      for (const Tensor& lookup : {first, second}) {
        for (const std::int32_t id : lookup.ids()) expected[id].push_back(row++);
      }
      REQUIRE(segments.count() == static_cast<std::int64_t>(expected.size()));
      std::int64_t segment = 0;
      int wrong = 0;
      for (const auto& [id, rows] : expected) {  // ascending, as the segments
        const auto got = segments.rows(segment);
        if (segments.id(segment) != id || !std::ranges::equal(got, rows)) ++wrong;
        ++segment;
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("RowSegments: more ids than there is room for are refused") {
  kernels::RowSegments segments(2, 50);
  const Tensor three = random_ids({3}, 50);
  const View view = three.view();
  CHECK_THROWS_WITH(segments.sort({&view, 1}), "rows: 3 ids, there is room for 2");
}

TEST_CASE("RowSegments: fewer rows than before, and an id refused, leave nothing behind") {
  kernels::RowSegments segments(100, 50);
  const Tensor many = random_ids({100}, 50);
  const Tensor few({3}, std::array<std::int32_t, 3>{7, 3, 7});
  const Tensor bad({3}, std::array<std::int32_t, 3>{7, 50, 7});
  segments.sort(std::array{many.view()});
  CHECK_THROWS_AS(segments.sort(std::array{bad.view()}), Error);
  segments.sort(std::array{few.view()});
  REQUIRE(segments.count() == 2);
  CHECK(segments.id(0) == 3);
  CHECK(segments.id(1) == 7);
  CHECK(segments.rows(1).size() == 2);
  CHECK(segments.rows(1)[0] == 0);
  CHECK(segments.rows(1)[1] == 2);
  segments.sort({});
  CHECK(segments.count() == 0);
}

TEST_CASE("sum_segment: rows of several lookups, in their order") {
  constexpr std::int64_t kDimension = 37;
  const Tensor first = random_numbers({20, kDimension}, 1);
  const Tensor none = random_numbers({0, kDimension});
  const Tensor second = random_numbers({5, 3, kDimension}, 2);
  const std::vector<std::int32_t> rows{0, 7, 19, 20, 33, 34};
  std::vector<float> expected(kDimension, 0.0F);
  for (const std::int32_t row : rows) {
    for (std::size_t c = 0; c < expected.size(); ++c) {
      const auto at = static_cast<std::size_t>(row);
      expected[c] += row < 20 ? first.floats()[at * kDimension + c]
                              : second.floats()[(at - 20) * kDimension + c];
    }
  }
  const Tensor ids({35}, DataType::int32);
  std::fill(ids.ids().begin(), ids.ids().end(), 4);
  for (const std::int32_t row : rows) ids.ids()[static_cast<std::size_t>(row)] = 1;
  kernels::RowSegments segments(35, 5);
  segments.sort(std::array{ids.view()});
  REQUIRE(segments.id(0) == 1);
  CHECK(segments.rows_from(0) == 35);
  CHECK(segments.rows_from(1) == 29);
  std::vector<float> out(kDimension, 9.0F);
  kernels::sum_segment(segments, 0, std::array{first.view(), none.view(), second.view()},
                       kDimension, out.data());
  CHECK(out == expected);
}

TEST_CASE("gather_sum: adds rows and bias, then the activation") {
  const Tensor a = random_numbers({7, 19}, 1);
  const Tensor b = random_numbers({5, 19}, 2);
  const Tensor bias = random_numbers({19}, 3);
  const Tensor a_ids = random_ids({300}, 7, 4);
  const Tensor b_ids = random_ids({300}, 5, 5);
  const Tensor y({300, 19});
  kernels::gather_sum(std::array{a.view(), b.view()}, std::array{a_ids.view(), b_ids.view()},
                      bias.floats().data(), kernels::Activation::relu, y.view());
  std::int64_t wrong = 0;
  for (std::size_t i = 0; i < 300; ++i) {
    for (std::size_t c = 0; c < 19; ++c) {
      const auto row = [&](const Tensor& table, const Tensor& ids) {
        return table.floats()[static_cast<std::size_t>(ids.ids()[i]) * 19 + c];
      };
      const float sum = row(a, a_ids) + bias.floats()[c] + row(b, b_ids);
      if (y.floats()[i * 19 + c] != std::max(sum, 0.0F)) ++wrong;
    }
  }
  CHECK(wrong == 0);
  b_ids.ids()[299] = 5;
  CHECK_THROWS_WITH(
      kernels::gather_sum(std::array{a.view(), b.view()}, std::array{a_ids.view(), b_ids.view()},
                          nullptr, kernels::Activation::none, y.view()),
      "embedding: id 5 is not a row of a table of 5");
}

TEST_CASE("gather_sum: of any number of tables, row after row, with any activation") {
  constexpr std::int64_t kDimension = 37;  // two vectors and a rest
  for (const std::size_t count : {1U, 2U, 8U, 9U, 17U}) {
    CAPTURE(count);
    std::vector<Tensor> tables;
    std::vector<Tensor> ids;
    std::vector<View> table_views;
    std::vector<View> id_views;
    for (std::size_t k = 0; k < count; ++k) {
      const auto rows = static_cast<std::int64_t>(3 + k);
      tables.push_back(random_numbers({rows, kDimension}, static_cast<std::uint32_t>(k)));
      ids.push_back(
          random_ids({50}, static_cast<std::int32_t>(rows), static_cast<std::uint32_t>(100 + k)));
      table_views.push_back(tables.back().view());
      id_views.push_back(ids.back().view());
    }
    const Tensor bias = random_numbers({kDimension}, 99);
    for (const auto activation :
         {kernels::Activation::none, kernels::Activation::relu, kernels::Activation::tanh}) {
      for (const bool with_bias : {false, true}) {
        const Tensor y({50, kDimension});
        kernels::gather_sum(table_views, id_views, with_bias ? bias.floats().data() : nullptr,
                            activation, y.view());
        std::int64_t wrong = 0;
        for (std::size_t i = 0; i < 50; ++i) {
          for (std::size_t c = 0; c < kDimension; ++c) {
            float sum = 0;
            for (std::size_t k = 0; k < count; ++k) {
              sum += tables[k].floats()[static_cast<std::size_t>(ids[k].ids()[i]) * kDimension + c];
              if (k == 0 && with_bias) sum += bias.floats()[c];
            }
            if (activation == kernels::Activation::relu) sum = std::max(sum, 0.0F);
            const float got = y.floats()[i * kDimension + c];
            if (activation == kernels::Activation::tanh) {
              if (std::abs(got - std::tanh(sum)) > 5e-7F) ++wrong;
            } else {
              if (got != sum) ++wrong;
            }
          }
        }
        CHECK(wrong == 0);
      }
    }
  }
}

TEST_CASE("gather_sum: relu leaves what is no number") {
  const Tensor table({1, 40});
  table.fill(std::numeric_limits<float>::quiet_NaN());
  const Tensor ids({1}, DataType::int32);
  ids.ids()[0] = 0;
  const Tensor y({1, 40});
  kernels::gather_sum(std::array{table.view()}, std::array{ids.view()}, nullptr,
                      kernels::Activation::relu, y.view());
  CHECK(std::all_of(y.floats().begin(), y.floats().end(), [](float x) { return std::isnan(x); }));
}

}  // namespace gradus::tests
