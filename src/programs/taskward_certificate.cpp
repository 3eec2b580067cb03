// taskward certificate: the certificate of nginx, its expiry and its replacement.
#include <array>
#include <iostream>
#include <optional>
#include <sstream>

#include "exit_codes.hpp"
#include "taskward/base/text.hpp"
#include "taskward_commands.hpp"
#include "taskward_system.hpp"

namespace taskward::programs {
namespace {

constexpr std::array kFlags{
    kHelpFlag,
    config::Flag{"install", "DIR", "Install DIR/fullchain.pem and DIR/privkey.pem, and reload nginx."},
};

int refuse(const std::string& text) {
  std::cerr << "taskward: " << text << '\n';
  return kRefused;
}

Outcome openssl(std::vector<std::string> words, const std::string& input) {
  words.insert(words.begin(), "openssl");
  return run_command(words, input);
}

/// What is wrong with the pair, if anything.
std::optional<std::string> fault_of(const std::string& certificate, const std::string& key) {
  const Outcome public_of_certificate = openssl({"x509", "-noout", "-pubkey"}, certificate);
  if (!public_of_certificate.succeeded()) return "fullchain.pem is not a certificate in PEM";
  const Outcome public_of_key = openssl({"pkey", "-pubout", "-passin", "pass:"}, key);
  if (!public_of_key.succeeded()) return "privkey.pem is not an unencrypted private key in PEM";
  if (public_of_certificate.output != public_of_key.output)
    return "privkey.pem is not the key of the certificate in fullchain.pem";
  if (!openssl({"x509", "-noout", "-checkend", "0"}, certificate).succeeded())
    return "the certificate in fullchain.pem has expired";
  return std::nullopt;
}

int show() {
  const CertificatePaths paths = certificate_paths();
  if (!exists(paths.certificate)) return refuse(paths.certificate + ": does not exist; run `taskward setup`");
  const std::string certificate = read_text_file(paths.certificate);
  const Outcome fields = openssl(
      {"x509", "-noout", "-subject", "-issuer", "-enddate", "-dateopt", "iso_8601", "-ext", "subjectAltName"},
      certificate);
  if (!fields.succeeded()) return refuse(paths.certificate + ": is not a certificate in PEM");
  std::cout << "file=" << paths.certificate << '\n' << fields.output;
  const Outcome responder = openssl({"x509", "-noout", "-ocsp_uri"}, certificate);
  if (responder.succeeded() && !responder.output.empty()) std::cout << "OCSP responder=" << responder.output;
  if (!openssl({"x509", "-noout", "-checkend", "0"}, certificate).succeeded())
    return refuse(paths.certificate + ": has expired");
  return kSuccess;
}

int install(const std::string& directory) {
  const CertificatePaths paths = certificate_paths();
  const std::string certificate = read_text_file(directory + "/fullchain.pem");
  std::string key = read_text_file(directory + "/privkey.pem");
  if (const auto fault = fault_of(certificate, key)) {
    wipe(key);
    return refuse(directory + ": " + *fault + "; nothing was changed");
  }
  std::optional<std::string> old_certificate;
  std::string old_key;
  if (exists(paths.certificate) && exists(paths.key)) {
    old_certificate = read_text_file(paths.certificate);
    old_key = read_text_file(paths.key);
  }
  const auto restore = [&] {
    if (!old_certificate) return;
    write_file(paths.key, old_key, 0600);
    write_file(paths.certificate, *old_certificate, 0644);
  };
  try {
    write_file(paths.key, key, 0600);
    write_file(paths.certificate, certificate, 0644);
  } catch (const std::exception&) {
    wipe(key);
    restore();
    throw;
  }
  wipe(key);
  const Outcome check = check_nginx();
  if (!check.succeeded()) {
    restore();
    wipe(old_key);
    throw std::runtime_error(std::string("nginx does not accept the certificate") +
                             (old_certificate ? ", so the previous one was restored:\n" : ":\n") +
                             check.output);
  }
  wipe(old_key);
  reload_nginx();
  return show();
}

}  // namespace

int certificate_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kFlags);
  if (line.has("help")) {
    std::cout << "Usage: taskward certificate [--install DIR]\n\n"
                 "Shows the names, the issuer and the expiry of the certificate that nginx's configuration "
                 "names; exit status 3\n"
                 "if it has expired. --install replaces it and its key, as a renewal does: the hook for "
                 "certbot is\n"
                 "/usr/share/taskward/certbot-deploy-hook.\n\n"
              << config::options_help(kFlags);
    return kSuccess;
  }
  const auto directory = line.value("install");
  return directory ? install(*directory) : show();
}

}  // namespace taskward::programs
