#include "framework/train/predictor.h"

#include <algorithm>
#include <utility>

namespace gradus {

/// An executor for one prediction, given back afterwards.
class Predictor::Lease {
 public:
  explicit Lease(const Predictor& owner) : owner_(owner) {
    {
      const std::lock_guard lock(owner.mutex_);
      if (!owner.idle_.empty()) {
        executor_ = std::move(owner.idle_.back());
        owner.idle_.pop_back();
        return;
      }
    }
    executor_ = std::make_unique<Executor>(owner.graph_, std::vector<Value>{owner.predictions_});
  }
  ~Lease() {
    const std::lock_guard lock(owner_.mutex_);
    owner_.idle_.push_back(std::move(executor_));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Executor& operator*() const { return *executor_; }

 private:
  const Predictor& owner_;
  std::unique_ptr<Executor> executor_;
};

Predictor::Predictor(const Model& model, const Task& task,
                     const std::vector<std::string>& columns) {
  std::map<std::string, Value, std::less<>> features;
  for (const std::string& name : columns) {
    features[name] = graph_.input(name, {kBatch}, DataType::int32);
  }
  predictions_ = task.predictions(model.forward(Features(features)));
  Executor executor(graph_, {predictions_});
  const Plan& plan = executor.plan(1);
  for (const std::string& name : columns) {
    const Value ids = features[name];
    if (plan.places[static_cast<std::size_t>(ids.index())] != Place::outside) continue;
    columns_.push_back(name);
    ids_.push_back(ids);
  }
}

Predictor::~Predictor() = default;

void Predictor::predict(std::span<const std::span<const std::int32_t>> ids,
                        std::span<float> out) const {
  if (ids.size() != columns_.size()) {
    fail("predict: ids of {} columns, the model reads {}", ids.size(), columns_.size());
  }
  const auto rows = static_cast<std::int64_t>(out.size());
  const Lease lease(*this);
  Executor& executor = *lease;
  for (std::size_t k = 0; k < ids.size(); ++k) {
    if (ids[k].size() != out.size()) {
      fail("predict: {} ids of column '{}' for {} predictions", ids[k].size(), columns_[k], rows);
    }
    // An input is only read.
    auto* data = const_cast<std::int32_t*>(ids[k].data());
    executor.set(ids_[k], {data, {rows}, DataType::int32});
  }
  executor.run(rows);
  std::copy_n(executor.output(predictions_).floats(), rows, out.begin());
}

}  // namespace gradus
