#pragma once

#include <cstdint>

/// Counts calls of the global operator new in the test program.
namespace gradus::tests {

/// Whether they are counted: not in instrumented builds, which have an operator new of their own.
bool counts_news();

/// Waits until all workers take part in a loop: what a thread allocates when it begins, on a busy
/// machine late, is not what is counted afterwards.
void start_workers();

/// Calls on any thread since the program began: inside oneDNN, and all others.
std::int64_t news_by_onednn();
std::int64_t news_by_gradus();

}  // namespace gradus::tests
