#include "tests/experiment/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

#include "framework/core/options.h"
#include "framework/experiment/config.h"
#include "framework/experiment/document.h"

namespace gradus::tests {
namespace {

using experiment::Catalogues;
using experiment::Config;
using experiment::Json;
using experiment::json_pointer;

/// Selects the kinds of one turn, and gives what is required.
class Filler final : public OptionVisitor {
 public:
  explicit Filler(std::size_t turn) : turn_(turn) {}
  /// Of the catalogue with the most of them.
  std::size_t kinds() const { return kinds_; }

 protected:
  void field(std::string_view /*name*/, OptionTarget target, const Allowed& allowed,
             std::string_view /*help*/) override {
    if (auto* const* text = std::get_if<std::string*>(&target)) {
      if (allowed.required || allowed.folder_name)
        **text = allowed.names.empty() ? "x" : allowed.names.front();
    } else if (auto* record = std::get_if<OptionRecord>(&target)) {
      record->fields(*this);
    } else if (auto* records = std::get_if<OptionRecords>(&target)) {
      records->resize(1);
      records->fields(0, *this);
    } else if (auto* choice = std::get_if<OptionChoice>(&target)) {
      kinds_ = std::max(kinds_, choice->kinds.size());
      choice->select(choice->kinds[turn_ % choice->kinds.size()].first);
      choice->fields(*this);
    }
  }

 private:
  std::size_t turn_;
  std::size_t kinds_ = 0;
};

/// Keeps the pointers of choices that have a default kind.
class DefaultKinds final : public OptionVisitor {
 public:
  DefaultKinds(std::string pointer, std::set<std::string>& found)
      : pointer_(std::move(pointer)), found_(found) {}

 protected:
  void field(std::string_view name, OptionTarget target, const Allowed& /*allowed*/,
             std::string_view /*help*/) override {
    const std::string place = json_pointer(pointer_, name);
    if (auto* record = std::get_if<OptionRecord>(&target)) {
      DefaultKinds inner(place, found_);
      record->fields(inner);
    } else if (auto* choice = std::get_if<OptionChoice>(&target)) {
      if (!choice->selected.empty()) found_.insert(place);
    }
  }

 private:
  std::string pointer_;
  std::set<std::string>& found_;
};

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

/// Slips of the fingers: a letter more, fewer, or two swapped.
std::vector<std::string> misspelt(const std::string& name) {
  std::vector<std::string> out = {name + "s", "_" + name, name.substr(1)};
  if (name.size() > 2) {
    std::string swapped = name;
    std::swap(swapped[1], swapped[2]);
    out.push_back(std::move(swapped));
    out.push_back(name.substr(0, 2) + name.substr(3));
  }
  return out;
}

/// The value at a JSON pointer that has no "~".
Json& at(Json& root, std::string_view pointer) {
  Json* value = &root;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view key = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(key.size());
    auto* list = value->get_if<Json::List>();
    value = list ? &list->at(*experiment::list_index(key, list->size())) : value->find(key);
    if (value == nullptr) throw std::runtime_error("no such place in the config");
  }
  return *value;
}

/// Makes every fault of the keys of one object, at `pointer` of a valid config.
class Breaker final : public OptionVisitor {
 public:
  Breaker(const Json& config, const std::set<std::string>& defaults, std::string pointer,
          std::vector<Fault>& faults)
      : config_(config), defaults_(defaults), pointer_(std::move(pointer)), faults_(faults) {}

  /// The faults of the object's keys themselves.
  void finish() {
    for (const std::string& name : names_) {
      for (const std::string& typo : misspelt(name)) add_key(typo, "a misspelt key");
    }
    add_key("$schem", "a misspelt key");
    if (!pointer_.empty()) add_key("$schema", "a key that only the top has");
    if (!pointer_.empty()) add_key("extends", "a key that only the top has");
    for (const std::string& name : foreign_) add_key(name, "another kind's key");
  }

