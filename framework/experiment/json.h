#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace gradus::experiment {

/// A JSON value. Objects keep the order in which their keys came, and have each key once.
class Json {
 public:
  using List = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;
  // NOLINTBEGIN(google-explicit-constructor): values are written as they are
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  template <std::integral T>
  Json(T value) : value_(static_cast<std::int64_t>(value)) {}
  Json(double value) : value_(value) {}
  Json(const char* text) : value_(std::string(text)) {}
  Json(std::string_view text) : value_(std::string(text)) {}
  Json(std::string text) : value_(std::move(text)) {}
  Json(List list) : value_(std::move(list)) {}
  // NOLINTEND(google-explicit-constructor)

  /// An object of these keys and values, in this order.
  static Json object(std::initializer_list<Member> members = {});
  static Json list(std::initializer_list<Json> elements = {}) { return List(elements); }

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  /// The value if it is of that type, else nullptr.
  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&value_);
  }
  template <class T>
  T* get_if() {
    return std::get_if<T>(&value_);
  }
  /// The elements of a list, the members of an object. Throws Error for another type.
  const List& elements() const&;
  const Object& members() const&;
  const List& elements() && = delete;  // they would not outlive the value
  const Object& members() && = delete;

  /// The value of a key, or nullptr where this is no object or has no such key.
  const Json* find(std::string_view key) const;
  Json* find(std::string_view key);
  /// The value of a key, added as null where absent. Throws Error where this is no object.
  Json& operator[](std::string_view key);
  /// Appends to a list. Throws Error where this is none.
  void push_back(Json element);

  /// "a number", "an object", …
  std::string_view type_name() const;
  /// As one line, or with `indent` spaces a level where that is above 0. Numbers read back to the
  /// same bits; a whole number has no fraction; what is not finite becomes null. Bytes that are not
  /// UTF-8 become U+FFFD.
  std::string text(int indent = 0) const;

  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, List, Object> value_;
};

/// A float as the shortest number that reads back as it; null where it is not finite.
Json short_number(float value);

/// Objects and lists deeper than this are refused.
inline constexpr int kMaximumJsonDepth = 100;

/// Whether `// to the end of the line` and `/* … */` are read as white space.
enum class JsonComments : std::uint8_t { refused, allowed };

/// Reads one JSON value and nothing after it. Throws Error with `exit_code` for what is not JSON
/// ("NAME:3:14: expected ',' or '}', got …": line and column from 1, in characters), a repeated
/// key, a number too large for a double, invalid UTF-8, and nesting beyond kMaximumJsonDepth.
Json parse_json(std::string_view text, std::string_view name, int exit_code = 1,
                JsonComments comments = JsonComments::refused);

/// "/model/layers/0" from "/model/layers" and "0"; `~` and `/` in a key are escaped (RFC 6901).
std::string json_pointer(std::string_view parent, std::string_view key);

/// The pointer, below `parent`, of the first value of `a` that `b` does not have in that place; of
/// an object or list that `b` has more in; "" where both are written alike.
std::string first_difference(const Json& a, const Json& b, const std::string& parent = "");

}  // namespace gradus::experiment
