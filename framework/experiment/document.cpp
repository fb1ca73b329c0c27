#include "framework/experiment/document.h"

#include <fmt/format.h>

#include <charconv>

#include "framework/core/error.h"
#include "framework/experiment/files.h"

namespace gradus::experiment {
namespace {

/// A value typed at a prompt: JSON where it looks like that, else a text.
Json parse_typed(std::string_view text, std::string_view assignment) {
  const bool must_parse = text.starts_with('{') || text.starts_with('[') || text.starts_with('"');
  try {
    return parse_json(text, fmt::format("--set {}", assignment), 2);
  } catch (const Error&) {
    if (must_parse) throw;
    return text;
  }
}

/// The element `key` of a list, appended where it is the next one.
Json& element(Json& list, std::string_view key, std::string_view pointer,
              std::string_view assignment) {
  auto& elements = *list.get_if<Json::List>();
  const auto index = list_index(key, elements.size());
  if (!index) {
    fail_config(pointer, "needs an index from 0 to {}, got \"{}\" (from --set {})", elements.size(),
                key, assignment);
  }
  if (*index == elements.size()) elements.emplace_back();
  return elements[*index];
}

}  // namespace

std::optional<std::size_t> list_index(std::string_view key, std::size_t size) {
  std::size_t index = 0;
  const char* end = key.data() + key.size();
  const auto [stop, error] = std::from_chars(key.data(), end, index);
  if (error != std::errc() || stop != end || index > size) return {};
  return index;
}

ConfigDocument ConfigDocument::load(const std::filesystem::path& file) {
  constexpr std::size_t kLongest = std::size_t{64} << 20;
  const std::string text = read_file(file, 2, kLongest);
  return parse(text, file.string(), std::filesystem::absolute(file).parent_path());
}

ConfigDocument ConfigDocument::parse(std::string_view text, std::string_view name,
                                     const std::filesystem::path& folder) {
  return {parse_json(text, name, 2), name, folder};
}

ConfigDocument::ConfigDocument(Json json, std::string_view name,
                               const std::filesystem::path& folder)
    : json_(std::move(json)) {
  origins_[""] = {fmt::format("in {}", name), folder};
}

void ConfigDocument::set(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw Error(fmt::format("--set {}: expected KEY=VALUE, such as training.epochs=5", assignment),
                2);
  }
  Json value = parse_typed(assignment.substr(equals + 1), assignment);
  const Origin here{fmt::format("from --set {}", assignment), std::filesystem::current_path(),
                    true};
  std::string_view keys = assignment.substr(0, equals);
  std::string pointer;
  Json* at = &json_;
  for (bool more = true; more;) {
    const std::size_t dot = keys.find('.');
    more = dot != std::string_view::npos;
    const std::string_view key = keys.substr(0, dot);
    if (more) keys.remove_prefix(dot + 1);
    if (key.empty()) {
      throw Error(fmt::format("--set {}: an empty key between its dots", assignment), 2);
    }
    if (at->is_null()) {
      *at = Json::object();
      origins_.emplace(pointer, here);
    }
    if (at->get_if<Json::List>()) {
      at = &element(*at, key, pointer, assignment);
    } else if (at->get_if<Json::Object>()) {
      at = &(*at)[key];
    } else {
      fail_config(pointer, "is {}, so it has no key \"{}\" (from --set {})", at->type_name(), key,
                  assignment);
    }
    pointer = json_pointer(pointer, key);
  }
  *at = std::move(value);
  const auto below = pointer + "/";
  std::erase_if(origins_, [&](const auto& origin) { return origin.first.starts_with(below); });
  origins_[pointer] = here;
}

const Origin& ConfigDocument::origin(std::string_view pointer) const {
  for (;;) {
    const auto found = origins_.find(pointer);
    if (found != origins_.end()) return found->second;
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
}

}  // namespace gradus::experiment
