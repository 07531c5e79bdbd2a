package io.stoat.ops.chaos;

/** What is done to a cluster. */
enum Fault {
    /** SIGKILL of the leader; started again later. */
    KILL_LEADER,
    /** SIGKILL of a follower; started again later. */
    KILL_FOLLOWER,
    /** The leader stands still for longer than the others wait, then goes on. */
    PAUSE_LEADER,
    /** A follower stands still, then goes on. */
    PAUSE_FOLLOWER,
    /** The leader lets another lead. */
    STEP_DOWN,
    /** SIGKILL of a member while it takes a snapshot. */
    KILL_IN_SNAPSHOT,
    /** SIGKILL of all members at once; all are started again. */
    KILL_ALL,
    /** A follower loses its disk and comes back. */
    WIPE_FOLLOWER
}
