// The list of scenarios.
#include "scenarios/all.hpp"

namespace interfuse {

std::span<const scenario> all_scenarios()
{
    static const std::vector<scenario> list = {
        // Requests of each kind.
        one_request(),
        read_pages(),
        read_and_wait(),
        write_page(),
        direct_io(),
        setxattr(),
        create(),
        rename_and_link(),
        unlink(),
        fsync(),
        old_daemon(),
        odd_replies(),
        // What befalls a request.
        killed_request(),
        harmless_signal(),
        aborted_request(),
        daemon_dies(),
        closed_device(),
        unmounted_request(),
        // The life of a connection.
        mounting(),
        init(),
        init_answers(),
        exhausted_pool(),
        forget(),
        evicted_inode(),
        release(),
        closed_file(),
        unmount(),
        two_mounts(),
        // The documented deadlocks.
        own_mount(),
        fault_in_reply(),
        mapped_reply(),
        // The device and its daemon.
        unconnected_device(),
        several_workers(),
        polling_daemon(),
        scattered_buffers(),
        small_buffer(),
        bad_address(),
        malformed_reply(),
        // Any of the above.
        mix(),
    };
    return list;
}

} // namespace interfuse
