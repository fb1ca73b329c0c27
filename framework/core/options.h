#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace gradus {

/// What values an option may take; `text()` says it in words for messages and help.
struct Allowed {
  std::optional<double> minimum = {};   ///< none: there is no lower limit
  std::optional<double> maximum = {};   ///< none: there is no upper limit
  bool exclusive_minimum = false;       ///< the minimum itself is not allowed
  std::vector<std::string> names = {};  ///< for texts: one of these, as `is_one_of` has it, if any
  bool each = false;                    ///< the above is for each element of a list
  bool required = false;                ///< the key must be given
  bool path = false;                ///< a file or folder; a relative one is relative to its config
  bool folder_name = false;         ///< what a folder can be called, as `is_folder_name` has it
  std::int64_t minimum_length = 0;  ///< for lists: so many elements at least

  /// "from 1 to 65536", "above 0", "one of: none, once".
  std::string text() const;
};

/// From `minimum` to `maximum`, both allowed.
Allowed range(double minimum, double maximum);
/// Greater than `minimum`, finite.
Allowed above(double minimum);
/// `minimum` or more, finite.
Allowed at_least(double minimum);
/// One of these texts.
Allowed one_of(std::vector<std::string> names);
/// Whatever the type can hold.
Allowed anything();
/// A list whose elements are `element` each.
Allowed each(Allowed element);
/// The path of a file or folder; "" for none.
Allowed path();
/// What a folder can be called.
Allowed folder_name();
/// The same, but the key must be given.
Allowed required(Allowed allowed);

class OptionVisitor;

/// A nested object or a list of objects behind an option, whatever its type.
struct OptionRecord {
  std::function<void(OptionVisitor&)> fields;  ///< shows the options in it
};
/// The elements of a list of objects.
struct OptionRecords {
  std::function<std::size_t()> size;                        ///< how many there are
  std::function<void(std::size_t)> resize;                  ///< makes them so many
  std::function<void(std::size_t, OptionVisitor&)> fields;  ///< of element i
};

/// A component that an option selects by name; the component's own options are keys beside that
/// option, in the same object. component.h's `Choice` makes one.
struct OptionChoice {
  std::vector<std::pair<std::string, std::string>> kinds;  ///< name and help
  std::string selected;                                    ///< "" for none yet
  std::function<void(const std::string&)> select;          ///< one of the names, afresh
  std::function<void(OptionVisitor&)> fields;              ///< of the one selected last
};

/// Where an option's value lives.
using OptionTarget =
    std::variant<bool*, int*, std::int64_t*, double*, std::string*, std::vector<int>*,
                 std::vector<double>*, std::vector<std::string>*, OptionRecord, OptionRecords,
                 OptionChoice>;

/// Sees each option of a component. A component declares them once, as
/// `template <class Visitor> void fields(Visitor& v) { v("layers", layers, each(range(1, 65536)),
/// "widths of the hidden layers"); }`; who visits reads JSON, writes JSON, prints help or a schema.
class OptionVisitor {
 public:
  virtual ~OptionVisitor() = default;

  /// Declares one option: its key, its value (now the default), what is allowed, and what it does.
  template <class T>
  void operator()(std::string_view name, T& value, const Allowed& allowed, std::string_view help) {
    if constexpr (std::is_constructible_v<OptionTarget, T*>) {
      field(name, OptionTarget(&value), allowed, help);
    } else if constexpr (requires { OptionChoice(value.choice()); }) {
      field(name, value.choice(), allowed, help);
    } else if constexpr (requires { OptionRecords(value.records()); }) {
      field(name, value.records(), allowed, help);
    } else {
      field(name, record(value), allowed, help);
    }
  }

 protected:
  /// Sees one option, whatever its type.
  virtual void field(std::string_view name, OptionTarget target, const Allowed& allowed,
                     std::string_view help) = 0;

 private:
  template <class T>
  static OptionTarget record(T& value) {
    return OptionRecord{[&value](OptionVisitor& v) { value.fields(v); }};
  }
  template <class T>
  static OptionTarget record(std::vector<T>& list) {
    return OptionRecords{[&list] { return list.size(); },
                         [&list](std::size_t size) { list.resize(size); },
                         [&list](std::size_t i, OptionVisitor& v) { list[i].fields(v); }};
  }
};

/// The most bytes that a folder's name may have, some of them left for a number behind it.
inline constexpr std::size_t kLongestFolderName = 200;
/// Whether a folder can be called that, plainly: no "/", no "." in front, no control characters,
/// neither empty nor too long.
bool is_folder_name(std::string_view text);

/// Whether a text is one of the names. One that ends in "@k" stands for all with a whole number
/// from 1 to 999,999,999 there: "ndcg@k" for "ndcg@10".
bool is_one_of(std::string_view text, const std::vector<std::string>& names);
/// What of such a name is before that number, "ndcg@"; "" for any other name.
std::string_view before_number(std::string_view name);

/// The name among `names` nearest to `word`, or "" where none is near. Case counts for nothing, a
/// swap of neighbours as one edit; a beginning of three letters or more is near.
std::string nearest_name(std::string_view word, const std::vector<std::string>& names);

}  // namespace gradus
