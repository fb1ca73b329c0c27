#include "framework/kernels/masked.h"

#include <algorithm>

#include "framework/kernels/clones.h"
#include "framework/kernels/lines.h"

namespace gradus::kernels {
namespace {

/// Up to kPart elements of a line, minus infinity where the mask is 0, and up to a whole vector,
/// for which there may be `room` to read.
[[gnu::always_inline]] inline std::int64_t take_masked(const float* x, const float* mask,
                                                       std::int64_t n, std::int64_t room,
                                                       float* part) {
  constexpr Eight kLow{0, 1, 2, 3, 4, 5, 6, 7};
  constexpr Eight kHigh{8, 9, 10, 11, 12, 13, 14, 15};
  const Eight nothing = Eight{} - kInfinity;
  std::int64_t i = 0;
  for (; i < n && i + kLanes <= room; i += kLanes) {
    const auto left = static_cast<float>(n - i);
    const Vector from = load(x + i);
    const Vector has = load(mask + i);
    store(part + i, {has.low != 0 && kLow < left ? from.low : nothing,
                     has.high != 0 && kHigh < left ? from.high : nothing});
  }
  for (; i < n; i += kLanes) {
    for (std::int64_t lane = i; lane < i + kLanes; ++lane) {
      part[lane] = lane < n && mask[lane] != 0 ? x[lane] : -kInfinity;
    }
  }
  return i;
}

/// The logarithm of each line's sum, or, where y has as many elements as x, the softmax.
GRADUS_CLONES
void masked_of_each(const float* x, const float* mask, std::int64_t lines, std::int64_t n, float* y,
                    bool softmax) {
  float part[kPart];
  for (std::int64_t line = 0; line < lines; ++line) {
    const float* from = x + line * n;
    const auto take = [&](std::int64_t i) {
      return take_masked(from + i, mask + line * n + i, std::min(kPart, n - i),
                         (lines - line) * n - i, part);
    };
    float largest = -kInfinity;
    for (std::int64_t i = 0; i < n; i += kPart) {
      largest = larger(largest, largest_of(part, take(i)));
    }
    const float shift = shift_of(largest);
    double sum = 0;
    for (std::int64_t i = 0; i < n; i += kPart) {
      sum += exp_and_sum(part, shift, part, take(i));
      if (softmax) std::copy_n(part, std::min(kPart, n - i), y + line * n + i);
    }
    if (!softmax) {
      y[line] = sum == 0 ? 0.0F : shift + math::log(static_cast<float>(sum));
      continue;
    }
    const float factor = sum == 0 ? 0.0F : static_cast<float>(1.0 / sum);
    for (std::int64_t i = 0; i < n; ++i) y[line * n + i] *= factor;
  }
}

/// The same for lines of up to kShort elements: kLanes of them are turned to lie side by side.
constexpr std::int64_t kShort = 32;
GRADUS_CLONES
void masked_of_short(const float* x, const float* mask, std::int64_t lines, std::int64_t n,
                     float* y, bool softmax) {
  float part[kShort * kLanes];
  for (std::int64_t first = 0; first < lines;
       first += kLanes, x += kLanes * n, mask += kLanes * n) {
    const std::int64_t count = std::min(kLanes, lines - first);
    if (count < kLanes) std::fill_n(part, n * kLanes, -kInfinity);
    for (std::int64_t line = 0; line < count; ++line) {
      for (std::int64_t i = 0; i < n; ++i) {
        part[i * kLanes + line] = mask[line * n + i] != 0 ? x[line * n + i] : -kInfinity;
      }
    }
    float shift[kLanes];
    float sum[kLanes] = {};
    std::fill_n(shift, kLanes, -kInfinity);
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t c = 0; c < kLanes; ++c) shift[c] = larger(shift[c], part[i * kLanes + c]);
    }
    for (float& s : shift) s = shift_of(s);
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t c = 0; c < kLanes; ++c) {
        float& e = part[i * kLanes + c];
        e = math::exp(e - shift[c]);
        sum[c] += e;
      }
    }
    if (!softmax) {
      for (std::int64_t c = 0; c < kLanes; ++c) {
        sum[c] = sum[c] == 0 ? 0.0F : shift[c] + math::log(sum[c]);
      }
      std::copy_n(sum, count, y + first);
      continue;
    }
    for (float& s : sum) s = s == 0 ? 0.0F : 1.0F / s;
    for (std::int64_t line = 0; line < count; ++line) {
      for (std::int64_t i = 0; i < n; ++i) {
        y[(first + line) * n + i] = part[i * kLanes + line] * sum[line];
      }
    }
  }
}

void masked(const View& x, const View& mask, const View& y, bool softmax) {
  const AroundAxis a(x.extents, x.extents.rank() - 1);
  if (a.length == 0) std::fill_n(y.floats(), y.elements(), 0.0F);
  if (x.elements() == 0) return;
  const auto& run = a.length <= kShort ? masked_of_short : masked_of_each;
  parallel_blocks(a.outer, std::max<std::int64_t>(1, kBlock / a.length),
                  [&](std::int64_t begin, std::int64_t end) {
                    run(x.floats() + begin * a.length, mask.floats() + begin * a.length,
                        end - begin, a.length, y.floats() + begin * (softmax ? a.length : 1),
                        softmax);
                  });
}

}  // namespace

void masked_log_sum_exp(const View& x, const View& mask, const View& y) {
  masked(x, mask, y, false);
}

void masked_softmax(const View& x, const View& mask, const View& y) { masked(x, mask, y, true); }

}  // namespace gradus::kernels
