#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "framework/graph/executor.h"
#include "tests/ops/op_case.h"

/// Running graphs in tests, and comparing what comes out.
namespace gradus::tests {

/// The targets' elements by the plain executor, and by the tiled one (a new one, copied out).
std::vector<Tensor> run_plain(const Graph& graph, const Values& targets,
                              std::span<const Given> data, std::int64_t batch);
std::vector<Tensor> run_tiled(const Graph& graph, const Values& targets,
                              std::span<const Given> data, std::int64_t batch);

/// The same by an executor that is there already; the targets are among its outputs.
std::vector<Tensor> run(Executor& executor, const Values& targets, std::span<const Given> data,
                        std::int64_t batch);

/// A tensor of the given elements.
Tensor tensor(const Extents& extents, std::initializer_list<float> values);

/// The elements of `build(inputs)`, by the tiled executor; all shapes are constants.
std::vector<float> evaluate(const std::function<Value(const Values&)>& build,
                            const std::vector<Tensor>& inputs);
/// The elements of the gradient of sum(build(inputs)) with respect to input `input`.
std::vector<float> gradient(const std::function<Value(const Values&)>& build,
                            const std::vector<Tensor>& inputs, std::size_t input = 0);

/// How far two tensors may lie apart: `relative` of the largest expected entry, or `absolute` where
/// that is below `floor`.
struct Tolerance {
  double relative = 0;
  double floor = 0;
  double absolute = 0;
};

/// "" where `actual` is within the tolerance; else the worst element and both values. NaN equals
/// NaN.
std::string difference(const Tensor& actual, const Tensor& expected, const Tolerance& tolerance);

/// Whether both have the same shape and bytes.
bool same_bytes(const Tensor& a, const Tensor& b);

/// The text of the Error that `body` throws, without the place at its end, " (scope, file:line)",
/// which must name the file of the caller; otherwise what is wrong instead.
std::string refusal(const std::function<void()>& body, const char* file = __builtin_FILE());

/// Sets the number of workers while it lives.
class Threads {
 public:
  explicit Threads(int count);
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

}  // namespace gradus::tests
