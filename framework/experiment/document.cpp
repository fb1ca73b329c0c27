#include "framework/experiment/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "framework/core/error.h"
#include "framework/experiment/files.h"

namespace gradus::experiment {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kExtends = "extends";

/// A file of a chain in which each extends the next.
struct Link {
  std::string name;    // as messages have it
  fs::path canonical;  // "" where it has none
  fs::path folder = {};
  Json json = {};
};

/// "a.json extends b.json extends c.json".
std::string chain_text(const std::vector<Link>& chain, const std::string& last) {
  std::string out;
  for (const Link& link : chain) out += link.name + " extends ";
  return out + last;
}

/// Reads the file that the last of the chain extends, or the first file.
Link read_link(const std::string& name, const std::vector<Link>& chain) {
  constexpr std::size_t kLongest = std::size_t{64} << 20;
  std::error_code error;
  Link link{.name = name, .canonical = fs::weakly_canonical(name, error)};
  const bool again = std::ranges::any_of(chain, [&link](const Link& other) {
    return !link.canonical.empty() && other.canonical == link.canonical;
  });
  if (again) {
    fail_config("/extends", "leads back to {}: {} (in {})", name, chain_text(chain, name),
                chain.back().name);
  }
  std::string text;
  try {
    text = read_file(name, 2, kLongest);
  } catch (const Error& unreadable) {
    if (chain.empty()) throw;
    fail_config("/extends", "{} ({})", unreadable.what(), chain_text(chain, name));
  }
  link.json = parse_json(text, name, 2, JsonComments::allowed);
  link.folder = fs::absolute(name).parent_path();
  if (!chain.empty() && !link.json.get_if<Json::Object>()) {
    fail_config("/", "must be an object, got {} (in {})", link.json.type_name(), name);
  }
  return link;
}

/// Takes `extends` out of a file's object, and returns the name of the file that it extends, or "".
std::string take_base(Link& link) {
  auto* object = link.json.get_if<Json::Object>();
  const Json* value = link.json.find(kExtends);
  if (value == nullptr) return "";
  const auto* base = value->get_if<std::string>();
  if (!base || base->empty() || base->find('\0') != base->npos) {
    fail_config("/extends", "must be the path of another config, got {} (in {})", value->text(),
                link.name);
  }
  std::string name = (fs::path(link.name).parent_path() / *base).lexically_normal().string();
  std::erase_if(*object, [](const Json::Member& member) { return member.first == kExtends; });
  return name;
}

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
Json& element(Json& list, std::string_view key, std::string_view pointer, const Origin& origin) {
  auto& elements = *list.get_if<Json::List>();
  const auto index = list_index(key, elements.size());
  if (!index) {
    fail_config(pointer, "needs an index from 0 to {}, got \"{}\" ({})", elements.size(), key,
                origin.name);
  }
  if (*index == elements.size()) elements.emplace_back();
  return elements[*index];
}

/// "layers" and "0" of "layers.0", or of the JSON pointer "/layers/0".
std::vector<std::string> split_keys(std::string_view keys, const Origin& origin) {
  const auto refuse = [keys, &origin](std::string_view what) {
    throw Error(fmt::format("config: key {}: {} ({})", keys, what, origin.name), 2);
  };
  const bool pointer = keys.starts_with('/');
  const char separator = pointer ? '/' : '.';
  if (pointer) keys.remove_prefix(1);
  std::vector<std::string> out(1);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] == separator) {
      out.emplace_back();
    } else if (pointer && keys[i] == '~') {
      const char next = i + 1 < keys.size() ? keys[++i] : ' ';
      if (next != '0' && next != '1') refuse("in a JSON pointer \"~\" stands only in ~0 and ~1");
      out.back() += next == '0' ? '~' : '/';
    } else {
      out.back() += keys[i];
    }
  }
  if (std::ranges::find(out, "") != out.end()) {
    refuse(fmt::format("an empty key between its {}", pointer ? "slashes" : "dots"));
  }
  if (out.front() == kExtends) refuse("only a file can extend another");
  return out;
}

}  // namespace

std::optional<std::size_t> list_index(std::string_view key, std::size_t size) {
  std::size_t index = 0;
  const char* end = key.data() + key.size();
  const auto [stop, error] = std::from_chars(key.data(), end, index);
  if (error != std::errc() || stop != end || index > size) return {};
  return index;
}

ConfigDocument ConfigDocument::load(const fs::path& file) {
  std::vector<Link> chain;
  std::string next = file.string();
  do {
    chain.push_back(read_link(next, chain));
    next = take_base(chain.back());
  } while (!next.empty());
  ConfigDocument document(std::move(chain.back().json), chain.back().name, chain.back().folder);
  for (chain.pop_back(); !chain.empty(); chain.pop_back()) {
    Link& link = chain.back();
    document.merge(document.json_, "", std::move(link.json),
                   {fmt::format("in {}", link.name), link.folder});
  }
  return document;
}

