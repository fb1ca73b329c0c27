#include "framework/train/plateau.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support.h"

namespace gradus {

using nlohmann::json;

TEST_CASE("learning rates are reduced on a plateau as Keras' ReduceLROnPlateau does, and go on") {
  const json values = json::parse(
      std::ifstream(tests::source_folder() / "tests" / "golden" / "optim" / "plateaus.json"));
  for (const json& c : values["cases"]) {
    CAPTURE(c["arguments"].dump());
    const json& given = c["arguments"];
    const Plateau::Options options{.patience = given["patience"],
                                   .factor = given["factor"],
                                   .minimum_improvement = given["minimum_improvement"],
                                   .cooldown = given.value("cooldown", 0),
                                   .minimum_factor = given.value("minimum_factor", 0.0),
                                   .higher_is_better = given.value("higher_is_better", false)};
    Plateau::State state;
    for (std::size_t k = 0; k < values["values"].size(); ++k) {
      CAPTURE(k);
      Plateau plateau(options, state);  // each time from what was kept
      plateau.observe(values["values"][k]);
      state = plateau.state();
      CHECK(state.factor == doctest::Approx(c["factors"][k].get<double>()).epsilon(1e-5));
    }
  }
}

TEST_CASE("without patience learning rates are never reduced") {
  Plateau plateau({}, {});
  for (int epoch = 0; epoch < 20; ++epoch) plateau.observe(epoch);
  CHECK(plateau.state().factor == 1.0);
}

}  // namespace gradus
