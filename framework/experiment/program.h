#pragma once

#include "framework/experiment/catalogues.h"

namespace gradus::experiment {

/// The program `gradus` with these models: `int main(int argc, char** argv) { return
/// gradus::experiment::run(argc, argv, models); }`. Returns the exit code: 0 done, 1 failed, 2
/// wrong usage or config; what failed was then said on standard error.
int run(int argc, const char* const* argv, const ModelCatalogue& models);

}  // namespace gradus::experiment
