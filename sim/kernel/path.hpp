// MODELLED: linux/namei.h. Walks of names of one component, or of two such as "D/a", or "/", in the tree of a mount.
#pragma once

#include "sim/kernel/fs.hpp"

namespace kernel {

// The result of a walk, with its references: to the mount; to the last component's directory unless that is the root,
// which the mount keeps; and to the entry, if that was asked for and there was no error.
struct path {
    long err;
    vfsmount *mount;
    dentry *parent;
    dentry *entry;
    const char *last; // component of the name
};

// Up to the directory of the last component.
path walk_to_parent(unsigned mount, const char *name, const place &where);
// The whole name.
path walk(unsigned mount, const char *name, const place &where);
// Drops the references.
void leave(const path &walked, const place &where);

// lookup_hash: an entry of the directory with a reference, perhaps a negative one. The caller holds the directory's
// mutex.
long lookup_hash(dentry *parent, const char *name, dentry **found, const place &where);

// The cached entry of that name, without a reference.
dentry *find_cached(const dentry *parent, const char *name);

} // namespace kernel
