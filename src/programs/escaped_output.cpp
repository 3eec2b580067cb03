#include "escaped_output.hpp"

#include <string_view>

#include "taskward/base/printable.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::programs {
namespace {

/// Whether more bytes could make it a UTF-8 sequence.
bool may_continue(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  return text.size() < length;
}

}  // namespace

EscapedOutput::EscapedOutput(std::ostream& stream) : stream_(stream), target_(stream.rdbuf()) {
  stream.rdbuf(this);
}

EscapedOutput::~EscapedOutput() {
  static_cast<void>(sync());
  const auto state = stream_.rdstate();
  stream_.rdbuf(target_);
  stream_.clear(state);  // rdbuf() has cleared it
}

bool EscapedOutput::drain(Rest rest) {
  std::string_view text = received_;
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = code_point_length(text);
    if (length == 0) {
      if (rest == Rest::kept && may_continue(text)) break;
      out += printable(text.substr(0, 1));
      text.remove_prefix(1);
      continue;
    }
    const char32_t c = first_code_point(text);
    if (is_control(c) && c != U'\n' && c != U'\t')
      out += json_escape(c);
    else
      out += text.substr(0, length);
    text.remove_prefix(length);
  }
  received_.erase(0, received_.size() - text.size());
  return target_->sputn(out.data(), static_cast<std::streamsize>(out.size())) ==
         static_cast<std::streamsize>(out.size());
}

EscapedOutput::int_type EscapedOutput::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  received_ += traits_type::to_char_type(c);
  return drain(Rest::kept) ? c : traits_type::eof();
}

std::streamsize EscapedOutput::xsputn(const char* text, std::streamsize size) {
  received_.append(text, static_cast<std::size_t>(size));
  return drain(Rest::kept) ? size : 0;
}

int EscapedOutput::sync() { return drain(Rest::written) ? target_->pubsync() : -1; }

}  // namespace taskward::programs
