// A trained model behind HTTP: gradus_service RUN [--host 127.0.0.1] [--port 8080] [--threads 64]
//   GET  /health   -> {"status": "ok", "name": "movielens_ranking", "columns": ["user_id", …]}
//   POST /predict  [{"user_id": "42", "movie_title": "Speed (1994)"}, …] -> as gradus predict
//   POST /rank     {"user": "42", "top": 10} -> as gradus rank --json; of "items": […], if given
// What is asked wrongly is answered by 400 and {"error": …}.
#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <future>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/error.h"
#include "framework/experiment/json.h"
#include "framework/experiment/predicted_rows.h"
#include "framework/experiment/ranked_items.h"
#include "framework/experiment/scorer.h"
#include "models/catalogue.h"

namespace {

using gradus::Error;
using gradus::fail;
using gradus::experiment::Json;
using gradus::experiment::JsonRows;
using gradus::experiment::parse_json;
using gradus::experiment::PredictedRows;
using gradus::experiment::rank_items;
using gradus::experiment::Scorer;

constexpr std::size_t kLargestRequest = std::size_t{16} << 20;
constexpr std::int64_t kUsualTop = 10;

struct Arguments {
  std::string run;
  std::string host = "127.0.0.1";
  int port = 8080;
  int threads = 64;
};

/// Answers requests; several threads at once may ask.
class Service {
 public:
  explicit Service(const std::string& run) : scorer_(run, gradus::models()) {
    const auto* items = scorer_.model().vocabularies.item();
    for (std::int32_t id = 1; items && id <= items->vocabulary.size(); ++id) {
      items_.push_back(items->vocabulary.string(id));
    }
  }

  Json health() const {
    Json columns = Json::list();
    for (const auto& column : scorer_.model().columns) columns.push_back(column.name);
    return Json::object(
        {{"status", "ok"}, {"name", scorer_.model().config.name}, {"columns", std::move(columns)}});
  }

  Json predict(const Json& request) const {
    const auto* list = request.get_if<Json::List>();
    if (!list) fail("request: must be a list of objects, got {}", request.type_name());
    JsonRows rows(scorer_.model());
    for (const Json& row : *list) rows.add(row, fmt::format("request, row {}", rows.size() + 1));
    const PredictedRows predicted = rows.predict(scorer_);
    Json out = Json::list();
    for (std::size_t row = 0; row < predicted.size(); ++row) {
      out.push_back(predicted.json(row, scorer_.model().columns));
    }
    return out;
  }

  Json rank(const Json& request) const {
    const std::string user = text(request.find("user"), "user");
    const Json* top = request.find("top");
    const Json whole = top ? *top : Json(kUsualTop);
    const auto* count = whole.get_if<std::int64_t>();
    if (!count || *count < 1) {
      fail("request: \"top\" must be a whole number from 1, got {}", whole.text());
    }
    std::vector<std::string_view> items = items_;
    if (const Json* some = request.find("items")) items = texts(*some);
    return rank_items(scorer_, user, items, static_cast<std::size_t>(*count)).json(user);
  }

 private:
  /// A text, or a whole number as one.
  static std::string text(const Json* value, std::string_view key) {
    if (!value) fail("request: \"{}\" is missing", key);
    if (const auto* text = value->get_if<std::string>()) return *text;
    if (const auto* number = value->get_if<std::int64_t>()) return std::to_string(*number);
    fail("request: \"{}\" must be a text or a whole number, got {}", key, value->text());
  }

  /// As long as the list lives.
  static std::vector<std::string_view> texts(const Json& value) {
    const auto* list = value.get_if<Json::List>();
    if (!list || list->empty()) {
      fail("request: \"items\" must be a list of texts, got {}", value.text());
    }
    std::vector<std::string_view> out;
    out.reserve(list->size());
    for (const Json& item : *list) {
      const auto* text = item.get_if<std::string>();
      if (!text) fail("request: \"items\" must be a list of texts, got {} in it", item.text());
      out.push_back(*text);
    }
    return out;
  }

