// The snippets of nginx's configuration that are generated from the tables in the code.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "taskward/api/nginx_facts.hpp"
#include "taskward/app/fcgi_stream.hpp"

namespace taskward::programs {

struct GeneratedSnippet {
  std::string_view name;  ///< for `taskward generate`
  const char* file;       ///< in nginx/snippets
  std::string (*text)();
};

inline constexpr std::array kGeneratedSnippets{
    GeneratedSnippet{"nginx-problems", "problems.conf", api::nginx_problems},
    GeneratedSnippet{"nginx-pools", "pools.conf", api::nginx_pools},
    GeneratedSnippet{"nginx-limits", "body-limits.conf", api::nginx_limits},
    GeneratedSnippet{"nginx-locations", "locations.conf", api::nginx_locations},
    GeneratedSnippet{"nginx-fastcgi-params", "fastcgi_params.conf", app::nginx_fastcgi_params},
};

}  // namespace taskward::programs
