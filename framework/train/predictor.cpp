#include "framework/train/predictor.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "framework/graph/constants.h"
#include "framework/train/trace.h"

namespace gradus {

namespace {

// Tables of up to half as many rows are multiplied by the first layer once, and kept so, if that
// takes no more than so many floats.
constexpr std::int64_t kExpectedBatch = 32768;
constexpr std::int64_t kMostKept = std::int64_t{1} << 26;

/// The batch that a predictor's graph expects: 0 where it would keep too much.
std::int64_t expected_batch(const Model& model, const Task& task,
                            const std::vector<InputColumn>& columns) {
  Graph graph(kExpectedBatch);
  const PredictionTrace prediction = trace_prediction(graph, model, task, columns);
  std::int64_t kept = 0;
  for (const Value& value : constants({prediction.value})) {
    kept += value.shape().at(0).elements();
  }
  return kept <= kMostKept ? kExpectedBatch : 0;
}

View view_of(const ColumnValues& values) {
  return std::visit(
      [](auto span) -> View {
        using Element = typename decltype(span)::value_type;
        constexpr bool kNumbers = std::is_same_v<Element, float>;
        // An input is only read.
        return {const_cast<Element*>(span.data()),
                {static_cast<std::int64_t>(span.size())},
                kNumbers ? DataType::float32 : DataType::int32};
      },
      values);
}

}  // namespace

std::vector<InputColumn> columns_read(const Model& model, const Task& task,
                                      const std::vector<InputColumn>& columns) {
  Graph graph;
  return trace_prediction(graph, model, task, columns).columns;
}

/// An executor for one prediction, given back afterwards.
class Predictor::Lease {
 public:
  explicit Lease(const Predictor& owner) : owner_(owner) {
    {
      const std::scoped_lock lock(owner.mutex_);
      if (!owner.idle_.empty()) {
        executor_ = std::move(owner.idle_.back());
        owner.idle_.pop_back();
        return;
      }
    }
    executor_ = std::make_unique<Executor>(owner.graph_, std::vector<Value>{owner.predictions_},
                                           std::vector<Value>{}, owner.folded_);
    for (std::size_t k = 0; k < owner.folded_.size(); ++k) {
      executor_->set(owner.folded_[k], owner.folded_values_[k].view());
    }
  }
  ~Lease() {
    const std::scoped_lock lock(owner_.mutex_);
    owner_.idle_.push_back(std::move(executor_));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Executor& operator*() const { return *executor_; }

 private:
  const Predictor& owner_;
  std::unique_ptr<Executor> executor_;
};

Predictor::Predictor(const Model& model, const Task& task, const std::vector<InputColumn>& columns)
    : graph_(expected_batch(model, task, columns)) {
  const PredictionTrace prediction = trace_prediction(graph_, model, task, columns);
  columns_ = prediction.columns;
  inputs_ = prediction.inputs;
  predictions_ = prediction.value;
  fold();
}

void Predictor::fold() {
  folded_ = constants({predictions_});
  if (folded_.empty()) return;
  Executor executor(graph_, folded_);
  executor.run(0);
  for (const Value& value : folded_) {
    const View view = executor.output(value);
    folded_values_.emplace_back(
        view.extents,
        std::span<const float>(view.floats(), static_cast<std::size_t>(view.elements())));
  }
}

Predictor::~Predictor() = default;

void Predictor::predict(std::span<const ColumnValues> values, std::span<float> out) const {
  if (values.size() != columns_.size()) {
    fail("predict: values of {} columns, the model reads {}", values.size(), columns_.size());
  }
  const auto rows = static_cast<std::int64_t>(out.size());
  const Lease lease(*this);
  Executor& executor = *lease;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const View view = view_of(values[k]);
    if (view.elements() != rows) {
      fail("predict: {} values of column '{}' for {} predictions", view.elements(),
           columns_[k].name, rows);
    }
    executor.set(inputs_[k], view);
  }
  executor.run(rows);
  std::copy_n(executor.output(predictions_).floats(), rows, out.begin());
}

}  // namespace gradus
