#include "framework/core/shape.h"

#include <doctest/doctest.h>

#include "framework/core/error.h"

namespace gradus::tests {

TEST_CASE("extents: rank, sizes, elements and text") {
  const Extents scalar;
  CHECK(scalar.rank() == 0);
  CHECK(scalar.elements() == 1);
  CHECK(scalar.text() == "[]");
  const Extents matrix{4, 3};
  CHECK(matrix.rank() == 2);
  CHECK(matrix[1] == 3);
  CHECK(matrix.elements() == 12);
  CHECK(matrix.text() == "[4, 3]");
  CHECK(Extents{4, 0, 3}.elements() == 0);
  CHECK(matrix == Extents{4, 3});
  CHECK_FALSE(matrix == Extents{3, 4});
  CHECK_FALSE(matrix == Extents{4, 3, 1});
  CHECK_FALSE(scalar == Extents{1});
  CHECK(Extents{1, 1, 1, 1, 1, 1}.rank() == kMaximumRank);
}

TEST_CASE("extents: too many axes and negative sizes are refused") {
  CHECK_THROWS_WITH((Extents{1, 1, 1, 1, 1, 1, 1}), "shape: more than 6 axes");
  CHECK_THROWS_WITH((Extents{4, -1}), "shape: negative size -1");
  CHECK_THROWS_WITH((Shape{1, 1, 1, 1, 1, 1, 1}), "shape: more than 6 axes");
  CHECK_THROWS_WITH((Shape{kBatch, -2}), "shape: negative size -2");
}

TEST_CASE("dimension: a constant, or a constant times the batch") {
  CHECK(Dimension(4).text() == "4");
  CHECK(kBatch.text() == "batch");
  CHECK(Dimension(2, true).text() == "2*batch");
  CHECK(Dimension(2, true).at(5) == 10);
  CHECK(Dimension(2).at(5) == 2);
  CHECK_FALSE(Dimension(1) == kBatch);
}

TEST_CASE("shape: known up to the batch") {
  const Shape rows{kBatch, 32};
  CHECK(rows.text() == "[batch, 32]");
  CHECK(rows.at(0) == Extents{0, 32});
  CHECK(rows.at(7) == Extents{7, 32});
  CHECK(Shape{}.text() == "[]");
  CHECK(Shape(Extents{4, 3}) == Shape{4, 3});
  CHECK_FALSE(rows == Shape{32, kBatch});
}

TEST_CASE("shape: rows are a first axis, and only that, which grows with the batch") {
  CHECK(Shape{kBatch}.has_rows());
  CHECK(Shape{{2, true}, 3}.has_rows());
  for (const Shape& shape : {Shape{}, Shape{4}, Shape{3, kBatch}, Shape{kBatch, kBatch}}) {
    CAPTURE(shape.text());
    CHECK_FALSE(shape.has_rows());
  }
  CHECK(Shape{3, kBatch}.has_batch());
  CHECK_FALSE(Shape{3, 1}.has_batch());
}

TEST_CASE("shape: the number of elements has the batch once at most") {
  CHECK(Shape{}.elements() == Dimension(1));
  CHECK(Shape{4, 3}.elements() == Dimension(12));
  CHECK(Shape{{2, true}, 3}.elements() == Dimension(6, true));
  CHECK_THROWS_WITH((Shape{kBatch, kBatch}.elements()),
                    "shape: the batch appears twice in [batch, batch]");
}

}  // namespace gradus::tests
