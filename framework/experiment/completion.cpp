#include "framework/experiment/completion.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <sstream>
#include <vector>

#include "framework/core/error.h"

namespace gradus::experiment {
namespace {

/// An argument of a command: an option, or what stands at a place of its own.
struct Argument {
  std::string name;  // "--output"; of a positional one "config"
  std::string help;
  bool positional = false;
  bool has_value = false;
  bool repeats = false;
  bool is_file = false;              // its value names a file or folder
  std::vector<std::string> choices;  // the only values, where they are listed: "bash|zsh"
};

struct Command {
  std::string name;
  std::string help;
  std::vector<Argument> arguments;
};

std::vector<Argument> arguments_of(const CLI::App& app) {
  std::vector<Argument> out;
  for (const CLI::Option* option : app.get_options()) {
    Argument argument;
    argument.positional = option->get_positional();
    argument.name =
        argument.positional ? option->get_name(true) : "--" + option->get_lnames().at(0);
    argument.help = option->get_description();
    argument.has_value = option->get_items_expected_max() > 0;
    argument.repeats = option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll ||
                       option->get_items_expected_max() > 1;
    const std::string type = option->get_type_name();
    if (type.find('|') != std::string::npos) {
      std::istringstream names(type);
      for (std::string name; std::getline(names, name, '|');) argument.choices.push_back(name);
    }
    argument.is_file = type == "FILE" || type == "DIR";
    out.push_back(std::move(argument));
  }
  return out;
}

std::vector<Command> commands_of(const CLI::App& app) {
  std::vector<Command> out;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    out.push_back({command->get_name(), command->get_description(), arguments_of(*command)});
  }
  return out;
}

/// The text between single quotes; `quote` stands for one in it.
std::string quoted(std::string_view text, std::string_view quote) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += quote;
    } else {
      out += c;
    }
  }
  return out + "'";
}

/// With "\" before each of these characters.
std::string escaped(std::string_view text, std::string_view characters) {
  std::string out;
  for (const char c : text) {
    if (characters.find(c) != characters.npos) out += '\\';
    out += c;
  }
  return out;
}

/// The names of the options among these arguments.
std::string option_names(const std::vector<Argument>& arguments) {
  std::string out;
  for (const Argument& argument : arguments) {
    if (!argument.positional) out += (out.empty() ? "" : " ") + argument.name;
  }
  return out;
}

std::string bash_command(const Command& command) {
  std::string cases;
  std::string words;
  bool files = false;
  for (const Argument& argument : command.arguments) {
    if (argument.positional) {
      words += fmt::format("{}", fmt::join(argument.choices, " "));
      files = files || argument.is_file;
    } else if (argument.has_value) {
      cases += fmt::format("        {}) {}", argument.name, argument.is_file ? "files=yes " : "");
      cases += ";;\n";
    }
  }
  return fmt::format(
      "    {}\n      case $before in\n{}        *) options='{}' words='{}' files={} ;;\n      esac "
      ";;\n",
      command.name + ")", cases, option_names(command.arguments), words, files ? "yes" : "");
}

std::string bash(const CLI::App& app, const std::vector<Command>& commands) {
  std::string names;
  std::string cases;
  for (const Command& command : commands) {
    names += (names.empty() ? "" : " ") + command.name;
    cases += bash_command(command);
  }
  return fmt::format(
      R"(# Completes {0} in bash. In ~/.bashrc: source <({0} completion bash)
_{0}() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
  local command=${{COMP_WORDS[1]}} options= words= files=
  ((COMP_CWORD > 1)) || command= before=
  case $command in
    '') options='{1}' words='{2}' ;;
{3}  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word"; [[ -z $files ]] || compgen -f -- "$word")
    [[ -z $files ]] || compopt -o filenames 2>/dev/null || true
  fi
}}
complete -F _{0} {0}
)",
      app.get_name(), option_names(arguments_of(app)), names, cases);
}

/// `place` is a positional argument's, from 1.
std::string zsh_argument(const Argument& argument, int place) {
  std::string action = " ";  // nothing to offer
  if (argument.is_file) action = "_files";
  if (!argument.choices.empty()) action = fmt::format("({})", fmt::join(argument.choices, " "));
  if (argument.positional) {
    const std::string where = argument.repeats ? "*" : std::to_string(place);
    return quoted(fmt::format("{}:{}:{}", where, argument.name, action), R"('\'')");
  }
  std::string spec = argument.repeats ? "*" : "";
  spec += fmt::format("{}[{}]", argument.name, escaped(argument.help, R"(\[]:)"));
  if (argument.has_value) spec += fmt::format(":value:{}", action);
  return quoted(spec, R"('\'')");
}

std::string zsh_arguments(const std::vector<Argument>& arguments) {
  std::string out = "_arguments";
  int place = 0;
  for (const Argument& argument : arguments) {
    if (argument.positional) ++place;
    out += " \\\n        " + zsh_argument(argument, place);
  }
  return out;
}

std::string zsh(const CLI::App& app, const std::vector<Command>& commands) {
  std::string names;
  std::string cases;
  for (const Command& command : commands) {
    names += fmt::format("    {}\n", quoted(command.name + ":" + command.help, R"('\'')"));
    cases += fmt::format("    {}) {} ;;\n", command.name, zsh_arguments(command.arguments));
  }
  return fmt::format(
      R"(#compdef {0}
# Completes {0} in zsh. In ~/.zshrc, after compinit: source <({0} completion zsh)
_{0}() {{
  local -a commands
  commands=(
{1}  )
  if ((CURRENT == 2)); then
    _describe command commands
    {2}
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
{3}  esac
}}
compdef _{0} {0}
)",
      app.get_name(), names, zsh_arguments(arguments_of(app)), cases);
}

std::string fish_argument(const std::string& start, const Argument& argument) {
  std::string out = start;
  if (!argument.positional) out += " -l " + argument.name.substr(2);
  if (argument.is_file) {
    out += argument.positional ? " -F" : " -r -F";
  } else if (argument.has_value && !argument.positional) {
    out += " -x";
  }
  if (!argument.choices.empty()) out += fmt::format(" -a '{}'", fmt::join(argument.choices, " "));
  if (argument.positional) return out + "\n";
  return out + " -d " + quoted(escaped(argument.help, "\\"), "\\'") + "\n";
}

std::string fish(const CLI::App& app, const std::vector<Command>& commands) {
  const std::string complete = fmt::format("complete -c {}", app.get_name());
  std::string out = fmt::format(
      "# Completes {0} in fish: {0} completion fish > ~/.config/fish/completions/{0}.fish\n{1} "
      "-f\n",
      app.get_name(), complete);
  const std::string first = complete + " -n __fish_use_subcommand";
  for (const Argument& argument : arguments_of(app)) out += fish_argument(first, argument);
  for (const Command& command : commands) {
    out += fmt::format("{} -a {} -d {}\n", first, command.name,
                       quoted(escaped(command.help, "\\"), "\\'"));
    const std::string start =
        fmt::format("{} -n '__fish_seen_subcommand_from {}'", complete, command.name);
    for (const Argument& argument : command.arguments) out += fish_argument(start, argument);
  }
  return out;
}

}  // namespace

std::string completion(const CLI::App& app, std::string_view shell) {
  const std::vector<Command> commands = commands_of(app);
  if (shell == "bash") return bash(app, commands);
  if (shell == "zsh") return zsh(app, commands);
  if (shell == "fish") return fish(app, commands);
  fail("no completion for the shell \"{}\"", shell);
}

}  // namespace gradus::experiment
