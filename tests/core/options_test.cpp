#include "framework/core/options.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "framework/core/component.h"

namespace gradus::tests {
namespace {

struct Shade {
  virtual ~Shade() = default;
  virtual int number() const = 0;
};

struct Grey : Shade {
  struct Options {
    int level = 3;
    template <class Visitor>
    void fields(Visitor& v) {
      v("level", level, range(0, 9), "how dark");
    }
  };
  Grey(const Options& o, int factor) : value(o.level * factor) {}
  int number() const override { return value; }
  int value;
};

using MakeShade = std::unique_ptr<Shade>(int);

/// Sets every int that it sees.
struct SetTo : OptionVisitor {
  explicit SetTo(int to) : value(to) {}
  void field(std::string_view name, OptionTarget target, const Allowed& allowed,
             std::string_view help) override {
    seen = std::string(name) + ": " + allowed.text() + ": " + std::string(help);
    if (auto* const* number = std::get_if<int*>(&target)) **number = value;
  }
  int value;
  std::string seen;
};

}  // namespace

TEST_CASE("options: what is allowed, in words") {
  CHECK(anything().text().empty());
  CHECK(path().text().empty());
  CHECK(range(1, 65536).text() == "from 1 to 65536");
  CHECK(range(0, 0.5).text() == "from 0 to 0.5");
  CHECK(above(0).text() == "above 0");
  CHECK(at_least(-1).text() == "-1 or more");
  CHECK(one_of({"none", "once"}).text() == "one of: none, once");
  CHECK(each(range(1, 9)).text() == "each from 1 to 9");
  CHECK(each(anything()).text().empty());
  CHECK(required(above(0)).text() == "above 0");
  CHECK(required(above(0)).required);
  Allowed some = each(range(1, 9));
  some.minimum_length = 2;
  CHECK(some.text() == "each from 1 to 9, at least 2 of them");
  CHECK(Allowed{.minimum_length = 1}.text() == "at least 1 of them");
  CHECK(folder_name().text() ==
        "the name of a folder (no \"/\", no \".\" in front, 1 to 200 bytes)");
}

TEST_CASE("options: what a folder can be called") {
  for (const std::string& good :
       {std::string("a"), std::string("my run"), std::string("a.b-é"), std::string(200, 'a')}) {
    CAPTURE(good);
    CHECK(is_folder_name(good));
  }
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".a"), std::string("a/b"), std::string("a\n"),
        std::string("a\x7f"), std::string(201, 'a')}) {
    CAPTURE(bad);
    CHECK_FALSE(is_folder_name(bad));
  }
}

TEST_CASE("is_one_of: a name, or one with a number for its k") {
  const std::vector<std::string> names = {"auc", "ndcg@k"};
  for (const char* good : {"auc", "ndcg@1", "ndcg@10", "ndcg@999999999"}) {
    CHECK_MESSAGE(is_one_of(good, names), good);
  }
  for (const char* bad : {"", "au", "auc@1", "ndcg", "ndcg@", "ndcg@k", "ndcg@0", "ndcg@01",
                          "ndcg@-1", "ndcg@1.5", "ndcg@1000000000", "ndcg@10 ", "recall@10"}) {
    CHECK_FALSE_MESSAGE(is_one_of(bad, names), bad);
  }
  CHECK(before_number("ndcg@k") == "ndcg@");
  CHECK(before_number("auc").empty());
}

TEST_CASE("nearest_name: one edit, a swap, another case, a beginning") {
  const std::vector<std::string> names{"learning_rate", "layers", "embedding_dimension", "seed"};
  CHECK(nearest_name("learning_rat", names) == "learning_rate");
  CHECK(nearest_name("learnign_rate", names) == "learning_rate");
  CHECK(nearest_name("Learning_Rate", names) == "learning_rate");
  CHECK(nearest_name("layer", names) == "layers");
  CHECK(nearest_name("emb", names) == "embedding_dimension");
  CHECK(nearest_name("sede", names) == "seed");
  CHECK(nearest_name("seed", names) == "seed");
}

TEST_CASE("nearest_name: nothing where nothing is near") {
  CHECK(nearest_name("optimizer", {"seed", "data"}).empty());
  CHECK(nearest_name("", {"seed"}).empty());
  CHECK(nearest_name("seed", {}).empty());
  CHECK(nearest_name("em", {"embedding_dimension"}).empty());
  CHECK(nearest_name(std::string(100000, 'a'), {"aaa"}).empty());
}

TEST_CASE("nearest_name: the nearest of several, the first of equals") {
  CHECK(nearest_name("adams", {"adagrad", "adam", "adamax"}) == "adam");
  CHECK(nearest_name("bat", {"cat", "hat"}) == "cat");
}

TEST_CASE("component: options are set between creation and making") {
  Choice<MakeShade> choice({kind<MakeShade, Grey>("grey", "a shade")});
  CHECK(choice.name().empty());
  CHECK_THROWS_WITH(choice.select("gray"), "no kind is called \"gray\"");
  choice.select("grey");
  CHECK(choice.component().make(2)->number() == 6);
  SetTo visitor(5);
  choice.component().fields(visitor);
  CHECK(visitor.seen == "level: from 0 to 9: how dark");
  CHECK(choice.component().make(2)->number() == 10);
  choice.select("grey");  // afresh
  CHECK(choice.component().make(2)->number() == 6);
  CHECK(Choice<MakeShade>(choice.kinds(), "grey").name() == "grey");
  Component<MakeShade>().fields(visitor);  // none: sees nothing
}

}  // namespace gradus::tests
