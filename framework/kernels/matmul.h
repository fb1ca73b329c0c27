#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace gradus::kernels {

/// A function that a product applies to its result.
enum class Activation : std::uint8_t { none, relu, sigmoid, tanh };

/// "none", "relu", "sigmoid", "tanh".
std::string_view name(Activation activation);

/// How exactly products are computed: in float32, or with both factors rounded to bfloat16, which
/// has 8 bits for 24, and their sum in float32: several times faster where the processor has
/// AMX, and float32 on any other.
enum class MathMode : std::uint8_t { float32, bfloat16 };

/// The mode of that name: "float32", "bfloat16". Throws Error for another.
MathMode math_mode(std::string_view name);

/// Whether the processor multiplies bfloat16 by AMX; for less oneDNN rounds no float32.
bool has_bfloat16();

/// The sizes of y[m, n] = a · b, where a is stored [m, k] ([k, m] if transposed) and b [k, n]
/// ([n, k] if transposed); `lda` is the distance of a's stored rows (0: they are dense).
struct MatmulSizes {
  std::int64_t m = 0;        ///< rows of the product
  std::int64_t n = 0;        ///< columns of the product
  std::int64_t k = 0;        ///< terms of each element
  bool transpose_a = false;  ///< whether a is given as [k, m]
  bool transpose_b = false;  ///< whether b is given as [n, k]
  std::int64_t lda = 0;      ///< elements from one row of a to the next; 0: they lie side by side
};

/// activation(a · b + bias), prepared once and run any number of times: by oneDNN, or by vectorised
/// loops where the product is too small for it to pay or, with AVX-512, stays in a core's cache;
/// the small ones are computed in float32 in any mode.
/// Which of them follows from the sizes and the processor alone. Runs on the calling thread;
/// several workers may run one Matmul at once.
class Matmul {
 public:
  /// `bias` is a row [n]. Throws Error where oneDNN offers no implementation.
  explicit Matmul(const MatmulSizes& sizes, bool bias = false,
                  Activation activation = Activation::none, MathMode mode = MathMode::float32);
  ~Matmul();
  /// Takes the other's.
  Matmul(Matmul&&) noexcept;
  /// Takes the other's.
  Matmul& operator=(Matmul&&) noexcept;

  /// y = activation(a · b + bias), 0 where a gate [m, n] is given and not positive; or y += a · b
  /// where `accumulate` (then without bias, activation and gate).
  void run(const float* a, const float* b, const float* bias, float* y, bool accumulate,
           const float* gate = nullptr) const;

  /// Who computes it: "oneDNN brgemm:avx512_core" or "loops".
  std::string_view implementation() const;

 private:
  struct Prepared;
  std::unique_ptr<Prepared> prepared_;
};

/// How many oneDNN primitives have been made since the program began.
std::int64_t primitive_count();

/// Whether the calling thread is inside oneDNN now: tells whose an allocation is.
bool inside_onednn();

/// Version, CPU runtime and instruction set of oneDNN, and TBB's version, each as a line of text.
std::string_view onednn_version();
std::string_view onednn_runtime();   ///< "TBB": who runs oneDNN's threads
std::string_view instruction_set();  ///< "AVX2": the best that oneDNN found
std::string_view tbb_version();      ///< of the library that runs

}  // namespace gradus::kernels
