#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/core/options.h"

namespace gradus {

/// A component with its options, ready to be made: `Component<std::unique_ptr<Model>(const
/// Vocabularies&)>` is made into a model by `make(vocabularies)`.
template <class Signature>
class Component;

template <class Made, class... Args>
class Component<Made(Args...)> {
 public:
  Component() = default;
  Component(std::function<void(OptionVisitor&)> fields, std::function<Made(Args...)> make)
      : fields_(std::move(fields)), make_(std::move(make)) {}

  /// Visits the options; a visitor may change their values until `make`.
  void fields(OptionVisitor& visitor) const { fields_(visitor); }
  Made make(Args... args) const { return make_(std::forward<Args>(args)...); }

 private:
  std::function<void(OptionVisitor&)> fields_;
  std::function<Made(Args...)> make_;
};

/// A row of a catalogue: the `kind` that a config names, what it is, and a fresh component of it
/// with default options.
template <class Signature>
struct Kind {
  std::string name;
  std::string help;
  std::function<Component<Signature>()> create;
};

/// All kinds of one part of an experiment, such as its models.
template <class Signature>
using Catalogue = std::vector<Kind<Signature>>;

/// The row for a class `T` with a nested `Options` and a constructor `T(const Options&, Args...)`;
/// `Signature` returns a pointer to a base of T.
template <class T, class Pointer, class... Args>
Kind<Pointer(Args...)> make_kind(std::string name, std::string help, Pointer (*)(Args...)) {
  return {std::move(name), std::move(help), [] {
            auto options = std::make_shared<typename T::Options>();
            return Component<Pointer(Args...)>(
                [options](OptionVisitor& visitor) { options->fields(visitor); },
                [options](Args... args) -> Pointer {
                  return std::make_unique<T>(*options, std::forward<Args>(args)...);
                });
          }};
}

/// `kind<ModelSignature, RankingModel>("ranking", "…")`.
template <class Signature, class T>
Kind<Signature> kind(std::string name, std::string help) {
  return make_kind<T>(std::move(name), std::move(help), static_cast<Signature*>(nullptr));
}

}  // namespace gradus
