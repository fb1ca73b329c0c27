#include "framework/experiment/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "framework/core/error.h"
#include "framework/data/text.h"

namespace gradus::experiment {
namespace {

/// ":3:14" of a byte of the text; columns count characters.
std::string place(std::string_view text, std::size_t byte) {
  byte = std::min(byte, text.size());
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i < byte; ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) {
      ++column;
    }
  }
  return fmt::format(":{}:{}", line, column);
}

/// The parser's own text without its names: "unexpected '}'; expected string literal (in an object
/// key)".
std::string reason(std::string_view what) {
  constexpr std::string_view kStart = "syntax error while parsing ";
  const std::size_t start = what.find(kStart);
  if (start == std::string_view::npos) {
    const std::size_t bracket = what.find("] ");
    return std::string(bracket == std::string_view::npos ? what : what.substr(bracket + 2));
  }
  what.remove_prefix(start + kStart.size());
  const std::size_t dash = what.find(" - ");
  std::string out(what.substr(dash + 3));
  for (const char* end : {"]", "}"}) {
    if (out.ends_with(fmt::format("expected '{}'", end))) {
      out.replace(out.size() - 3, 3, fmt::format("',' or '{}'", end));
    }
  }
  return fmt::format("{} (in {})", out, what.substr(0, dash));
}

/// Builds the value while nlohmann's parser, which does not recurse, reads the text.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(std::string_view text, std::string_view name, int exit_code)
      : text_(text), name_(name), exit_code_(exit_code) {}

  Json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override {
    if (value > static_cast<std::uint64_t>(INT64_MAX)) return add(static_cast<double>(value));
    return add(static_cast<std::int64_t>(value));
  }
  bool number_float(double value, const std::string& /*text*/) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*size*/) override { return open(Json::list()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    if (!open_.back().keys.insert(name).second) {
      refuse(fmt::format(": {}: this key is given twice", pointer(name)));
    }
    open_.back().key = name;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::json::exception& error) override {
    const std::size_t byte = position > 0 ? position - 1 : 0;  // of the last one read
    const std::string_view rest = text_.substr(std::min(byte, text_.size()));
    const bool not_finite = rest.starts_with("NaN") || rest.starts_with("Inf") ||
                            rest.starts_with("nan") || rest.starts_with("inf");
    refuse(place(text_, byte) + ": " + reason(error.what()) +
           (not_finite ? "; JSON has no NaN and no infinity" : ""));
  }

 private:
  struct Open {
    Json* value;
    std::string key;
    std::unordered_set<std::string> keys;
  };

  [[noreturn]] void refuse(const std::string& text) const {
    throw Error(std::string(name_) + text, exit_code_);
  }

  std::string pointer(std::string_view key) const {
    std::string out;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      const auto* list = open_[i].value->get_if<Json::List>();
      out = json_pointer(out, list ? std::to_string(list->size() - 1) : open_[i].key);
    }
    return json_pointer(out, key);
  }

  Json* place_value(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (auto* list = open_.back().value->get_if<Json::List>()) {
      list->push_back(std::move(value));
      return &list->back();
    }
    auto* object = open_.back().value->get_if<Json::Object>();
    object->emplace_back(open_.back().key, std::move(value));
    return &object->back().second;
  }

  bool add(Json value) {
    place_value(std::move(value));
    return true;
  }

  bool open(Json value) {
    if (open_.size() == static_cast<std::size_t>(kMaximumJsonDepth)) {
      refuse(fmt::format(": nested more than {} deep", kMaximumJsonDepth));
    }
    open_.push_back({place_value(std::move(value)), {}, {}});
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  std::string_view name_;
  int exit_code_;
  Json root_;
  std::vector<Open> open_;
};

void write_string(const std::string& text, std::string& out) {
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void write_number(double value, std::string& out) {
  constexpr double kWhole = 9007199254740992.0;  // 2^53: whole numbers are exact up to here
  if (!std::isfinite(value)) {
    out += "null";
  } else if (value == 0 && std::signbit(value)) {
    out += "-0.0";
  } else if (std::trunc(value) == value && std::abs(value) <= kWhole) {
    out += std::to_string(static_cast<std::int64_t>(value));
  } else {
    out += fmt::format("{}", value);
  }
}

void new_line(int indent, int depth, std::string& out) {
  if (indent == 0) return;
  out += '\n';
  out.append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(depth), ' ');
}

void write(const Json& value, int indent, int depth, std::string& out);

