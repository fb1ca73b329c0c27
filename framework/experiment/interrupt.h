#pragma once

#include "framework/core/error.h"

namespace gradus::experiment {

/// A signal that was noted, thrown where the work can be left. Its exit code is as a shell has it:
/// 130 for Ctrl-C (SIGINT), 143 for SIGTERM.
class Interrupted : public Error {
 public:
  explicit Interrupted(int signal);
};

/// While it lives, SIGINT and SIGTERM end the process with their exit code; or, while a `Noted`
/// lives, the first of them is noted for `check_interrupted`, and the second ends the process.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  class Noted {
   public:
    Noted();
    ~Noted();
    Noted(const Noted&) = delete;
    Noted& operator=(const Noted&) = delete;
  };
};

/// Throws Interrupted where a signal was noted.
void check_interrupted();

}  // namespace gradus::experiment
