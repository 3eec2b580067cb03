#include "taskward/model/email_address.hpp"

#include <idn2.h>

#include <algorithm>
#include <memory>
#include <new>
#include <utility>

#include "taskward/model/user.hpp"

namespace taskward::model {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

struct FreeIdn {
  void operator()(char* text) const noexcept { ::idn2_free(text); }
};

/// Nothing if it is not a valid internationalised domain name.
std::optional<std::string> a_labels(const std::string& domain) {
  // libidn2 would convert only what precedes it.
  if (domain.find('\0') != std::string::npos) return std::nullopt;
  char* converted = nullptr;
  const int result = ::idn2_to_ascii_8z(domain.c_str(), &converted, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, FreeIdn> owner(converted);
  if (result == IDN2_MALLOC) throw std::bad_alloc();
  if (result != IDN2_OK) return std::nullopt;
  return std::string(converted);
}

}  // namespace

std::optional<std::string> with_ascii_domain(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || is_ascii(text.substr(at))) return std::string(text);
  const auto domain = a_labels(std::string(text.substr(at + 1)));
  if (!domain) return std::nullopt;
  return std::string(text.substr(0, at + 1)) + *domain;
}

EmailReading read_email(std::string_view text) {
  if (!is_ascii(text.substr(0, text.rfind('@'))) && text.find('@') != std::string_view::npos)
    return {{}, "must have only ASCII characters before the @, because mail servers need not support others"};
  auto address = with_ascii_domain(text);
  if (!address) return {{}, "must have a valid domain name after the @ (IDNA 2008)"};
  if (!is_email_address(*address)) return {{}, "must be an e-mail address such as ada@example.org"};
  return {*std::move(address), {}};
}

}  // namespace taskward::model
