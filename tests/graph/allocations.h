#pragma once

#include <cstdint>

/// Counts calls of the global operator new in the test program.
namespace gradus::tests {

/// Whether they are counted: not in instrumented builds, which have an operator new of their own.
bool counts_news();

/// Calls on any thread since the program began: inside oneDNN, and all others.
std::int64_t news_by_onednn();
std::int64_t news_by_gradus();

}  // namespace gradus::tests
