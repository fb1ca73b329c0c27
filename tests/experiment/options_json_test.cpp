#include "framework/experiment/options_json.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "framework/core/component.h"
#include "framework/core/error.h"
#include "tests/support.h"

namespace gradus::experiment {
namespace {

using tests::TemporaryFolder;

struct Engine {
  virtual ~Engine() = default;
  virtual double power() const = 0;
};
using EngineSignature = std::unique_ptr<Engine>(double);

struct Diesel : Engine {
  struct Options {
    double pressure = 200;
    std::vector<int> cylinders = {80, 80};
    template <class Visitor>
    void fields(Visitor& v) {
      v("pressure", pressure, above(0), "in bar");
      v("cylinders", cylinders, each(range(1, 500)), "widths in mm");
    }
  };
  Diesel(const Options& options, double height) : watts(options.pressure * height) {}
  double power() const override { return watts; }
  double watts;
};

struct Electric : Engine {
  struct Options {
    double volts = 400;
    template <class Visitor>
    void fields(Visitor& v) {
      v("volts", volts, at_least(0), "of the battery");
    }
  };
  Electric(const Options& options, double /*height*/) : watts(options.volts) {}
  double power() const override { return watts; }
  double watts;
};

Catalogue<EngineSignature> engines() {
  return {kind<EngineSignature, Diesel>("diesel", "burns oil"),
          kind<EngineSignature, Electric>("electric", "burns nothing")};
}

struct Wheel {
  std::string name;
  double width = 20;
  template <class Visitor>
  void fields(Visitor& v) {
    v("name", name, required(anything()), "what it is called");
    v("width", width, range(1, 100), "in cm");
  }
};

struct Motor {
  Choice<EngineSignature> kind{engines()};
  std::string tank;
  template <class Visitor>
  void fields(Visitor& v) {
    v("kind", kind, required(anything()), "the engine");
    v("tank", tank, path(), "a file");
  }
};

struct Car {
  std::int64_t seed = 0;
  bool open = false;
  std::string colour = "red";
  std::vector<std::string> owners;
  std::vector<Wheel> wheels;
  Motor motor;
  Choice<EngineSignature> spare{engines(), "electric"};
  template <class Visitor>
  void fields(Visitor& v) {
    v("seed", seed, at_least(0), "of the paint");
    v("open", open, anything(), "without a roof");
    v("colour", colour, one_of({"red", "green", "blue"}), "of the paint");
    v("owners", owners, anything(), "first to last");
    v("wheels", wheels, Allowed{.minimum_length = 1}, "front to back");
    v("motor", motor, anything(), "what drives it");
    v("spare", spare, anything(), "another engine, whose keys are here");
  }
};

Fields fields_of(Car& car) {
  return [&car](OptionVisitor& v) { car.fields(v); };
}

Car read(std::string_view text, const std::vector<std::string>& settings = {}) {
  ConfigDocument document = ConfigDocument::parse(text, "car.json", "/garage/cars");
  for (const std::string& setting : settings) document.set(setting);
  Car car;
  read_options(document, fields_of(car));
  return car;
}

std::string refusal(std::string_view text, const std::vector<std::string>& settings = {}) {
  try {
    read(text, settings);
  } catch (const Error& error) {
    CHECK(error.exit_code() == 2);
    return error.what();
  }
  return "no error";
}

constexpr std::string_view kCar =
    R"({"$schema": "x", "motor": {"kind": "diesel", "pressure": 1e2, "tank": "../oil"}, "seed": 7.0,
        "wheels": [{"name": "front"}, {"name": "back", "width": 30}], "open": true, "volts": 48})";

TEST_CASE("options are read from a config, absent ones keep their defaults") {
  const Car car = read(kCar);
  CHECK(car.seed == 7);
  CHECK(car.open);
  CHECK(car.colour == "red");
  REQUIRE(car.wheels.size() == 2);
  CHECK(car.wheels[0].width == 20);
  CHECK(car.wheels[1].name == "back");
  CHECK(car.wheels[1].width == 30);
  CHECK(car.motor.kind.name() == "diesel");
  CHECK(car.motor.kind.component().make(2)->power() == 200);
  CHECK(car.motor.tank == "/garage/oil");
  CHECK(car.spare.component().make(2)->power() == 48);
}

