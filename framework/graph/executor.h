#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "framework/graph/plan.h"
#include "framework/graph/profile.h"

namespace gradus {

/// Runs a graph: tiles of rows spread over the workers, lanes added in one order, then what needs
/// the whole batch. Gives the same bits on any number of threads. A batch size is planned the first
/// time that it is met; after that a run allocates nothing. Not to be run by two threads at once;
/// several executors of one graph may be.
class Executor {
 public:
  /// Computes `outputs`, and on `commit` the `updates`: nodes that change parameters. The elements
  /// of `given` nodes are set rather than computed.
  Executor(const Graph& graph, const std::vector<Value>& outputs,
           const std::vector<Value>& updates = {}, const std::vector<Value>& given = {});
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  /// Gives an input, or a given node, its elements, which must stay where they are while running.
  void set(Value input, const View& view);

  /// Computes the outputs for `batch` rows. Throws Error where an input is missing or has another
  /// shape, where a kernel refuses its inputs, and with more workers than there were at first.
  void run(std::int64_t batch);
  /// Applies the updates of the last run. Throws Error where that did not come to its end.
  void commit();

  /// The elements of an output of the last run, or of what one of its updates reads (whose rows may
  /// lie apart: View::row_step), valid until the next; of a parameter or an input, in another shape
  /// or not, its own. Throws Error where the run did not come to its end, and for another node.
  View output(Value value) const;

  /// The plan for `batch` rows, made if it was not met yet.
  const Plan& plan(std::int64_t batch);

  /// Notes in `profile`, which must live as long, what the runs from now on do; null: nothing.
  /// Throws Error where it was made for fewer nodes or workers.
  void set_profile(Profile* profile);

  /// How many tiles each worker has run.
  std::span<const std::int64_t> tiles_by_worker() const { return tiles_by_worker_; }

 private:
  struct Planned;

  const std::shared_ptr<Planned>& planned(std::int64_t batch);
  void check_input(int node, std::int64_t batch) const;
  void run_tiles(Planned& p, const Stage& stage);
  void run_tile(Planned& p, const Stage& stage, std::int64_t tile, std::byte* lane, bool first);
  void add_lanes(Planned& p, const Stage& stage, std::byte* left, std::byte* right, bool last);
  void run_step(Planned& p, const Step& step, Profile::Kind kind);
  void run_whole(Planned& p, const std::vector<Step>& steps);
  std::int64_t now() const;
  std::int64_t note(const Profile::Event& event);

  const Graph& graph_;
  std::vector<int> outputs_;
  std::vector<int> updates_;
  std::vector<int> given_nodes_;
  std::vector<std::optional<View>> given_;     // by node: what was set, or a parameter's elements
  std::list<std::shared_ptr<Planned>> plans_;  // the last used first
  std::shared_ptr<Planned> ran_;               // of the last run, if that came to its end
  std::vector<std::int64_t> tiles_by_worker_;
  Profile* profile_ = nullptr;
};

}  // namespace gradus
