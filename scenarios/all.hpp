// The scenarios, one function each.
#pragma once

#include "scenarios/scenario.hpp"

namespace interfuse {

scenario one_request();
scenario killed_request();
scenario aborted_request();
scenario daemon_dies();
scenario init();
scenario release();
scenario unmount();
scenario fault_in_reply();
scenario create();
scenario rename_and_link();
scenario unlink();
scenario setxattr();
scenario fsync();
scenario old_daemon();
scenario odd_replies();
scenario two_mounts();
scenario mounting();
scenario closed_device();
scenario harmless_signal();
scenario forget();
scenario evicted_inode();
scenario exhausted_pool();
scenario malformed_reply();
scenario init_answers();
scenario several_workers();
scenario closed_file();
scenario unmounted_request();
scenario own_mount();
scenario bad_address();
scenario small_buffer();
scenario scattered_buffers();
scenario polling_daemon();
scenario unconnected_device();
scenario mix();
scenario read_pages();
scenario read_and_wait();
scenario write_page();
scenario direct_io();
scenario mapped_reply();

} // namespace interfuse
