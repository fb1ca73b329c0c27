#pragma once

namespace gradus::bench {

/// Registers the forward pass and the gradient of every case that the ops' test files declare. Not
/// before main: the cases are declared by static objects.
void register_ops();

}  // namespace gradus::bench
