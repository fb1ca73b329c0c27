#include "framework/experiment/options_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "framework/core/error.h"

namespace gradus::experiment {
namespace {

/// "a whole number", or for a list's elements "whole numbers".
template <class T>
std::string_view type_text(bool many) {
  if constexpr (std::is_same_v<T, bool>) return many ? "true or false each" : "true or false";
  if constexpr (std::is_integral_v<T>) return many ? "whole numbers" : "a whole number";
  if constexpr (std::is_floating_point_v<T>) return many ? "numbers" : "a number";
  return many ? "texts" : "a text";
}

/// "a whole number from 1 to 65536", "a list of numbers, each above 0", "one of: none, once".
std::string must_be(std::string_view type, const Allowed& allowed) {
  std::string text = allowed.text();
  if (text.empty()) return std::string(type);
  if (!allowed.names.empty() && !allowed.each) return text;
  const bool joins = text.starts_with("from ") || text.starts_with("above ");
  return fmt::format("{}{}{}", type, joins ? " " : ", ", text);
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
    const bool known =
        text && (allowed.names.empty() || std::find(allowed.names.begin(), allowed.names.end(),
                                                    *text) != allowed.names.end());
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
      if (std::find(names_.begin(), names_.end(), key) != names_.end()) continue;
      if (pointer_.empty() && key == "$schema") continue;
      // Without its kind, a component's own keys are not known; then the missing kind is the fault.
      if (!missing_choice_.empty() && nearest_name(key, {missing_choice_}).empty()) continue;
      const std::string at = json_pointer(pointer_, key);
      fail_config(at, "unknown key{} Known here: {} ({})",
                  did_you_mean(key, names_).empty() ? "." : did_you_mean(key, names_),
                  fmt::join(names_, ", "), document_.origin(at).name);
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
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
      fail("options: \"{}\" is declared twice at {}", name, json_pointer(pointer_, name));
    }
    names_.emplace_back(name);
    const std::string at = json_pointer(pointer_, name);
    const Json* value = object_.find(name);
    std::visit([&](auto& place) { read(at, value, place, allowed); }, target);
  }

 private:
  [[noreturn]] void refuse(const std::string& at, const Json& value, std::string_view must,
                           const std::string& hint = "") const {
    fail_config(at.empty() ? "/" : at, "must be {}, got {}{} ({})", must, shortened(value), hint,
                document_.origin(at).name);
  }

  void note_missing(const std::string& at, const std::string& must, const Allowed& allowed) {
    if (allowed.required) missing_.emplace_back(at.substr(at.rfind('/') + 1), must);
  }

  template <class T>
  void read(const std::string& at, const Json* value, T* target, const Allowed& allowed) {
    const std::string must = must_be(type_text<T>(false), allowed);
    if (value == nullptr) return note_missing(at, must, allowed);
    if constexpr (std::is_same_v<T, std::string>) {
      const auto* text = value->get_if<std::string>();
      if (text && text->empty() && target->empty()) {  // "" where that is the default: none
        if (allowed.required) refuse(at, *value, must + " that is not empty");
        return;
      }
      if (text && !allowed.names.empty() && !convert<T>(*value, allowed)) {
        refuse(at, *value, must, did_you_mean(*text, allowed.names));
      }
      if (!text && document_.origin(at).typed) {
        refuse(at, *value, must, "; a text in double quotes is a text");
      }
    }
    const auto converted = convert<T>(*value, allowed);
    if (!converted) refuse(at, *value, must);
    *target = *converted;
    if constexpr (std::is_same_v<T, std::string>) resolve(at, *target, allowed);
  }

  template <class T>
  void read(const std::string& at, const Json* value, std::vector<T>* target,
            const Allowed& allowed) {
    const std::string must = must_be(fmt::format("a list of {}", type_text<T>(true)), allowed);
    if (value == nullptr) return note_missing(at, must, allowed);
    const auto overlaid = overlay(at, *value, Json::List(target->begin(), target->end()));
    const auto* list = overlaid ? &*overlaid : value->get_if<Json::List>();
    if (!list || static_cast<std::int64_t>(list->size()) < allowed.minimum_length) {
      refuse(at, *value, must);
    }
    target->clear();
    Allowed each = allowed;
    each.each = false;
    each.minimum_length = 0;
    for (const Json& element : *list) {
      const std::string place = json_pointer(at, std::to_string(target->size()));
      const auto converted = convert<T>(element, each);
      if (!converted) refuse(place, element, must_be(type_text<T>(false), each));
      target->push_back(*converted);
      if constexpr (std::is_same_v<T, std::string>) resolve(place, target->back(), allowed);
    }
  }

