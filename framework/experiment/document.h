#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "framework/experiment/json.h"

namespace gradus::experiment {

/// Where a part of a config came from.
struct Origin {
  std::string name;              ///< "in movielens_ranking.json", "from --set seed=1"
  std::filesystem::path folder;  ///< that relative paths start from
  bool typed = false;            ///< with --set
};

/// The index of an element, or of the one to append, in a list of `size`; else nothing.
std::optional<std::size_t> list_index(std::string_view key, std::size_t size);

/// A config as it was written: its JSON, and where each part of it came from.
class ConfigDocument {
 public:
  /// The file's object. Throws Error (exit code 2) for what cannot be read or is not JSON.
  static ConfigDocument load(const std::filesystem::path& file);
  /// The same for a text, called `name` in messages.
  static ConfigDocument parse(std::string_view text, std::string_view name,
                              const std::filesystem::path& folder);

  /// The same for what was read already.
  ConfigDocument(Json json, std::string_view name, const std::filesystem::path& folder);

  /// Sets a value: "optimizer.learning_rate=0.05", "model.layers.0=128". What follows the "=" is
  /// JSON, or else a text. Absent keys are added; the element after a list's last is appended.
  /// Relative paths in it start from the current folder. Throws Error (exit code 2) where the key
  /// leads through something that is neither an object nor a list.
  void set(std::string_view assignment);

  const Json& json() const { return json_; }
  /// Where the value at a JSON pointer came from.
  const Origin& origin(std::string_view pointer) const;

 private:
  Json json_;
  std::map<std::string, Origin, std::less<>> origins_;  // by pointer; a value's holds below it too
};

}  // namespace gradus::experiment
