#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

/// The commands that the program's own help lists, in its order.
std::vector<std::string> commands() {
  const std::string help = run_gradus({"--help"}).standard_output;
  const std::size_t begin = help.find("Subcommands:\n");
  REQUIRE(begin != std::string::npos);
  std::istringstream lines(help.substr(help.find('\n', begin) + 1));
  std::vector<std::string> out;
  for (std::string line; std::getline(lines, line) && line.starts_with("  ");) {
    if (line[2] != ' ') out.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return out;
}

/// The example at the end of a command's help, without "example:".
std::string example(const std::string& command) {
  const ProgramResult result = run_gradus({command, "--help"});
  CHECK(result.exit_code == 0);
  CHECK(result.standard_error == "");
  const std::string start = "\nexample:\n";
  const std::size_t at = result.standard_output.find(start);
  REQUIRE(at != std::string::npos);
  return result.standard_output.substr(at + start.size());
}

/// A folder in which examples can be run: `gradus` is found, the shipped experiments are there, on
/// generated data of the same shape and columns as MovieLens.
class Examples {
 public:
  Examples() {
    fs::create_directories(folder_ / "bin");
    fs::create_symlink(GRADUS_PROGRAM, folder_ / "bin/gradus");
    for (const auto& entry : fs::directory_iterator(source_folder() / "apps/experiments")) {
      std::string text = read_file(entry.path());
      const std::string source = R"("source": "movielens_100k")";
      const std::size_t at = text.find(source);
      if (at != std::string::npos) text.replace(at, source.size(), R"("source": "generated")");
      write_file(folder_ / "work/apps/experiments" / entry.path().filename(), text);
    }
  }

  ProgramResult run(const std::string& line) const {
    return tests::run("bash", {"-c", line},
                      {.environment = {{"PATH", (folder_ / "bin").string() + ":/usr/bin:/bin"}},
                       .working_folder = folder_ / "work"});
  }

 private:
  TemporaryFolder folder_;
};

TEST_CASE("program: every help's example works, one after the other") {
  const Examples examples;
  const std::vector<std::string> all = commands();
  CHECK(all.size() >= 9);
  for (const std::string& command : all) {
    const std::string line = example(command);
    CAPTURE(line);
    CHECK(line.find("gradus " + command) != std::string::npos);
    const ProgramResult result = examples.run(line);
    CHECK_MESSAGE(result.exit_code == 0, result.standard_error);
    CHECK((result.standard_output + result.standard_error).find("gradus: ") == std::string::npos);
  }
}

/// What bash offers for these words, the last of which is begun.
std::string offered(const Examples& examples, const std::string& words) {
  const ProgramResult result =
      examples.run("source <(gradus completion bash) || exit 1; COMP_WORDS=(" + words +
                   "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _gradus && echo \"${COMPREPLY[*]}\"");
  CHECK(result.exit_code == 0);
  CHECK(result.standard_error == "");
  return result.standard_output;
}

TEST_CASE("program: bash completes commands, options and files") {
  const Examples examples;
  REQUIRE(examples.run("mkdir -p runs/first runs/second && touch first.csv").exit_code == 0);
  std::string all;
  for (const std::string& command : commands()) all += (all.empty() ? "" : " ") + command;
  CHECK(offered(examples, "gradus ''") == all + "\n");
  CHECK(offered(examples, "gradus tr") == "train\n");
  CHECK(offered(examples, "gradus --v") == "--version\n");
  CHECK(offered(examples, "gradus train --pro") == "--profile\n");
  CHECK(offered(examples, "gradus rank --ex") == "--exclude-seen --exclude\n");
  CHECK(offered(examples, "gradus rank -") ==
        "--help --json --quiet --threads --user --top --exclude-seen --exclude --items\n");
  CHECK(offered(examples, "gradus train apps/exp") == "apps/experiments\n");
  CHECK(offered(examples, "gradus validate apps/experiments/dl") ==
        "apps/experiments/dlrm_movielens.json\n");
  CHECK(offered(examples, "gradus rank runs/f") == "runs/first\n");
  CHECK(offered(examples, "gradus evaluate runs/first --data fi") == "first.csv\n");
  CHECK(offered(examples, "gradus train x.json --threads f") == "\n");
  CHECK(offered(examples, "gradus rank runs/first --user f") == "\n");
  CHECK(offered(examples, "gradus completion ''") == "bash zsh fish\n");
  CHECK(offered(examples, "gradus list f") == "\n");
  CHECK(offered(examples, "gradus nothing f") == "\n");
}

TEST_CASE("program: the other shells' completion has all commands and options") {
  const TemporaryFolder folder;
  for (const std::string shell : {"zsh", "fish"}) {
    const ProgramResult result = run_gradus({"completion", shell});
    CHECK(result.exit_code == 0);
    for (const std::string& command : commands()) {
      CHECK(result.standard_output.find(command) != std::string::npos);
    }
    const std::string dashes = shell == "zsh" ? "--" : "-l ";
    for (const char* option : {"set", "output", "exclude-seen", "version"}) {
      CAPTURE(option);
      CHECK(result.standard_output.find(dashes + option) != std::string::npos);
    }
    write_file(folder / shell, result.standard_output);
    const ProgramResult parsed = run("sh", {"-c", "! command -v $0 >/dev/null || $0 -n $0", shell},
                                     {.working_folder = folder.path()});
    CHECK_MESSAGE(parsed.exit_code == 0, parsed.standard_error);
  }
  CHECK(run_gradus({"completion", "tcsh"}).exit_code == 2);
  CHECK(
      run_gradus({"completion", "tcsh"}).standard_error ==
      "gradus: shell: must be one of: bash, zsh, fish, got tcsh (see gradus completion --help)\n");
}

TEST_CASE("program: list has every component with its keys, defaults and help") {
  const ProgramResult text = run_gradus({"list"});
  CHECK(text.exit_code == 0);
  for (const char* part :
       {"\ndata, source=csv: a CSV or TSV file with a header line\n  path       required  the file",
        "\noptimizer, kind=adagrad: ", "\noptimizer, kind=adam: ", "\nmodel, kind=dlrm: ",
        "\n  learning_rate              0.001  size of a step (a number above 0)\n", "\nsweep: ",
        "\n  folds  false   whether ", "\nsweep, kind=grid: every combination of values\n",
        "\nsweep, kind=list: settings one by one\n  settings  required  the settings, ",
        "\n  factor  2     one setting in so many goes on, for so many times the epochs (a whole ",
        "\ntask, kind=ranking: ", "\ndata.columns.N: ", "\ntraining: ", "\n  epochs  "}) {
    CAPTURE(part);
    CHECK(text.standard_output.find(part) != std::string::npos);
  }
  const ProgramResult json = run_gradus({"list", "--json"});
  CHECK(json.exit_code == 0);
  CHECK(json.standard_output.find(R"("with": {
      "kind": "adam"
    })") != std::string::npos);
}

}  // namespace
}  // namespace gradus::tests
