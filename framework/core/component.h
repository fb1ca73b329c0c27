#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/options.h"

namespace gradus {

/// A component with its options, ready to be made: `Component<std::unique_ptr<Model>(const
/// Vocabularies&)>` is made into a model by `make(vocabularies)`.
template <class Signature>
class Component;

/// A component that is made by `Made(Args...)`.
template <class Made, class... Args>
class Component<Made(Args...)> {
 public:
  Component() = default;
  /// `fields` shows the options to a visitor, `make` makes it by their values.
  Component(std::function<void(OptionVisitor&)> fields, std::function<Made(Args...)> make)
      : fields_(std::move(fields)), make_(std::move(make)) {}

  /// Visits the options; a visitor may change their values until `make`.
  void fields(OptionVisitor& visitor) const {
    if (fields_) fields_(visitor);
  }
  /// The component, with the options as they are.
  Made make(Args... args) const { return make_(std::forward<Args>(args)...); }

 private:
  std::function<void(OptionVisitor&)> fields_;
  std::function<Made(Args...)> make_;
};

/// A row of a catalogue: the `kind` that a config names, what it is, and a fresh component of it
/// with default options.
template <class Signature>
struct Kind {
  std::string name;                              ///< what a config names it
  std::string help;                              ///< what it is, in a few words
  std::function<Component<Signature>()> create;  ///< a fresh one, with default options
};

/// All kinds of one part of an experiment, such as its models.
template <class Signature>
using Catalogue = std::vector<Kind<Signature>>;

/// An option whose value is one kind of a catalogue and that component's own options. Declared as
/// `v("kind", model, required(anything()), "the model")`, it reads `{"kind": "ranking",
/// "embedding_dimension": 32}`. Copies share the component's options.
template <class Signature>
class Choice {
 public:
  Choice() = default;
  /// `name`, if given, is the default kind.
  explicit Choice(Catalogue<Signature> kinds, const std::string& name = "")
      : kinds_(std::move(kinds)) {
    if (!name.empty()) select(name);
  }

  /// "" where none is selected.
  const std::string& name() const { return name_; }
  const Component<Signature>& component() const { return component_; }  ///< of the selected kind
  const Catalogue<Signature>& kinds() const { return kinds_; }  ///< all that can be selected

  /// A fresh component of that kind. Throws Error where there is none of that name.
  void select(const std::string& name) {
    for (const Kind<Signature>& kind : kinds_) {
      if (kind.name == name) {
        component_ = kind.create();
        name_ = name;
        return;
      }
    }
    fail("no kind is called \"{}\"", name);
  }

  /// How an OptionVisitor sees it.
  OptionChoice choice() {
    OptionChoice out{.kinds = {},
                     .selected = name_,
                     .select = [this](const std::string& name) { select(name); },
                     .fields = [this](OptionVisitor& v) { component_.fields(v); }};
    for (const Kind<Signature>& kind : kinds_) out.kinds.emplace_back(kind.name, kind.help);
    return out;
  }

 private:
  Catalogue<Signature> kinds_;
  std::string name_;
  Component<Signature> component_;
};

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