/// Lists of plain values stay on one line.
void write_list(const Json::List& list, int indent, int depth, std::string& out) {
  const bool plain = std::ranges::all_of(list, [](const Json& element) {
    return !element.get_if<Json::List>() && !element.get_if<Json::Object>();
  });
  const int inner = plain ? 0 : indent;
  const char* separator = "";
  out += '[';
  for (const Json& element : list) {
    out += separator;
    new_line(inner, depth + 1, out);
    write(element, indent, depth + 1, out);
    separator = inner > 0 ? "," : ", ";
  }
  if (!list.empty()) new_line(inner, depth, out);
  out += ']';
}

void write_object(const Json::Object& object, int indent, int depth, std::string& out) {
  const char* separator = "";
  out += '{';
  for (const auto& [key, member] : object) {
    out += separator;
    new_line(indent, depth + 1, out);
    write_string(key, out);
    out += ": ";
    write(member, indent, depth + 1, out);
    separator = indent > 0 ? "," : ", ";
  }
  if (!object.empty()) new_line(indent, depth, out);
  out += '}';
}

void write(const Json& value, int indent, int depth, std::string& out) {
  if (const auto* boolean = value.get_if<bool>()) {
    out += *boolean ? "true" : "false";
  } else if (const auto* whole = value.get_if<std::int64_t>()) {
    out += std::to_string(*whole);
  } else if (const auto* number = value.get_if<double>()) {
    write_number(*number, out);
  } else if (const auto* text = value.get_if<std::string>()) {
    write_string(*text, out);
  } else if (const auto* list = value.get_if<Json::List>()) {
    write_list(*list, indent, depth, out);
  } else if (const auto* object = value.get_if<Json::Object>()) {
    write_object(*object, indent, depth, out);
  } else {
    out += "null";
  }
}

}  // namespace

Json Json::object(std::initializer_list<Member> members) {
  Json out;
  out.value_ = Object(members);
  return out;
}

const Json::List& Json::elements() const& {
  if (const auto* list = get_if<List>()) return *list;
  fail("json: expected a list, got {}", type_name());
}

const Json::Object& Json::members() const& {
  if (const auto* object = get_if<Object>()) return *object;
  fail("json: expected an object, got {}", type_name());
}

const Json* Json::find(std::string_view key) const {
  const auto* object = get_if<Object>();
  if (object == nullptr) return nullptr;
  const auto at =
      std::ranges::find_if(*object, [key](const Member& member) { return member.first == key; });
  return at == object->end() ? nullptr : &at->second;
}

Json* Json::find(std::string_view key) {
  return const_cast<Json*>(static_cast<const Json*>(this)->find(key));
}

Json& Json::operator[](std::string_view key) {
  if (Json* found = find(key)) return *found;
  auto* object = get_if<Object>();
  if (object == nullptr) fail("json: {} has no key \"{}\"", type_name(), key);
  return object->emplace_back(std::string(key), Json()).second;
}

void Json::push_back(Json element) {
  auto* list = get_if<List>();
  if (list == nullptr) fail("json: cannot append to {}", type_name());
  list->push_back(std::move(element));
}

std::string_view Json::type_name() const {
  constexpr std::string_view kNames[] = {"null",   "true or false", "a whole number", "a number",
                                         "a text", "a list",        "an object"};
  return kNames[value_.index()];
}

std::string Json::text(int indent) const {
  std::string out;
  write(*this, indent, 0, out);
  return out;
}

Json parse_json(std::string_view text, std::string_view name, int exit_code,
                JsonComments comments) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    throw Error(fmt::format("{}: empty, expected a JSON value", name), exit_code);
  }
  Builder builder(text, name, exit_code);
  nlohmann::json::sax_parse(text, &builder, nlohmann::json::input_format_t::json, true,
                            comments == JsonComments::allowed);
  return builder.take();
}

Json short_number(float value) {
  const auto number = parse_number(fmt::format("{}", value));
  return number ? Json(*number) : Json();
}

std::string json_pointer(std::string_view parent, std::string_view key) {
  std::string out(parent);
  out += '/';
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string first_difference(const Json& a, const Json& b, const std::string& parent) {
  if (const auto* members = a.get_if<Json::Object>(); members && b.get_if<Json::Object>()) {
    for (const auto& [key, value] : *members) {
      const std::string at = json_pointer(parent, key);
      const Json* other = b.find(key);
      std::string below = other ? first_difference(value, *other, at) : at;
      if (!below.empty()) return below;
    }
    return members->size() == b.members().size() ? "" : parent;
  }
  const auto* list = a.get_if<Json::List>();
  const auto* other = b.get_if<Json::List>();
  if (!list || !other || list->size() != other->size()) return a.text() == b.text() ? "" : parent;
  for (std::size_t i = 0; i < list->size(); ++i) {
    std::string below =
        first_difference((*list)[i], (*other)[i], json_pointer(parent, std::to_string(i)));
    if (!below.empty()) return below;
  }
  return "";
}

}  // namespace gradus::experiment
