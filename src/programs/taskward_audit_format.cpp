// Heads and keys in the formats of docs/seals.md.
#include <fstream>
#include <iterator>

#include "taskward/api/seal_bodies.hpp"
#include "taskward/base/text.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward_audit.hpp"

namespace taskward::programs {
namespace {

constexpr std::string_view kPemBegin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view kPemEnd = "-----END PUBLIC KEY-----";

/// The base64 text between the PEM lines, as base64url.
std::string inside_of_pem(std::string_view pem) {
  const std::size_t begin = pem.find(kPemBegin);
  const std::size_t end = pem.find(kPemEnd);
  std::string out;
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return out;
  for (const char c : pem.substr(begin + kPemBegin.size(), end - begin - kPemBegin.size()))
    if (c > ' ' && c != '=') out += c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

}  // namespace

std::string head_line(const store::Head& head, const crypto::SigningKey& key) {
  json::Writer w;
  api::write_object(w, api::HeadBody(head, key), api::head_parts());
  return w.take();
}

crypto::VerificationKey read_public_pem(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string pem{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto der = crypto::from_base64url(inside_of_pem(pem));
  auto key = der ? crypto::VerificationKey::from_spki(model::JwsAlgorithm::EdDSA, *der) : std::nullopt;
  if (!key) throw config::BadCommandLine("--public-key: '" + path + "' is not an Ed25519 public key in PEM");
  return *key;
}

std::string_view seals_procedure() noexcept {
  static constexpr std::string_view text =
#include "seals_procedure.inc"
      ;
  return text;
}

}  // namespace taskward::programs
