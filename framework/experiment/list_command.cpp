#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "framework/experiment/commands.h"
#include "framework/experiment/config.h"
#include "framework/experiment/options_json.h"
#include "framework/experiment/sweep_plan.h"
#include "framework/experiment/sweep_schema.h"

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

/// What a value must be, in the words of `must_be`, by its schema.
std::string must_be(const Json& schema) {
  const Json* most = schema.find("maximum");
  if (const Json* names = schema.find("enum")) {
    std::vector<std::string> texts;
    for (const Json& name : names->elements()) texts.push_back(*name.get_if<std::string>());
    return one_of(texts).text();
  }
  if (const Json* choices = schema.find("anyOf")) {
    std::vector<std::string> texts;
    for (const Json& choice : choices->elements()) texts.push_back(must_be(choice));
    return fmt::format("{}", fmt::join(texts, "; or "));
  }
  const std::string& type = *schema.find("type")->get_if<std::string>();
  if (type == "integer") {
    const std::string least = schema.find("minimum")->text();
    return most ? fmt::format("a whole number from {} to {}", least, most->text())
                : fmt::format("a whole number, {} or more", least);
  }
  if (type == "array") {
    const Json* each = schema.find("items");
    return fmt::format("a list, each {}", must_be(*each));
  }
  if (type == "boolean") return "true or false";
  return type == "string" ? "a text" : "an object";
}

/// Whether a schema's condition holds for a kind.
bool holds(const Json& condition, const Json& kind) {
  const Json& given = *condition.find("properties")->find("kind");
  if (const Json* one = given.find("const")) return *one == kind;
  const Json::List& some = given.find("enum")->elements();
  return std::ranges::find(some, kind) != some.end();
}

void add_keys(const Json& schema, Section& section) {
  const Json* required = schema.find("required");
  for (const auto& [key, value] : schema.find("properties")->members()) {
    const Json* otherwise = value.find("default");
    section.keys.push_back(
        {.key = key,
         .required = required && std::ranges::find(required->elements(), Json(key)) !=
                                     required->elements().end(),
         .value = otherwise ? *otherwise : Json(""),
         .must = must_be(value),
         .help = *value.find("description")->get_if<std::string>()});
  }
}

/// The keys of `sweep` and those of each of its kinds.
void list_sweep(std::vector<Section>& sections) {
  const Json schema = sweep_schema();
  const std::string place(kSweepKey);
  const std::string& help = *schema.find("description")->get_if<std::string>();
  add_keys(schema, sections.emplace_back(Section{.place = place, .help = help}));
  const Json& kinds = *schema.find("properties")->find("kind");
  for (const Json& kind : kinds.find("enum")->elements()) {
    Section section{
        .place = place, .help = "", .selector = "kind", .kind = *kind.get_if<std::string>()};
    for (const Json& part : schema.find("allOf")->elements()) {
      if (!holds(*part.find("if"), kind)) continue;
      const Json& more = *part.find("then");
      section.help = *more.find("description")->get_if<std::string>();
      add_keys(more, section);
    }
    sections.push_back(std::move(section));
  }
}

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
  list_sweep(sections);
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
