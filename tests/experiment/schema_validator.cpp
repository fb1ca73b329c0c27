#include "tests/experiment/schema_validator.h"

#include <sstream>
#include <stdexcept>

#include "tests/support.h"

namespace gradus::tests {

std::vector<std::string> validate(const std::string& schema,
                                  const std::vector<std::string>& values) {
  const TemporaryFolder folder;
  write_file(folder / "schema.json", schema);
  std::string lines;
  for (const std::string& value : values) lines += value + "\n";
  // Debian's own Python, for which python3-jsonschema is installed.
  const ProgramResult result =
      run("/usr/bin/python3", {source_folder() / "tests/validate_json.py", folder / "schema.json"},
          {.standard_input = lines});
  if (result.exit_code != 0) throw std::runtime_error(result.standard_error);
  std::vector<std::string> out;
  out.reserve(values.size());
  std::istringstream output(result.standard_output);
  for (std::string line; std::getline(output, line);) out.push_back(line);
  if (out.size() != values.size()) throw std::runtime_error("the validator lost values");
  return out;
}

}  // namespace gradus::tests
