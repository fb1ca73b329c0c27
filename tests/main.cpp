#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdio>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/skipped.h"

namespace {

struct Outcome {
  std::string name;
  std::string why;
};

/// Everything that the run left, in the order of the tests.
struct Outcomes {
  int passed = 0;
  std::vector<Outcome> failed;
  std::vector<Outcome> skipped;
};

Outcomes& outcomes() {
  static Outcomes all;
  return all;
}

/// Counts passed, failed and skipped tests; doctest itself knows no test that skips itself while it
/// runs.
class Counter : public doctest::IReporter {
 public:
  explicit Counter(const doctest::ContextOptions& /*options*/) {}

  void test_case_start(const doctest::TestCaseData& test) override {
    test_ = &test;
    gradus::tests::skipped_because().reset();
  }
  void test_case_reenter(const doctest::TestCaseData& /*test*/) override {}
  void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
    constexpr double kSlow = 2.0;
    if (stats.seconds > kSlow) {
      std::printf("took %.1f s: %s\n", stats.seconds, test_->m_name);
      std::fflush(stdout);
    }
    const auto& skipped = gradus::tests::skipped_because();
    if (!stats.testCaseSuccess) {
      const std::string file = test_->m_file.c_str();
      outcomes().failed.push_back({test_->m_name, file + ":" + std::to_string(test_->m_line)});
    } else if (skipped) {
      outcomes().skipped.push_back({test_->m_name, *skipped});
    } else {
      ++outcomes().passed;
    }
  }

  void report_query(const doctest::QueryData& /*query*/) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats& /*stats*/) override {}
  void test_case_exception(const doctest::TestCaseException& /*exception*/) override {}
  void subcase_start(const doctest::SubcaseSignature& /*subcase*/) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData& /*assertion*/) override {}
  void log_message(const doctest::MessageData& /*message*/) override {}
  void test_case_skipped(const doctest::TestCaseData& /*test*/) override {}

 private:
  const doctest::TestCaseData* test_ = nullptr;
};

REGISTER_LISTENER("counter", 0, Counter);

/// The arguments for doctest: bare words are parts of tests' names, any of which may match; doctest
/// separates patterns by commas, which names may hold.
std::vector<std::string> doctest_arguments(int argc, char** argv) {
  std::vector<std::string> arguments;
  std::string filter;
  for (const std::string_view word : std::span(argv, static_cast<std::size_t>(argc))) {
    if (arguments.empty() || word.starts_with('-')) {
      arguments.emplace_back(word);
      continue;
    }
    filter += filter.empty() ? "--test-case=*" : ",*";
    for (const char letter : word) {
      if (letter == ',' || letter == '\\') filter += '\\';
      filter += letter;
    }
    filter += '*';
  }
  if (!filter.empty()) arguments.push_back(filter);
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words = doctest_arguments(argc, argv);
  std::vector<const char*> pointers(words.size());
  for (std::size_t i = 0; i < words.size(); ++i) pointers[i] = words[i].c_str();

  doctest::Context context;
  context.setOption("minimal", true);  // doctest reports failures alone; the summary is below
  context.applyCommandLine(static_cast<int>(pointers.size()), pointers.data());
  const int status = context.run();
  if (context.shouldExit()) return status;  // a query, such as --help or --list-test-cases

  const Outcomes& all = outcomes();
  const bool none = all.passed == 0 && all.failed.empty() && all.skipped.empty();
  for (const Outcome& test : all.failed)
    std::cout << "failed: " << test.name << " (" << test.why << ")\n";
  for (const Outcome& test : all.skipped)
    std::cout << "skipped: " << test.name << " (" << test.why << ")\n";
  if (none) std::cout << "no test matches the filter\n";
  std::cout << all.passed << " passed, " << all.failed.size() << " failed, " << all.skipped.size()
            << " skipped\n"
            << std::flush;
  return none ? 1 : status;
}
