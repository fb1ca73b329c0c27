#include "framework/train/input_column.h"

namespace gradus {

std::vector<InputColumn> input_columns(const Vocabularies& vocabularies) {
  std::vector<InputColumn> columns;
  for (const auto& entry : vocabularies) columns.push_back({entry.name, false});
  for (const std::string& name : vocabularies.numbers()) columns.push_back({name, true});
  return columns;
}

std::vector<InputColumn> input_columns(const Encoded& data) {
  std::vector<InputColumn> columns;
  for (const auto& column : data.columns()) {
    columns.push_back({.name = column.name, .in_order = &column == data.user()});
  }
  for (const auto& column : data.number_columns()) columns.push_back({column.name, true});
  return columns;
}

}  // namespace gradus
