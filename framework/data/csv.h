#pragma once

#include <string>
#include <vector>

#include "framework/core/options.h"
#include "framework/data/source.h"

namespace gradus {

/// Rows of a CSV or TSV file (see DelimitedFile) with a header line, in UTF-8: of its columns those
/// that are declared, looked up by name; the others are not read. An empty text is a value of an
/// `id` column like any other, but no user and no item.
class CsvSource : public DataSource {
 public:
  /// A column to read.
  struct ColumnOptions {
    std::string name;
    std::string kind;

    template <class Visitor>
    void fields(Visitor& v) {
      v("name", name, required(anything()), "the column's name in the header line");
      v("kind", kind, required(one_of(column_kind_names())), "what the column means");
    }
  };

  struct Options {
    std::string path;
    std::string delimiter = ",";
    std::vector<ColumnOptions> columns;

    template <class Visitor>
    void fields(Visitor& v) {
      v("path", path, required(gradus::path()), "the file");
      v("delimiter", delimiter, anything(), "one character between columns; \"\\t\" for TSV");
      v("columns", columns, anything(), "the columns to read");
    }
  };

  /// Throws Error of config where the delimiter is no single character, a name is declared twice,
  /// or there is more than one user, item, weight or timestamp column.
  explicit CsvSource(const Options& options);

  /// Throws Error of config that lists the header's names where no columns are declared.
  Table read() const override;

 private:
  Options options_;
};

}  // namespace gradus
