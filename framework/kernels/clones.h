#pragma once

/// Compiles a function for several instruction sets, of which the processor's best is taken when
/// the program starts. Left out where the loader's choice and a sanitizer's start-up get in each
/// other's way, and where the compiler lacks it.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define GRADUS_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define GRADUS_CLONES
#endif
