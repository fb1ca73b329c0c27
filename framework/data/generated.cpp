#include "framework/data/generated.h"

#include <algorithm>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/random.h"

namespace gradus {
namespace {

constexpr std::int64_t kUsers = 943;
constexpr std::int64_t kItems = 1664;
constexpr std::int64_t kRatings = 100000;
constexpr std::int64_t kFewestOfAUser = 20;
constexpr std::uint32_t kTastes = 4;

/// Stars, leanings and chance are in fixed point: one star is 65,536.
constexpr std::int64_t kStar = 1 << 16;

constexpr std::int64_t percent_of_a_star(std::int64_t percent) { return percent * kStar / 100; }

/// A number near normal, mean 0, standard deviation one star: the sum of twelve uniform ones.
std::int64_t bell(const Random& random, std::int64_t row, std::uint32_t column) {
  constexpr std::uint32_t kWords = 6;  // of two 16-bit numbers each
  std::int64_t sum = -std::int64_t{kWords} * kStar;
  for (std::uint32_t word = 0; word < kWords; ++word) {
    const std::uint32_t bits = random.bits(static_cast<std::uint64_t>(row), column * kWords + word);
    sum += (bits & 0xFFFFU) + (bits >> 16);
  }
  return sum;
}

/// Shares `total` out in proportion to `weights`, so that the parts add up to it.
std::vector<std::int64_t> shares(std::int64_t total, const std::vector<std::int64_t>& weights) {
  std::int64_t whole = 0;
  for (std::int64_t weight : weights) whole += weight;
  std::vector<std::int64_t> parts;
  std::int64_t sum = 0;
  std::int64_t given = 0;
  for (std::int64_t weight : weights) {
    sum += weight;
    parts.push_back(total * sum / whole - given);
    given += parts.back();
  }
  return parts;
}

/// How many ratings each user gives: few give most of them.
std::vector<std::int64_t> ratings_of_users(std::uint64_t seed) {
  std::vector<std::int64_t> weights;
  for (std::int64_t rank = 0; rank < kUsers; ++rank) weights.push_back(1'000'000 / (rank + 30));
  const auto extra = shares(kRatings - kFewestOfAUser * kUsers, weights);
  std::vector<std::int64_t> counts(static_cast<std::size_t>(kUsers));
  const auto users = Random(seed, "generated users").permutation(kUsers);
  for (std::size_t rank = 0; rank < counts.size(); ++rank) {
    counts[static_cast<std::size_t>(users[rank])] = kFewestOfAUser + extra[rank];
  }
  return counts;
}

struct Pair {
  std::int32_t user;
  std::int32_t popularity;  // the item's rank, 0 the most popular
};

/// Who rates what: every item once at least, none twice by one user, popular ones more often.
std::vector<Pair> choose_pairs(std::uint64_t seed) {
  std::vector<std::int64_t> ends;  // of each item's part of the draws
  for (std::int64_t rank = 0, sum = 0; rank < kItems; ++rank) {
    sum += (kItems - rank) * 10'000 / (rank + 70);
    ends.push_back(sum);
  }
  const Random random(seed, "generated pairs");
  std::uint64_t draw = 0;
  std::vector<Pair> pairs;
  std::vector<bool> chosen;
  const auto counts = ratings_of_users(seed);
  for (std::int32_t user = 0; user < kUsers; ++user) {
    chosen.assign(static_cast<std::size_t>(kItems), false);
    std::int32_t given = user;  // and user + 943: so no item stays without a rating
    for (std::int64_t left = counts[static_cast<std::size_t>(user)]; left > 0;) {
      std::int64_t item = given;
      if (given < kItems) {
        given += kUsers;
      } else {
        const std::int64_t drawn = random.integer(draw++, ends.back());
        item = std::ranges::upper_bound(ends, drawn) - ends.begin();
      }
      if (chosen[static_cast<std::size_t>(item)]) continue;
      chosen[static_cast<std::size_t>(item)] = true;
      pairs.push_back({user, static_cast<std::int32_t>(item)});
      --left;
    }
  }
  return pairs;
}

/// A side's leanings and tastes, computed once for each user or item.
struct Side {
  std::vector<std::int64_t> leaning;
  std::vector<std::int64_t> tastes;  // kTastes for each