TEST_CASE("what is written has all defaults and reads back as the same") {
  Car car = read(kCar);
  const Json written = write_options(fields_of(car));
  CHECK(written.text() ==
        R"({"seed": 7, "open": true, "colour": "red", "owners": [], )"
        R"("wheels": [{"name": "front", "width": 20}, {"name": "back", "width": 30}], )"
        R"("motor": {"kind": "diesel", "pressure": 100, "cylinders": [80, 80], )"
        R"("tank": "/garage/oil"}, "spare": "electric", "volts": 48})");
  Car again = read(written.text(2));
  CHECK(write_options(fields_of(again)) == written);
}

TEST_CASE("a config's faults are refused with pointer, what is allowed, and the nearest name") {
  const std::string prefix = R"({"motor": {"kind": "diesel")";
  const std::pair<std::string, std::string> cases[] = {
      {R"([1])", "config: /: must be an object, got [1] (in car.json)"},
      {R"({"motor": {"kind": "diesel"}, "wheel": []})",
       "config: /wheel: unknown key; did you mean \"wheels\"? Known here: seed, open, colour, "
       "owners, wheels, motor, spare, volts, sweep, extends, $schema (in car.json)"},
      {R"({"$schema": 3, "motor": {"kind": "diesel"}})",
       "config: /$schema: must be a text, got 3 (in car.json)"},
      {R"({"extends": "x", "motor": {"kind": "diesel"}})",
       "config: /extends: unknown key. Known here: seed, open, colour, owners, wheels, motor, "
       "spare, volts, sweep, $schema (in car.json)"},
      {prefix + R"(, "zzz": 1}})",
       "config: /motor/zzz: unknown key. Known here: kind, pressure, cylinders, tank (in "
       "car.json)"},
      {prefix + R"(, "$schema": ""}})",
       "config: /motor/$schema: unknown key. Known here: kind, pressure, cylinders, tank (in "
       "car.json)"},
      {prefix + R"(, "volts": 3}})",
       "config: /motor/volts: unknown key. Known here: kind, pressure, cylinders, tank (in "
       "car.json)"},
      {R"({"motor": {"kind": "deisel"}})",
       "config: /motor/kind: must be one of: diesel, electric, got \"deisel\"; did you mean "
       "\"diesel\"? (in car.json)"},
      {R"({"motor": {"kind": 3}})",
       "config: /motor/kind: must be one of: diesel, electric, got 3 (in car.json)"},
      {R"({"motor": {"knid": "diesel", "pressure": 3}})",
       "config: /motor/knid: unknown key; did you mean \"kind\"? Known here: kind, tank (in "
       "car.json)"},
      {R"({"motor": {"pressure": 3}})",
       "config: /motor/kind: is missing, must be one of: diesel, electric (in car.json)"},
      {R"({})", "config: /motor/kind: is missing, must be one of: diesel, electric (in car.json)"},
      {R"({"motor": 5})", "config: /motor: must be an object, got 5 (in car.json)"},
      {R"({"motor": null})", "config: /motor: must be an object, got null (in car.json)"},
      {prefix + R"(, "pressure": 0}})",
       "config: /motor/pressure: must be a number above 0, got 0 (in car.json)"},
      {prefix + R"(, "pressure": "NaN"}})",
       "config: /motor/pressure: must be a number above 0, got \"NaN\" (in car.json)"},
      {prefix + R"(, "cylinders": [80, 0]}})",
       "config: /motor/cylinders/1: must be a whole number from 1 to 500, got 0 (in car.json)"},
      {prefix + R"(, "cylinders": [80.5]}})",
       "config: /motor/cylinders/0: must be a whole number from 1 to 500, got 80.5 (in car.json)"},
      {prefix + R"(, "cylinders": 80}})",
       "config: /motor/cylinders: must be a list of whole numbers, each from 1 to 500, got 80 (in "
       "car.json)"},
      {R"({"seed": -1})", "config: /seed: must be a whole number, 0 or more, got -1 (in car.json)"},
      {R"({"seed": 18446744073709551615})",
       "config: /seed: must be a whole number, 0 or more, got 1.8446744073709552e+19 (in "
       "car.json)"},
      {R"({"open": 1})", "config: /open: must be true or false, got 1 (in car.json)"},
      {R"({"colour": "Gren"})",
       "config: /colour: must be one of: red, green, blue, got \"Gren\"; did you mean \"green\"? "
       "(in car.json)"},
      {R"({"colour": 3})",
       "config: /colour: must be one of: red, green, blue, got 3 (in car.json)"},
      {R"({"owners": ["a", 3]})", "config: /owners/1: must be a text, got 3 (in car.json)"},
      {R"({"owners": {"a": ")" + std::string(72, 'x') + "é" + R"("}})",
       "config: /owners: must be a list of texts, got {\"a\": \"" + std::string(72, 'x') +
           "… (in car.json)"},
      {R"({"wheels": []})",
       "config: /wheels: must be a list of objects, at least 1 of them, got [] (in car.json)"},
      {R"({"wheels": [{"name": "a"}, {"width": 3}]})",
       "config: /wheels/1/name: is missing, must be a text (in car.json)"},
      {R"({"wheels": [{"name": "a", "widht": 3}]})",
       "config: /wheels/0/widht: unknown key; did you mean \"width\"? Known here: name, width (in "
       "car.json)"},
  };
  for (const auto& one : cases) {
    const auto& [text, expected] = one;
    CAPTURE(one.first);
    CHECK(refusal(text) == expected);
  }
}

