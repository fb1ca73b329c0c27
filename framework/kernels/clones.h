#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
/// Compiles a function for AVX-512. Whether it can run, `has_wide_registers` says.
#define GRADUS_WIDE __attribute__((target("arch=x86-64-v4")))
#define GRADUS_HAS_WIDE
#else
#define GRADUS_WIDE
#endif

/// Compiles a function for several instruction sets, of which the processor's best is taken when
/// the program starts. Left out where the loader's choice and a sanitizer's start-up get in each
/// other's way, and where the compiler lacks it.
#if defined(GRADUS_HAS_WIDE) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define GRADUS_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
/// The same without AVX-512, for a function that has a GRADUS_WIDE one beside it.
#define GRADUS_NARROW_CLONES __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define GRADUS_CLONES
#define GRADUS_NARROW_CLONES
#endif

namespace gradus::kernels {

/// Whether GRADUS_WIDE functions can run: the processor has AVX-512.
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
