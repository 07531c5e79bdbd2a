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
    /** SIGKILL of a member while entries are copied into its snapshot. */
    KILL_IN_SNAPSHOT,
    /** SIGKILL of all members at once; all are started again. */
    KILL_ALL,
    /** A follower loses its disk and comes back. */
    WIPE_FOLLOWER,
    /** SIGKILL of a follower, and again while it replays its log. */
    KILL_IN_REPLAY,
    /**
     * A follower comes back on a network that loses, delays and reorders, and goes on on a good
     * one.
     */
    UNRULY_LINK,
    /** A follower's clock jumps forward, then it may lead; later it is set right. */
    CLOCK_FORWARD,
    /** A follower's clock jumps backward, then it may lead; later it is set right. */
    CLOCK_BACKWARD,
    /** The disk of a follower's log is full; later it gets another one. */
    FULL_DISK,
    /** The leader and the followers do not hear each other. */
    PARTITION_LEADER,
    /** A follower and the others do not hear each other. */
    PARTITION_FOLLOWER,
    /** The followers do not hear the leader, but it hears them. */
    LEADER_UNHEARD,
    /** The leader does not hear the followers, but they hear it. */
    LEADER_DEAF;

    /** Whether it needs network namespaces. */
    boolean needsNetwork() {
        return ordinal() >= PARTITION_LEADER.ordinal();
    }

    /** Whether it needs a mount namespace, that is root. */
    boolean needsMounts() {
        return this == FULL_DISK;
    }
}