  Side(std::uint64_t seed, const char* purpose, std::int64_t count, std::int64_t deviation) {
    const Random random(seed, purpose);
    for (std::int64_t row = 0; row < count; ++row) {
      leaning.push_back(bell(random, row, 0) * deviation / kStar);
      for (std::uint32_t k = 1; k <= kTastes; ++k) tastes.push_back(bell(random, row, k));
    }
  }
};

/// The stars that a user gives an item, before chance and rounding.
std::int64_t expected(const Side& users, const Side& items, const Pair& pair) {
  const auto user = static_cast<std::size_t>(pair.user);
  const auto item = static_cast<std::size_t>(pair.popularity);
  std::int64_t taste = 0;
  for (std::size_t k = 0; k < kTastes; ++k) {
    taste += users.tastes[user * kTastes + k] * items.tastes[item * kTastes + k] / kStar;
  }
  const std::int64_t popularity = percent_of_a_star(80) * pair.popularity / kItems;
  return percent_of_a_star(375) + users.leaning[user] + items.leaning[item] - popularity +
         taste * 20 / 100;
}

/// "Film 0001 (1987)" and so on, the most popular first: a title says nothing about that.
std::vector<std::string> titles_by_popularity(std::uint64_t seed) {
  std::vector<std::string> titles;
  for (std::int32_t number : Random(seed, "generated titles").permutation(kItems)) {
    const int year = 1930 + (number * 37 + number / 7) % 69;
    titles.push_back(fmt::format("Film {:04} ({})", number + 1, year));
  }
  return titles;
}

}  // namespace

Table GeneratedSource::read() const {
  constexpr std::int64_t kFirstTime = 874724710;  // MovieLens' seven months
  constexpr std::int64_t kTimes = 18500000;
  const auto seed = static_cast<std::uint64_t>(seed_);
  const std::vector<Pair> pairs = choose_pairs(seed);
  const Side users(seed, "generated user leanings", kUsers, percent_of_a_star(48));
  const Side items(seed, "generated item leanings", kItems, percent_of_a_star(48));
  const std::vector<std::string> titles = titles_by_popularity(seed);
  const Random chance(seed, "generated chance");
  const Random times(seed, "generated times");
  std::vector<Column> columns;
  columns.push_back({.name = "user_id", .kind = ColumnKind::user});
  columns.push_back({.name = "movie_title", .kind = ColumnKind::item});
  columns.push_back({.name = "user_rating", .kind = ColumnKind::label});
  columns.push_back({.name = "timestamp", .kind = ColumnKind::timestamp});
  for (std::int32_t row : Random(seed, "generated order").permutation(kRatings)) {
    const Pair& pair = pairs[static_cast<std::size_t>(row)];
    const std::int64_t stars =
        expected(users, items, pair) + bell(chance, row, 0) * percent_of_a_star(91) / kStar;
    const std::int64_t rating = std::clamp<std::int64_t>((stars + kStar / 2) / kStar, 1, 5);
    const std::int64_t begun = times.integer(static_cast<std::uint64_t>(pair.user), kTimes);
    columns[0].codes.push_back(columns[0].strings.add(fmt::format_int(pair.user + 1).str()));
    columns[1].codes.push_back(
        columns[1].strings.add(titles[static_cast<std::size_t>(pair.popularity)]));
    columns[2].numbers.push_back(static_cast<float>(rating));
    columns[3].times.push_back(
        static_cast<double>(kFirstTime + begun + std::int64_t{20} * (row % 1000)));
  }
  return {"generated ratings (not MovieLens)", std::move(columns)};
}

}  // namespace gradus
