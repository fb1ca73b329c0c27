#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/experiment/json.h"

namespace gradus::experiment {

/// Where a part of a config came from.
struct Origin {
  std::string name;              ///< "in movielens_ranking.json", "from --set seed=1"
  std::filesystem::path folder;  ///< that relative paths start from
  bool typed = false;            ///< with --set
};

/// What an extended config said where the extending one has another text, such as another `kind`.
struct Former {
  std::optional<std::string> text;  ///< nothing: it did not say, so the default held
  std::vector<std::string> keys;    ///< that it gave beside it, and nothing has given since
};

/// The index of an element, or of the one to append, in a list of `size`; else nothing.
std::optional<std::size_t> list_index(std::string_view key, std::size_t size);

/// A config as it was written: its JSON, and where each part of it came from.
class ConfigDocument {
 public:
  /// The file's object, on top of the one that it `extends`, if any: objects are merged key by key,
  /// everything else is replaced. A relative path in `extends` starts from the file's own folder.
  /// Comments are allowed. Throws Error (exit code 2) for what cannot be read or is not JSON, and
  /// for a file that extends itself, with all files on the way.
  static ConfigDocument load(const std::filesystem::path& file);
  /// A text, called `name` in messages, that extends nothing.
  static ConfigDocument parse(std::string_view text, std::string_view name,
                              const std::filesystem::path& folder);

  /// The same for what was read already.
  ConfigDocument(Json json, std::string_view name, const std::filesystem::path& folder);

  /// Sets a value: "optimizer.learning_rate=0.05", "model.layers.0=128", or with a JSON pointer
  /// "/optimizer/learning_rate=0.05". What follows the "=" is JSON, or else a text. Absent keys are
  /// added; the element after a list's last is appended. Relative paths in it start from the
  /// current folder. Throws Error (exit code 2) where the key leads through something that is
  /// neither an object nor a list.
  void set(std::string_view assignment);
  /// Sets the value of a key, "model.layers.0" or "/model/layers/0".
  void set(std::string_view keys, Json value, const Origin& origin);

  /// Takes a key of the top away, and gives its value; nothing where it is absent.
  std::optional<Json> take(std::string_view key);

  const Json& json() const { return json_; }
  /// Where the value at a JSON pointer came from.
  const Origin& origin(std::string_view pointer) const;
  /// What the text at a JSON pointer was in the configs that this one extends, the farthest first.
  const std::vector<Former>& formers(std::string_view pointer) const;

 private:
  void merge(Json& at, const std::string& pointer, Json over, const Origin& origin);
  void replace(Json& at, const std::string& pointer, Json value, const Origin& origin);
  void note_formers(const Json& object, const std::string& pointer, const Json& over);
  void note_given(const std::string& pointer, std::string_view key);

  Json json_;
  std::map<std::string, Origin, std::less<>> origins_;  // by pointer; a value's holds below it too
  std::map<std::string, std::vector<Former>, std::less<>> formers_;  // by pointer
};

}  // namespace gradus::experiment
