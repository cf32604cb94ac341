// Replies that no daemon should send.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace interfuse {

struct worker;

// What is wrong with a reply. By the contract of write() on the device the first six leave the request alone, the next
// three end it with EIO, and a duplicate comes too late. The next request's number can be guessed; only a colleague
// that has read it can be forestalled, since the device does not know who answers.
enum class bad_reply : std::uint8_t {
    none,
    short_header,    // fewer bytes than a header has
    no_request,      // unique 0
    foreign_request, // of another unique
    positive_error,
    huge_error,   // -1000
    wrong_length, // in the header
    payload_with_error,
    too_long,
    too_short,
    duplicate,    // a good one, sent twice
    next_request, // error EIO, to the request that was queued behind this one
    any,          // one of those above, chosen anew for each reply
};
// For a parameter; in the order of the values.
std::vector<const char *> names_of_bad_replies();
// The goal that is reached when such a reply was refused; null for none, next_request and any.
const char *refusal_of(bad_reply what);
// Goals of next_request.
inline constexpr const char *pending_refused = "a reply to a request that is pending is refused";
inline constexpr const char *reading_refused = "a reply to a request that is being read is refused";
inline constexpr const char *forestalled = "a reply to a colleague's request is taken";

// Sends the reply in the worker's place for it as its options say, and then a good one. False when it closes the device
// instead, which it may if it gives up.
bool answer_badly(const worker &w, std::size_t bytes);

// How INIT is answered.
enum class init_answer : std::uint8_t {
    good,
    error,
    wrong_version,
    old_version,   // 7.4, which says nothing of the size of writes
    short_version, // no more than the version
    never,
    any, // chosen
};
std::vector<const char *> names_of_init_answers();
const char *goal_of(init_answer what);
bool answer_init_oddly(const worker &w, std::size_t bytes);

} // namespace interfuse
