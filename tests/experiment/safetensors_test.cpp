#include "framework/experiment/safetensors.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/experiment/files.h"
#include "tests/support.h"

namespace gradus::experiment {
namespace {

using tests::TemporaryFolder;

template <class T>
std::string bytes(const std::vector<T>& values) {
  std::string out(values.size() * sizeof(T), '\0');
  std::memcpy(out.data(), values.data(), out.size());
  return out;
}

/// A file as another program may have written it.
std::string with_header(const std::string& header, const std::string& data) {
  return bytes(std::vector<std::uint64_t>{header.size()}) + header + data;
}

/// The refusal of a file of these bytes, without the file's name.
std::string refusal(const std::string& file) {
  const TemporaryFolder folder;
  const std::string path = folder / "x.safetensors";
  write_file(path, file);
  try {
    read_safetensors(path);
  } catch (const Error& error) {
    const std::string text = error.what();
    CHECK(text.starts_with(path + ": "));
    CHECK(error.exit_code() == 1);
    return text.substr(path.size() + 2);
  }
  return "no error";
}

TEST_CASE("tensors are written in order of their names, and read back") {
  const TemporaryFolder folder;
  const std::string path = folder / "model.safetensors";
  const NamedTensors tensors = {
      {"b", Tensor({2, 2}, std::vector<float>{1, 2, 3, 4})},
      {"a", Tensor({3}, std::vector<std::int32_t>{7, -8, 9})},
      {"scalar", Tensor({}, std::vector<float>{0.5F})},
      {"none", Tensor({0, 3})},
  };
  write_safetensors(path, tensors);
  const std::string header =
      R"({"a": {"dtype": "I32", "shape": [3], "data_offsets": [0, 12]}, )"
      R"("b": {"dtype": "F32", "shape": [2, 2], "data_offsets": [12, 28]}, )"
      R"("none": {"dtype": "F32", "shape": [0, 3], "data_offsets": [28, 28]}, )"
      R"("scalar": {"dtype": "F32", "shape": [], "data_offsets": [28, 32]}})";
  const std::string padding((8 - header.size() % 8) % 8, ' ');
  CHECK(read_file(path) ==
        with_header(header + padding, bytes(std::vector<std::int32_t>{7, -8, 9}) +
                                          bytes(std::vector<float>{1, 2, 3, 4, 0.5F})));

  const NamedTensors back = read_safetensors(path);
  REQUIRE(back.size() == 4);
  CHECK(back.at("a").ids()[1] == -8);
  CHECK(back.at("b").extents() == Extents{2, 2});
  CHECK(back.at("b").floats()[3] == 4);
  CHECK(back.at("scalar").floats()[0] == 0.5F);
  CHECK(back.at("none").extents() == Extents{0, 3});
}

TEST_CASE("no tensors at all are a file too") {
  const TemporaryFolder folder;
  write_safetensors(folder / "x", {});
  CHECK(read_file(folder / "x") == with_header("{}      ", ""));
  CHECK(read_safetensors(folder / "x").empty());
}

TEST_CASE("files of others are read: any order, metadata, 64 bits") {
  const TemporaryFolder folder;
  const std::string file = folder / "x";
  write_file(file, with_header(R"({"__metadata__":{"format":"pt"},)"
                               R"("late":{"dtype":"F64","shape":[2],"data_offsets":[16,32]},)"
                               R"("early":{"dtype":"I64","shape":[2],"data_offsets":[0,16]}})",
                               bytes(std::vector<std::int64_t>{2147483647, -2147483648}) +
                                   bytes(std::vector<double>{0.1, 2})));
  const NamedTensors tensors = read_safetensors(file);
  CHECK(tensors.at("early").ids()[0] == 2147483647);
  CHECK(tensors.at("early").ids()[1] == -2147483647 - 1);
  CHECK(tensors.at("late").floats()[0] == 0.1F);
}

TEST_CASE("numbers of 16 bits are widened, those of 64 refused beyond float32") {
  const TemporaryFolder folder;
  const std::string file = folder / "x";
  write_file(file, with_header(R"({"b":{"dtype":"BF16","shape":[3],"data_offsets":[14,20]},)"
                               R"("h":{"dtype":"F16","shape":[7],"data_offsets":[0,14]}})",
                               bytes(std::vector<std::uint16_t>{0x3C00, 0xC580, 0x0001, 0x8000,
                                                                0x7BFF, 0xFC00, 0x7E00}) +
                                   bytes(std::vector<std::uint16_t>{0x3F80, 0xC0A0, 0xFF80})));
  const NamedTensors tensors = read_safetensors(file);
  const auto h = tensors.at("h").floats();
  CHECK(h[0] == 1.0F);
  CHECK(h[1] == -5.5F);
  CHECK(h[2] == 0x1p-24F);
  CHECK((h[3] == 0.0F && std::signbit(h[3])));
  CHECK(h[4] == 65504.0F);
  CHECK((std::isinf(h[5]) && h[5] < 0));
  CHECK(std::isnan(h[6]));
  const auto b = tensors.at("b").floats();
  CHECK(b[0] == 1.0F);
  CHECK(b[1] == -5.0F);
  CHECK((std::isinf(b[2]) && b[2] < 0));
  CHECK(refusal(with_header(R"({"d":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}})",
                            bytes(std::vector<double>{1, -1e39}))) ==
        "tensor \"d\": element 1 is -1e+39, which is beyond float32");
}

TEST_CASE("broken files are refused") {
  const auto entry = [](const std::string& rest) {
    return R"({"w":{"dtype":"F32",)" + rest + "}}";
  };
  const std::string good = entry(R"("shape":[2],"data_offsets":[0,8])");
  const std::string eight = "01234567";
  const std::pair<std::string, std::string> cases[] = {
      {"", "truncated: 0 bytes, a safetensors file has at least 8"},
      {"1234567", "truncated: 7 bytes, a safetensors file has at least 8"},
      {eight,
       "truncated, or not a safetensors file: a header of 3978425819141910832 bytes, 0 "
       "bytes follow"},
      {with_header(good, eight).substr(0, 30),
       "truncated, or not a safetensors file: a header of 54 bytes, 22 bytes follow"},
      {with_header(good, "0123456"),
       "truncated: tensor \"w\" ends at byte 8 of the data, which has 7"},
      {with_header(good, eight + "8"), "1 bytes after the last tensor"},
      {with_header("", ""), "not a safetensors file: its header: empty, expected a JSON value"},
      {with_header("{", ""),
       "not a safetensors file: its header:1:2: unexpected end of input; expected string literal "
       "(in object key)"},
      {with_header(std::string(100000, '['), ""),
       "not a safetensors file: its header: nested more than 100 deep"},
      {with_header("[]", ""), "its header must be an object"},
      {with_header(R"({"w":1})", ""), "tensor \"w\": header has no text \"dtype\""},
      {with_header(R"({"w":{"dtype":"F8_E5M2","shape":[],"data_offsets":[0,2]}})", "01"),
       "tensor \"w\": type F8_E5M2 is not one of: BF16, F16, F32, F64, I32, I64"},
      {with_header(entry(R"("shape":2,"data_offsets":[0,8])"), eight),
       "tensor \"w\": header has no list \"shape\""},
      {with_header(entry(R"("shape":[-2],"data_offsets":[0,8])"), eight),
       "tensor \"w\": \"shape\" must hold whole numbers, 0 or more, got -2"},
      {with_header(entry(R"("shape":[1,1,1,1,1,1,2],"data_offsets":[0,8])"), eight),
       "tensor \"w\": has 7 axes, at most 6 are possible"},
      {with_header(entry(R"("shape":[4294967296,4294967296],"data_offsets":[0,8])"), eight),
       "tensor \"w\": shape [4294967296, 4294967296] is too large"},
      {with_header(entry(R"("shape":[4294967296,4294967296,0],"data_offsets":[0,0])"), ""),
       "tensor \"w\": shape [4294967296, 4294967296] is too large"},
      {with_header(entry(R"("shape":[2],"data_offsets":[8,0])"), eight),
       "tensor \"w\": \"data_offsets\" must be a begin and an end not before it, got [8, 0]"},
      {with_header(entry(R"("shape":[3],"data_offsets":[0,8])"), eight),
       "tensor \"w\": F32 [3] takes 12 bytes, its offsets 0 to 8 hold 8"},
      {with_header(entry(R"("shape":[1],"data_offsets":[4,8])"), eight),
       "tensor \"w\" begins at byte 4 of the data, the one before ends at 0"},
      {with_header(R"({"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                   R"("w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                   eight),
       "tensor \"w\" begins at byte 4 of the data, the one before ends at 8"},
      {with_header(R"({"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                   R"("v":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                   eight),
       "not a safetensors file: its header: /v: this key is given twice"},
      {with_header(R"({"v":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}})",
                   bytes(std::vector<std::int64_t>{2147483648})),
       "tensor \"v\": element 0 is 2147483648, which does not fit into 32 bits"},
  };
  for (const auto& [file, expected] : cases) CHECK(refusal(file) == expected);
}

TEST_CASE("what is no ordinary file is refused") {
  CHECK_THROWS_WITH(read_safetensors("/none"), "/none: cannot be read: No such file or directory");
  CHECK_THROWS_WITH(read_safetensors("/tmp"), "/tmp: not an ordinary file");
}

TEST_CASE("all that does not fit the model is listed at once") {
  const NamedTensors tensors = {{"a", Tensor({2})},
                                {"b", Tensor({2, 3})},
                                {"c", Tensor({2}, DataType::int32)},
                                {"x", Tensor(Extents())},
                                {"y", Tensor({1})}};
  CHECK_NOTHROW(check_tensors({{"a", Tensor({2})}}, {{"a", {2}}}, "w"));
  CHECK_THROWS_WITH(
      check_tensors(tensors, {{"a", {2}}, {"b", {3, 2}}, {"c", {2}}, {"d", {4}}, {"e", {}}},
                    "w.st"),
      "w.st: its tensors do not fit the model\n"
      "  missing: d [4], e []\n"
      "  extra: x [], y [1]\n"
      "  of another shape: b is [2, 3], must be [3, 2], c holds int32, must hold float32");
}

TEST_CASE("reference weights are read") {
  const std::filesystem::path file = tests::golden() / "ranking" / "initial.safetensors";
  if (!std::filesystem::exists(file)) return tests::skip("no " + file.string());
  const NamedTensors tensors = read_safetensors(file);
  std::int64_t elements = 0;
  for (const auto& [name, tensor] : tensors) elements += tensor.elements();
  CHECK(elements == 116641);
  CHECK(tensors.at("ratings.0.weight").extents() == Extents{64, 256});
}

}  // namespace
}  // namespace gradus::experiment