  Scorer scorer_;
  std::vector<std::string_view> items_;  // all that the model knows
};

void answer(httplib::Response& response, int status, const Json& json) {
  response.status = status;
  response.set_content(json.text() + "\n", "application/json");
}

/// What a handler of this path does: `act` turns the request into the answer.
template <class Act>
httplib::Server::Handler handler(Act act) {
  return [act](const httplib::Request& request, httplib::Response& response) {
    try {
      answer(response, 200, act(request));
    } catch (const Error& error) {
      answer(response, 400, Json::object({{"error", error.what()}}));
    } catch (const std::exception& error) {
      answer(response, 500, Json::object({{"error", error.what()}}));
    }
  };
}

void add_paths(httplib::Server& server, const Service& service) {
  server.Get("/health", handler([&](const httplib::Request&) { return service.health(); }));
  server.Post("/predict", handler([&](const httplib::Request& request) {
                return service.predict(parse_json(request.body, "request"));
              }));
  server.Post("/rank", handler([&](const httplib::Request& request) {
                return service.rank(parse_json(request.body, "request"));
              }));
  server.set_error_handler([](const httplib::Request& request, httplib::Response& response) {
    if (!response.body.empty()) return;
    const std::string what = fmt::format("{} {}: {}", request.method, request.path,
                                         response.status == 404   ? "no such path"
                                         : response.status == 413 ? "the request is too large"
                                                                  : "the request is not HTTP's");
    answer(response, response.status, Json::object({{"error", what}}));
  });
}

/// The port, once it is taken.
int bind(httplib::Server& server, const Arguments& arguments) {
  socket_t last = INVALID_SOCKET;
  server.set_socket_options([&last](socket_t socket) {  // the usual ones let two share a port
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    last = socket;
  });
  int port = arguments.port;
  if (port == 0) {
    port = server.bind_to_any_port(arguments.host);
  } else if (!server.bind_to_port(arguments.host, port)) {
    port = -1;
  }
  if (port < 0) fail("{}:{} cannot be listened on", arguments.host, arguments.port);
  server.set_socket_options(nullptr);
  listen(last, SOMAXCONN);  // of the 5 that may wait by default, a burst has more
  return port;
}

/// Serves until SIGTERM or SIGINT comes; requests that are being answered then still are.
void serve(const Arguments& arguments) {
  using namespace std::chrono_literals;
  sigset_t ends;  // what no thread is interrupted by
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const Service service(arguments.run);
  httplib::Server server;
  server.new_task_queue = [&] {
    return new httplib::ThreadPool(static_cast<std::size_t>(arguments.threads));
  };
  server.set_payload_max_length(kLargestRequest);
  server.set_keep_alive_max_count(std::numeric_limits<std::size_t>::max());
  server.set_keep_alive_timeout(1);  // a second, for which a thread waits, and the end may
  server.set_tcp_nodelay(true);
  add_paths(server, service);
  const int port = bind(server, arguments);
  auto served = std::async(std::launch::async, [&] { return server.listen_after_bind(); });
  const auto ended = [&](auto wait) { return served.wait_for(wait) == std::future_status::ready; };
  while (!server.is_running() && !ended(1ms)) {
  }
  fmt::print(stderr, "gradus_service: {} on http://{}:{}\n", arguments.run, arguments.host, port);
  constexpr timespec kSecond{.tv_sec = 1, .tv_nsec = 0};
  while (!ended(0s) && sigtimedwait(&ends, nullptr, &kSecond) < 0) {
  }
  server.stop();
  if (!served.get()) fail("{}:{} is listened on no more", arguments.host, port);
}

int run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Scores a run's users and items behind HTTP.");
  app.add_option("run", arguments.run, "the run directory")->required();
  app.add_option("--host", arguments.host, "the address to listen on")->capture_default_str();
  app.add_option("--port", arguments.port, "the port, 0 for any that is free")
      ->capture_default_str()
      ->check(CLI::Range(0, 65535));
  app.add_option("--threads", arguments.threads, "how many connections are answered at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  serve(arguments);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gradus_service: %s\n", error.what());
    return 1;
  }
}
