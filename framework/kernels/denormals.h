#pragma once

#ifdef __SSE__
#include <xmmintrin.h>
#endif

namespace gradus::kernels {

/// While it lives, numbers below the least normal float, 1.2e-38, are zero to this thread, read or
/// computed, as in TensorFlow: the processor takes a hundred times as long with them, and gradients
/// of what a model knows well are full of them. Processors other than x86 are left as they are.
class FlushDenormals {
 public:
#ifdef __SSE__
  FlushDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | kBoth); }
  ~FlushDenormals() { _mm_setcsr(before_); }
#else
  FlushDenormals() = default;
#endif
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

#ifdef __SSE__
 private:
  static constexpr unsigned kBoth = 0x8040;  // of results (FTZ), and of operands (DAZ)
  unsigned before_;
#endif
};

}  // namespace gradus::kernels