 protected:
  void field(std::string_view name, OptionTarget target, const Allowed& allowed,
             std::string_view /*help*/) override {
    names_.emplace_back(name);
    const std::string place = json_pointer(pointer_, name);
    std::visit([&](auto& value) { break_value(place, value, allowed); }, target);
    replace(place, nullptr, "null");
    if (!allowed.required || defaults_.contains(place)) return;
    Json config = config_;
    std::erase_if(*at(config, pointer_).get_if<Json::Object>(),
                  [name](const Json::Member& member) { return member.first == name; });
    add("a missing key", std::move(config), place);
  }

 private:
  void add(std::string what, Json config, std::string pointer) {
    faults_.push_back({std::move(what), std::move(config), std::move(pointer)});
  }

  void replace(const std::string& place, const Json& value, const std::string& what) {
    Json config = config_;
    at(config, place) = value;
    add(fmt::format("{}: {}", what, value.text()), std::move(config), place);
  }

  void add_key(const std::string& key, const std::string& what) {
    Json config = config_;
    Json& object = at(config, pointer_);
    if (object.find(key)) return;
    object[key] = 1;
    add(what, std::move(config), json_pointer(pointer_, key));
  }

  /// Slips of the fingers that make none of the names.
  static std::vector<std::string> wrong_names(const std::vector<std::string>& names) {
    std::vector<std::string> out;
    for (const std::string& name : names) {
      for (const std::string& typo : misspelt(name)) {
        if (std::ranges::find(names, typo) == names.end()) out.push_back(typo);
      }
    }
    return out;
  }

  /// Values that are none of a T that is allowed.
  template <class T>
  static std::vector<Json> wrong_values(const Allowed& allowed) {
    std::vector<Json> out = {Json::object(), Json::object({{"a", 1}}), Json::list(),
                             Json::list({Json::list()})};
    if constexpr (!std::is_same_v<T, bool>) out.emplace_back(true);
    if constexpr (!std::is_same_v<T, std::string>) {
      out.insert(out.end(), {"text", "1", "true", ""});
    } else {
      out.insert(out.end(), {1, 1.5});
      for (const std::string& name : wrong_names(allowed.names)) out.emplace_back(name);
      if (allowed.folder_name) {
        out.insert(out.end(), {"", "a/b", ".a", "a\nb", std::string(kLongestFolderName + 1, 'a')});
      }
      if (allowed.required) out.emplace_back("");
    }
    if constexpr (std::is_same_v<T, bool>) out.insert(out.end(), {0, 1, 0.5});
    if constexpr (std::is_integral_v<T>) out.insert(out.end(), {1.5, 1e30, -1e30});
    if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
      if (allowed.minimum) out.insert(out.end(), {*allowed.minimum - 1, *allowed.minimum - 1e6});
      if (allowed.exclusive_minimum) out.emplace_back(*allowed.minimum);
      if (allowed.maximum) out.insert(out.end(), {*allowed.maximum + 1, *allowed.maximum * 2});
    }
    return out;
  }

  template <class T>
  void break_value(const std::string& place, T* /*value*/, const Allowed& allowed) {
    for (const Json& wrong : wrong_values<T>(allowed)) replace(place, wrong, "a wrong value");
  }

  template <class T>
  void break_value(const std::string& place, std::vector<T>* /*list*/, const Allowed& allowed) {
    for (const Json& wrong :
         std::vector<Json>{1, true, "text", Json::object(), Json::object({{"0", 1}}), 0.5}) {
      replace(place, wrong, "no list");
    }
    const Json good = std::is_arithmetic_v<T> ? Json(allowed.minimum.value_or(0) + 1)
                      : allowed.names.empty() ? Json("text")
                                              : Json(allowed.names.front());
    std::vector<Json> elements = wrong_values<T>(allowed);
    elements.emplace_back(nullptr);
    for (const Json& wrong : elements) {
      for (const std::size_t index : {0U, 2U}) {
        Json::List list(3, good);
        list[index] = wrong;
        Json config = config_;
        at(config, place) = std::move(list);
        add("a wrong element", std::move(config), json_pointer(place, std::to_string(index)));
      }
    }
    if (allowed.minimum_length > 0) replace(place, Json::list(), "too few elements");
  }

