#pragma once

/// Compiles a function for several instruction sets, of which the processor's best is taken when
/// the program starts. Left out where the loader's choice and a sanitizer's start-up get in each
/// other's way, and where the compiler lacks it.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define GRADUS_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
/// The same without AVX-512, for a function that has another beside it for wider registers: which
/// of them is to run, `has_wide_registers` says.
#define GRADUS_NARROW_CLONES __attribute__((target_clones("default", "arch=x86-64-v3")))
#define GRADUS_WIDE __attribute__((target("arch=x86-64-v4")))
#define GRADUS_HAS_WIDE
#else
#define GRADUS_CLONES
#define GRADUS_NARROW_CLONES
#define GRADUS_WIDE
#endif

namespace gradus::kernels {

/// Whether functions beside GRADUS_NARROW_CLONES can run: the processor has AVX-512.
inline bool has_wide_registers() {
#ifdef GRADUS_HAS_WIDE
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                          __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd");
  return has;
#else
  return false;
#endif
}

}  // namespace gradus::kernels
