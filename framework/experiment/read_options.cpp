#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "framework/core/error.h"
#include "framework/experiment/options_json.h"

namespace gradus::experiment {
namespace {

/// Keeps the keys that it sees.
class Names final : public OptionVisitor {
 public:
  std::vector<std::string> seen;

 protected:
  void field(std::string_view name, OptionTarget /*target*/, const Allowed& /*allowed*/,
             std::string_view /*help*/) override {
    seen.emplace_back(name);
  }
};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string shortened(const Json& value) {
  constexpr std::size_t kLongest = 80;
  std::string text = value.text();
  if (text.size() <= kLongest) return text;
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
  const std::string near = nearest_name(word, names);
  return near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near);
}

bool in_range(double value, const Allowed& allowed) {
  if (!std::isfinite(value)) return false;
  if (allowed.minimum && value < *allowed.minimum) return false;
  if (allowed.minimum && allowed.exclusive_minimum && value == *allowed.minimum) return false;
  return !allowed.maximum || value <= *allowed.maximum;
}

std::optional<std::int64_t> whole(const Json& value) {
  if (const auto* integer = value.get_if<std::int64_t>()) return *integer;
  constexpr double kExact = 9007199254740992.0;  // 2^53
  const auto* number = value.get_if<double>();
  if (number == nullptr || std::trunc(*number) != *number || std::abs(*number) > kExact) return {};
  return static_cast<std::int64_t>(*number);
}

/// The value as a T that is allowed, or nothing.
template <class T>
std::optional<T> convert(const Json& value, const Allowed& allowed) {
  if constexpr (std::is_same_v<T, bool>) {
    const auto* boolean = value.get_if<bool>();
    return boolean ? std::optional(*boolean) : std::nullopt;
  } else if constexpr (std::is_integral_v<T>) {
    const auto integer = whole(value);
    if (!integer || !in_range(static_cast<double>(*integer), allowed) ||
        *integer < std::numeric_limits<T>::min() || *integer > std::numeric_limits<T>::max()) {
      return {};
    }
    return static_cast<T>(*integer);
  } else if constexpr (std::is_floating_point_v<T>) {
    const auto* integer = value.get_if<std::int64_t>();
    const auto* number = value.get_if<double>();
    if (!integer && !number) return {};
    const double out = integer ? static_cast<double>(*integer) : *number;
    return in_range(out, allowed) ? std::optional(out) : std::nullopt;
  } else {
    const auto* text = value.get_if<std::string>();
    const bool known = text && (allowed.names.empty() || is_one_of(*text, allowed.names)) &&
                       (!allowed.folder_name || is_folder_name(*text));
    return known ? std::optional(*text) : std::nullopt;
  }
}

/// Reads the keys of one object.
class Reader final : public OptionVisitor {
 public:
  Reader(const ConfigDocument& document, std::string pointer, const Json& object)
      : document_(document), pointer_(std::move(pointer)), object_(object) {
    if (!object.get_if<Json::Object>()) refuse(pointer_, object, "an object");
  }

  /// After all fields: whether each key was known, and each required one given.
  void finish() const {
    for (const auto& [key, value] : object_.members()) {
      if (contains(names_, key) || contains(dropped_, key)) continue;
      const std::string at = json_pointer(pointer_, key);
      if (pointer_.empty() && key == "$schema") {
        if (!value.get_if<std::string>()) refuse(at, value, "a text");
        continue;
      }
      // Without its kind, a component's own keys are not known; then the missing kind is the fault.
      if (!missing_choice_.empty() && nearest_name(key, {missing_choice_}).empty()) continue;
      std::vector<std::string> known = names_;
      if (pointer_.empty()) {  // what a document has beside its options
        for (const char* name : {"sweep", "extends", "$schema"}) {
          if (name != key) known.emplace_back(name);
        }
      }
      const std::string near = did_you_mean(key, known);
      fail_config(at, "unknown key{} Known here: {} ({})", near.empty() ? "." : near,
                  fmt::join(known, ", "), document_.origin(at).name);
    }
    if (!missing_.empty()) {
      const auto& [name, allowed] = missing_.front();
      fail_config(json_pointer(pointer_, name), "is missing, must be {} ({})", allowed,
                  document_.origin(pointer_).name);
    }
  }

 protected:
  void field(std::string_view name, OptionTarget target, const Allowed& allowed,
             std::string_view /*help*/) override {
    if (contains(names_, name)) {
      fail("options: \"{}\" is declared twice at {}", name, json_pointer(pointer_, name));
    }
    names_.emplace_back(name);
    const Field field{.name = std::string(name),
                      .at = json_pointer(pointer_, name),
                      .value = contains(dropped_, name) ? nullptr : object_.find(name),
                      .allowed = allowed,
                      .must = must_be(target, allowed)};
    std::visit([&](auto& place) { read(field, place); }, target);
  }

 private:
  struct Field {
    std::string name;
    std::string at;
    const Json* value;  // null where it is not given
    const Allowed& allowed;
    std::string must;  // what it must be
  };

  [[noreturn]] void refuse(const std::string& at, const Json& value, std::string_view must,
                           const std::string& hint = "") const {
    fail_config(at.empty() ? "/" : at, "must be {}, got {}{} ({})", must, shortened(value), hint,
                document_.origin(at).name);
  }

  void note_missing(const Field& field) {
    if (field.allowed.required) missing_.emplace_back(field.name, field.must);
  }

