#include "taskward/base/errors.hpp"

#include <array>
#include <utility>

namespace taskward {
namespace {

constexpr auto kErrors = std::to_array<ErrorFacts>({
#define X(code, status, title, detail) {ErrorCode::code, #code, status, title, detail},
    TASKWARD_ERRORS(X)
#undef X
});

}  // namespace

std::span<const ErrorFacts> every_error() noexcept { return kErrors; }

const ErrorFacts& facts(ErrorCode code) noexcept { return kErrors[static_cast<std::size_t>(code)]; }

std::string_view name(FaultCode code) noexcept {
  constexpr auto names = std::to_array<std::string_view>({
#define X(code) #code,
      TASKWARD_FAULTS(X)
#undef X
  });
  return names[static_cast<std::size_t>(code)];
}

Error validation_failed(std::vector<FieldFault> faults) {
  Error error(ErrorCode::validation_failed);
  error.faults = std::move(faults);
  return error;
}

}  // namespace taskward
