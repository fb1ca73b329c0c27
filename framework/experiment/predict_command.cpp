#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>

#include "framework/core/error.h"
#include "framework/data/text.h"
#include "framework/experiment/commands.h"
#include "framework/experiment/files.h"
#include "framework/experiment/human.h"
#include "framework/experiment/scorer.h"

namespace gradus::experiment {
namespace {

/// Where predictions go: a file that is whole or not there, or standard output.
class Sink {
 public:
  explicit Sink(const std::string& file) {
    if (!file.empty()) file_ = std::make_unique<NewFile>(file);
  }
  void write(std::string_view text) {
    if (file_) {
      file_->write(text);
    } else {
      print(text);
    }
  }
  void commit() {
    if (file_) file_->commit();
  }

 private:
  std::unique_ptr<NewFile> file_;
};

/// The shortest number that reads back as that float.
Json short_number(float value) { return *parse_number(fmt::format("{}", value)); }

/// What is asked for, by column, and the predictions.
struct Rows {
  std::vector<ColumnValues> values;
  std::vector<float> predictions;
  std::size_t size() const { return predictions.size(); }
};

/// The id columns of a row whose string the model has never seen.
std::vector<std::string> unknown(const Rows& rows, std::size_t row,
                                 const std::vector<InputColumn>& columns) {
  std::vector<std::string> out;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const auto* ids = std::get_if<std::span<const std::int32_t>>(&rows.values[k]);
    if (ids && (*ids)[row] == Vocabulary::kOutOfVocabulary) out.push_back(columns[k].name);
  }
  return out;
}

std::string json_line(const Rows& rows, std::size_t row, const std::vector<InputColumn>& columns) {
  const auto names = unknown(rows, row, columns);
  return Json::object({{"prediction", short_number(rows.predictions[row])},
                       {"unknown", Json::List(names.begin(), names.end())}})
             .text() +
         "\n";
}

/// Predicts JSON lines as they come: whatever has been read is answered at once.
class LinePredictor {
 public:
  LinePredictor(const Scorer& scorer, Sink& sink) : scorer_(scorer), sink_(sink) {}

  void run() {
    std::string pending;
    std::array<char, 65536> buffer{};
    for (;;) {
      const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail_file("standard input", "cannot be read");
      if (count == 0) break;
      pending.append(buffer.data(), static_cast<std::size_t>(count));
      const std::size_t end = pending.rfind('\n') + 1;
      if (end == 0 && pending.size() > kLongestLine) {
        fail("standard input:{}: a line of more than {} bytes", line_ + 1, kLongestLine);
      }
      answer(std::string_view(pending).substr(0, end));
      pending.erase(0, end);
    }
    answer(pending);
  }

  std::int64_t rows() const { return rows_; }
  std::int64_t unknown_rows() const { return unknown_rows_; }

 private:
  static constexpr std::size_t kLongestLine = std::size_t{16} << 20;

  /// A column of the lines: ids or numbers. Of a faulty line it may have a value, or not.
  struct Values {
    std::vector<std::int32_t> ids;
    std::vector<float> numbers;
  };

  /// Adds the values of one line.
  void add(std::string_view line, std::vector<Values>& values) const {
    const std::string place = fmt::format("standard input, line {}", line_);
    const Json json = parse_json(line, place);
    const auto& columns = scorer_.model().columns;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const auto& [column, number] = columns[k];
      const Json* value = json.find(column);
      if (!value) fail("{}: \"{}\" is missing in {}", place, column, in_quotes(line));
      if (number) {
        values[k].numbers.push_back(read_number(*value, column, place));
      } else {
        values[k].ids.push_back(read_id(*value, column, place));
      }
    }
  }

  static float read_number(const Json& value, const std::string& column, const std::string& place) {
    const auto* whole = value.get_if<std::int64_t>();
    const auto* number = value.get_if<double>();
    const double read = whole ? static_cast<double>(*whole) : number ? *number : 0.0;
    if ((!whole && !number) || std::abs(read) > std::numeric_limits<float>::max()) {
      fail("{}: \"{}\" must be a number that is finite as float32, got {}", place, column,
           value.text());
    }
    return static_cast<float>(read);
  }

  std::int32_t read_id(const Json& value, const std::string& column,
                       const std::string& place) const {
    const auto* text = value.get_if<std::string>();
    const auto* number = value.get_if<std::int64_t>();
    if (!text && !number) {
      fail("{}: \"{}\" must be a text or a whole number, got {}", place, column, value.text());
    }
    const Vocabulary& vocabulary = scorer_.model().vocabularies[column];
    return vocabulary.id(text ? *text : std::to_string(*number));
  }

