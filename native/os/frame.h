#pragma once

#include <cstddef>
#include <cstdint>

namespace mp::os {

// CPython's frame: the length of the body as 4 bytes, big-endian and signed; for a body of more
// than 0x7fffffff bytes -1 instead, and the length as 8 bytes, unsigned. Then the body.
constexpr size_t kShortHeaderSize = 4;
constexpr size_t kLongHeaderSize = 12;
constexpr uint64_t kMaxShortLength = 0x7fffffff;

struct FrameHeader {
  uint8_t bytes[kLongHeaderSize];
  size_t size;
};

inline void PutBigEndian(uint8_t* to, uint64_t value, size_t width) {
  for (size_t i = width; i-- > 0; value >>= 8) to[i] = static_cast<uint8_t>(value);
}

inline FrameHeader MakeFrameHeader(uint64_t length) {
  FrameHeader header;
  if (length <= kMaxShortLength) {
    header.size = kShortHeaderSize;
    PutBigEndian(header.bytes, length, 4);
  } else {
    header.size = kLongHeaderSize;
    PutBigEndian(header.bytes, 0xffffffff, 4);
    PutBigEndian(header.bytes + 4, length, 8);
  }
  return header;
}

// The first four bytes of a header: the length, or something negative.
inline int32_t ParseShortHeader(const uint8_t* bytes) {
  return static_cast<int32_t>(uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 |
                              uint32_t{bytes[2]} << 8 | uint32_t{bytes[3]});
}

}  // namespace mp::os