TEST_CASE("--set overrides and adds keys") {
  const Car car = read(kCar, {"motor.pressure=3", "motor.cylinders.1=70", "motor.cylinders.0=60"});
  CHECK(car.motor.kind.component().make(1)->power() == 3);
  const auto cylinders = [](Car c) {
    return write_options(fields_of(c)).find("motor")->find("cylinders")->text();
  };
  CHECK(cylinders(car) == "[60, 70]");
  CHECK(cylinders(read(kCar, {"motor.cylinders.1=70", "motor.cylinders.2=90"})) == "[80, 70, 90]");
  Car other = read(kCar, {"motor.cylinders=[1,2,3]", "motor.cylinders.3=4", "colour=blue",
                          "owners=[]", "owners.0=\"42\"", "wheels.0.width=9", "motor.kind=diesel"});
  CHECK(other.colour == "blue");
  CHECK(other.owners == std::vector<std::string>{"42"});
  CHECK(other.wheels[0].width == 9);
  CHECK(cylinders(other) == "[1, 2, 3, 4]");
  CHECK(read(kCar, {"wheels=[]", "wheels.0.name=only"}).wheels.size() == 1);
  other = read(kCar, {"/motor/cylinders=[1,2]", "/motor/cylinders/2=3", "/wheels/0/width=8"});
  CHECK(cylinders(other) == "[1, 2, 3]");
  CHECK(other.wheels[0].width == 8);
}

TEST_CASE("relative paths in --set start from the current folder") {
  const std::filesystem::path here = std::filesystem::current_path();
  CHECK(read(kCar, {"motor.tank=oil/a"}).motor.tank == here / "oil/a");
  CHECK(read(kCar, {R"(motor={"kind": "diesel", "tank": "oil"})"}).motor.tank == here / "oil");
  CHECK(read(kCar, {"motor.tank=/oil"}).motor.tank == "/oil");
  CHECK(read(kCar, {"motor.tank="}).motor.tank == "");
}

