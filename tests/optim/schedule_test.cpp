#include "framework/optim/schedule.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "framework/optim/parameter_groups.h"
#include "framework/optim/sgd.h"
#include "tests/support.h"

namespace gradus {
namespace {

using nlohmann::json;

/// Sets options from a case's arguments; none of these may be left.
class Arguments : public OptionVisitor {
 public:
  explicit Arguments(json arguments) : left_(std::move(arguments)) {}
  bool all_read() const { return left_.empty(); }

 private:
  void field(std::string_view name, OptionTarget target, const Allowed&,
             std::string_view) override {
    const auto given = left_.find(std::string(name));
    if (given == left_.end()) return;
    std::visit(
        [&](auto& place) {
          if constexpr (std::is_pointer_v<std::decay_t<decltype(place)>>) given->get_to(*place);
        },
        target);
    left_.erase(given);
  }

  json left_;
};

std::unique_ptr<Schedule> make(const std::string& name, const json& arguments) {
  const auto kind = std::ranges::find(schedules(), name, &Kind<std::unique_ptr<Schedule>()>::name);
  REQUIRE(kind != schedules().end());
  const auto component = kind->create();
  Arguments visitor(arguments);
  component.fields(visitor);
  REQUIRE(visitor.all_read());
  return component.make();
}

}  // namespace

TEST_CASE("learning rates go on as Keras' schedules do") {
  const json values = json::parse(
      std::ifstream(tests::source_folder() / "tests" / "golden" / "optim" / "schedules.json"));
  const auto optimizer =
      std::make_shared<Sgd>(Sgd::Options{.learning_rate = values["learning_rate"]});
  for (json c : values["cases"]) {
    CAPTURE(c["arguments"].dump());
    const auto kind = c["arguments"]["kind"].get<std::string>();
    const auto warm_up = c["arguments"].value("warm_up_steps", std::int64_t{0});
    c["arguments"].erase("kind");
    c["arguments"].erase("warm_up_steps");
    const ParameterGroup group{
        .optimizer = optimizer, .schedule = make(kind, c["arguments"]), .warm_up_steps = warm_up};
    for (std::size_t k = 0; k < values["steps_done"].size(); ++k) {
      const auto done = values["steps_done"][k].get<std::int64_t>();
      CAPTURE(done);
      const auto wanted = c["rates"][k].get<double>();
      CHECK(std::abs(group.learning_rate(done + 1) - wanted) <= 1e-6 * std::max(0.01, wanted));
    }
  }
}

TEST_CASE(
    "a piecewise schedule needs a learning rate for each boundary, and boundaries that rise") {
  CHECK_THROWS_WITH_AS(make("piecewise", {{"boundaries", {1, 2}}, {"learning_rates", {0.1}}}),
                       "there must be a learning rate for each boundary, got 1 for 2", Error);
  CHECK_THROWS_WITH_AS(make("piecewise", {{"boundaries", {2, 2}}, {"learning_rates", {0.1, 0.2}}}),
                       "each boundary must be above the one before, got 2, 2", Error);
}

TEST_CASE("patterns name parameters") {
  struct {
    const char* pattern;
    const char* path;
    bool named;
  } const cases[] = {
      {"*", "a.weight", true},
      {"*", "", true},
      {"", "a", false},
      {"a.weight", "a.weight", true},
      {"a.weight", "a.weights", false},
      {"*embedding*", "user_embedding.weight", true},
      {"*_embedding.weight", "user_embedding.weight", true},
      {"*_embedding.weight", "user_embedding.bias", false},
      {"ratings.?.bias", "ratings.0.bias", true},
      {"ratings.?.bias", "ratings.10.bias", false},
      {"*a*b", "aab", true},
      {"*ab*ab", "abab", true},
      {"*ab*ab", "ab", false},
      {"a**c", "abc", true},
  };
  for (const auto& c : cases) {
    CAPTURE(c.pattern);
    CAPTURE(c.path);
    CHECK(matches(c.pattern, c.path) == c.named);
  }
}

TEST_CASE("a parameter belongs to the first group that names it") {
  const auto optimizer = std::make_shared<Sgd>(Sgd::Options{});
  const auto groups = [&](const std::vector<std::string>& patterns) {
    std::vector<ParameterGroup> out;
    out.reserve(patterns.size());
    for (const std::string& pattern : patterns) {
      out.push_back({.parameters = pattern, .optimizer = optimizer});
    }
    return ParameterGroups(out);
  };
  const std::vector<std::string> paths = {"user.weight", "item.weight", "top.bias"};
  CHECK(groups({"user*", "*.weight", "*"}).of(paths) == std::vector<std::size_t>{0, 1, 2});
  CHECK(groups({"*", "*.weight"}).of(paths) == std::vector<std::size_t>{0, 0, 0});
  CHECK_THROWS_WITH_AS(
      groups({"usr*", "*"}).of(paths),
      "\"usr*\" is no parameter that is trained; there are: user.weight, item.weight, top.bias",
      Error);
  CHECK_THROWS_WITH_AS(groups({"*.weight"}).of(paths), "parameter 'top.bias' is in no group",
                       Error);
}

}  // namespace gradus
