#include "framework/core/tensor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "framework/core/error.h"

namespace gradus::tests {

TEST_CASE("tensor: zeros, aligned, row-major") {
  for (const Extents& extents : {Extents{}, {1}, {17}, {3, 5}, {1000, 7}}) {
    CAPTURE(extents.text());
    const Tensor tensor(extents);
    CHECK(tensor.elements() == extents.elements());
    CHECK(tensor.bytes() == static_cast<std::size_t>(extents.elements()) * 4);
    CHECK(reinterpret_cast<std::uintptr_t>(tensor.view().data) % 64 == 0);
    const auto values = tensor.floats();
    CHECK(std::count(values.begin(), values.end(), 0.0F) == extents.elements());
  }
}

TEST_CASE("tensor: a large one begins where a big page does, and is zeros to its end") {
  const Tensor tensor({3 * 512 * 1024 + 5});  // six megabytes and a little
  CHECK(reinterpret_cast<std::uintptr_t>(tensor.floats().data()) % (2 << 20) == 0);
  CHECK(
      std::all_of(tensor.floats().begin(), tensor.floats().end(), [](float x) { return x == 0; }));
}

TEST_CASE("tensor: holds one type, and says so when the other is asked for") {
  const Tensor numbers({2}, std::array<float, 2>{1, 2});
  const Tensor ids({2}, std::array<std::int32_t, 2>{3, 4});
  CHECK(numbers.floats()[1] == 2.0F);
  CHECK(ids.ids()[1] == 4);
  CHECK(ids.type() == DataType::int32);
  CHECK(ids.view().type == DataType::int32);
  CHECK_THROWS_WITH(numbers.ids(), "tensor: holds float32, int32 was asked for");
  CHECK_THROWS_WITH(ids.floats(), "tensor: holds int32, float32 was asked for");
  CHECK_THROWS_WITH(ids.fill(1.0F), "tensor: holds int32, float32 was asked for");
}

TEST_CASE("tensor: values must be as many as the shape has elements") {
  CHECK_THROWS_WITH(Tensor({3}, std::array<float, 2>{}), "tensor: 2 values for shape [3]");
  CHECK_THROWS_WITH(Tensor({1}, std::array<std::int32_t, 2>{}), "tensor: 2 ids for shape [1]");
}

TEST_CASE("tensor: copies share elements, clones do not") {
  const Tensor tensor({2, 3});
  const Tensor copy = tensor;  // NOLINT(performance-unnecessary-copy-initialization)
  const Tensor clone = tensor.clone();
  tensor.fill(7);
  CHECK(copy.floats()[5] == 7.0F);
  CHECK(clone.floats()[5] == 0.0F);
  CHECK(clone.extents() == Extents{2, 3});
  CHECK(copy.view().data == tensor.view().data);
  CHECK(clone.view().data != tensor.view().data);
}

TEST_CASE("tensor: one without elements, and none at all, are harmless") {
  const Tensor empty({0, 3});
  CHECK(empty.floats().empty());
  empty.fill(1);
  CHECK(empty.clone().extents() == Extents{0, 3});
  const Tensor none;
  CHECK(none.view().data == nullptr);
  CHECK(none.floats().empty());
  CHECK(none.clone().elements() == 1);
}

TEST_CASE("tensor: sizes beyond all memory are refused") {
  constexpr std::int64_t kHuge = std::int64_t{1} << 40;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which end the program
  CHECK_THROWS_WITH(Tensor({kHuge, 1 << 10}), "tensor: no memory for 4503599627370496 bytes");
#endif
  CHECK_THROWS_WITH(Tensor({kHuge, kHuge}),
                    "tensor: too many elements in [1099511627776, 1099511627776]");
}

TEST_CASE("tensor: elements outlive the tensor that made them while a copy is held") {
  Tensor kept;
  {
    const Tensor made({4}, std::array<float, 4>{1, 2, 3, 4});
    kept = made;
  }
  CHECK(kept.floats()[3] == 4.0F);
}

}  // namespace gradus::tests
