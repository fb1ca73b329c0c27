#include "framework/kernels/matmul.h"

#include <tbb/version.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/tensor.h"
#include "framework/kernels/block_matmul.h"
#include "framework/kernels/parallel.h"
#include "framework/kernels/small_matmul.h"

namespace gradus::kernels {
namespace {

using dnnl::memory;

// Below this, oneDNN's cost of a call (about a microsecond) is a large part of the work.
constexpr std::int64_t kSmallProduct = 32'768;
constexpr std::int64_t kFewRows = 4;
// Rows as far apart as this, in floats, begin in the same few places of the first cache; a
// transposed product then waits for memory.
constexpr std::int64_t kSamePlaces = 512;
constexpr std::int64_t kBetweenRows = 16;   // floats that put copied rows elsewhere
constexpr std::int64_t kWorthCopying = 64;  // columns of the result for each column copied

std::atomic<std::int64_t> primitives_made{0};
thread_local bool in_onednn = false;

dnnl::engine& engine() {
  static dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

bool is_small(const MatmulSizes& s, MathMode mode) {
  if (mode == MathMode::float32 && in_blocks(s)) return true;
  return s.n == 1 || (s.m <= kFewRows && !s.transpose_b) || s.k <= 1 ||
         s.m * s.n * s.k <= kSmallProduct;
}

/// Whether a's rows are copied first, further apart.
bool copies_rows(const MatmulSizes& s) {
  const std::int64_t stride = s.lda != 0 ? s.lda : s.m;
  return s.transpose_a && stride % kSamePlaces == 0 && s.n >= kWorthCopying;
}

memory::desc matrix(std::int64_t rows, std::int64_t columns, bool transposed, std::int64_t ld) {
  const std::int64_t dense = transposed ? rows : columns;
  const std::int64_t stride = ld != 0 ? ld : dense;
  return {{rows, columns},
          memory::data_type::f32,
          transposed ? memory::dims{1, stride} : memory::dims{stride, 1}};
}

/// Not relu: oneDNN's makes 0 of NaN, which would hide weights that are no numbers any more.
void add_activation(dnnl::post_ops& ops, Activation activation) {
  switch (activation) {
    case Activation::none:
    case Activation::relu:
      return;
    case Activation::sigmoid:
      return ops.append_eltwise(dnnl::algorithm::eltwise_logistic, 0.F, 0.F);
    case Activation::tanh:
      return ops.append_eltwise(dnnl::algorithm::eltwise_tanh, 0.F, 0.F);
  }
}

/// A oneDNN primitive and, for each worker, the memory objects that it runs with.
class Primitive {
 public:
  Primitive(const MatmulSizes& s, bool bias, Activation activation, MathMode mode,
            bool accumulate) {
    dnnl::post_ops ops;
    if (accumulate) ops.append_sum(1.0F);
    add_activation(ops, activation);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(ops);
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    if (mode == MathMode::bfloat16) attributes.set_fpmath_mode(dnnl::fpmath_mode::bf16);
    const auto a = matrix(s.m, s.k, s.transpose_a, s.lda);
    const auto b = matrix(s.k, s.n, s.transpose_b, 0);
    const auto y = matrix(s.m, s.n, false, 0);
    const memory::desc row({1, s.n}, memory::data_type::f32, memory::format_tag::ab);
    // Made where it will run: in an arena of one thread.
    alone([&] {
      const dnnl::matmul::primitive_desc description =
          bias ? dnnl::matmul::primitive_desc(engine(), a, b, row, y, attributes)
               : dnnl::matmul::primitive_desc(engine(), a, b, y, attributes);
      implementation_ = description.impl_info_str();
      primitive_ = dnnl::matmul(description);
      primitives_made.fetch_add(1, std::memory_order_relaxed);
      const auto scratchpad = description.scratchpad_desc();
      for (int i = 0; i < threads(); ++i) {
        workers_.emplace_back(a, b, bias ? row : memory::desc(), y, scratchpad);
      }
    });
  }

  void run(const float* a, const float* b, const float* bias, float* y) const {
    const Worker& w = workers_[static_cast<std::size_t>(worker())];
    w.a.set_data_handle(const_cast<float*>(a));
    w.b.set_data_handle(const_cast<float*>(b));
    w.y.set_data_handle(y);
    if (bias != nullptr) w.bias.set_data_handle(const_cast<float*>(bias));
    in_onednn = true;
    const auto status =
        dnnl_primitive_execute(primitive_.get(), w.stream.get(), w.count, w.arguments.data());
    in_onednn = false;
    if (status != dnnl_success) fail("matmul: oneDNN returned status {}", static_cast<int>(status));
  }

  const std::string& implementation() const { return implementation_; }

 private:
  struct Worker {
    Worker(const memory::desc& a_desc, const memory::desc& b_desc, const memory::desc& bias_desc,
           const memory::desc& y_desc, const memory::desc& scratchpad_desc)
        : stream(engine()),
          a(a_desc, engine(), nullptr),
          b(b_desc, engine(), nullptr),
          y(y_desc, engine(), nullptr),
          scratch(allocate(scratchpad_desc.get_size())),
          scratchpad(scratchpad_desc, engine(), scratch.get()) {
      arguments = {{{DNNL_ARG_SRC, a.get()},
                    {DNNL_ARG_WEIGHTS, b.get()},
                    {DNNL_ARG_DST, y.get()},
                    {DNNL_ARG_SCRATCHPAD, scratchpad.get()},
                    {}}};
      if (!bias_desc.is_zero()) {
        bias = memory(bias_desc, engine(), nullptr);
        arguments[static_cast<std::size_t>(count++)] = {DNNL_ARG_BIAS, bias.get()};
      }
    }

    dnnl::stream stream;
    memory a;
    memory b;
    memory y;
    memory bias;
    std::shared_ptr<std::byte> scratch;
    memory scratchpad;
    std::array<dnnl_exec_arg_t, 5> arguments;
    int count = 4;
  };

  dnnl::matmul primitive_;
  std::string implementation_;
  std::vector<Worker> workers_;
};

}  // namespace

struct Matmul::Prepared {
  MatmulSizes sizes;
  bool bias = false;
  Activation activation = Activation::none;
  std::unique_ptr<Primitive> overwrite;  // null where the loops serve
  std::unique_ptr<Primitive> accumulate;
  std::vector<std::shared_ptr<std::byte>> copies;  // by worker: of a, where its rows are copied
  std::string implementation = "loops";

