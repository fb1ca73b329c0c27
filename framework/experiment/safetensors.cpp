#include "framework/experiment/safetensors.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "framework/core/error.h"
#include "framework/experiment/files.h"
#include "framework/experiment/json.h"

namespace gradus::experiment {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 100'000'000;  // as the format's own reader has it

/// One entry of the header.
struct Entry {
  std::string name;
  std::string type;
  Extents extents;
  std::uint64_t begin = 0;  // in the bytes after the header
  std::uint64_t end = 0;
};

std::uint64_t bytes_of(std::string_view type) {
  if (type == "F64" || type == "I64") return 8;
  if (type == "F32" || type == "I32") return 4;
  if (type == "F16" || type == "BF16") return 2;
  return 0;
}

/// An ordinary file, read at any place.
class File {
 public:
  explicit File(std::filesystem::path path) : path_(std::move(path)) {
    descriptor_ = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0) fail_file(path_, "cannot be read");
    struct stat status{};
    const bool known = fstat(descriptor_, &status) == 0;
    if (known && S_ISREG(status.st_mode)) {
      size_ = static_cast<std::uint64_t>(status.st_size);
      return;
    }
    close(descriptor_);
    refuse("not an ordinary file");
  }
  ~File() { close(descriptor_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::uint64_t size() const { return size_; }

  void read(std::uint64_t from, void* to, std::uint64_t count) const {
    auto* at = static_cast<char*>(to);
    while (count > 0) {
      const ssize_t got = pread(descriptor_, at, count, static_cast<off_t>(from));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail_file(path_, "cannot be read");
      if (got == 0) refuse("truncated while it was read");
      at += got;
      from += static_cast<std::uint64_t>(got);
      count -= static_cast<std::uint64_t>(got);
    }
  }

  template <class... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> text, Args&&... args) const {
    fail("{}: {}", path_.string(), fmt::format(text, std::forward<Args>(args)...));
  }

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// A list of whole numbers, none negative.
std::vector<std::uint64_t> sizes(const File& file, const std::string& name, const Json& entry,
                                 std::string_view key) {
  std::vector<std::uint64_t> out;
  const Json* value = entry.find(key);
  const auto* list = value ? value->get_if<Json::List>() : nullptr;
  if (!list) file.refuse("tensor \"{}\": header has no list \"{}\"", name, key);
  for (const Json& element : *list) {
    const auto* size = element.get_if<std::int64_t>();
    if (!size || *size < 0) {
      file.refuse("tensor \"{}\": \"{}\" must hold whole numbers, 0 or more, got {}", name, key,
                  element.text());
    }
    out.push_back(static_cast<std::uint64_t>(*size));
  }
  return out;
}

Entry read_entry(const File& file, const std::string& name, const Json& json) {
  Entry out{.name = name, .type = {}, .extents = {}};
  const Json* type = json.find("dtype");
  if (!type || !type->get_if<std::string>()) {
    file.refuse("tensor \"{}\": header has no text \"dtype\"", name);
  }
  out.type = *type->get_if<std::string>();
  if (bytes_of(out.type) == 0) {
    file.refuse("tensor \"{}\": type {} is not one of: BF16, F16, F32, F64, I32, I64", name,
                out.type);
  }
  const auto shape = sizes(file, name, json, "shape");
  if (shape.size() > kMaximumRank) {
    file.refuse("tensor \"{}\": has {} axes, at most {} are possible", name, shape.size(),
                kMaximumRank);
  }
  std::uint64_t bytes = bytes_of(out.type);
  for (const std::uint64_t size : shape) {
    out.extents.push_back(static_cast<std::int64_t>(size));
    // Beside an axis of 0 the others must not overflow either: someone multiplies them.
    const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (bytes > most / std::max<std::uint64_t>(size, 1)) {
      file.refuse("tensor \"{}\": shape {} is too large", name, out.extents.text());
    }
    bytes *= std::max<std::uint64_t>(size, 1);
  }
  if (out.extents.elements() == 0) bytes = 0;
  const auto offsets = sizes(file, name, json, "data_offsets");
  if (offsets.size() != 2 || offsets[0] > offsets[1]) {
    file.refuse("tensor \"{}\": \"data_offsets\" must be a begin and an end not before it, got {}",
                name, json.find("data_offsets")->text());
  }
  out.begin = offsets[0];
  out.end = offsets[1];
  if (out.end - out.begin != bytes) {
    file.refuse("tensor \"{}\": {} {} takes {} bytes, its offsets {} to {} hold {}", name, out.type,
                out.extents.text(), bytes, out.begin, out.end, out.end - out.begin);
  }
  return out;
}

/// What stands before the data.
struct Header {
  std::vector<Entry> entries;
  Metadata metadata;
  std::uint64_t data_begin = 0;
};

/// The texts of an object; what else it has is passed over.
Metadata read_texts(const Json& json) {
  Metadata out;
  if (!json.get_if<Json::Object>()) return out;
  for (const auto& [name, value] : json.members()) {
    if (const auto* text = value.get_if<std::string>()) out.emplace(name, *text);
  }
  return out;
}

/// The entries in order of their bytes, which they cover without gap or overlap.
Header read_header(const File& file) {
  if (file.size() < kLengthBytes) {
    file.refuse("truncated: {} bytes, a safetensors file has at least {}", file.size(),
                kLengthBytes);
  }
  std::uint64_t length = 0;
  file.read(0, &length, kLengthBytes);
  const std::uint64_t rest = file.size() - kLengthBytes;
  if (length > rest || length > kLongestHeader) {
    file.refuse("truncated, or not a safetensors file: a header of {} bytes, {} bytes follow{}",
                length, rest, length > rest ? "" : ", at most 100000000 are possible");
  }
  std::string text(length, '\0');
  file.read(kLengthBytes, text.data(), length);
  Json header;
  try {
    header = parse_json(text, "its header");
  } catch (const Error& error) {
    file.refuse("not a safetensors file: {}", error.what());
  }
  if (!header.get_if<Json::Object>()) file.refuse("its header must be an object");
  Header out;
  std::vector<Entry>& entries = out.entries;
  for (const auto& [name, entry] : header.members()) {
    if (name == "__metadata__") {
      out.metadata = read_texts(entry);
    } else {
      entries.push_back(read_entry(file, name, entry));
    }
  }
  std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  out.data_begin = kLengthBytes + length;
  const std::uint64_t data = file.size() - out.data_begin;
  std::uint64_t covered = 0;
  for (const Entry& entry : entries) {
    if (entry.end > data) {
      file.refuse("truncated: tensor \"{}\" ends at byte {} of the data, which has {}", entry.name,
                  entry.end, data);
    }
    if (entry.begin != covered) {
      file.refuse("tensor \"{}\" begins at byte {} of the data, the one before ends at {}",
                  entry.name, entry.begin, covered);
    }
    covered = entry.end;
  }
  if (covered != data) file.refuse("{} bytes after the last tensor", data - covered);
  return out;
}

/// Reads `entry` as numbers of type Wide, one block after the other, and gives each to `store`.
template <class Wide, class Store>
void read_wide(const File& file, const Entry& entry, std::uint64_t data_begin, Store store) {
  std::vector<Wide> block(65536);
  const std::uint64_t count = (entry.end - entry.begin) / sizeof(Wide);
  for (std::uint64_t done = 0; done < count;) {
    const std::uint64_t some = std::min<std::uint64_t>(count - done, block.size());
    file.read(data_begin + entry.begin + done * sizeof(Wide), block.data(), some * sizeof(Wide));
    for (std::uint64_t i = 0; i < some; ++i) store(done + i, block[i]);
    done += some;
  }
}

/// A number of IEEE 754's binary16: a sign, 5 bits of an exponent, 10 of a fraction.
float from_half(std::uint16_t bits) {
  constexpr int kLargestExponent = 31;
  constexpr int kBias = 127 - 15;  // from one format's exponents to the other's
  const std::uint32_t sign = (bits & 0x8000U) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1FU;
  const std::uint32_t fraction = bits & 0x3FFU;
  if (exponent == 0) {
    const float size = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -size : size;
  }
  const std::uint32_t to = exponent == kLargestExponent ? 0xFFU : exponent + kBias;
  return std::bit_cast<float>(sign | (to << 23) | (fraction << 13));
}

Tensor read_tensor(const File& file, const Entry& entry, std::uint64_t data_begin) {
  const bool ids = entry.type.starts_with('I');
  Tensor out(entry.extents, ids ? DataType::int32 : DataType::float32);
  if (entry.type == "F64") {
    read_wide<double>(file, entry, data_begin,
                      [&, values = out.floats()](std::uint64_t i, double x) {
                        if (std::isfinite(x) && std::abs(x) > std::numeric_limits<float>::max()) {
                          file.refuse("tensor \"{}\": element {} is {}, which is beyond float32",
                                      entry.name, i, x);
                        }
                        values[i] = static_cast<float>(x);
                      });
  } else if (entry.type == "F16") {
    read_wide<std::uint16_t>(
        file, entry, data_begin,
        [values = out.floats()](std::uint64_t i, std::uint16_t x) { values[i] = from_half(x); });
  } else if (entry.type == "BF16") {  // the upper half of a float32
    read_wide<std::uint16_t>(file, entry, data_begin,
                             [values = out.floats()](std::uint64_t i, std::uint16_t x) {
                               values[i] = std::bit_cast<float>(std::uint32_t{x} << 16);
                             });
  } else if (entry.type == "I64") {
    read_wide<std::int64_t>(
        file, entry, data_begin, [&, ids = out.ids()](std::uint64_t i, std::int64_t x) {
          if (x < std::numeric_limits<std::int32_t>::min() ||
              x > std::numeric_limits<std::int32_t>::max()) {
            file.refuse("tensor \"{}\": element {} is {}, which does not fit into 32 bits",
                        entry.name, i, x);
          }
          ids[i] = static_cast<std::int32_t>(x);
        });
  } else {
    file.read(data_begin + entry.begin, out.view().data, entry.end - entry.begin);
  }
  return out;
}

std::string listed(std::string_view what, const std::vector<std::string>& items) {
  if (items.empty()) return "";
  return fmt::format("\n  {}: {}", what, fmt::join(items, ", "));
}

}  // namespace

NamedTensors read_safetensors(const std::filesystem::path& path) {
  const File file(path);
  const Header header = read_header(file);
  NamedTensors out;
  for (const Entry& entry : header.entries) {
    out.emplace(entry.name, read_tensor(file, entry, header.data_begin));
  }
  return out;
}

Metadata read_metadata(const std::filesystem::path& file) {
  return read_header(File(file)).metadata;
}

void write_safetensors(const std::filesystem::path& file, const NamedTensors& tensors,
                       const Metadata& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) {
    Json& texts = header["__metadata__"] = Json::object();
    for (const auto& [name, text] : metadata) texts[name] = text;
  }
  std::uint64_t end = 0;
  for (const auto& [name, tensor] : tensors) {
    const std::uint64_t begin = end;
    end += tensor.bytes();
    header[name] =
        Json::object({{"dtype", tensor.type() == DataType::float32 ? "F32" : "I32"},
                      {"shape", Json::List(tensor.extents().begin(), tensor.extents().end())},
                      {"data_offsets", Json::list({begin, end})}});
  }
  std::string text = header.text();
  text.resize((text.size() + kLengthBytes - 1) / kLengthBytes * kLengthBytes, ' ');
  const std::uint64_t length = text.size();
  std::string start(kLengthBytes, '\0');
  std::memcpy(start.data(), &length, kLengthBytes);

