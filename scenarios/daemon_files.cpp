// Replies of the daemon's file system.
#include "scenarios/daemon_files.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

#include "core/fuse.hpp"
#include "sim/choose.hpp"
#include "sim/kernel/fs.hpp"
#include "sim/kernel/mm.hpp"

namespace interfuse {

namespace fuse = kernel::fuse;

namespace {

// A reply under construction.
struct answer {
    std::byte *bytes;
    std::uint64_t unique;
    std::size_t length = sizeof(fuse::fuse_out_header);

    template <typename Out> answer &add(const Out &out)
    {
        std::memcpy(bytes + length, &out, sizeof out);
        length += sizeof out;
        return *this;
    }
    std::size_t end(int error = 0) const
    {
        fuse::fuse_out_header header{};
        header.len = static_cast<std::uint32_t>(length);
        header.error = error;
        header.unique = unique;
        std::memcpy(bytes, &header, sizeof header);
        return length;
    }
};

template <typename In> In argument_of(const std::byte *request)
{
    In in{};
    std::memcpy(&in, request + sizeof(fuse::fuse_in_header), sizeof in);
    return in;
}

bool maybe()
{
    return sim::choose(sim::choice_kind::behaviour, 2) != 0;
}

std::uint32_t mode_of(char letter)
{
    if (letter == 'b')
        return 0;
    if (letter == 'i')
        return std::array{S_IFLNK, S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK}[sim::choose(sim::choice_kind::behaviour, 5)];
    bool changes = letter == 't' || letter == 'y';
    bool folder = std::isupper(letter) != 0 || letter == fuse::FUSE_ROOT_ID || (changes && maybe());
    return folder ? S_IFDIR | 0755 : S_IFREG | 0644;
}

fuse::fuse_attr attributes_of(char letter)
{
    fuse::fuse_attr attr{};
    attr.ino = static_cast<std::uint64_t>(letter);
    attr.mode = mode_of(letter);
    attr.nlink = 1;
    attr.size = letter == 'h' ? std::uint64_t{1} << 40 : file_bytes();
    return attr;
}

fuse::fuse_entry_out entry_of(char letter)
{
    fuse::fuse_entry_out out{};
    out.nodeid = static_cast<std::uint64_t>(letter);
    out.generation = 1;
    out.attr = attributes_of(letter);
    if (letter == 'r')
        out.nodeid = fuse::FUSE_ROOT_ID;
    if (letter == 'z' || (letter == 'j' && maybe()))
        out.nodeid = 0;
    if (letter == 'v' && maybe())
        out.nodeid = 'w';
    return out;
}

// Each open file has a handle of its own: the number of the request that opened it.
fuse::fuse_open_out open_of(std::uint64_t node, std::uint64_t unique)
{
    fuse::fuse_open_out out{};
    out.fh = unique;
    if (node == 'd' || node == 'x' || node == 'y' || node == 'g')
        out.open_flags = fuse::FOPEN_DIRECT_IO;
    if (node == 'k')
        out.open_flags = fuse::FOPEN_KEEP_CACHE;
    return out;
}

fuse::fuse_init_out init_of(const fuse::fuse_init_in &in)
{
    fuse::fuse_init_out out{};
    out.major = 7;
    out.minor = 6;
    out.max_readahead = in.max_readahead;
    out.flags = in.flags;
    out.max_write = 4096;
    return out;
}

std::size_t answer_read(answer reply, std::uint64_t node, const fuse::fuse_read_in &in)
{
    if (node == 'e')
        return reply.end(-EIO);
    std::uint64_t end = std::min(in.offset + in.size, file_bytes());
    std::uint64_t bytes = end - std::min(in.offset, end);
    if (node == 's' || node == 'x')
        bytes = std::array{bytes, bytes / 2 + 1, std::uint64_t{0}}[sim::choose(sim::choice_kind::behaviour, 3)];
    for (std::uint64_t i = 0; i < bytes && reply.length + i < reply_bytes_max; ++i)
        reply.bytes[reply.length + i] = content_of(node, in.offset + i);
    reply.length += std::min(bytes, static_cast<std::uint64_t>(in.size));
    return reply.end();
}

std::size_t answer_write(answer reply, std::uint64_t node, const fuse::fuse_write_in &in)
{
    fuse::fuse_write_out out{};
    out.size = node == 'p' ? in.size / 2 : in.size;
    if (node == 'g')
        ++out.size;
    return node == 'e' ? reply.end(-EIO) : reply.add(out).end();
}

// The node that a request behind whose argument stands a name is to create.
template <typename In> char created_by(const std::byte *request)
{
    const std::byte *name = request + sizeof(fuse::fuse_in_header) + sizeof(In);
    return static_cast<char>(name[1] != std::byte{0} ? name[1] : name[0]);
}

// What an old daemon does not know, of a node of which that is said.
bool is_unknown(std::uint32_t opcode, std::uint64_t node)
{
    return (node == 'o' || node == 'O' || node == 'u' || node == 'U') &&
           (opcode == fuse::FUSE_CREATE || opcode == fuse::FUSE_FLUSH || opcode == fuse::FUSE_FSYNC ||
            opcode == fuse::FUSE_FSYNCDIR || opcode == fuse::FUSE_SETXATTR);
}

} // namespace

std::uint64_t file_bytes()
{
    return 36 * kernel::PAGE_SIZE + 20;
}

std::byte content_of(std::uint64_t node, std::uint64_t offset)
{
    // An odd number of values, so that no two pages are equal.
    return static_cast<std::byte>(0x80 + (node + offset) % 61);
}

std::byte written_content_of(std::uint64_t node, std::uint64_t offset)
{
    return static_cast<std::byte>(0xc0 + ((node == 'w' ? 'v' : node) + offset) % 43);
}

std::size_t handle_request(const std::byte *request, std::byte *reply)
{
    fuse::fuse_in_header header{};
    std::memcpy(&header, request, sizeof header);
    answer to{reply, header.unique};
    auto first = static_cast<char>(request[sizeof header]);
    switch (header.opcode) {
    case fuse::FUSE_INIT:
        return to.add(init_of(argument_of<fuse::fuse_init_in>(request))).end();
    case fuse::FUSE_LOOKUP:
        return first == 'n' ? to.end(-ENOENT) : to.add(entry_of(first)).end();
    case fuse::FUSE_MKNOD:
        return to.add(entry_of(created_by<fuse::fuse_mknod_in>(request))).end();
    case fuse::FUSE_LINK: {
        auto linked = argument_of<fuse::fuse_link_in>(request);
        char letter = static_cast<char>(linked.oldnodeid);
        fuse::fuse_entry_out out = entry_of(letter == 'w' ? 'v' : letter);
        if (letter == 'q')
            out.nodeid = fuse::FUSE_ROOT_ID;
        return to.add(out).end();
    }
    case fuse::FUSE_CREATE: {
        char letter = created_by<fuse::fuse_open_in>(request);
        if (is_unknown(header.opcode, static_cast<std::uint64_t>(letter)))
            return to.end(-ENOSYS);
        return to.add(entry_of(letter)).add(open_of(static_cast<std::uint64_t>(letter), header.unique)).end();
    }
    case fuse::FUSE_OPEN:
    case fuse::FUSE_OPENDIR:
        return to.add(open_of(header.nodeid, header.unique)).end();
    case fuse::FUSE_GETATTR: {
        fuse::fuse_attr_out out{};
        out.attr = attributes_of(static_cast<char>(header.nodeid));
        return to.add(out).end();
    }
    case fuse::FUSE_READ:
        return answer_read(to, header.nodeid, argument_of<fuse::fuse_read_in>(request));
    case fuse::FUSE_WRITE:
        return answer_write(to, header.nodeid, argument_of<fuse::fuse_write_in>(request));
    case fuse::FUSE_FORGET:
        return 0;
    case fuse::FUSE_RELEASE:
    case fuse::FUSE_RELEASEDIR:
    case fuse::FUSE_FLUSH:
    case fuse::FUSE_FSYNC:
    case fuse::FUSE_FSYNCDIR:
    case fuse::FUSE_SETXATTR:
    case fuse::FUSE_UNLINK:
    case fuse::FUSE_RENAME:
        return to.end(is_unknown(header.opcode, header.nodeid) ? -ENOSYS : 0);
    default:
        return to.end(-ENOSYS);
    }
}

} // namespace interfuse
