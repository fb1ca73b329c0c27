#include "framework/experiment/event_file.h"

#include <bit>
#include <boost/crc.hpp>
#include <chrono>
#include <cstring>
#include <protozero/pbf_builder.hpp>

namespace gradus::experiment {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

// The messages' fields by their official numbers.
enum class Event : protozero::pbf_tag_type {
  double_wall_time = 1,
  int64_step = 2,
  string_file_version = 3,
  message_summary = 5,
};
enum class Summary : protozero::pbf_tag_type { message_value = 1 };
enum class SummaryValue : protozero::pbf_tag_type {
  string_tag = 1,
  float_simple_value = 2,
  message_histo = 5,
  message_tensor = 8,
  message_metadata = 9,
};
enum class HistogramProto : protozero::pbf_tag_type {
  double_min = 1,
  double_max = 2,
  double_num = 3,
  double_sum = 4,
  double_sum_squares = 5,
  doubles_bucket_limit = 6,
  doubles_bucket = 7,
};
enum class Metadata : protozero::pbf_tag_type { message_plugin_data = 1, enum_data_class = 4 };
enum class PluginData : protozero::pbf_tag_type { string_plugin_name = 1 };
enum class TensorProto : protozero::pbf_tag_type {
  enum_dtype = 1,
  message_tensor_shape = 2,
  bytes_string_val = 8,
};

constexpr int kStrings = 7;      // of a tensor's types
constexpr int kTensorClass = 2;  // of the classes of data

template <class T>
std::string bytes_of(T value) {
  std::string out(sizeof value, '\0');
  std::memcpy(out.data(), &value, sizeof value);
  return out;
}

/// The checksum of a record's parts: CRC-32C, turned and shifted, so that a checksum of bytes that
/// hold one is no weak one.
std::uint32_t checksum(std::string_view bytes) {
  constexpr std::uint32_t kShift = 0xA282EAD8U;
  boost::crc_optimal<32, 0x1EDC6F41U, 0xFFFFFFFFU, 0xFFFFFFFFU, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return std::rotr(static_cast<std::uint32_t>(crc.checksum()), 15) + kShift;
}

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

EventFile::EventFile(std::filesystem::path file, std::int64_t bytes)
    : log_(std::move(file), bytes) {
  if (bytes > 0) return;
  std::string event;
  protozero::pbf_builder<Event> out(event);
  out.add_double(Event::double_wall_time, seconds_since_1970());
  out.add_string(Event::string_file_version, "brain.Event:2");
  write_record(event);
}

void EventFile::write(std::int64_t step, const Scalars& scalars) {
  std::string summary;
  protozero::pbf_builder<Summary> out(summary);
  for (const auto& [tag, number] : scalars) {
    protozero::pbf_builder<SummaryValue> value(out, Summary::message_value);
    value.add_string(SummaryValue::string_tag, tag);
    value.add_float(SummaryValue::float_simple_value, static_cast<float>(number));
  }
  write_summary(step, summary);
}

void EventFile::write(std::int64_t step, std::string_view tag, const Histogram& histogram) {
  std::string summary;
  protozero::pbf_builder<Summary> out(summary);
  {
    protozero::pbf_builder<SummaryValue> value(out, Summary::message_value);
    value.add_string(SummaryValue::string_tag, tag.data(), tag.size());
    protozero::pbf_builder<HistogramProto> histo(value, SummaryValue::message_histo);
    histo.add_double(HistogramProto::double_min, histogram.minimum);
    histo.add_double(HistogramProto::double_max, histogram.maximum);
    histo.add_double(HistogramProto::double_num, static_cast<double>(histogram.count));
    histo.add_double(HistogramProto::double_sum, histogram.sum);
    histo.add_double(HistogramProto::double_sum_squares, histogram.sum_of_squares);
    histo.add_packed_double(HistogramProto::doubles_bucket_limit, histogram.limits.begin(),
                            histogram.limits.end());
    const std::vector<double> buckets(histogram.buckets.begin(), histogram.buckets.end());
    histo.add_packed_double(HistogramProto::doubles_bucket, buckets.begin(), buckets.end());
  }
  write_summary(step, summary);
}

void EventFile::write(std::int64_t step, std::string_view tag, std::string_view text) {
  std::string summary;
  protozero::pbf_builder<Summary> out(summary);
  {
    protozero::pbf_builder<SummaryValue> value(out, Summary::message_value);
    value.add_string(SummaryValue::string_tag, tag.data(), tag.size());
    {
      protozero::pbf_builder<TensorProto> tensor(value, SummaryValue::message_tensor);
      tensor.add_enum(TensorProto::enum_dtype, kStrings);
      tensor.add_message(TensorProto::message_tensor_shape, std::string());  // a scalar
      tensor.add_bytes(TensorProto::bytes_string_val, text.data(), text.size());
    }
    protozero::pbf_builder<Metadata> metadata(value, SummaryValue::message_metadata);
    {
      protozero::pbf_builder<PluginData> plugin(metadata, Metadata::message_plugin_data);
      plugin.add_string(PluginData::string_plugin_name, "text");
    }
    metadata.add_enum(Metadata::enum_data_class, kTensorClass);
  }
  write_summary(step, summary);
}

void EventFile::write_summary(std::int64_t step, std::string_view summary) {
  std::string event;
  protozero::pbf_builder<Event> out(event);
  out.add_double(Event::double_wall_time, seconds_since_1970());
  out.add_int64(Event::int64_step, step);
  out.add_message(Event::message_summary, summary.data(), summary.size());
  write_record(event);
}

void EventFile::write_record(std::string_view event) {
  const std::string length = bytes_of(std::uint64_t{event.size()});
  std::string record = length + bytes_of(checksum(length));
  record += event;
  record += bytes_of(checksum(event));
  log_.write(record);
}

}  // namespace gradus::experiment
