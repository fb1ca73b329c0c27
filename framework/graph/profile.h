#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/graph/graph.h"

namespace gradus {

/// What took how long while a graph was run again and again: of each node all the time, of what
/// happened last the moments. Workers note at once, each in memory of its own, and allocate
/// nothing; the rest is for one thread.
class Profile {
 public:
  /// How many events are kept, of all workers together; older ones make room.
  static constexpr std::int64_t kMostEvents = 1 << 17;

  /// What an event is.
  enum class Kind : std::uint8_t {
    tile,   // a node, for one tile of rows
    whole,  // a node, for the whole batch, by all workers
    alone,  // the same, by one worker beside others
    help,   // another's part of such a one, when it had nothing else to do
    lanes,  // the addition of two lanes of a node, by one worker
    part,   // something beside the nodes, such as filling a batch
    step,   // a training step with all that it consists of
  };

  /// Something that a worker did; moments in nanoseconds since the profile was made.
  struct Event {
    Kind kind = Kind::part;      ///< what happened
    int node = -1;               ///< whose step it was
    int worker = 0;              ///< who ran it
    std::string_view name = {};  ///< of a part or step
    std::int64_t tile = -1;      ///< of a step in tiles: which
    std::int64_t rows = 0;       ///< that a node computed
    std::int64_t batch = 0;      ///< of which they are
    std::int64_t begin = 0;      ///< nanoseconds, as `now`
    std::int64_t end = 0;        ///< nanoseconds, as `now`
  };

  /// Kernel calls, and the time that they kept workers: where all work at one, those count, too,
  /// that had nothing to do; beside others, who helped.
  struct Total {
    std::int64_t calls = 0;        ///< how often it happened
    std::int64_t nanoseconds = 0;  ///< of all calls
  };

  /// Notes a part, or a step, from its making to its end. Without a profile it does nothing.
  class Span {
   public:
    /// `name` must live as long as the profile.
    Span(Profile* profile, std::string_view name, Kind kind = Kind::part);
    ~Span();
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

   private:
    Profile* profile_;
    Event event_;
  };

  /// Of the nodes that `graph` has now, and of the workers that there are now.
  explicit Profile(const Graph& graph);

  /// Nanoseconds since the profile was made.
  std::int64_t now() const;
  /// Says that what follows is of `batch` rows.
  void begin_run(std::int64_t batch);
  /// Notes what began at `event.begin` and ends now, by this worker. Returns its end.
  std::int64_t note(Event event);

  /// For how many it was made.
  int nodes() const { return static_cast<int>(workers_[0].nodes.size()); }
  int workers() const { return static_cast<int>(workers_.size()); }  ///< for how many it was made
  /// How many steps have ended.
  std::int64_t steps() const { return steps_; }
  /// Seconds from the first moment noted to the last.
  double seconds() const;
  Total node(int index) const;  ///< of that node's steps
  /// By name.
  const std::vector<std::pair<std::string_view, Total>>& parts() const { return parts_; }
  /// How often each size of batch was run.
  const std::vector<std::pair<std::int64_t, std::int64_t>>& runs() const { return runs_; }
  /// The events in the order of their begin, what contains another first. Where older ones made
  /// room: from the first step on that is there in whole.
  std::vector<Event> events() const;

 private:
  // A worker's own, and no other's cache line.
  struct alignas(64) Worker {
    std::vector<Total> nodes;
    std::vector<Event> last;  // the event noted as number n is at n modulo the size
    std::int64_t noted = 0;
    std::int64_t begin = std::numeric_limits<std::int64_t>::max();  // of all that was noted
    std::int64_t end = std::numeric_limits<std::int64_t>::min();
  };

  void count(Worker& worker, const Event& event);
  /// From when on nothing is missing; none where nothing is missing at all.
  std::optional<std::int64_t> complete_since() const;

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<Worker> workers_;
  std::vector<std::pair<std::string_view, Total>> parts_;
  std::vector<std::pair<std::int64_t, std::int64_t>> runs_;
  std::int64_t batch_ = 0;
  std::int64_t steps_ = 0;
};

}  // namespace gradus
