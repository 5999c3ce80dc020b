#pragma once

#include <cerrno>
#include <optional>
#include <utility>
#include <variant>

namespace mp::os {

// A failed system call: which one, and why.
struct SysError {
  int errnum;
  const char* syscall;
};

// Reads errno at once, before anything else can change it.
inline SysError LastError(const char* syscall) { return SysError{errno, syscall}; }

// What an operation of this layer gives back: a value, or the system call that failed. Outcomes
// that a caller asked about ("would block", "timed out") are values, never errors.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(SysError error) : state_(std::in_place_index<1>, error) {}

  bool ok() const { return state_.index() == 0; }
  T& value() { return *std::get_if<0>(&state_); }
  const T& value() const { return *std::get_if<0>(&state_); }
  const SysError& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, SysError> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(SysError error) : error_(error) {}

  bool ok() const { return !error_.has_value(); }
  const SysError& error() const { return *error_; }

 private:
  std::optional<SysError> error_;
};

}  // namespace mp::os