  template <class T>
  void read(const Field& field, T* target) {
    if (field.value == nullptr) return note_missing(field);
    if constexpr (std::is_same_v<T, std::string>) {
      if (read_special(field, *target)) return;
    }
    const auto converted = convert<T>(*field.value, field.allowed);
    if (!converted) refuse(field.at, *field.value, field.must);
    *target = *converted;
    if constexpr (std::is_same_v<T, std::string>) resolve(field.at, *target, field.allowed);
  }

  /// "" where that is the default: none. Refuses what is no text, and what is none of the names.
  bool read_special(const Field& field, const std::string& target) const {
    const auto* text = field.value->get_if<std::string>();
    if (!text) {
      const bool typed = document_.origin(field.at).typed;
      refuse(field.at, *field.value, field.must,
             typed && field.allowed.names.empty() ? "; a text in double quotes is a text" : "");
    }
    if (text->empty() && target.empty() && !field.allowed.folder_name) {
      if (field.allowed.required) {
        refuse(field.at, *field.value, field.must + " that is not empty");
      }
      return true;
    }
    if (!field.allowed.names.empty() && !is_one_of(*text, field.allowed.names)) {
      refuse(field.at, *field.value, field.must, did_you_mean(*text, field.allowed.names));
    }
    return false;
  }

  template <class T>
  void read(const Field& field, std::vector<T>* target) {
    if (field.value == nullptr) return note_missing(field);
    const Json::List list = list_of(field, Json::List(target->begin(), target->end()));
    target->clear();
    Allowed each = field.allowed;
    each.each = false;
    each.minimum_length = 0;
    for (const Json& element : list) {
      const std::string place = json_pointer(field.at, std::to_string(target->size()));
      const auto converted = convert<T>(element, each);
      if (!converted) {
        const auto* text = element.get_if<std::string>();
        T none{};
        refuse(place, element, must_be(OptionTarget(&none), each),
               text ? did_you_mean(*text, each.names) : "");
      }
      target->push_back(*converted);
      if constexpr (std::is_same_v<T, std::string>) resolve(place, target->back(), field.allowed);
    }
  }

  void read(const Field& field, OptionRecord& record) {
    static const Json kNone = Json::object();
    if (field.value == nullptr) note_missing(field);
    Reader inner(document_, field.at, field.value ? *field.value : kNone);
    record.fields(inner);
    inner.finish();
  }

  void read(const Field& field, OptionRecords& records) {
    if (field.value == nullptr) return note_missing(field);
    const Json::List list = list_of(field, {});
    records.resize(0);
    records.resize(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      Reader inner(document_, json_pointer(field.at, std::to_string(i)), list[i]);
      records.fields(i, inner);
      inner.finish();
    }
  }

  void read(const Field& field, OptionChoice& choice) {
    if (field.value == nullptr) {
      if (!choice.selected.empty()) return choice.fields(*this);
      if (field.allowed.required) missing_choice_ = field.name;
      return note_missing(field);
    }
    const std::vector<std::string> kinds = names_of(choice);
    const auto* text = field.value->get_if<std::string>();
    if (!text) refuse(field.at, *field.value, field.must);
    if (!contains(kinds, *text)) {
      refuse(field.at, *field.value, field.must, did_you_mean(*text, kinds));
    }
    drop_formers(field, choice, *text);
    choice.select(*text);
    choice.fields(*this);
  }

  /// The keys of another kind, in a config that this one extends, went with that kind.
  void drop_formers(const Field& field, const OptionChoice& choice, const std::string& kind) {
    const std::vector<std::string> kinds = names_of(choice);
    for (const Former& former : document_.formers(field.at)) {
      const std::string& name = former.text ? *former.text : choice.selected;
      if ((!former.text && name == kind) || !contains(kinds, name)) continue;
      choice.select(name);
      Names own;
      choice.fields(own);
      for (const std::string& key : former.keys) {
        if (contains(own.seen, key)) dropped_.push_back(key);
      }
    }
  }

  /// The list that is given, or what `--set layers.0=128` makes of one that the config itself does
  /// not give: `before` with those elements replaced or appended.
  Json::List list_of(const Field& field, Json::List before) const {
    const auto* object = field.value->get_if<Json::Object>();
    const auto* list = field.value->get_if<Json::List>();
    if (!list && !object) refuse(field.at, *field.value, field.must);
    if (object && object->empty()) refuse(field.at, *field.value, field.must);
    if (list) before = *list;
    for (std::size_t i = 0; object && i < object->size(); ++i) {
      const auto& [key, element] = (*object)[i];
      const auto index = list_index(key, before.size());
      if (!index || !document_.origin(json_pointer(field.at, key)).typed) {
        refuse(field.at, *field.value, field.must);
      }
      if (*index == before.size()) before.emplace_back();
      before[*index] = element;
    }
    if (static_cast<std::int64_t>(before.size()) < field.allowed.minimum_length) {
      refuse(field.at, *field.value, field.must);
    }
    return before;
  }

  void resolve(const std::string& at, std::string& path, const Allowed& allowed) const {
    if (!allowed.path || path.empty()) return;
    path = (document_.origin(at).folder / path).lexically_normal().string();
  }

  const ConfigDocument& document_;
  std::string pointer_;
  const Json& object_;
  std::vector<std::string> names_;                            // declared so far
  std::vector<std::string> dropped_;                          // of a former kind
  std::vector<std::pair<std::string, std::string>> missing_;  // name, and what it must be
  std::string missing_choice_;
};

}  // namespace

void read_options(const ConfigDocument& document, const Fields& fields) {
  Reader reader(document, "", document.json());
  fields(reader);
  reader.finish();
}

}  // namespace gradus::experiment
