#include "framework/data/sources.h"

#include "framework/data/csv.h"
#include "framework/data/generated.h"
#include "framework/data/movielens.h"

namespace gradus {

const Catalogue<std::unique_ptr<DataSource>()>& data_sources() {
  using Signature = std::unique_ptr<DataSource>();
  static const Catalogue<Signature> kSources = {
      kind<Signature, MovieLens100K>("movielens_100k", "MovieLens 100K, as GroupLens publishes it"),
      kind<Signature, CsvSource>("csv", "a CSV or TSV file with a header line"),
      kind<Signature, GeneratedSource>("generated",
                                       "made-up ratings of the same shape as MovieLens 100K"),
  };
  return kSources;
}

}  // namespace gradus
