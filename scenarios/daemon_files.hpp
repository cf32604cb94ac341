// The daemon's file system: no state, so that a world stays small. What a name means, its first letter says.
#pragma once

#include <cstddef>
#include <cstdint>

namespace interfuse {

// The number of a node is the first letter of its name. A letter in capitals is a folder. Of the others
//   b  is of no type, d  is opened with direct I/O, e  fails to be read and written, g  is d and takes more than was
//   written, h  is too large to be opened, i  is a special file of whichever type,
//   j  is there or not, as z, k  keeps its cache when it is opened,
//   n  does not exist until it is created, o and O  are of a daemon that knows neither CREATE nor FLUSH, FSYNC, FSYNCDIR and
//   SETXATTR, p  takes only half of a write, q  becomes the root when it is linked, r  claims to be the root, s  may be
//   read short, t  is now a file and now a folder, v  is now one node and now another, x  is both d and s, y  both d and t,
//   z  does not exist, which its reply says by node 0
// and all others are plain files. What is created under a name of two letters, such as "nh", is the second's node.

// What a worker answers, from the bytes of a request: the reply's length, 0 for a request that wants none. Writes at
// most reply_bytes_max bytes; what lies behind is the content that a READ asked for.
std::size_t handle_request(const std::byte *request, std::byte *reply);

// Enough of each request and reply, but for the data of WRITE and READ.
inline constexpr std::size_t request_bytes_max = 256;
inline constexpr std::size_t reply_bytes_max = 256;

// The bytes of every file.
std::uint64_t file_bytes();
// The byte of a node's file. Never 0, which zeroed pages hold, nor a byte that poisons memory, nor a written one.
std::byte content_of(std::uint64_t node, std::uint64_t offset);
// The byte that requesters write there; as different. The two nodes of v are one file.
std::byte written_content_of(std::uint64_t node, std::uint64_t offset);

} // namespace interfuse
