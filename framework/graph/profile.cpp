#include "framework/graph/profile.h"

#include <algorithm>
#include <tuple>

#include "framework/kernels/parallel.h"

namespace gradus {
namespace {

/// The value of `key`, added where it is not there.
template <class Key, class Count>
Count& value_of(std::vector<std::pair<Key, Count>>& list, const Key& key) {
  const auto known =
      std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.first == key; });
  return known != list.end() ? known->second : list.emplace_back(key, Count{}).second;
}

}  // namespace

Profile::Span::Span(Profile* profile, std::string_view name, Kind kind) : profile_(profile) {
  if (profile_ != nullptr) event_ = {.kind = kind, .name = name, .begin = profile_->now()};
}

Profile::Span::~Span() {
  if (profile_ != nullptr) profile_->note(event_);
}

Profile::Profile(const Graph& graph) : workers_(static_cast<std::size_t>(kernels::threads())) {
  const std::size_t kept = std::max<std::size_t>(1, kMostEvents / workers_.size());
  constexpr std::size_t kNames = 16;
  parts_.reserve(kNames);
  runs_.reserve(kNames);
  for (Worker& worker : workers_) {
    worker.nodes.resize(static_cast<std::size_t>(graph.size()));
    worker.last.resize(kept);
  }
}

std::int64_t Profile::now() const {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now() - start_).count();
}

void Profile::begin_run(std::int64_t batch) {
  batch_ = batch;
  ++value_of(runs_, batch);
}

std::int64_t Profile::note(Event event) {
  event.worker = kernels::worker();
  event.batch = batch_;
  event.end = now();
  Worker& worker = workers_[static_cast<std::size_t>(event.worker)];
  count(worker, event);
  worker.last[static_cast<std::size_t>(worker.noted) % worker.last.size()] = event;
  ++worker.noted;
  return event.end;
}

void Profile::count(Worker& worker, const Event& event) {
  worker.begin = std::min(worker.begin, event.begin);
  worker.end = event.end;
  if (event.kind == Kind::step) {
    ++steps_;
    return;
  }
  Total& total = event.kind == Kind::part ? value_of(parts_, event.name)
                                          : worker.nodes[static_cast<std::size_t>(event.node)];
  if (event.kind != Kind::lanes && event.kind != Kind::help) ++total.calls;
  const bool all = event.kind == Kind::whole || event.kind == Kind::part;
  const std::int64_t busy = all ? workers() : 1;
  total.nanoseconds += busy * (event.end - event.begin);
}

double Profile::seconds() const {
  Worker all;
  for (const Worker& worker : workers_) {
    all.begin = std::min(all.begin, worker.begin);
    all.end = std::max(all.end, worker.end);
  }
  return all.begin < all.end ? static_cast<double>(all.end - all.begin) * 1e-9 : 0;
}

Profile::Total Profile::node(int index) const {
  Total sum;
  for (const Worker& worker : workers_) {
    const Total& one = worker.nodes[static_cast<std::size_t>(index)];
    sum.calls += one.calls;
    sum.nanoseconds += one.nanoseconds;
  }
  return sum;
}

std::optional<std::int64_t> Profile::complete_since() const {
  std::optional<std::int64_t> since;
  for (const Worker& worker : workers_) {
    const auto size = static_cast<std::int64_t>(worker.last.size());
    if (worker.noted <= size) continue;
    // Events are kept in the order of their ends, so that nothing that ended later is missing.
    const auto oldest = static_cast<std::size_t>(worker.noted % size);
    since = std::max(since.value_or(0), worker.last[oldest].end);
  }
  return since;
}

std::vector<Profile::Event> Profile::events() const {
  std::vector<Event> out;
  for (const Worker& worker : workers_) {
    const auto kept = std::min(worker.noted, static_cast<std::int64_t>(worker.last.size()));
    out.insert(out.end(), worker.last.begin(), worker.last.begin() + kept);
  }
  std::ranges::sort(out, [](const Event& a, const Event& b) {
    return std::tuple(a.begin, -a.end, a.worker) < std::tuple(b.begin, -b.end, b.worker);
  });
  const std::optional<std::int64_t> since = complete_since();
  if (!since) return out;
  const auto complete = [&](const Event& event) { return event.begin >= *since; };
  auto from = std::ranges::find_if(
      out, [&](const Event& event) { return event.kind == Kind::step && complete(event); });
  // A step of more events than are kept is shown from where it is whole.
  if (from == out.end()) from = std::ranges::find_if(out, complete);
  out.erase(out.begin(), from);
  return out;
}

}  // namespace gradus