  /// Predicts whole lines and writes the answers.
  void answer(std::string_view lines) {
    std::vector<Values> values(scorer_.model().columns.size());
    std::size_t count = 0;
    try {
      while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        ++line_;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        add(line, values);
        ++count;
      }
    } catch (const Error&) {
      // What comes before a faulty line is answered, however the lines arrived.
      write_answers(values, count);
      throw;
    }
    write_answers(values, count);
  }

  void write_answers(const std::vector<Values>& values, std::size_t count) {
    if (count == 0) return;
    const auto& columns = scorer_.model().columns;
    Rows rows;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const std::span ids = values[k].ids;
      const std::span numbers = values[k].numbers;
      rows.values.push_back(columns[k].number ? ColumnValues(numbers.first(count))
                                              : ids.first(count));
    }
    rows.predictions = scorer_.predict(rows.values, count);
    std::string out;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (!unknown(rows, row, columns).empty()) ++unknown_rows_;
      out += json_line(rows, row, columns);
    }
    rows_ += static_cast<std::int64_t>(rows.size());
    sink_.write(out);
  }

  const Scorer& scorer_;
  Sink& sink_;
  std::int64_t line_ = 0;
  std::int64_t rows_ = 0;
  std::int64_t unknown_rows_ = 0;
};

/// A field of a CSV record, in quotes where it needs them.
std::string csv_field(std::string_view text, char delimiter) {
  if (text.find_first_of(std::string("\"\r\n") + delimiter) == std::string_view::npos) {
    return std::string(text);
  }
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += c;
    out += c;
  }
  out += '"';
  return out;
}

std::string csv_line(const Table& table, const Rows& rows, std::size_t row,
                     const std::vector<InputColumn>& columns, char delimiter) {
  std::string out;
  for (const auto& [name, number] : columns) {
    const Column& column = table.column(name);
    const std::string text = number ? fmt::format("{}", column.numbers[row])
                                    : std::string(column.strings[column.codes[row]]);
    out += csv_field(text, delimiter) + delimiter;
  }
  return out + fmt::format("{}{}{}\n", rows.predictions[row], delimiter,
                           fmt::join(unknown(rows, row, columns), ";"));
}

/// Predicts the rows of a CSV file; returns how many hold something unknown.
std::int64_t predict_csv(const Scorer& scorer, const PredictArguments& arguments, Sink& sink,
                         std::int64_t& count) {
  const ExperimentModel& model = scorer.model();
  const auto& columns = model.columns;
  const Table table = read_csv(model, arguments.input, false);
  const Encoded data = model.encode(table, false);
  const char delimiter = csv_delimiter(model).front();
  Rows rows;
  for (const auto& [name, number] : columns) {
    rows.values.push_back(number ? ColumnValues(data.numbers(name)) : data.ids(name));
  }
  count = table.rows();
  rows.predictions = scorer.predict(rows.values, static_cast<std::size_t>(count));
  std::string out;
  if (!arguments.json) {
    for (const auto& column : columns) out += csv_field(column.name, delimiter) + delimiter;
    out += fmt::format("prediction{}unknown\n", delimiter);
  }
  constexpr std::size_t kEnough = 1 << 16;
  std::int64_t unknown_rows = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!unknown(rows, row, columns).empty()) ++unknown_rows;
    out += arguments.json ? json_line(rows, row, columns)
                          : csv_line(table, rows, row, columns, delimiter);
    if (out.size() < kEnough) continue;
    sink.write(out);
    out.clear();
  }
  sink.write(out);
  return unknown_rows;
}

}  // namespace

void predict(const PredictArguments& arguments, const Catalogues& catalogues) {
  use_threads(arguments);
  const Scorer scorer(arguments.run, catalogues.models);
  Sink sink(arguments.output);
  std::int64_t rows = 0;
  std::int64_t unknown_rows = 0;
  if (arguments.input.empty()) {
    LinePredictor lines(scorer, sink);
    lines.run();
    rows = lines.rows();
    unknown_rows = lines.unknown_rows();
  } else {
    unknown_rows = predict_csv(scorer, arguments, sink, rows);
  }
  sink.commit();
  if (unknown_rows > 0) {
    note(arguments, fmt::format("{} of {} rows hold ids that the model has never seen",
                                human_count(unknown_rows), human_count(rows)));
  }
}

}  // namespace gradus::experiment
