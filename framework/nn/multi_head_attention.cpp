#include "framework/nn/multi_head_attention.h"

#include <array>

#include "framework/ops/add.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reshape.h"
#include "framework/ops/scaled_dot_product_attention.h"
#include "framework/ops/transpose.h"

namespace gradus {
namespace {

/// A first axis that holds those of `a`, times `count`.
Dimension times(const Dimension& a, std::int64_t count) { return {a.size * count, a.times_batch}; }

}  // namespace

MultiHeadAttention::MultiHeadAttention(std::int64_t size, std::int64_t heads,
                                       std::int64_t head_size)
    : size_(size),
      heads_(heads),
      head_size_(head_size),
      query_(projection("query", size, heads * head_size)),
      key_(projection("key", size, heads * head_size)),
      value_(projection("value", size, heads * head_size)),
      output_(projection("output", heads * head_size, size)) {}

MultiHeadAttention::Projection MultiHeadAttention::projection(const std::string& name,
                                                              std::int64_t from, std::int64_t to) {
  if (size_ < 1 || heads_ < 1 || head_size_ < 1) {
    fail("multi_head_attention: size, heads and head_size must be 1 or more, not {}, {} and {}",
         size_, heads_, head_size_);
  }
  return {parameter(name + "_weight", {from, to}, glorot_uniform()),
          parameter(name + "_bias", {to}, zeros())};
}

Value MultiHeadAttention::project(Operand x, const Projection& by) {
  Graph& graph = x.value.graph();
  const auto at = [&x](Value value) { return Operand(value, x.where.file, x.where.line); };
  const Shape shape = x.value.shape();
  const Value rows = reshape(x, {times(shape[0], shape[1].size), shape[2]});
  const Value y = at(matmul(at(rows), by.weight.in(graph))) + by.bias.in(graph);
  return reshape(at(y), {shape[0], shape[1], y.shape()[1]});
}

Value MultiHeadAttention::split(Operand x) const {
  const auto at = [&x](Value value) { return Operand(value, x.where.file, x.where.line); };
  const Shape& shape = x.value.shape();
  return transpose(at(reshape(x, {shape[0], shape[1], heads_, head_size_})), {0, 2, 1, 3});
}

Value MultiHeadAttention::operator()(Operand query, Operand key, Operand value, bool causal) const {
  Graph& graph = query.value.graph();
  const auto scope = enter(graph);
  const auto at = [&query](Value x) { return Operand(x, query.where.file, query.where.line); };
  for (const Value& x : {query.value, key.value, value.value}) {
    const Shape& shape = x.shape();
    if (shape.rank() == 3 && !shape[1].times_batch && shape[2] == Dimension{size_}) continue;
    throw Error(fmt::format("multi_head_attention: inputs must be [batch, n, {}], not {}{}", size_,
                            shape.text(), graph.place(query.where)));
  }
  const Value heads = scaled_dot_product_attention(at(split(at(project(query, query_)))),
                                                   at(split(at(project(key, key_)))),
                                                   at(split(at(project(value, value_)))), causal);
  const Shape& shape = query.value.shape();
  const Value together =
      reshape(at(transpose(at(heads), {0, 2, 1, 3})), {shape[0], shape[1], heads_ * head_size_});
  return project(at(together), output_);
}

}  // namespace gradus
