#include "framework/nn/dot_interaction.h"

#include "framework/ops/dot_interaction.h"
#include "framework/ops/stack.h"

namespace gradus {

Value DotInteraction::operator()(const std::vector<Value>& vectors, Where where) const {
  if (vectors.empty()) fail("dot_interaction: there are no vectors");
  const auto scope = enter(vectors[0].graph());
  return dot_interaction(Operand(stack(vectors, 1, where), where.file, where.line));
}

}  // namespace gradus
