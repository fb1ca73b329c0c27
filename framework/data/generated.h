#pragma once

#include <cstdint>

#include "framework/core/options.h"
#include "framework/data/source.h"

namespace gradus {

/// Made-up ratings for where MovieLens 100K cannot be had, of the same shape: 943 users, 1,664
/// titles ("Film 0001 (1987)"), 100,000 ratings from 1 to 5 with a mean near 3.53 and a standard
/// deviation near 1.13; few users and titles have most of the ratings. A rating is a user's and a
/// title's leaning, a taste of four dimensions, and chance. The columns are `user_id`,
/// `movie_title`, `user_rating` and `timestamp`. Whole numbers alone are computed with, so that a
/// seed gives the same rows everywhere.
class GeneratedSource : public DataSource {
 public:
  struct Options {
    std::int64_t seed = 42;

    template <class Visitor>
    void fields(Visitor& v) {
      v("seed", seed, anything(), "which made-up ratings");
    }
  };

  explicit GeneratedSource(const Options& options) : seed_(options.seed) {}

  Table read() const override;

 private:
  std::int64_t seed_;
};

}  // namespace gradus
