#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "framework/core/error.h"
#include "framework/data/text.h"
#include "framework/experiment/commands.h"
#include "framework/experiment/files.h"
#include "framework/experiment/human.h"
#include "framework/experiment/predicted_rows.h"
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

  /// Predicts whole lines and writes the answers.
  void answer(std::string_view lines) {
    JsonRows rows(scorer_.model());
    try {
      while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        ++line_;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        const std::string place = fmt::format("standard input, line {}", line_);
        rows.add(parse_json(line, place), place);
      }
    } catch (const Error&) {
      // What comes before a faulty line is answered, however the lines arrived.
      write_answers(rows);
      throw;
    }
    write_answers(rows);
  }

  void write_answers(const JsonRows& rows) {
    if (rows.size() == 0) return;
    const auto& columns = scorer_.model().columns;
    const PredictedRows predicted = rows.predict(scorer_);
    std::string out;
    for (std::size_t row = 0; row < predicted.size(); ++row) {
      if (!predicted.unknown(row, columns).empty()) ++unknown_rows_;
      out += predicted.json(row, columns).text() + "\n";
    }
    rows_ += static_cast<std::int64_t>(predicted.size());
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

std::string csv_line(const Table& table, const PredictedRows& rows, std::size_t row,
                     const std::vector<InputColumn>& columns, char delimiter) {
  std::string out;
  for (const InputColumn& input : columns) {
    const Column& column = table.column(input.name);
    const std::string text = input.number ? fmt::format("{}", column.numbers[row])
                                          : std::string(column.strings[column.codes[row]]);
    out += csv_field(text, delimiter) + delimiter;
  }
  return out + fmt::format("{}{}{}\n", rows.predictions[row], delimiter,
                           fmt::join(rows.unknown(row, columns), ";"));
}

/// Predicts the rows of a CSV file; returns how many hold something unknown.
std::int64_t predict_csv(const Scorer& scorer, const PredictArguments& arguments, Sink& sink,
                         std::int64_t& count) {
  const ExperimentModel& model = scorer.model();
  const auto& columns = model.columns;
  const Table table = read_csv(model, arguments.input, false);
  const Encoded data = model.encode(table, false);
  const char delimiter = csv_delimiter(model).front();
  PredictedRows rows;
  for (const InputColumn& column : columns) {
    rows.values.push_back(column.number ? ColumnValues(data.numbers(column.name))
                                        : data.ids(column.name));
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
    if (!rows.unknown(row, columns).empty()) ++unknown_rows;
    out += arguments.json ? rows.json(row, columns).text() + "\n"
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
