package io.stoat.ops.chaos;

/** What is done to a cluster. */
enum Fault {
    /** SIGKILL of the leader; started again later. */
    KILL_LEADER,
    /** SIGKILL of a follower; started again later. */
    KILL_FOLLOWER,
    /** SIGSTOP of the leader until another leads, then it goes on. */
    PAUSE_LEADER,
    /** SIGSTOP of a follower for a while, then it goes on. */
    PAUSE_FOLLOWER,
    /** The leader lets another lead. */
    STEP_DOWN,
    /** SIGKILL of a member while entries are copied into its snapshot. */
    KILL_IN_SNAPSHOT,
    /** SIGKILL of all members at once; all are started again. */
    KILL_ALL,
    /** A follower loses its disk and comes back. */
    WIPE_FOLLOWER,
    /** SIGKILL of a follower, and again between two positions of the replay of its log. */
    KILL_IN_REPLAY,
    /** The leader's and a follower's link lose, delay and reorder, what comes and what goes. */
    UNRULY_LINK,
    /** The leader's clock jumps forward while it leads; later it ends, and is set right. */
    CLOCK_FORWARD,
    /** The leader's clock jumps backward while it leads; later it ends, and is set right. */
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
