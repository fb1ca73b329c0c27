#include "framework/experiment/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "framework/experiment/options_json.h"

namespace gradus::experiment {
namespace {

/// Whether an object is all that there is, or changes one that it extends and so may lack anything.
enum class Extent : std::uint8_t { whole, changes };

template <class T>
constexpr std::string_view type_name() {
  if constexpr (std::is_same_v<T, bool>) return "boolean";
  if constexpr (std::is_integral_v<T>) return "integer";
  if constexpr (std::is_floating_point_v<T>) return "number";
  return "string";
}

/// What a text is one of. A name that ends in "@k" is a pattern.
void add_names(const std::vector<std::string>& names, Json& out) {
  Json::List plain;
  Json choices = Json::list();
  for (const std::string& name : names) {
    const std::string_view before = before_number(name);
    if (before.empty()) {
      plain.emplace_back(name);
    } else {
      choices.push_back(Json::object({{"pattern", fmt::format("^{}[1-9][0-9]{{0,8}}$", before)}}));
    }
  }
  if (choices.elements().empty()) {
    out["enum"] = std::move(plain);
    return;
  }
  if (!plain.empty()) choices.push_back(Json::object({{"enum", std::move(plain)}}));
  out["anyOf"] = std::move(choices);
}

/// A single value, without what is said of a list of them.
template <class T>
Json value_schema(const Allowed& allowed) {
  Json out = Json::object({{"type", type_name<T>()}});
  if (!allowed.names.empty()) add_names(allowed.names, out);
  if (allowed.folder_name) {
    out["pattern"] = R"(^[^./\u0000-\u001f\u007f][^/\u0000-\u001f\u007f]*$)";
    out["maxLength"] = static_cast<std::int64_t>(kLongestFolderName);
  }
  if (allowed.minimum) {
    out[allowed.exclusive_minimum ? "exclusiveMinimum" : "minimum"] = *allowed.minimum;
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    out["minimum"] = std::numeric_limits<T>::min();
  }
  if (allowed.maximum) {
    out["maximum"] = *allowed.maximum;
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    out["maximum"] = std::numeric_limits<T>::max();
  }
  return out;
}

Json list_schema(Json elements, const Allowed& allowed) {
  Json out = Json::object({{"type", "array"}, {"items", std::move(elements)}});
  if (allowed.minimum_length > 0) out["minItems"] = allowed.minimum_length;
  return out;
}

Json extends_schema() {
  return Json::object({{"description", "the config that this one changes, from this file's folder"},
                       {"type", "string"},
                       {"minLength", 1}});
}

/// Describes the keys of one object.
class SchemaWriter final : public OptionVisitor {
 public:
  explicit SchemaWriter(Extent extent) : extent_(extent) {}

  /// A key that is no option.
  void add(std::string_view name, Json schema) { properties_[name] = std::move(schema); }
  /// Whether an empty object lacks something.
  bool requires_keys() const { return default_requires_ || !required_.empty(); }

  /// What is said of the keys, and for a whole object, not only some of its keys, that there are no
  /// others.
  Json take(bool is_object = true) {
    Json out = is_object ? Json::object({{"type", "object"}}) : Json::object();
    out["properties"] = std::move(properties_);
    if (!required_.empty()) out["required"] = std::move(required_);
    if (is_object && choices_.empty()) out["additionalProperties"] = false;
    if (!choices_.empty()) out["allOf"] = std::move(choices_);
    if (is_object && out.find("allOf")) out["unevaluatedProperties"] = false;
    return out;
  }

 protected:
  void field(std::string_view name, OptionTarget target, const Allowed& allowed,
             std::string_view help) override {
    const auto* choice = std::get_if<OptionChoice>(&target);
    const bool selected = choice && !choice->selected.empty();
    const bool plain = !choice && !std::holds_alternative<OptionRecord>(target);
    const Json value = value_of(target);
    Json out = Json::object({{"description", help}});
    const Json schema =
        std::visit([&](auto& place) { return describe(name, place, allowed); }, target);
    for (const auto& [key, what] : schema.members()) out[key] = what;
    if (selected || (plain && !allowed.required && !allowed.folder_name)) out["default"] = value;
    if (extent_ == Extent::whole && allowed.required && !selected) require(name);
    properties_[name] = std::move(out);
  }

