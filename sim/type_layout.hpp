// Members of the program's structs, from its debug information.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

struct member_path {
    std::string whole; // from the outermost struct: "fuse_conn.bdi.ra_pages"
    std::string own;   // from the struct that declares it: "backing_dev_info.ra_pages"
};

// What lies at an offset in a struct. Bits that share a byte are named together. Both texts are empty if there is nothing.
member_path member_at(std::string_view type, std::size_t offset);

// The members, as in member_path::own, whose type is an instance of the template, in alphabetical order.
std::vector<std::string> members_of_template(std::string_view name);

// The member at an address; empty if its struct is not known.
member_path member_around(const void *address);
// The whole path, or else the name of the object there.
std::string name_of_member(const void *address);

} // namespace sim
