#pragma once

#include <atomic>
#include <chrono>
#include <thread>

namespace gradus::tests {

/// Bodies wait here for each other, but not for ever.
class Meeting {
 public:
  Meeting(int expected, std::chrono::seconds patience) : expected_(expected), patience_(patience) {}

  /// Whether all came in time.
  bool wait() {
    ++here_;
    const auto end = std::chrono::steady_clock::now() + patience_;
    while (here_ < expected_) {
      if (std::chrono::steady_clock::now() > end) return false;
      // Asleep, so that a busy core has time for those who are expected.
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return true;
  }

 private:
  int expected_;
  std::chrono::seconds patience_;
  std::atomic<int> here_{0};
};

}  // namespace gradus::tests
