// An e-mail address in a request body.
#pragma once

#include "taskward/api/shape.hpp"
#include "taskward/model/email_address.hpp"
#include "taskward/model/user.hpp"

namespace taskward::api {

/// A member that is read as the address to be stored.
template <class T, class Member>
[[nodiscard]] Field<T> email(std::string_view name, Member T::*member, Presence presence,
                             NullMeans null = NullMeans::absent) {
  const TextRule size{3,
                      model::kEmailMaxBytes,
                      null,
                      "email",
                      "An internationalised domain name is converted to its A-labels (IDNA 2008).",
                      {}};
  Field<T> field = text(name, member, presence, size);
  field.read = [member, size](T& into, json::Value& value, const std::string& at, Faults& faults) {
    const auto* given = value.get_if<std::string>();
    if (given == nullptr) return add_wrong_type(at, "a string", faults);
    if (auto fault = text_fault(at, *given, size)) {
      faults.push_back(std::move(*fault));
      return;
    }
    auto reading = model::read_email(*given);
    if (reading.fault.empty())
      into.*member = std::move(reading.address);
    else
      faults.push_back({at, FaultCode::invalid_format, std::string(reading.fault)});
  };
  return field;
}

}  // namespace taskward::api
