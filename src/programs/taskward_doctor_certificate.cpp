// taskward doctor: the certificate of nginx.
#include <unistd.h>

#include "taskward_doctor.hpp"
#include "taskward_system.hpp"

namespace taskward::programs {
namespace {

using model::Finding;

constexpr const char* kTwoWeeks = "1209600";  // seconds

CertificatePaths paths_of(const Examination& it) {
  const std::string snippet = it.snippet("certificate.conf");
  if (!exists(snippet)) throw Skipped(snippet + " does not exist");
  return certificate_paths(snippet, it.is_installed() ? kNginxFolder : it.nginx);
}

Outcome openssl(std::vector<std::string> words, const std::string& input = {}) {
  words.insert(words.begin(), "openssl");
  Outcome outcome = run_command(words, input);
  if (outcome.status == 127) throw Skipped("openssl is not installed");
  return outcome;
}

Outcome x509(const std::string& certificate, std::vector<std::string> words) {
  words.insert(words.begin(), {"x509", "-noout", "-in", certificate});
  return openssl(std::move(words));
}

/// Skips what the check of the certificate has reported.
std::string valid_certificate(const Examination& it) {
  const std::string path = paths_of(it).certificate;
  if (!exists(path) || !x509(path, {}).succeeded()) throw Skipped(path + ": there is no valid certificate");
  return path;
}

bool is_self_signed(const std::string& path) {
  const std::string hashes = x509(path, {"-subject_hash", "-issuer_hash"}).output;
  const std::size_t end = hashes.find('\n');
  return end != std::string::npos && hashes.substr(0, end) + '\n' == hashes.substr(end + 1);
}

void check_names(Examination& it, const std::string& path) {
  if (const auto host = it.line.value("host")) {
    const Outcome outcome = x509(path, {"-checkhost", *host});
    if (outcome.output.find("does match") == std::string::npos) it.add(Finding::certificate_names, *host);
  } else if (x509(path, {"-ext", "subjectAltName"}).output.find("DNS:") == std::string::npos) {
    it.add(Finding::certificate_names, "it lists no host name (subjectAltName)");
  }
}

}  // namespace

void check_certificate(Examination& it) {
  const std::string path = paths_of(it).certificate;
  if (!exists(path)) {
    it.add(Finding::certificate_missing, path);
    return;
  }
  if (::access(path.c_str(), R_OK) != 0) throw Skipped(path + " cannot be read");
  const Outcome end = x509(path, {"-enddate"});
  if (!end.succeeded()) {
    it.add(Finding::certificate_invalid, path);
    return;
  }
  if (!x509(path, {"-checkend", "0"}).succeeded())
    it.add(Finding::certificate_expired, path + ", " + end.output);
  else if (!x509(path, {"-checkend", kTwoWeeks}).succeeded())
    it.add(Finding::certificate_expires, path + ", " + end.output);
  if (is_self_signed(path)) it.add(Finding::certificate_self_signed, path);
  check_names(it, path);
}

void check_certificate_key(Examination& it) {
  const std::string certificate = valid_certificate(it);
  const std::string key = paths_of(it).key;
  if (exists(key) && ::access(key.c_str(), R_OK) != 0) throw Skipped("only root can read " + key);
  const Outcome of_key = openssl({"pkey", "-pubout", "-passin", "pass:", "-in", key});
  if (!of_key.succeeded() || of_key.output != x509(certificate, {"-pubkey"}).output)
    it.add(Finding::certificate_key_wrong, key);
}

void check_certificate_chain(Examination& it) {
  const std::string path = valid_certificate(it);
  if (is_self_signed(path)) throw Skipped("the certificate is self-signed");
  const Outcome outcome = openssl({"verify", "-no_check_time", "-untrusted", path, path});
  if (!outcome.succeeded()) it.add(Finding::certificate_chain_incomplete, outcome.output);
}

}  // namespace taskward::programs
