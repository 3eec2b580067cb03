#include "taskward/model/finding.hpp"

#include <array>

namespace taskward::model {
namespace {

constexpr std::array kFindings{
#define X(code, severity, meaning, action) \
  FindingFacts{Finding::code, #code, Severity::severity, meaning, action},
    TASKWARD_FINDINGS(X)
#undef X
};

}  // namespace

std::span<const FindingFacts> every_finding() noexcept { return kFindings; }

const FindingFacts& facts(Finding finding) noexcept { return kFindings[static_cast<std::size_t>(finding)]; }

std::string finding_counts(std::size_t warnings, std::size_t criticals) {
  return std::to_string(warnings) + (warnings == 1 ? " warning, " : " warnings, ") +
         std::to_string(criticals) + " critical";
}

}  // namespace taskward::model