ConfigDocument ConfigDocument::parse(std::string_view text, std::string_view name,
                                     const fs::path& folder) {
  return {parse_json(text, name, 2, JsonComments::allowed), name, folder};
}

ConfigDocument::ConfigDocument(Json json, std::string_view name, const fs::path& folder)
    : json_(std::move(json)) {
  origins_[""] = {fmt::format("in {}", name), folder};
}

void ConfigDocument::replace(Json& at, const std::string& pointer, Json value,
                             const Origin& origin) {
  at = std::move(value);
  const auto is_below = [below = pointer + "/"](const auto& entry) {
    return entry.first.starts_with(below);
  };
  std::erase_if(origins_, is_below);
  std::erase_if(formers_, is_below);
  origins_[pointer] = origin;
}

void ConfigDocument::merge(Json& at, const std::string& pointer, Json over, const Origin& origin) {
  auto* changes = over.get_if<Json::Object>();
  if (!changes || !at.get_if<Json::Object>()) return replace(at, pointer, std::move(over), origin);
  // The object is of several files from here on, so each member says on its own where it is from.
  const Origin before = this->origin(pointer);
  for (const auto& [key, value] : at.members()) {
    origins_.try_emplace(json_pointer(pointer, key), before);
  }
  origins_[pointer] = origin;
  note_formers(at, pointer, over);
  for (auto& [key, value] : *changes) {
    merge(at[key], json_pointer(pointer, key), std::move(value), origin);
  }
}

void ConfigDocument::note_formers(const Json& object, const std::string& pointer,
                                  const Json& over) {
  for (const auto& [key, value] : over.members()) note_given(pointer, key);
  std::vector<std::string> kept;
  for (const auto& [key, value] : object.members()) {
    if (!over.find(key)) kept.push_back(key);
  }
  if (kept.empty()) return;
  for (const auto& [key, value] : over.members()) {
    const Json* former = object.find(key);
    const auto* text = former ? former->get_if<std::string>() : nullptr;
    if (!value.get_if<std::string>() || (former && !text) || (former && *former == value)) continue;
    formers_[json_pointer(pointer, key)].push_back(
        {text ? std::optional(*text) : std::nullopt, kept});
  }
}

void ConfigDocument::note_given(const std::string& pointer, std::string_view key) {
  const std::string inside = pointer + "/";
  for (auto& [place, formers] : formers_) {
    if (!place.starts_with(inside) || place.find('/', inside.size()) != place.npos) continue;
    for (Former& former : formers) std::erase(former.keys, key);
  }
}

void ConfigDocument::set(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw Error(fmt::format("--set {}: expected KEY=VALUE, such as training.epochs=5", assignment),
                2);
  }
  set(assignment.substr(0, equals), parse_typed(assignment.substr(equals + 1), assignment),
      {fmt::format("from --set {}", assignment), fs::current_path(), true});
}

void ConfigDocument::set(std::string_view keys, Json value, const Origin& origin) {
  std::string pointer;
  Json* at = &json_;
  for (const std::string& key : split_keys(keys, origin)) {
    if (at->is_null()) {
      *at = Json::object();
      origins_.emplace(pointer, origin);
    }
    if (at->get_if<Json::List>()) {
      at = &element(*at, key, pointer, origin);
    } else if (at->get_if<Json::Object>()) {
      at = &(*at)[key];
      note_given(pointer, key);
    } else {
      fail_config(pointer, "is {}, so it has no key \"{}\" ({})", at->type_name(), key,
                  origin.name);
    }
    pointer = json_pointer(pointer, key);
  }
  replace(*at, pointer, std::move(value), origin);
}

std::optional<Json> ConfigDocument::take(std::string_view key) {
  auto* members = json_.get_if<Json::Object>();
  if (members == nullptr) return {};
  const auto found = std::ranges::find(*members, key, &Json::Member::first);
  if (found == members->end()) return {};
  Json value = std::move(found->second);
  members->erase(found);
  return value;
}

const Origin& ConfigDocument::origin(std::string_view pointer) const {
  for (;;) {
    const auto found = origins_.find(pointer);
    if (found != origins_.end()) return found->second;
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
}

const std::vector<Former>& ConfigDocument::formers(std::string_view pointer) const {
  static const std::vector<Former> kNone;
  const auto found = formers_.find(pointer);
  return found == formers_.end() ? kNone : found->second;
}

}  // namespace gradus::experiment
