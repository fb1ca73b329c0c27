#pragma once

#include <string>

#include "framework/core/options.h"
#include "framework/data/source.h"

namespace gradus {

/// MovieLens 100K as GroupLens publishes it (Harper and Konstan, 2015), one row for each line of
/// u.data: `user_id` (user), `movie_title` (item; movies of one title are one item), `user_rating`
/// (label), `timestamp`; and where the folder holds u.user, the ids `user_gender`,
/// `user_occupation`, `user_zip_code` and `user_age` (in MovieLens' groups: "18-24"). Titles are
/// turned from Latin-1 to UTF-8. Genres are left out: a movie has several.
class MovieLens100K : public DataSource {
 public:
  struct Options {
    std::string path;

    template <class Visitor>
    void fields(Visitor& v) {
      v("path", path, gradus::path(),
        "the folder that holds u.data, u.item and u.user; else $GRADUS_DATA/ml-100k, else "
        "gradus/ml-100k in the cache folder ($XDG_CACHE_HOME or ~/.cache)");
    }
  };

  explicit MovieLens100K(const Options& options) : path_(options.path) {}

  /// Throws Error where no folder is found (with where it looked, and apps/fetch_movielens.sh), and
  /// for a line without its columns, a rating that is no finite number, a movie or user that is not
  /// described.
  Table read() const override;

  /// The folder that `read` would read. Throws Error where there is none.
  std::string folder() const;

 private:
  std::string path_;
};

}  // namespace gradus
