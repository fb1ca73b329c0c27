#include "framework/experiment/options_json.h"

#include <fmt/format.h>

#include <type_traits>
#include <utility>
#include <variant>

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

template <class T>
std::string type_of(const T* /*value*/) {
  return std::string(type_text<T>(false));
}
template <class T>
std::string type_of(const std::vector<T>* /*list*/) {
  return fmt::format("a list of {}", type_text<T>(true));
}
std::string type_of(const OptionRecord& /*record*/) { return "an object"; }
std::string type_of(const OptionRecords& /*records*/) { return "a list of objects"; }
std::string type_of(const OptionChoice& /*choice*/) { return "a text"; }

std::string must_be(std::string_view type, const Allowed& allowed) {
  std::string text = allowed.text();
  if (text.empty()) return std::string(type);
  if ((!allowed.names.empty() || allowed.folder_name) && !allowed.each) return text;
  const bool joins = text.starts_with("from ") || text.starts_with("above ");
  return fmt::format("{}{}{}", type, joins ? " " : ", ", text);
}

Json json_of(const OptionRecord& /*record*/) { return {}; }
Json json_of(const OptionRecords& /*records*/) { return Json::list(); }
Json json_of(const OptionChoice& choice) { return choice.selected; }
template <class T>
Json json_of(const T* value) {
  return *value;
}
template <class T>
Json json_of(const std::vector<T>* list) {
  return Json::List(list->begin(), list->end());
}

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
    object_[name] = json_of(target);
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

std::vector<std::string> names_of(const OptionChoice& choice) {
  std::vector<std::string> names;
  for (const auto& [name, help] : choice.kinds) names.push_back(name);
  return names;
}

std::string must_be(const OptionTarget& target, const Allowed& allowed) {
  if (const auto* choice = std::get_if<OptionChoice>(&target))
    return one_of(names_of(*choice)).text();
  return must_be(std::visit([](const auto& place) { return type_of(place); }, target), allowed);
}

Json value_of(const OptionTarget& target) {
  return std::visit([](const auto& place) { return json_of(place); }, target);
}

Json write_options(const Fields& fields) {
  Writer writer;
  fields(writer);
  return writer.take();
}

}  // namespace gradus::experiment
