// nginx's configuration for proxies in front of it.
#include <boost/test/unit_test.hpp>
#include <vector>

#include "taskward/api/nginx_facts.hpp"

namespace taskward::api {
namespace {

std::vector<model::IpNetwork> networks(std::initializer_list<const char*> texts) {
  std::vector<model::IpNetwork> out;
  for (const char* text : texts) out.push_back(model::IpNetwork::parse(text).value());
  return out;
}
bool has_line(const std::string& text, const std::string& line) {
  return ('\n' + text).find('\n' + line + '\n') != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(trusted_proxies)

BOOST_AUTO_TEST_CASE(no_proxy_is_trusted_by_default) {
  for (const bool proxy_protocol : {false, true}) {
    const std::string text = nginx_real_ip({}, proxy_protocol);
    BOOST_TEST(text.find("\nset_real_ip_from") == std::string::npos);
    BOOST_TEST(text.find("\nreal_ip_header") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(each_proxy_is_trusted_in_its_own_notation) {
  const auto proxies =
      networks({"192.0.2.7", "198.51.100.0/24", "2001:db8::/32", "::1", "0.0.0.0/0", "::/0"});
  const std::string text = nginx_real_ip(proxies, false);
  for (const char* network :
       {"192.0.2.7/32", "198.51.100.0/24", "2001:db8::/32", "::1/128", "0.0.0.0/0", "::/0"})
    BOOST_TEST(has_line(text, std::string("set_real_ip_from ") + network + ';'), network);
  BOOST_TEST(has_line(text, "real_ip_header X-Forwarded-For;"));
  BOOST_TEST(has_line(text, "real_ip_recursive on;"));
  const std::string by_protocol = nginx_real_ip(proxies, true);
  BOOST_TEST(has_line(by_protocol, "real_ip_header proxy_protocol;"));
  BOOST_TEST(by_protocol.find("X-Forwarded-For;") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(proxy_protocol_is_added_to_and_removed_from_each_listen_directive_only) {
  const std::string plain =
      "# listen 443 ssl;\nlisten 443 ssl http2 default_server;\n\tlisten [::]:443 ssl;  # all addresses\n"
      "http2 on;\nlisten 8443 ssl;";
  const std::string with =
      "# listen 443 ssl;\nlisten 443 ssl http2 default_server proxy_protocol;\n"
      "\tlisten [::]:443 ssl proxy_protocol;  # all addresses\nhttp2 on;\nlisten 8443 ssl proxy_protocol;";
  BOOST_TEST(nginx_listen(plain, true) == with);
  BOOST_TEST(nginx_listen(with, true) == with);
  BOOST_TEST(nginx_listen(with, false) == plain);
  BOOST_TEST(nginx_listen(plain, false) == plain);
  BOOST_TEST(nginx_listen("", true) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