  void break_value(const std::string& place, const OptionRecord& record,
                   const Allowed& /*allowed*/) {
    for (const Json& wrong : std::vector<Json>{1, true, "text", Json::list(), 0.5}) {
      replace(place, wrong, "no object");
    }
    Breaker inner(config_, defaults_, place, faults_);
    record.fields(inner);
    inner.finish();
  }

  void break_value(const std::string& place, const OptionRecords& records,
                   const Allowed& /*allowed*/) {
    for (const Json& wrong : std::vector<Json>{1, true, "text", Json::object(), 0.5}) {
      replace(place, wrong, "no list");
    }
    for (std::size_t i = 0; i < records.size(); ++i) {
      const std::string element = json_pointer(place, std::to_string(i));
      for (const Json& wrong : std::vector<Json>{nullptr, 1, "text", Json::list()}) {
        replace(element, wrong, "no object");
      }
      Breaker inner(config_, defaults_, element, faults_);
      records.fields(i, inner);
      inner.finish();
    }
  }

  void break_value(const std::string& place, const OptionChoice& choice,
                   const Allowed& /*allowed*/) {
    for (const Json& wrong :
         std::vector<Json>{1, true, "", "zzz", Json::list(), Json::object(), 0.5}) {
      replace(place, wrong, "no kind");
    }
    std::vector<std::string> kinds;
    for (const auto& [kind, help] : choice.kinds) kinds.push_back(kind);
    for (const std::string& wrong : wrong_names(kinds)) replace(place, wrong, "a misspelt kind");
    choice.fields(*this);
    for (const std::string& kind : kinds) {
      if (kind == choice.selected) continue;
      choice.select(kind);
      Names other;
      choice.fields(other);
      foreign_.insert(foreign_.end(), other.seen.begin(), other.seen.end());
    }
    choice.select(choice.selected);
  }

  const Json& config_;
  const std::set<std::string>& defaults_;
  std::string pointer_;
  std::vector<Fault>& faults_;
  std::vector<std::string> names_;
  std::vector<std::string> foreign_;
};

/// The config of one turn, filled.
Config filled(const Catalogues& catalogues, std::size_t turn, std::size_t* kinds = nullptr) {
  Config config(catalogues);
  Filler filler(turn);
  config.fields(filler);
  if (kinds) *kinds = filler.kinds();
  return config;
}

std::size_t turns(const Catalogues& catalogues) {
  std::size_t kinds = 0;
  filled(catalogues, 0, &kinds);
  return kinds;
}

}  // namespace

std::vector<Json> whole_configs(const Catalogues& catalogues) {
  std::vector<Json> out;
  for (std::size_t turn = 0; turn < turns(catalogues); ++turn) {
    out.push_back(write_config(filled(catalogues, turn)));
  }
  return out;
}

std::vector<Fault> draw_faults(const Catalogues& catalogues, std::size_t count,
                               std::uint64_t seed) {
  std::set<std::string> defaults;
  DefaultKinds visitor("", defaults);
  Config(catalogues).fields(visitor);
  std::vector<Fault> all;
  for (std::size_t turn = 0; turn < turns(catalogues); ++turn) {
    Config config = filled(catalogues, turn);
    const Json whole = write_config(config);
    Breaker breaker(whole, defaults, "", all);
    config.fields(breaker);
    breaker.finish();
  }
  std::vector<Fault> out;
  std::set<std::string> seen;
  std::mt19937_64 random(seed);
  while (out.size() < count && !all.empty()) {
    std::swap(all[random() % all.size()], all.back());
    if (seen.insert(all.back().config.text()).second) out.push_back(std::move(all.back()));
    all.pop_back();
  }
  return out;
}

}  // namespace gradus::tests
