#include "framework/train/averaging.h"

#include <algorithm>
#include <utility>

#include "framework/kernels/clones.h"
#include "framework/kernels/parallel.h"

namespace gradus {
namespace {

constexpr std::int64_t kBlock = 8192;

class None : public Averaging {
 public:
  struct Options {
    template <class Visitor>
    void fields(Visitor& /*v*/) {}
  };
  explicit None(const Options& /*options*/) {}

  double share(std::int64_t /*step*/) const override { return 1.0; }
};

class Exponential : public Averaging {
 public:
  struct Options {
    double momentum = 0.99;
    template <class Visitor>
    void fields(Visitor& v) {
      v("momentum", momentum, range(0, 1), "how slowly the average forgets");
    }
  };
  explicit Exponential(const Options& options) : options_(options) {}

  double share(std::int64_t /*step*/) const override { return 1.0 - options_.momentum; }

 private:
  Options options_;
};

class Polyak : public Averaging {
 public:
  struct Options {
    int after_steps = 0;
    template <class Visitor>
    void fields(Visitor& v) {
      v("after_steps", after_steps, range(0, 1'000'000'000),
        "the weights of the first so many steps do not count");
    }
  };
  explicit Polyak(const Options& options) : options_(options) {}

  double share(std::int64_t step) const override {
    return 1.0 / static_cast<double>(std::max<std::int64_t>(1, step - options_.after_steps));
  }

 private:
  Options options_;
};

GRADUS_CLONES
void approach(float* average, const float* weights, std::int64_t count, float share) {
  if (share == 1.0F) {  // exactly, where the sum below would round
    std::copy_n(weights, count, average);
    return;
  }
  for (std::int64_t i = 0; i < count; ++i) average[i] += share * (weights[i] - average[i]);
}

}  // namespace

const Catalogue<std::unique_ptr<Averaging>()>& averagings() {
  using Signature = std::unique_ptr<Averaging>();
  static const Catalogue<Signature> kKinds{
      kind<Signature, Exponential>("exponential", "a mean that forgets"),
      kind<Signature, None>("none", "the weights as the last step left them"),
      kind<Signature, Polyak>("polyak", "the mean of all steps, or of the later ones"),
  };
  return kKinds;
}

WeightAverage::WeightAverage(const Model& model, std::unique_ptr<Averaging> averaging)
    : averaging_(std::move(averaging)) {
  for (const auto& [path, parameter] : model.parameters()) {
    trained_.push_back(parameter->trained);
    parameters_.push_back(parameter->value);
    values_.push_back(parameter->value.clone());
  }
}

void WeightAverage::update(std::int64_t step) {
  const auto share = static_cast<float>(averaging_->share(step));
  for (std::size_t k = 0; k < values_.size(); ++k) {
    float* average = values_[k].floats().data();
    const float* weights = parameters_[k].floats().data();
    const auto count = static_cast<std::int64_t>(values_[k].floats().size());
    const float own = trained_[k] ? share : 1.0F;
    kernels::parallel_blocks(count, kBlock, [&](std::int64_t begin, std::int64_t end) {
      approach(average + begin, weights + begin, end - begin, own);
    });
  }
}

void WeightAverage::swap() {
  for (std::size_t k = 0; k < values_.size(); ++k) {
    std::ranges::swap_ranges(parameters_[k].floats(), values_[k].floats());
  }
}

}  // namespace gradus
