#include "framework/data/text_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace gradus {
namespace {

constexpr std::size_t kBufferSize = std::size_t{1} << 16;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string reason() { return std::generic_category().message(errno); }

}  // namespace

TextFile::TextFile(std::string path) : path_(std::move(path)), buffer_(kBufferSize) {
  std::error_code error;
  const auto status = std::filesystem::status(path_, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    gradus::fail("{}: there is no such file", path_);
  }
  if (std::filesystem::is_directory(status)) {
    gradus::fail("{}: is a folder, a file is required", path_);
  }
  file_.reset(std::fopen(path_.c_str(), "rb"));
  if (!file_) gradus::fail("{}: cannot be read: {}", path_, reason());
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);  // our own buffer is enough
}

bool TextFile::refill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    scanned_ -= begin_;
    begin_ = 0;
  }
  if (end_ > kLongestLine) {
    gradus::fail("{}:{}: a line of more than {} MiB; is this a text file?", path_, line_ + 1,
                 kLongestLine >> 20);
  }
  if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
  const std::size_t count =
      std::fread(buffer_.data() + end_, 1, buffer_.size() - end_, file_.get());
  if (count == 0 && std::ferror(file_.get()) != 0) {
    gradus::fail("{}:{}: cannot be read: {}", path_, line_ + 1, reason());
  }
  end_ += count;
  return count > 0;
}

std::string_view TextFile::take(std::size_t size, std::size_t skip) {
  std::string_view text(buffer_.data() + begin_, size);
  begin_ += size + skip;
  scanned_ = begin_;
  if (++line_ == 1 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (std::memchr(text.data(), 0, text.size()) != nullptr) {
    fail("holds a NUL byte; is this a text file, in UTF-8?");
  }
  return text;
}

std::optional<std::string_view> TextFile::next() {
  for (;;) {
    const void* found =
        end_ > scanned_ ? std::memchr(buffer_.data() + scanned_, '\n', end_ - scanned_) : nullptr;
    if (found != nullptr) {
      const auto stop = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
      return take(stop - begin_, 1);
    }
    scanned_ = end_;
    if (!refill()) break;
  }
  if (begin_ == end_) return std::nullopt;
  return take(end_ - begin_, 0);
}

}  // namespace gradus
