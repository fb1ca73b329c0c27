#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "framework/experiment/commands.h"
#include "framework/experiment/config.h"
#include "framework/experiment/options_json.h"

namespace gradus::experiment {
namespace {

/// A key of a config.
struct Listed {
  std::string key;
  bool required = false;
  Json value;  // the default
  std::string must;
  std::string help;
};

/// The keys of one object, or those that a component adds to it.
struct Section {
  std::string place;  // "data.split"
  std::string help;
  std::string selector = {};  // "source" where the keys are a component's
  std::string kind = {};      // "csv"
  std::vector<Listed> keys = {};
};

/// Lists the keys of one object, and then those of the objects in it and of all their kinds.
class Lister final : public OptionVisitor {
 public:
  Lister(std::vector<Section>& sections, Section section)
      : sections_(sections), place_(section.place), own_(sections.size()) {
    sections_.push_back(std::move(section));
  }

 protected:
  void field(std::string_view name, OptionTarget target, const Allowed& allowed,
             std::string_view help) override {
    const std::string below =
        place_.empty() ? std::string(name) : fmt::format("{}.{}", place_, name);
    if (const auto* record = std::get_if<OptionRecord>(&target)) {
      Lister inner(sections_, {.place = below, .help = std::string(help)});
      return record->fields(inner);
    }
    const auto* choice = std::get_if<OptionChoice>(&target);
    sections_[own_].keys.push_back(
        {.key = std::string(name),
         .required = allowed.required && !(choice && !choice->selected.empty()),
         .value = value_of(target),
         .must = must_be(target, allowed),
         .help = std::string(help)});
    if (choice) list(name, *choice);
    if (const auto* records = std::get_if<OptionRecords>(&target)) {
      Lister inner(sections_, {.place = below + ".N", .help = fmt::format("each of {}", name)});
      records->resize(1);
      records->fields(0, inner);
      records->resize(0);
    }
  }

 private:
  void list(std::string_view name, const OptionChoice& choice) {
    for (const auto& [kind, help] : choice.kinds) {
      choice.select(kind);
      Lister inner(sections_,
                   {.place = place_, .help = help, .selector = std::string(name), .kind = kind});
      choice.fields(inner);
    }
  }

  std::vector<Section>& sections_;
  std::string place_;
  std::size_t own_;  // by number, since the sections move when there are more
};

std::string default_text(const Listed& key) {
  if (key.required) return "required";
  return key.value == Json("") ? "none" : key.value.text();
}

std::string text_of(const Section& section) {
  std::string out = section.place.empty() ? "experiment" : section.place;
  if (!section.kind.empty()) out += fmt::format(", {}={}", section.selector, section.kind);
  out += fmt::format(": {}\n", section.help);
  std::size_t key_width = 0;
  std::size_t default_width = 0;
  for (const Listed& key : section.keys) {
    key_width = std::max(key_width, key.key.size());
    default_width = std::max(default_width, default_text(key).size());
  }
  for (const Listed& key : section.keys) {
    out += fmt::format("  {:<{}}  {:<{}}  {} ({})\n", key.key, key_width, default_text(key),
                       default_width, key.help, key.must);
  }
  return out + (section.keys.empty() ? "  no keys of its own\n" : "");
}

Json json_of(const Section& section) {
  Json out = Json::object({{"place", section.place}, {"help", section.help}});
  if (!section.kind.empty()) out["with"] = Json::object({{section.selector, section.kind}});
  Json keys = Json::list();
  for (const Listed& key : section.keys) {
    Json line = Json::object({{"key", key.key}, {"required", key.required}});
    if (!key.required) line["default"] = key.value;
    line["must_be"] = key.must;
    line["help"] = key.help;
    keys.push_back(std::move(line));
  }
  out["keys"] = std::move(keys);
  return out;
}

}  // namespace

void list(const ListArguments& arguments, const Catalogues& catalogues) {
  std::vector<Section> sections;
  Lister lister(sections, {.place = "", .help = "a config's own keys"});
  Config(catalogues).fields(lister);
  Json json = Json::list();
  std::string text;
  for (const Section& section : sections) {
    if (arguments.json) {
      json.push_back(json_of(section));
    } else {
      text += (text.empty() ? "" : "\n") + text_of(section);
    }
  }
  print(arguments.json ? json.text(2) + "\n" : text);
}

}  // namespace gradus::experiment