 private:
  void require(std::string_view name) {
    if (std::ranges::find(required_, Json(name)) == required_.end()) {
      required_.emplace_back(name);
    }
  }

  template <class T>
  Json describe(std::string_view /*name*/, const T* target, const Allowed& allowed) {
    Json out = value_schema<T>(allowed);
    if constexpr (std::is_same_v<T, std::string>) {
      // "" stands for none where that is the default.
      const bool none = target->empty() && !allowed.required && !allowed.folder_name;
      if (none && !allowed.names.empty()) out["enum"].push_back("");
      if (target->empty() && allowed.required) out["minLength"] = 1;
    }
    return out;
  }

  template <class T>
  Json describe(std::string_view /*name*/, const std::vector<T>* /*target*/,
                const Allowed& allowed) {
    return list_schema(value_schema<T>(allowed), allowed);
  }

  Json describe(std::string_view name, const OptionRecord& record, const Allowed& /*allowed*/) {
    SchemaWriter inner(extent_);
    record.fields(inner);
    if (inner.requires_keys()) require(name);
    return inner.take();
  }

  Json describe(std::string_view /*name*/, const OptionRecords& records, const Allowed& allowed) {
    SchemaWriter inner(Extent::whole);  // a list is replaced as a whole
    records.resize(1);
    records.fields(0, inner);
    records.resize(0);
    return list_schema(inner.take(), allowed);
  }

  Json describe(std::string_view name, const OptionChoice& choice, const Allowed& /*allowed*/) {
    Json kinds = Json::list();
    Json branches = Json::list();
    for (const auto& [kind, help] : choice.kinds) {
      kinds.push_back(Json::object({{"const", kind}, {"description", help}}));
      choice.select(kind);
      SchemaWriter own(extent_);
      choice.fields(own);
      const bool is_default = kind == choice.selected;
      if (is_default && own.requires_keys()) default_requires_ = true;
      Json branch = own.take(false);
      const Json selects = Json::object({{"const", kind}});
      if (extent_ == Extent::changes) {
        // Without a kind it is the extended config's, which may be any.
        branch["properties"][name] = selects;
        branches.push_back(std::move(branch));
        continue;
      }
      Json condition = Json::object({{"properties", Json::object({{std::string(name), selects}})}});
      if (!is_default) condition["required"] = Json::list({name});
      choices_.push_back(Json::object({{"if", std::move(condition)}, {"then", std::move(branch)}}));
    }
    if (extent_ == Extent::changes) {
      choices_.push_back(Json::object({{"anyOf", std::move(branches)}}));
    }
    return Json::object({{"oneOf", std::move(kinds)}});
  }

  Extent extent_;
  Json properties_ = Json::object();
  Json::List required_;
  Json::List choices_;  // what each kind says of the keys beside it
  bool default_requires_ = false;
};

/// The schema of a whole config, or of one that extends another.
Json config_schema(Extent extent, const std::function<void(OptionVisitor&)>& fields,
                   const Json& more) {
  SchemaWriter writer(extent);
  writer.add("$schema",
             Json::object({{"description", "this schema, for editors"}, {"type", "string"}}));
  if (extent == Extent::changes) writer.add("extends", extends_schema());
  fields(writer);
  for (const auto& [key, schema] : more.members()) writer.add(key, schema);
  return writer.take();
}

}  // namespace

Json json_schema(const std::function<void(OptionVisitor&)>& fields, const Json& more) {
  const auto reference = [](std::string_view name) {
    return Json::object({{"$ref", fmt::format("#/$defs/{}", name)}});
  };
  return Json::object(
      {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
       {"title", "an experiment of Gradus"},
       {"type", "object"},
       {"properties", Json::object({{"extends", extends_schema()}})},
       {"if", Json::object({{"required", Json::list({"extends"})}})},
       {"then", reference("changes")},
       {"else", reference("experiment")},
       {"$defs", Json::object({{"experiment", config_schema(Extent::whole, fields, more)},
                               {"changes", config_schema(Extent::changes, fields, more)}})}});
}

}  // namespace gradus::experiment