  NewFile out(file);
  out.write(start + text);
  for (const auto& [name, tensor] : tensors) {
    out.write({static_cast<const char*>(tensor.view().data), tensor.bytes()});
  }
  out.commit();
}

void check_tensors(const NamedTensors& tensors, const NamedExtents& expected,
                   std::string_view name) {
  std::vector<std::string> missing;
  std::vector<std::string> extra;
  std::vector<std::string> misshapen;
  for (const auto& [key, extents] : expected) {
    const auto found = tensors.find(key);
    if (found == tensors.end()) {
      missing.push_back(fmt::format("{} {}", key, extents.text()));
    } else if (!(found->second.extents() == extents)) {
      misshapen.push_back(
          fmt::format("{} is {}, must be {}", key, found->second.extents().text(), extents.text()));
    } else if (found->second.type() != DataType::float32) {
      misshapen.push_back(
          fmt::format("{} holds {}, must hold float32", key, gradus::name(found->second.type())));
    }
  }
  for (const auto& [key, tensor] : tensors) {
    if (!expected.contains(key)) extra.push_back(key + " " + tensor.extents().text());
  }
  if (missing.empty() && extra.empty() && misshapen.empty()) return;
  fail("{}: its tensors do not fit the model{}{}{}", name, listed("missing", missing),
       listed("extra", extra), listed("of another shape", misshapen));
}

}  // namespace gradus::experiment
