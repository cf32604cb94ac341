// Nodes that were looked up and forgotten, files that were opened and released.
#include "checker/invariants/ledger.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "checker/invariants/following.hpp"
#include "scenarios/goal.hpp"
#include "sim/kernel/fs.hpp"
#include "sim/kernel/slab.hpp"

namespace interfuse {

namespace {

inline constexpr unsigned accounts_max = 12;
inline constexpr unsigned unanswered_max = 16;
inline constexpr unsigned handles_max = 12;
inline constexpr unsigned uniques_tracked = 128;

struct account {
    std::uint64_t nodeid; // 0: the slot is free
    std::uint32_t lookups, perhaps, forgotten; // in accepted replies that the kernel keeps, or may keep
    std::uint16_t opens, releases;
};

// A request that the daemon has and has not answered.
struct held_request {
    std::uint64_t unique; // 0: the slot is free
    std::uint64_t nodeid, argument;
    std::uint32_t opcode;
};

// An open file, by the handle that the daemon has given it.
struct handle {
    std::uint64_t nodeid, fh; // nodeid 0: the slot is free
    std::uint32_t opened_by;  // opcode; 0: whichever, since a folder for direct I/O gets the operations of a file
};

struct book {
    std::array<account, accounts_max> accounts;
    account overflow; // written and never read, once the book is full
    std::array<handle, handles_max> handles;
    std::array<held_request, unanswered_max> unanswered;
    std::array<bool, uniques_tracked> delivered; // the last IDs, by remainder
    std::uint64_t newest;                        // the highest ID that was delivered
    bool is_full; // an account, a request or a handle did not fit: nothing is said any more
};

// Allocated with a connection: most worlds have one.
const sim::per_world<std::array<book *, ghost_connections_max>> books;

book *book_of(const call_ghost &call)
{
    return call.connection == nobody ? nullptr : books.get()[call.connection];
}

account &account_of(book &b, std::uint64_t nodeid)
{
    for (account &a : b.accounts) {
        if (a.nodeid == 0)
            a.nodeid = nodeid;
        if (a.nodeid == nodeid)
            return a;
    }
    b.is_full = true;
    return b.overflow = {};
}

void note_delivery(book &b, const call_ghost &call, const sim::event &what)
{
    if (call.unique > b.newest) {
        for (std::uint64_t id = b.newest + 1; id <= call.unique; ++id)
            b.delivered[id % uniques_tracked] = false;
        b.newest = call.unique;
    }
    if (b.newest - call.unique >= uniques_tracked)
        return;
    bool &seen = b.delivered[call.unique % uniques_tracked];
    if (seen)
        violated("ledger", fmt::format("the daemon reads request {} for the second time", call.unique), what);
    seen = true;
}

void hold(book &b, const call_ghost &call)
{
    for (held_request &held : b.unanswered) {
        if (held.unique != 0)
            continue;
        held = {call.unique, call.nodeid, call.argument, call.opcode};
        return;
    }
    b.is_full = true;
}

// Somebody else may have answered it before the read that hands it out returns.
bool awaits_answer(const call_ghost &call)
{
    const ghost_state &g = ghost();
    return std::any_of(g.requests.begin(), g.requests.begin() + g.requests_high, [&](const request_ghost &r) {
        return r.req != nullptr && r.connection == call.connection && r.state == fuse::FUSE_REQ_SENT &&
               r.req->in.h.unique == call.unique;
    });
}

// A request's first argument may name a second node.
bool is_about(const held_request &held, std::uint64_t nodeid)
{
    if (held.unique == 0)
        return false;
    bool has_second = held.opcode == fuse::FUSE_RENAME || held.opcode == fuse::FUSE_LINK;
    return held.nodeid == nodeid || (has_second && held.argument == nodeid);
}

// What names an open file in its first argument, beside those that close it.
bool uses_handle(std::uint32_t opcode)
{
    switch (opcode) {
    case fuse::FUSE_READ:
    case fuse::FUSE_WRITE:
    case fuse::FUSE_FLUSH:
    case fuse::FUSE_FSYNC:
    case fuse::FUSE_READDIR:
    case fuse::FUSE_FSYNCDIR:
        return true;
    default:
        return false;
    }
}

bool uses_file(const held_request &held, std::uint64_t nodeid, std::uint64_t fh)
{
    return held.unique != 0 && held.nodeid == nodeid && held.argument == fh && uses_handle(held.opcode);
}

bool is_of_folders(std::uint32_t opcode)
{
    return opcode == fuse::FUSE_OPENDIR || opcode == fuse::FUSE_READDIR || opcode == fuse::FUSE_FSYNCDIR ||
           opcode == fuse::FUSE_RELEASEDIR;
}

// From where in a reply its fuse_open_out lies.
void open(book &b, std::uint64_t nodeid, std::uint32_t opcode, std::size_t from)
{
    ++account_of(b, nodeid).opens;
    fuse::fuse_open_out out{};
    auto slot = std::ranges::find(b.handles, std::uint64_t{0}, &handle::nodeid);
    if (slot == b.handles.end() || !read_user_memory(*kernel::task_of(sim::current_task()), from, &out, sizeof out))
        b.is_full = true;
    else
        *slot = {nodeid, out.fh, is_of_folders(opcode) && (out.open_flags & fuse::FOPEN_DIRECT_IO) != 0 ? 0 : opcode};
}

// The file that a request names; null when there is none, which is reported.
handle *named_handle(book &b, const call_ghost &call, const sim::event &what)
{
    auto named = std::ranges::find_if(
        b.handles, [&](const handle &h) { return h.nodeid == call.nodeid && h.fh == call.argument; });
    if (named == b.handles.end()) {
        violated("ledger", fmt::format("{} of node {} names file {}, which is not open", name_of_opcode(call.opcode),
                                       call.nodeid, call.argument), what);
        return nullptr;
    }
    if (named->opened_by != 0 && is_of_folders(call.opcode) != is_of_folders(named->opened_by))
        violated("ledger", fmt::format("{} of node {} names file {}, which {} has opened", name_of_opcode(call.opcode),
                                       call.nodeid, call.argument, name_of_opcode(named->opened_by)), what);
    return &*named;
}

void forget(book &b, const call_ghost &call, bool delivered, const sim::event &what)
{
    account &a = account_of(b, call.nodeid);
    a.forgotten += static_cast<std::uint32_t>(call.argument);
    if (b.is_full)
        return;
    if (a.forgotten > a.lookups + a.perhaps)
        violated("ledger", fmt::format("node {} is forgotten {} times but was looked up {} times", a.nodeid, a.forgotten,
                                       a.lookups + a.perhaps), what);
    if (!delivered || a.forgotten < a.lookups)
        return;
    for (const held_request &held : b.unanswered)
        if (is_about(held, a.nodeid))
            violated("ledger", fmt::format("node {} is forgotten while the daemon works on request {} on it", a.nodeid,
                                           held.unique), what);
}

void release(book &b, const call_ghost &call, bool delivered, const sim::event &what)
{
    account &a = account_of(b, call.nodeid);
    ++a.releases;
    if (b.is_full)
        return;
    if (a.releases > a.opens)
        violated("ledger", fmt::format("node {} is released {} times but was opened {} times", a.nodeid, a.releases,
                                       a.opens), what);
    if (handle *closed = named_handle(b, call, what))
        *closed = {};
    if (!delivered)
        return;
    for (const held_request &held : b.unanswered)
        if (uses_file(held, a.nodeid, call.argument))
            violated("ledger", fmt::format("file {} of node {} is released while the daemon works on request {} on it",
                                           call.argument, a.nodeid, held.unique), what);
}

unsigned type_of(std::uint32_t mode)
{
    return mode & S_IFMT;
}

// The type that the reply must show for its requester to take it; 0: any that there is.
unsigned wanted_type(const fuse::fuse_req &req)
{
    switch (req.in.h.opcode) {
    case fuse::FUSE_CREATE:
        return S_IFREG;
    case fuse::FUSE_MKDIR:
        return S_IFDIR;
    case fuse::FUSE_SYMLINK:
        return S_IFLNK;
    case fuse::FUSE_MKNOD:
        return type_of(static_cast<const fuse::fuse_mknod_in *>(req.in.args[0].value)->mode);
    default:
        return 0;
    }
}

bool is_type(unsigned type)
{
    return type == S_IFREG || type == S_IFDIR || type == S_IFLNK || type == S_IFCHR || type == S_IFBLK ||
           type == S_IFIFO || type == S_IFSOCK;
}

// Whether the kernel counts the lookup for certain. Of others nobody can say from outside: revalidate looks less
// closely than lookup, and a link's type depends on an inode.
bool is_kept(const fuse::fuse_req &req, const fuse::fuse_entry_out &entry)
{
    unsigned wanted = wanted_type(req), type = type_of(entry.attr.mode);
    return entry.nodeid != fuse::FUSE_ROOT_ID && req.in.h.opcode != fuse::FUSE_LINK &&
           (wanted == 0 ? is_type(type) : type == wanted);
}

bool gives_entry(std::uint32_t opcode)
{
    switch (opcode) {
    case fuse::FUSE_LOOKUP:
    case fuse::FUSE_MKNOD:
    case fuse::FUSE_MKDIR:
    case fuse::FUSE_SYMLINK:
    case fuse::FUSE_LINK:
    case fuse::FUSE_CREATE:
        return true;
    default:
        return false;
    }
}

void enter(book &b, const fuse::fuse_req &req, const fuse::fuse_entry_out &entry)
{
    if (entry.nodeid == 0)
        return;
    account &a = account_of(b, entry.nodeid);
    bool kept = is_kept(req, entry);
    ++(kept ? a.lookups : a.perhaps);
    if (req.in.h.opcode == fuse::FUSE_CREATE && kept)
        open(b, entry.nodeid, req.in.h.opcode, sizeof(fuse::fuse_out_header) + sizeof entry);
}

// Visits each live object of a slab cache.
void for_each_object(std::string_view cache_name, auto visit)
{
    const kernel::slab_state &all = kernel::slab_caches();
    for (unsigned c = 0; c < all.cache_count; ++c)
        for (unsigned i = 0; all.caches[c]->name == cache_name && i < all.caches[c]->object_count; ++i)
            if ((all.caches[c]->live >> i & 1) != 0)
                visit(all.caches[c]->object(i));
}

// What the kernel still has of a connection's nodes: lookups of its inodes, FORGETs on their way, open files.
struct held_by_kernel {
    std::uint64_t lookups = 0;
    unsigned files = 0;
};

held_by_kernel kernel_holds(const connection_ghost &c, std::uint64_t nodeid)
{
    held_by_kernel held;
    for_each_object("fuse_inode", [&](const std::byte *object) {
        auto node = reinterpret_cast<const fuse::fuse_inode *>(object);
        if (node->nodeid == nodeid && node->inode.i_sb->s_fs_info == c.fc)
            held.lookups += node->nlookup;
    });
    for_each_object("filp", [&](const std::byte *object) {
        auto filp = reinterpret_cast<const kernel::file *>(object);
        bool own = filp->f_inode != nullptr && filp->f_inode->i_sb->s_fs_info == c.fc;
        if (own && filp->f_inode->i_ino == nodeid && filp->private_data.peek() != nullptr)
            ++held.files;
    });
    const ghost_state &g = ghost();
    for (unsigned i = 0; i < g.requests_high; ++i) {
        const request_ghost &r = g.requests[i];
        bool waits = r.req != nullptr && r.used && r.state == fuse::FUSE_REQ_PENDING && r.req->in.h.nodeid == nodeid;
        if (waits && r.req->in.h.opcode == fuse::FUSE_FORGET)
            held.lookups += r.req->misc.forget_in.nlookup;
    }
    return held;
}

std::optional<broken> check_account(const connection_ghost &c, const account &a)
{
    held_by_kernel held = kernel_holds(c, a.nodeid);
    std::uint64_t back = a.forgotten + held.lookups;
    std::uint64_t lookups = a.lookups + (a.nodeid == fuse::FUSE_ROOT_ID ? 1 : 0); // the mount counts its root as one
    if (back < lookups || back > lookups + a.perhaps)
        return broken{fmt::format("node {} was looked up {} times, but {} were forgotten and its inode holds {}",
                                  a.nodeid, lookups, a.forgotten, held.lookups)};
    if (a.opens != a.releases + held.files)
        return broken{fmt::format("node {} was opened {} times, but {} were released and {} are open", a.nodeid, a.opens,
                                  a.releases, held.files)};
    return std::nullopt;
}

} // namespace

void begin_book(unsigned connection)
{
    book *&own = books.get()[connection];
    if (own == nullptr)
        own = static_cast<book *>(sim::allocate(sizeof(book)));
    *own = {};
}

void follow_reading(const call_ghost &call, bool delivered, const sim::event &what)
{
    book *b = book_of(call);
    if (b == nullptr)
        return;
    if (delivered)
        note_delivery(*b, call, what);
    bool awaits = delivered && !call.ended && awaits_answer(call);
    switch (call.opcode) {
    case fuse::FUSE_FORGET:
        forget(*b, call, delivered, what);
        return;
    case fuse::FUSE_RELEASE:
    case fuse::FUSE_RELEASEDIR:
        release(*b, call, delivered, what);
        break;
    default:
        // Its file may be closed by now if somebody else has answered it meanwhile.
        if (awaits && !b->is_full && uses_handle(call.opcode))
            named_handle(*b, call, what);
    }
    if (awaits)
        hold(*b, call);
}

void follow_answer(const call_ghost &call, const request_ghost &r)
{
    book *b = book_of(call);
    if (b == nullptr)
        return;
    for (held_request &held : b->unanswered)
        if (held.unique == call.unique)
            held = {};
    if (call.interrupted || call.error != 0)
        return;
    const fuse::fuse_req &req = *r.req;
    if (gives_entry(req.in.h.opcode)) {
        fuse::fuse_entry_out entry{};
        if (!read_user_memory(*kernel::task_of(sim::current_task()), sizeof(fuse::fuse_out_header), &entry, sizeof entry))
            b->is_full = true;
        else
            enter(*b, req, entry);
    } else if (req.in.h.opcode == fuse::FUSE_OPEN || req.in.h.opcode == fuse::FUSE_OPENDIR) {
        open(*b, req.in.h.nodeid, req.in.h.opcode, sizeof(fuse::fuse_out_header));
    }
}

std::optional<broken> check_ledger()
{
    const ghost_state &g = ghost();
    for (unsigned i = 0; i < g.connections_high; ++i) {
        const connection_ghost &c = g.connections[i];
        const book &b = *books.get()[i];
        if (c.fc == nullptr || !c.live || c.was_disconnected || c.fc->mounted == 0 || b.is_full)
            continue;
        for (const account &a : b.accounts)
            if (a.nodeid != 0)
                if (std::optional<broken> wrong = check_account(c, a))
                    return wrong;
    }
    return std::nullopt;
}

} // namespace interfuse
