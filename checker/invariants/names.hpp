// Names of the core's objects, as its source calls them.
#pragma once

#include <string>

#include "core/fuse_i.hpp"

namespace interfuse {

// "request 7" for the request with that unique ID, "spare request in slot 2" for one that was never sent.
std::string name_of_request(const kernel::fuse::fuse_req &req);

// For any address of the arena: object and member, such as "request 7.waitq" or "fc->lock"; empty if unknown.
std::string name_of_core_object(const void *address);

// "SENT" for a value of a request's state; empty for other objects.
std::string name_of_core_value(const void *address, std::uint64_t value);

} // namespace interfuse
