// The list of scenarios.
#include "scenarios/all.hpp"

namespace interfuse {

std::span<const scenario> all_scenarios()
{
    static const std::vector<scenario> list = {
        one_request(),
        killed_request(),
        aborted_request(),
        daemon_dies(),
        init(),
        release(),
        unmount(),
        fault_in_reply(),
        create(),
        rename_and_link(),
        unlink(),
        setxattr(),
        fsync(),
        odd_replies(),
        two_mounts(),
        closed_device(),
        harmless_signal(),
        forget(),
        exhausted_pool(),
        malformed_reply(),
        init_answers(),
        several_workers(),
        closed_file(),
        unmounted_request(),
        read_pages(),
        read_and_wait(),
        write_page(),
        direct_io(),
        mapped_reply(),
        own_mount(),
        bad_address(),
        small_buffer(),
        scattered_buffers(),
        polling_daemon(),
        mix(),
    };
    return list;
}

} // namespace interfuse