  void read(const std::string& at, const Json* value, OptionRecord& record,
            const Allowed& allowed) {
    static const Json kNone = Json::object();
    if (value == nullptr) note_missing(at, "an object", allowed);
    Reader inner(document_, at, value ? *value : kNone);
    record.fields(inner);
    inner.finish();
  }

  void read(const std::string& at, const Json* value, OptionRecords& records,
            const Allowed& allowed) {
    const std::string must = must_be("a list of objects", allowed);
    if (value == nullptr) return note_missing(at, must, allowed);
    const auto overlaid = overlay(at, *value, {});
    const auto* list = overlaid ? &*overlaid : value->get_if<Json::List>();
    if (!list || static_cast<std::int64_t>(list->size()) < allowed.minimum_length) {
      refuse(at, *value, must);
    }
    records.resize(0);
    records.resize(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) {
      Reader inner(document_, json_pointer(at, std::to_string(i)), (*list)[i]);
      records.fields(i, inner);
      inner.finish();
    }
  }

  void read(const std::string& at, const Json* value, OptionChoice& choice,
            const Allowed& allowed) {
    std::vector<std::string> names;
    for (const auto& [name, help] : choice.kinds) names.push_back(name);
    const std::string must = one_of(names).text();
    if (value == nullptr) {
      if (!choice.selected.empty()) return choice.fields(*this);
      if (allowed.required) missing_choice_ = at.substr(at.rfind('/') + 1);
      return note_missing(at, must, allowed);
    }
    const auto* text = value->get_if<std::string>();
    if (!text) refuse(at, *value, must);
    if (std::find(names.begin(), names.end(), *text) == names.end()) {
      refuse(at, *value, must, did_you_mean(*text, names));
    }
    choice.select(*text);
    choice.fields(*this);
  }

  /// What `--set layers.0=128` makes of a list that the config itself does not give: the default
  /// with those elements replaced or appended. Nothing where the value is something else.
  std::optional<Json::List> overlay(const std::string& at, const Json& value,
                                    Json::List list) const {
    const auto* object = value.get_if<Json::Object>();
    if (!object || object->empty()) return {};
    for (const auto& [key, element] : *object) {
      const auto index = list_index(key, list.size());
      if (!index || !document_.origin(json_pointer(at, key)).typed) return {};
      if (*index == list.size()) list.emplace_back();
      list[*index] = element;
    }
    return list;
  }

  void resolve(const std::string& at, std::string& path, const Allowed& allowed) const {
    if (!allowed.path || path.empty()) return;
    path = (document_.origin(at).folder / path).lexically_normal().string();
  }

  const ConfigDocument& document_;
  std::string pointer_;
  const Json& object_;
  std::vector<std::string> names_;                            // declared so far
  std::vector<std::pair<std::string, std::string>> missing_;  // name, and what it must be
  std::string missing_choice_;
};

/// Writes the keys of one object.
class Writer final : public OptionVisitor {
 public:
  Json take() { return std::move(object_); }

 protected:
  void field(std::string_view name, OptionTarget target, const Allowed& /*allowed*/,
             std::string_view /*help*/) override {
    std::visit([&](auto& place) { write(name, place); }, target);
  }

 private:
  template <class T>
  void write(std::string_view name, T* target) {
    object_[name] = *target;
  }

  template <class T>
  void write(std::string_view name, std::vector<T>* target) {
    object_[name] = Json::List(target->begin(), target->end());
  }

  void write(std::string_view name, OptionRecord& record) {
    object_[name] = write_options(record.fields);
  }

  void write(std::string_view name, OptionRecords& records) {
    Json list = Json::list();
    for (std::size_t i = 0; i < records.size(); ++i) {
      list.push_back(write_options([&](OptionVisitor& v) { records.fields(i, v); }));
    }
    object_[name] = std::move(list);
  }

  void write(std::string_view name, OptionChoice& choice) {
    if (choice.selected.empty()) return;
    object_[name] = choice.selected;
    choice.fields(*this);
  }

  Json object_ = Json::object();
};

}  // namespace

void read_options(const ConfigDocument& document, const Fields& fields) {
  Reader reader(document, "", document.json());
  fields(reader);
  reader.finish();
}

Json write_options(const Fields& fields) {
  Writer writer;
  fields(writer);
  return writer.take();
}

}  // namespace gradus::experiment