TEST_CASE("a faulty --set is refused, and named where its value is") {
  const std::pair<std::string, std::string> cases[] = {
      {"seed", "--set seed: expected KEY=VALUE, such as training.epochs=5"},
      {"=3", "--set =3: expected KEY=VALUE, such as training.epochs=5"},
      {"motor..kind=3",
       "config: key motor..kind: an empty key between its dots (from --set motor..kind=3)"},
      {"/=3", "config: key /: an empty key between its slashes (from --set /=3)"},
      {"/motor//kind=3",
       "config: key /motor//kind: an empty key between its slashes (from --set /motor//kind=3)"},
      {"/mo~2tor=3",
       "config: key /mo~2tor: in a JSON pointer \"~\" stands only in ~0 and ~1 (from --set "
       "/mo~2tor=3)"},
      {"/motor~=3",
       "config: key /motor~: in a JSON pointer \"~\" stands only in ~0 and ~1 (from --set "
       "/motor~=3)"},
      {"/mo~1tor~0=3",
       "config: /mo~1tor~0: unknown key; did you mean \"motor\"? Known here: seed, open, colour, "
       "owners, wheels, motor, spare, volts, sweep, extends, $schema (from --set /mo~1tor~0=3)"},
      {"/seed/a=3",
       "config: /seed: is a whole number, so it has no key \"a\" (from --set /seed/a=3)"},
      {"seed.a=3",
       "config: /seed: is a whole number, so it has no key \"a\" (from --set seed.a=3)"},
      {"motor.cylinders.x=3",
       "config: /motor/cylinders: needs an index from 0 to 1, got \"x\" "
       "(from --set motor.cylinders.x=3)"},
      {"motor.cylinders.2=3",
       "config: /motor/cylinders: needs an index from 0 to 1, got \"2\" "
       "(from --set motor.cylinders.2=3)"},
      {"owners.1=a",
       "config: /owners: must be a list of texts, got {\"1\": \"a\"} (from --set owners.1=a)"},
      {"motor.cylinders.-1=3",
       "config: /motor/cylinders: needs an index from 0 to 1, got \"-1\" "
       "(from --set motor.cylinders.-1=3)"},
      {"motor={\"kind\"",
       "--set motor={\"kind\":1:8: unexpected end of input; expected ':' (in object separator)"},
      {"motor.pressure=nan",
       "config: /motor/pressure: must be a number above 0, got \"nan\" (from --set "
       "motor.pressure=nan)"},
      {"motor.presure=3",
       "config: /motor/presure: unknown key; did you mean \"pressure\"? Known here: kind, "
       "pressure, cylinders, tank (from --set motor.presure=3)"},
      {"owners=[42]", "config: /owners/0: must be a text, got 42 (from --set owners=[42])"},
      {"wheels=[{\"name\": 42}]",
       "config: /wheels/0/name: must be a text, got 42; a "
       "text in double quotes is a text (from --set wheels=[{\"name\": 42}])"},
  };
  for (const auto& one : cases) {
    const auto& [setting, expected] = one;
    CAPTURE(one.first);
    CHECK(refusal(R"({"seed": 1, "motor": {"kind": "diesel", "cylinders": [80]}})", {setting}) ==
          expected);
  }
}

TEST_CASE("a config file that cannot be read is wrong usage") {
  const TemporaryFolder folder;
  const auto refusal_of = [](const std::filesystem::path& file) {
    try {
      ConfigDocument::load(file);
    } catch (const Error& error) {
      CHECK(error.exit_code() == 2);
      return std::string(error.what());
    }
    return std::string("no error");
  };
  const std::string absent = folder / "absent.json";
  CHECK(refusal_of(absent) == absent + ": cannot be read: No such file or directory");
  CHECK(refusal_of(folder.path()) == folder.path().string() + ": cannot be read: Is a directory");
  tests::write_file(folder / "empty.json", "");
  CHECK(refusal_of(folder / "empty.json") ==
        (folder / "empty.json").string() + ": empty, expected a JSON value");
  tests::write_file(folder / "car.json", kCar.data());
  Car car;
  read_options(ConfigDocument::load(folder / "car.json"), fields_of(car));
  CHECK(car.motor.tank == folder.path().parent_path() / "oil");
}

}  // namespace
}  // namespace gradus::experiment
