package io.stoat.replication;

/** On how many threads the parts of a member run, beside one that mostly sleeps. */
public enum MemberThreads {
    /**
     * Three: media driver and archive on one, consensus, service. For hosts with fewer cores than
     * the members have threads.
     */
    SHARED,
    /** Four: media driver, archive, consensus, service. For a member with four cores of its own. */
    SEPARATE
}
