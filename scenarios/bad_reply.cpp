// Sending replies that are wrong.
#include "scenarios/bad_reply.hpp"

#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "core/fuse.hpp"
#include "scenarios/goal.hpp"
#include "scenarios/worker.hpp"
#include "sim/choose.hpp"
#include "sim/kernel/bug.hpp"

namespace interfuse {

namespace fuse = kernel::fuse;

namespace {

constexpr std::size_t header_bytes = sizeof(fuse::fuse_out_header);
constexpr auto bad_replies = static_cast<unsigned>(bad_reply::any);
constexpr auto init_answers = static_cast<unsigned>(init_answer::any);

// Answers of these may be shorter than asked for.
bool has_variable_reply(std::uint32_t opcode)
{
    return opcode == fuse::FUSE_INIT || opcode == fuse::FUSE_READ;
}

template <typename Part> Part part_of_reply(const worker &w, std::size_t offset)
{
    Part part{};
    kernel::copy_from_user_space(&part, w.m.daemon.mm, w.options.reply->at + offset, sizeof part);
    return part;
}

template <typename Part> void change_reply(const worker &w, std::size_t offset, const Part &part)
{
    kernel::copy_to_user_space(w.m.daemon.mm, w.options.reply->at + offset, &part, sizeof part);
}

// The bytes to write, with the header changed to go with them; 0 if this reply cannot be wrong in that way. `most` as in
// reply_place.
std::size_t spoil(fuse::fuse_out_header &header, bad_reply how, std::uint32_t most)
{
    std::size_t bytes = header.len;
    switch (how) {
    case bad_reply::short_header:
        return header_bytes - 4;
    case bad_reply::no_request:
        header.unique = 0;
        return bytes;
    case bad_reply::foreign_request:
        header.unique += 1000;
        return bytes;
    case bad_reply::positive_error:
        header.error = 5;
        return bytes;
    case bad_reply::huge_error:
        header.error = -1000;
        return bytes;
    case bad_reply::wrong_length:
        header.len += 4;
        return bytes;
    case bad_reply::payload_with_error:
        header.error = -ENOENT;
        header.len += bytes == header_bytes ? 8 : 0;
        return header.len;
    case bad_reply::too_long:
        return header.len + 8 <= most ? 0 : header.len += 8;
    case bad_reply::next_request:
        ++header.unique;
        header.error = -EIO;
        return header.len = header_bytes;
    case bad_reply::too_short:
        return bytes > header_bytes ? header.len -= 4 : 0;
    default:
        return bytes;
    }
}

void send_well(const worker &w, std::size_t bytes)
{
    while (write_reply(w, bytes) == -EFAULT && !kernel::killed())
        continue;
}

// What becomes of a reply to the next request if nobody takes that further meanwhile: a goal, or null.
const char *next_request_of(const worker &w, std::uint64_t unique)
{
    // An open device keeps the connection.
    const kernel::file *device = w.m.daemon.files->fd[static_cast<unsigned>(w.m.device)];
    auto fc = device == nullptr ? nullptr : static_cast<const fuse::fuse_conn *>(device->private_data.peek());
    if (fc == nullptr)
        return nullptr;
    auto has = [&](const kernel::list_head &head, fuse::fuse_req_state state) {
        for (kernel::list_head *entry = head.next; entry != &head; entry = entry->next)
            if (auto req = kernel::list_entry<&fuse::fuse_req::list>(entry); req->in.h.unique == unique)
                return req->state.peek() == state;
        return false;
    };
    if (has(fc->io, fuse::FUSE_REQ_READING))
        return reading_refused;
    return has(fc->pending, fuse::FUSE_REQ_PENDING) ? pending_refused : nullptr;
}

void judge_next_request(const char *seen, long result)
{
    if (result >= 0)
        reached(forestalled);
    else if (result == -EINVAL && seen != nullptr)
        reached(seen);
}

void judge(const worker &w, bad_reply how, long result)
{
    if (result == -EINVAL)
        reached(refusal_of(how));
    bool allowed = how == bad_reply::too_short && has_variable_reply(w.options.reply->opcode);
    if (result >= 0 && !allowed)
        kernel::rule_broken("malformed_reply", fmt::format("write() returns {} for a reply that is wrong: {}", result,
                                                           names_of_bad_replies()[static_cast<unsigned>(how)]),
                            kernel::place::here());
}

} // namespace

std::vector<const char *> names_of_bad_replies()
{
    return {"none",         "short-header",       "no-request", "foreign-request", "positive-error", "huge-error",
            "wrong-length", "payload-with-error", "too-long",   "too-short",       "duplicate",      "next-request",
            "any"};
}

const char *refusal_of(bad_reply what)
{
    static constexpr std::array<const char *, bad_replies + 1> goals = {
        nullptr,
        "a reply shorter than a header is refused",
        "a reply to request 0 is refused",
        "a reply to another request is refused",
        "a positive error is refused",
        "error -1000 is refused",
        "a length other than the bytes written is refused",
        "an error with a payload is refused",
        "a reply that is too long is refused",
        "a reply that is too short is refused",
        "a second reply to a request is refused",
        nullptr,
        nullptr,
    };
    return goals[static_cast<unsigned>(what)];
}

bool answer_badly(const worker &w, std::size_t bytes)
{
    bad_reply how = w.options.replies;
    if (how == bad_reply::any)
        how = static_cast<bad_reply>(sim::choose(sim::choice_kind::behaviour, bad_replies));
    auto good = part_of_reply<fuse::fuse_out_header>(w, 0);
    fuse::fuse_out_header bad = good;
    std::size_t bad_bytes = spoil(bad, how, w.options.reply->most);
    if (how == bad_reply::none || how == bad_reply::duplicate || bad_bytes == 0)
        send_well(w, bytes);
    if (how == bad_reply::none || bad_bytes == 0 || kernel::killed())
        return true;
    change_reply(w, 0, bad);
    const char *seen = how == bad_reply::next_request ? next_request_of(w, bad.unique) : nullptr;
    long result = write_reply(w, bad_bytes);
    if (how == bad_reply::next_request)
        judge_next_request(seen, result);
    else
        judge(w, how, result);
    change_reply(w, 0, good);
    if (how == bad_reply::duplicate || kernel::killed())
        return true;
    if (w.options.gives_up && sim::choose(sim::choice_kind::behaviour, 2) != 0) {
        close_device(w.m, *w.options.colleagues, closing::close);
        return false;
    }
    send_well(w, bytes);
    return true;
}

std::vector<const char *> names_of_init_answers()
{
    return {"good", "error", "wrong-version", "old-version", "short", "never", "any"};
}

const char *goal_of(init_answer what)
{
    static constexpr std::array<const char *, init_answers + 1> goals = {
        "INIT is answered",
        "INIT is refused",
        "INIT is answered with another version",
        "INIT is answered with version 7.4",
        "INIT is answered with no more than a version",
        "INIT is not answered",
        nullptr,
    };
    return goals[static_cast<unsigned>(what)];
}

bool answer_init_oddly(const worker &w, std::size_t bytes)
{
    init_answer how = w.options.init;
    if (how == init_answer::any)
        how = static_cast<init_answer>(sim::choose(sim::choice_kind::behaviour, init_answers));
    reached(goal_of(how));
    if (how == init_answer::never)
        return true;
    auto header = part_of_reply<fuse::fuse_out_header>(w, 0);
    auto version = part_of_reply<fuse::fuse_init_out>(w, header_bytes);
    if (how == init_answer::error)
        header.error = -EPERM;
    if (how == init_answer::wrong_version)
        version.major = 8;
    if (how == init_answer::old_version)
        version.minor = 4;
    if (how == init_answer::error)
        bytes = header_bytes;
    if (how == init_answer::short_version)
        bytes = header_bytes + offsetof(fuse::fuse_init_out, max_readahead);
    header.len = static_cast<std::uint32_t>(bytes);
    change_reply(w, 0, header);
    change_reply(w, header_bytes, version);
    send_well(w, bytes);
    return true;
}

} // namespace interfuse
