package io.stoat.ops.chaos;

/**
 * One operation on one key, as its client saw it.
 *
 * @param kind what was asked.
 * @param argument value to write, or to add.
 * @param expectedVersion of a conditional write.
 * @param invokedNs when it was asked, ns of one clock for all clients.
 * @param returnedNs when it was answered; {@link Long#MAX_VALUE} for an unknown outcome.
 * @param outcome what was answered.
 * @param value that was read, or the sum.
 * @param version that was written, removed or found.
 * @param position of the log that it had, 0 for an unknown outcome.
 */
record Operation(
        Kind kind,
        long argument,
        long expectedVersion,
        long invokedNs,
        long returnedNs,
        Outcome outcome,
        long value,
        long version,
        long position) {
    enum Kind {
        GET,
        PUT,
        PUT_IF_VERSION,
        ADD,
        REMOVE
    }

    enum Outcome {
        OK,
        NOT_FOUND,
        VERSION_MISMATCH,
        /** It may have happened, may happen later, or never. */
        UNKNOWN
    }

    boolean isUnknown() {
        return outcome == Outcome.UNKNOWN;
    }

    /** Whether it certainly changed its key. */
    boolean isChange() {
        return outcome == Outcome.OK && kind != Kind.GET;
    }
}
