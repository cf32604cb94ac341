// The list of invariants, and of the rules that the fakes check themselves.
#include "checker/invariants/invariant.hpp"

#include <algorithm>
#include <array>

#include "checker/invariants/argument_memory.hpp"
#include "checker/invariants/background.hpp"
#include "checker/invariants/disconnection.hpp"
#include "checker/invariants/interruption.hpp"
#include "checker/invariants/ledger.hpp"
#include "checker/invariants/membership.hpp"
#include "checker/invariants/references.hpp"
#include "checker/invariants/tokens.hpp"

namespace interfuse {

std::span<const invariant> all_invariants()
{
    static constexpr std::array<invariant, 17> list = {{
        {"list_membership", "each list of a connection holds requests in the states that belong to it, each request "
                            "once, and each request is on the list that its state asks for; unused_list holds requests "
                            "without references, or never used",
         "whenever fc->lock is free", "a request that its requester took off fc->pending after SIGKILL", looks_at::lists,
         nullptr, check_list_membership},
        {"lists_locked", "the lists of a connection change only while fc->lock is held",
         "from the setup's end until the last reference to the connection is put",
         "a change in the middle of a list that leaves both of its ends as they were", looks_at::events},
        {"connected", "no request enters fc->pending or fc->io once fc->connected is 0", "whenever fc->lock is free",
         "what a task puts there and takes off again while it holds the lock", looks_at::lists, nullptr,
         check_connected},
        {"cut_off", "once an abort or the last close of the device has returned, no request waits for the daemon: "
                    "fc->pending and fc->processing are empty",
         "whenever fc->lock is free, and when such a call returns", "an unmount, which leaves background requests",
         looks_at::lists, nullptr, check_cut_off},
        {"interrupted", "req->interrupted is not cleared while the request lives, and an interrupted request does not "
                        "move to fc->processing",
         "whenever fc->lock is free", "a flag that is set and cleared while the lock is held", looks_at::lists, nullptr,
         check_interrupted},
        {"background", "a background request is on fc->background from background_request until it is finished, and is "
                       "taken off before it is used again or freed",
         "whenever fc->lock is free", "on a connection that is being or was unmounted, whether those under way are there",
         looks_at::lists, nullptr, check_background},
        {"tokens", "free units of outstanding_sem, those of tasks on the way to a request, those of requests of the pool "
                   "in use and those of other requests, less the debt, are no more than the pool has requests, before "
                   "INIT is answered 1; the abort that ends a connection may add one. There is no debt while one is free",
         "whenever fc->lock is free", "while process_init_reply runs", looks_at::counters, nullptr, check_tokens},
        {"tokens_lost", "nor are they fewer", "whenever fc->lock is free", "while process_init_reply runs",
         looks_at::counters, nullptr, check_tokens_lost},
        {"num_waiting", "fc->num_waiting is the number of tasks in fuse_get_request and of requests of the pool in use; "
                        "unused_list holds no more requests than the pool has",
         "whenever fc->lock is free", "nothing", looks_at::counters, nullptr, check_num_waiting},
        {"reference_count", "a request's count is the number of references that have an owner",
         "whenever fc->lock is free", "requests of the pool that were never used", looks_at::counts,
         check_reference_counts},
        {"argument_memory", "no request is locked for copying while its arguments lie in the stack of a task whose "
                            "system call has ended", "at every step", "arguments in other memory", looks_at::copying,
         check_argument_memory},
        {"locked", "a request is locked for copying only while it is not interrupted, and its copier neither takes "
                   "mmap_sem nor meets a page fault while it is",
         "at every step", "the page lock that fuse_copy_finish takes for the last page", looks_at::events},
        {"end_after_copy", "the end of a request, which may free what is copied, is called only while the request is not "
                           "locked for copying",
         "at every call of an end", "a request that is locked after its end was called; a copy that goes on unlocked",
         looks_at::events},
        {"errno_contract", "read, write and poll on the device return what the contract has for the state of the "
                           "connection and of the request they are about; a request ends with what its reply says, EIO, "
                           "E2BIG, EINTR, ENOTCONN, ECONNREFUSED or ECONNABORTED, each for its own reason; requesters "
                           "are told what their requests ended with",
         "at every end of a system call and of a request",
         "of two reasons that hold at once, which comes first, but for a dead connection; whether an ID that write does "
         "not find was there; calls on a device that is mounted while they run", looks_at::events},
        {"ledger", "nothing is delivered twice; each OPEN and CREATE whose reply was accepted is released once, and no "
                   "node is released or forgotten more often than it was opened or looked up; at the end of a run with a "
                   "live connection lookups are those forgotten and those that inodes hold, opens those released and "
                   "those of open files, which are named by their handles; no node or file goes while the daemon works on it",
         "at each delivery and reply, and when everybody is through",
         "a dead connection; more than 12 nodes or files, or 16 unanswered requests; lookups that only the requester can "
         "tell to be counted (links, revalidations of another type) may count or not", looks_at::end, check_ledger},
        {"stale_bytes", "a page that is marked up to date has no bytes that nobody has written since it was allocated",
         "at each marking", "fewer than four bytes in a row; a reply that looks like the pattern of fresh memory, 0x5a",
         looks_at::events},
        {"transition", "a request changes its state only as the original's state machine allows", "at every step",
         "the order of changes of different requests", looks_at::events},
    }};
    return list;
}

std::span<const kernel_rule> all_kernel_rules()
{
    static constexpr std::array<kernel_rule, 28> list = {{
        {"reference_owner", "a task drops only references that it owns"},
        {"end_once", "the end callback of a request is called at most once"},
        {"connected_once", "fc->connected goes from 1 to 0 once and never back"},
        {"BUG_ON", "no assertion of the kernel's own fails"},
        {"oops", "no wild access, and no call through a null or poisoned function pointer"},
        {"hang, self_deadlock", "nobody sleeps for ever, be it on a lock that it holds itself"},
        {"livelock", "no run at its limit of steps goes round in circles, with a turn for everybody who can run"},
        {"soft_lockup", "no step makes more accesses than its bound"},
        {"leak, slab_leak, busy_inodes, busy_dentry, mount_busy",
         "after the teardown no slab object and no page is left, and after an unmount nothing of the file system is in use"},
        {"sleep_in_atomic", "nobody sleeps with a spinlock or an atomic kmap held"},
        {"held_at_syscall_end", "no lock and no atomic kmap is held when a system call ends"},
        {"asleep_at_syscall_end", "a task returns to user space in state TASK_RUNNING"},
        {"unbalanced_unlock", "only its holder releases a lock"},
        {"kmap_slot_in_use, unbalanced_kunmap",
         "an atomic kmap slot holds one mapping, which is undone through its own address"},
        {"lock_not_held", "functions that need a lock are called with it"},
        {"double_free, bad_free, write_after_free", "slab objects are used between allocation and free"},
        {"page_after_free, page_freed_locked", "pages are used while they are referenced, and not freed locked",
         "a reference that is put too early while another one keeps the page, as that of a process which has it mapped"},
        {"reference_count", "inodes, files, mounts and kobjects are put as often as they were taken"},
        {"syscall_result", "read and write return an error number, or no more bytes than they were asked for"},
        {"malformed_reply", "write on the device refuses each malformed reply"},
        {"file_content, written_data", "readers get the daemon's bytes or written ones, and the daemon gets what was written"},
        {"read_lock_recursion", "nobody reads an rw_semaphore that he reads already: a writer that comes between waits for "
                                "the first read and holds up the second", "nothing", "locks"},
        {"use_after_free", "nobody touches an object of a slab cache after its free",
         "an object whose memory somebody else has by then; what a fake comes to by pointers that lie in other objects", "memory"},
        {"out_of_bounds", "nobody touches what lies before or behind an object, of the size that was asked for",
         "more than 16 bytes away; from one member of an object into the next; arrays on stacks, and all else that comes from "
         "no slab cache", "memory"},
        {"page_not_mapped", "a page is touched only by who has mapped it with kmap_atomic, or through "
                            "copy_to_user and the like",
         "a wild user address is an oops; the pages' own structures", "memory"},
        {"resting_object", "of a request on unused_list nobody touches more than its links",
         "what happens between list_add and the release of fc->lock; everything with --checks end", "memory"},
        {"dead_frame", "nobody uses a pointer of the heap into a frame of another task whose call has returned",
         "a task's own stack; pointers that fakes have stored, as of wait queues, or that were not loaded last", "memory"},
        {"unwritten_memory", "what is loaded from an object was written since its allocation",
         "stacks and pages; loads by fakes, but of lockless fields and atomic counters; the other bits of a word one of whose bits was stored; a load that a store to its "
         "address follows, which compilers make for bits, hence also x++ of a field that was never written; a request of "
         "the pool that rested", "memory"},
    }};
    return list;
}

std::vector<std::string> entries_of_checks()
{
    std::vector<std::string> entries;
    auto add = [&](const char *entry) {
        if (std::ranges::find(entries, entry) == entries.end())
            entries.emplace_back(entry);
    };
    for (const invariant &each : all_invariants())
        add(each.name);
    for (const kernel_rule &each : all_kernel_rules())
        add(each.name);
    return entries;
}

std::vector<std::string> names_of_checks()
{
    std::vector<std::string> names;
    for (const std::string &entry : entries_of_checks()) {
        for (std::size_t from = 0, end = 0; end != std::string::npos; from = end + 2) {
            end = entry.find(", ", from);
            names.push_back(entry.substr(from, end - from));
        }
    }
    return names;
}

} // namespace interfuse
