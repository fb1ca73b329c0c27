#include "framework/experiment/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace gradus::experiment {
namespace {

static_assert(std::atomic<int>::is_always_lock_free, "a signal's handler may use no other");

constexpr int kSignalled = 128;

std::atomic<bool> noting = false;
std::atomic<int> noted = 0;

void handle(int signal) {
  int none = 0;
  if (!noting || !noted.compare_exchange_strong(none, signal)) {
    _exit(kSignalled + signal);
  }
}

void set_handler(void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;  // what is written is written in whole
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

}  // namespace

Interrupted::Interrupted(int signal)
    : Error(signal == SIGINT ? "stopped by Ctrl-C" : "stopped by SIGTERM", kSignalled + signal) {}

Interrupts::Interrupts() { set_handler(handle); }

Interrupts::~Interrupts() { set_handler(SIG_DFL); }

Interrupts::Noted::Noted() {
  noted = 0;
  noting = true;
}

Interrupts::Noted::~Noted() { noting = false; }

void check_interrupted() {
  if (noted != 0) throw Interrupted(noted);
}

}  // namespace gradus::experiment
