package io.stoat.ops.chaos;

/**
 * One read of a member's shared memory, as its client saw it.
 *
 * @param kind what was promised.
 * @param member that was read.
 * @param bound of a bounded read: the greatest age, ms; of one after a write: the write's position.
 * @param invokedNs when it was asked, ns of the clock of {@link Operation}.
 * @param returnedNs when it was answered.
 * @param isFound whether an entry was.
 * @param value that was read.
 * @param version of the entry.
 */
record LocalRead(
        Kind kind,
        int member,
        long bound,
        long invokedNs,
        long returnedNs,
        boolean isFound,
        long value,
        long version) {
    enum Kind {
        /** However old. */
        ANY_AGE,
        /** Not older than a bound. */
        BOUNDED,
        /** Not older than a position of the log, which an operation of the same client had. */
        AFTER
    }
}