  const float* copy(const float* a) const {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
    auto* out = reinterpret_cast<float*>(copies[static_cast<std::size_t>(worker())].get());
    const std::int64_t stride = sizes.lda != 0 ? sizes.lda : sizes.m;
    for (std::int64_t row = 0; row < sizes.k; ++row) {
      std::copy_n(a + row * stride, sizes.m, out + row * (sizes.m + kBetweenRows));
    }
    return out;
  }
};

Matmul::Matmul(const MatmulSizes& sizes, bool bias, Activation activation, MathMode mode)
    : prepared_(std::make_unique<Prepared>()) {
  if (!has_bfloat16()) mode = MathMode::float32;
  prepared_->sizes = sizes;
  prepared_->bias = bias;
  prepared_->activation = activation;
  if (is_small(sizes, mode)) return;
  MatmulSizes seen = sizes;
  if (copies_rows(sizes)) {
    seen.lda = sizes.m + kBetweenRows;
    const auto bytes = static_cast<std::size_t>(sizes.k * seen.lda) * sizeof(float);
    for (int i = 0; i < threads(); ++i) prepared_->copies.push_back(allocate(bytes));
  }
  try {
    prepared_->overwrite = std::make_unique<Primitive>(seen, bias, activation, mode, false);
    if (!bias && activation == Activation::none) {
      prepared_->accumulate = std::make_unique<Primitive>(seen, false, activation, mode, true);
    }
  } catch (const dnnl::error& error) {
    fail("matmul: oneDNN cannot compute [{}, {}] x [{}, {}]: {}", sizes.m, sizes.k, sizes.k,
         sizes.n, error.what());
  }
  prepared_->implementation = "oneDNN " + prepared_->overwrite->implementation();
}

Matmul::~Matmul() = default;
Matmul::Matmul(Matmul&&) noexcept = default;
Matmul& Matmul::operator=(Matmul&&) noexcept = default;

void Matmul::run(const float* a, const float* b, const float* bias, float* y, bool accumulate,
                 const float* gate) const {
  const bool plain = !prepared_->bias && prepared_->activation == Activation::none;
  if (accumulate && (!plain || gate != nullptr)) {
    fail("matmul: a product with an epilogue cannot accumulate");
  }
  if (!prepared_->copies.empty()) a = prepared_->copy(a);
  if (!prepared_->overwrite) {
    small_matmul(prepared_->sizes, prepared_->activation, a, b, bias, gate, y, accumulate);
  } else if (accumulate) {
    prepared_->accumulate->run(a, b, nullptr, y);
  } else {
    prepared_->overwrite->run(a, b, bias, y);
    if (prepared_->activation == Activation::relu) {
      activate(Activation::relu, y, prepared_->sizes.m * prepared_->sizes.n);
    }
    if (gate != nullptr) apply_gate(gate, y, prepared_->sizes.m * prepared_->sizes.n);
  }
}

std::string_view Matmul::implementation() const { return prepared_->implementation; }

std::string_view name(Activation activation) {
  constexpr std::array<std::string_view, 4> kNames{"none", "relu", "sigmoid", "tanh"};
  return kNames[static_cast<std::size_t>(activation)];
}

MathMode math_mode(std::string_view name) {
  if (name == "float32") return MathMode::float32;
  if (name == "bfloat16") return MathMode::bfloat16;
  fail("'{}' is no math mode; the modes: float32, bfloat16", name);
}

bool has_bfloat16() {
  static const bool kHas = dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core_amx;
  return kHas;
}

std::int64_t primitive_count() { return primitives_made.load(std::memory_order_relaxed); }

bool inside_onednn() { return in_onednn; }

std::string_view onednn_version() {
  static const std::string kText = [] {
    const dnnl_version_t* v = dnnl_version();
    return fmt::format("{}.{}.{}", v->major, v->minor, v->patch);
  }();
  return kText;
}

std::string_view onednn_runtime() {
  switch (dnnl_version()->cpu_runtime) {
    case DNNL_RUNTIME_SEQ:
      return "sequential";
    case DNNL_RUNTIME_OMP:
      return "OpenMP";
    case DNNL_RUNTIME_TBB:
      return "TBB";
    default:
      return "other";
  }
}

std::string_view instruction_set() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41:
      return "SSE4.1";
    case dnnl::cpu_isa::avx:
      return "AVX";
    case dnnl::cpu_isa::avx2:
      return "AVX2";
    case dnnl::cpu_isa::avx2_vnni:
      return "AVX2 with VNNI";
    case dnnl::cpu_isa::avx512_core:
      return "AVX-512";
    case dnnl::cpu_isa::avx512_core_vnni:
      return "AVX-512 with VNNI";
    case dnnl::cpu_isa::avx512_core_bf16:
      return "AVX-512 with bf16";
    case dnnl::cpu_isa::avx512_core_fp16:
      return "AVX-512 with fp16";
    case dnnl::cpu_isa::avx512_core_amx:
      return "AVX-512 with AMX";
    default:
      return "other";
  }
}

std::string_view tbb_version() {
  static const std::string kText = TBB_runtime_version();
  return kText;
}

}  // namespace gradus::kernels
